//! The answer for people.

use std::io::Write;

use mesh_diagnostics::printable_line;
use mesh_policy::PolicyLevel;

use super::Answer;
use crate::failure::Failure;
use crate::ops::text::{ellipsis, one_line};
use crate::terminal::Terminal;

pub(super) fn write(
    answer: &Answer,
    terminal: Terminal,
    out: &mut impl Write,
) -> Result<(), Failure> {
    for policy in &answer.policies {
        let title = policy
            .title
            .as_deref()
            .map(|title| format!("  {}", one_line(title)));
        writeln!(
            out,
            "{}{}",
            terminal.bold(&policy.id),
            title.unwrap_or_default()
        )?;
        writeln!(out, "  {}", terminal.dim(&policy.levels(answer.as_of)))?;
        for affected in &policy.affected {
            let mark = match (&affected.waiver, affected.level) {
                (Some(_), _) => terminal.dim("="),
                (None, Some(PolicyLevel::Deny)) => terminal.red("✗"),
                (None, Some(_)) => terminal.yellow("!"),
                (None, None) => terminal.cyan("…"),
            };
            let mut notes = Vec::new();
            if !affected.owners.is_empty() {
                notes.push(affected.owners.join(", "));
            }
            if let Some(waiver) = &affected.waiver {
                notes.push(format!("waived by {waiver}"));
            }
            if affected.is_known {
                notes.push("found today as well".to_owned());
            }
            let name = format!("{} {}", affected.reference, affected.version);
            writeln!(
                out,
                "  {mark} {}  {}",
                printable_line(&name),
                terminal.dim(&printable_line(&notes.join("; ")))
            )?;
            let message = one_line(&affected.message);
            let message = printable_line(&message).into_owned();
            writeln!(
                out,
                "    {}",
                ellipsis(&message, terminal.width().saturating_sub(4))
            )?;
        }
        writeln!(out)?;
    }
    let mark = match answer.denied() {
        (0, 0) => terminal.green("✓"),
        (0, _) => terminal.yellow("!"),
        _ => terminal.red("✗"),
    };
    writeln!(out, "{mark} {}", answer.summary())?;
    writeln!(
        out,
        "  {}",
        printable_line(&format!("in {}", answer.registry))
    )?;
    Ok(())
}
