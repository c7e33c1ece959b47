//! `mesh deprecate`

use jiff::civil::Date;
use mesh_registry::Withdrawal;

use crate::cli::Deprecate;
use crate::ops::check;
use crate::ops::withdrawal::say;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Deprecate) -> Result<Ending, Failure> {
    let reason = arguments
        .reason
        .as_deref()
        .map(str::trim)
        .map(str::to_owned);
    let said = match &arguments.end_of_support {
        Some(text) => Withdrawal::Deprecate {
            end_of_support: end_of_support(text)?,
            replaced_by: arguments
                .replaced_by
                .as_deref()
                .map(str::trim)
                .map(str::to_owned),
            reason,
        },
        None => Withdrawal::Undeprecate { reason },
    };
    say(&arguments.product, said, &arguments.event)
}

/// The last day of support: not one that has passed, since nobody could be told in time.
fn end_of_support(text: &str) -> Result<Date, Failure> {
    let day = check::as_of(Some(text))?;
    let today = check::as_of(None)?;
    if day < today {
        return Err(
            Failure::new(format!("the end of support {day} is in the past: today is {today}")).help(
                "name the last day on which it is still supported; to withdraw a version at once, use `mesh yank`",
            ),
        );
    }
    day.to_string()
        .parse()
        .map_err(|error| Failure::new(format!("`{day}` is not a day: {error}")))
}
