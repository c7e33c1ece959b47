//! `mesh graph`

use std::env;
use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::render::Style;

use crate::cli::{Graph, GraphFormat, OutputFile};
use crate::ops::graph::{self, Request};
use crate::ops::output;
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Graph) -> Result<Ending, Failure> {
    output::check(&arguments.output)?;
    let registry = arguments.registry.registry.as_deref();
    let graph = graph::run(&Request {
        subjects: &arguments.subjects,
        is_published: arguments.published || arguments.subjects.is_empty() && is_said(registry),
        domains: &arguments.domain,
        depth: arguments.depth,
        registry,
        offline: arguments.registry.offline,
    })?;
    // Files come first: they are there even if nobody reads what is printed.
    for file in &arguments.output {
        write_file(&graph, file)?;
    }
    match print(&graph, arguments.format) {
        Err(failure) if failure.is_broken_pipe() => Ok(Ending::Clean),
        outcome => outcome.map(|()| Ending::Clean),
    }
}

/// Whether the registry was named on the command line. A variable that is set for everything that a shell or a job
/// does is no wish to see another picture.
fn is_said(registry: Option<&str>) -> bool {
    let registry = registry.filter(|registry| !registry.trim().is_empty());
    registry.is_some_and(|registry| env::var("MESH_REGISTRY").as_deref() != Ok(registry))
}

fn print(graph: &graph::Graph, format: GraphFormat) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    graph::write(graph, format, Terminal::stdout(), &mut out)?;
    out.flush()?;
    Ok(())
}

fn write_file(graph: &graph::Graph, file: &OutputFile<GraphFormat>) -> Result<(), Failure> {
    let mut content = Vec::new();
    let terminal = Terminal::with(Style::PLAIN);
    graph::write(graph, file.format, terminal, &mut content)?;
    output::write(&content, file)
}
