//! `mesh policy impact`

use std::io::{BufWriter, Write, stdout};

use crate::cli::PolicyImpact;
use crate::config::Project;
use crate::ops::policies::{self, impact};
use crate::ops::{check, registry};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &PolicyImpact) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let as_of = check::as_of(arguments.as_of.as_deref())?;
    let candidates = policies::gather_alone(&arguments.packs, &Project::default())?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let answer = impact::impact(candidates, &snapshot, as_of)?;
    let mut out = BufWriter::new(stdout().lock());
    impact::write(&answer, arguments.format, Terminal::stdout(), &mut out)?;
    out.flush()?;
    let is_denied = answer.denied() != (0, 0);
    Ok(if arguments.exit_code && is_denied {
        Ending::Findings
    } else {
        Ending::Clean
    })
}
