//! `mesh yank` and `mesh unyank`

use mesh_registry::Withdrawal;
use semver::Version;

use crate::cli::{Unyank, Yank};
use crate::ops::withdrawal::say;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Yank) -> Result<Ending, Failure> {
    expect_version(&arguments.product, "yank")?;
    let reason = arguments.reason.trim().to_owned();
    say(
        &arguments.product,
        Withdrawal::Yank { reason },
        &arguments.event,
    )
}

pub(crate) fn run_unyank(arguments: &Unyank) -> Result<Ending, Failure> {
    expect_version(&arguments.product, "unyank")?;
    let reason = arguments
        .reason
        .as_deref()
        .map(str::trim)
        .map(str::to_owned);
    say(
        &arguments.product,
        Withdrawal::Unyank { reason },
        &arguments.event,
    )
}

/// One version at a time: what is to be used no more has to be known exactly.
fn expect_version(reference: &str, verb: &str) -> Result<(), Failure> {
    let version = reference.rsplit_once('@').map(|(_, version)| version);
    let bare = version.map(|version| version.strip_prefix(['v', 'V']).unwrap_or(version));
    if bare.is_some_and(|bare| Version::parse(bare).is_ok()) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{reference}` does not name one version of a data product"
    ))
    .help(format!(
        "name it in full, as in `mesh {verb} sales/orders@1.2.0`"
    )))
}
