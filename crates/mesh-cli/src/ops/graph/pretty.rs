//! The graph for a terminal: products by domain, with what comes in and who takes what goes out.

use std::io::Write;

use mesh_diagnostics::printable_line as plain;
use mesh_diagnostics::render::width;
use mesh_registry::names::slug;

use super::{Graph, Link, Mark, Problem, Source};
use crate::failure::Failure;
use crate::ops::text::{ellipsis, marked, one_line, plural, wrap};
use crate::terminal::Terminal;

pub(super) fn write(
    graph: &Graph,
    terminal: Terminal,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let page = Page { graph, terminal };
    for (domain, products) in graph.domains() {
        page.domain(domain, &products, out)?;
    }
    for note in graph.notes() {
        for line in wrap(&plain(&note), terminal.width()) {
            writeln!(out, "{}", terminal.dim(&line))?;
        }
    }
    let mark = match graph.problems() {
        (0, 0) => terminal.green(page.sign("✓", "ok")),
        (0, _) => terminal.yellow("!"),
        _ => terminal.red(page.sign("✗", "x")),
    };
    Ok(marked(out, &mark, &graph.summary(), terminal.width() - 3)?)
}

struct Page<'a> {
    graph: &'a Graph,
    terminal: Terminal,
}

impl Page<'_> {
    fn sign(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.terminal.style().unicode {
            unicode
        } else {
            ascii
        }
    }

    fn domain(
        &self,
        domain: Option<&str>,
        products: &[usize],
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let name = plain(domain.unwrap_or("no domain"));
        let count = plural(products.len(), "product");
        let title = self.terminal.bold(&name);
        writeln!(out, "{title}  {}", self.terminal.dim(&count))?;
        for &product in products {
            self.product(product, out)?;
        }
        writeln!(out)?;
        Ok(())
    }

    fn product(&self, at: usize, out: &mut impl Write) -> Result<(), Failure> {
        let (terminal, product) = (self.terminal, &self.graph.products[at]);
        let mut line = format!("  {}", terminal.bold(&plain(&product.slug)));
        let mut used = 2 + width(&plain(&product.slug));
        if let Some(version) = &product.version {
            line += &format!(" {}", terminal.cyan(&plain(version)));
            used += 1 + width(&plain(version));
        }
        if let Some(mark) = product.mark() {
            let word = format!("({})", mark.word());
            used += 1 + width(&word);
            line += &format!(" {}", self.painted(mark, &word));
        }
        let room = terminal.width().saturating_sub(used + 2);
        // Where it is the same word, it need not be said twice.
        let named = product.name.as_ref();
        let named = named.filter(|name| slug(name).as_deref() != Some(&product.slug));
        if let Some(name) = named {
            let name = ellipsis(&plain(&one_line(name)), room);
            // Where hardly anything is left of it, it says nothing.
            if width(&name) > 3 {
                line += &format!("  {}", terminal.dim(&name));
            }
        }
        writeln!(out, "{line}")?;
        for link in self.graph.links.iter().filter(|link| link.target == at) {
            self.input(link, out)?;
        }
        for (port, offered) in product.ports.iter().enumerate() {
            let comes_from = |link: &&Link| {
                matches!(link.source, Source::Product { product, port: Some(from), .. }
                    if product == at && from == port)
            };
            let takers: Vec<&Link> = self.graph.links.iter().filter(comes_from).collect();
            let version = offered.version.as_deref().unwrap_or_default();
            let label = format!("{} {version}", offered.name);
            self.output(label.trim(), &takers, version, out)?;
        }
        // Ports that the product had once.
        let gone = |link: &&Link| matches!(link.source, Source::Product { product, port: None, .. } if product == at);
        for link in self.graph.links.iter().filter(gone) {
            let label = self.graph.label(link);
            self.output(&label, &[link], "", out)?;
        }
        Ok(())
    }

    fn input(&self, link: &Link, out: &mut impl Write) -> Result<(), Failure> {
        let arrow = self.sign("←", "<-");
        let label = self.graph.label(link);
        let text = match &link.source {
            Source::Product {
                product, earlier, ..
            } => {
                let source = &self.graph.products[*product];
                let earlier = match earlier {
                    Some(earlier) => format!(" of {earlier}"),
                    None => String::new(),
                };
                format!("{} {label}{earlier}", source.reference())
            }
            Source::Outside => format!("{label}, a source outside of the mesh"),
            Source::Unverified => format!("{label}, not looked up"),
            Source::Nobody => label,
        };
        let problems = link
            .problems
            .iter()
            .map(|problem| self.told(link, *problem));
        let problems: Vec<String> = problems.collect();
        let paint = match link.problem() {
            Some(problem) if problem.is_error() => Terminal::red,
            Some(_) => Terminal::yellow,
            None if link.product().is_none() => Terminal::dim,
            None => |_: Terminal, text: &str| text.to_owned(),
        };
        let sign = match link.problem() {
            Some(problem) if problem.is_error() => self.sign("✗ ", "x "),
            Some(_) => "! ",
            None => "",
        };
        let mut text = format!("{sign}{text}");
        if !problems.is_empty() {
            text += &format!(": {}", problems.join("; "));
        }
        self.lines(arrow, &text, paint, out)
    }

    /// A problem in a few words, after what it is about.
    fn told(&self, link: &Link, problem: Problem) -> String {
        let offered = || {
            let port = self.graph.port(link)?;
            let version = port.version.as_deref()?;
            Some(format!("it offers {version}"))
        };
        match problem {
            Problem::Dangling => "nobody publishes it".to_owned(),
            Problem::NotOffered => {
                offered().unwrap_or_else(|| "it never offered this version".to_owned())
            }
            Problem::Cycle => "in a cycle".to_owned(),
            Problem::Retired => "retired".to_owned(),
            Problem::Yanked => "yanked".to_owned(),
            Problem::Deprecated => "deprecated".to_owned(),
            Problem::Draft => "not active yet".to_owned(),
        }
    }

    fn output(
        &self,
        label: &str,
        takers: &[&Link],
        version: &str,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let arrow = self.sign("→", "->");
        let mut names: Vec<String> = Vec::new();
        for link in takers {
            let mut name = self.graph.products[link.target].reference();
            // The version is told where it is not the one that the line is about.
            match link.version.as_deref() {
                Some(wanted) if !version.is_empty() && wanted != version => {
                    name += &format!(" ({wanted})");
                }
                _ => {}
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            return self.lines(arrow, label, Terminal::dim, out);
        }
        let text = format!("{label}: {}", names.join(", "));
        self.lines(arrow, &text, |_, text| text.to_owned(), out)
    }

    /// A text after an arrow, as many lines as it takes.
    fn lines(
        &self,
        arrow: &str,
        text: &str,
        paint: fn(Terminal, &str) -> String,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let indent = 4 + width(arrow) + 1;
        let room = self.terminal.width().saturating_sub(indent);
        let text = plain(&one_line(text)).into_owned();
        for (at, line) in wrap(&text, room).iter().enumerate() {
            let line = paint(self.terminal, line);
            match at {
                0 => writeln!(out, "    {} {line}", self.terminal.dim(arrow))?,
                _ => writeln!(out, "{:indent$}  {line}", "")?,
            }
        }
        Ok(())
    }

    fn painted(&self, mark: Mark, text: &str) -> String {
        match mark {
            Mark::Retired => self.terminal.red(text),
            Mark::Yanked | Mark::Deprecated => self.terminal.yellow(text),
            Mark::Draft | Mark::Proposed => self.terminal.dim(text),
        }
    }
}
