//! The answer as a comment on a pull request.

use std::io::Write;

use mesh_compat::Impact;
use mesh_compat::lineage::{Affected, Reach};

use super::words::{self, Tree};
use super::{Answer, Port, Subject};
use crate::failure::Failure;
use crate::ops::comment::{LONGEST, code, escaped};

/// How many changes of a port are listed.
const CHANGES: usize = 20;

pub(crate) fn write(answer: &Answer, out: &mut impl Write) -> Result<(), Failure> {
    let mut text = format!("### {}\n", escaped(&words::summary(answer)));
    for line in words::nothing(answer) {
        text += &format!("\n{}\n", escaped(&line));
    }
    for subject in &answer.products {
        for port in &subject.ports {
            add_port(&mut text, answer, subject, port);
        }
    }
    out.write_all(text.as_bytes())?;
    Ok(())
}

fn add_port(text: &mut String, answer: &Answer, subject: &Subject, port: &Port) {
    let counts = match (port.changes.is_empty(), answer.is_all) {
        (true, true) => String::new(),
        _ => format!(", {}", words::counts(port)),
    };
    *text += &format!(
        "\n#### {} {}{counts} ({})\n",
        code(&port.label()),
        escaped(&words::versions(subject, port)),
        escaped(&subject.reference),
    );
    if !port.changes.is_empty() {
        *text += "\n";
    }
    for change in port.changes.iter().take(CHANGES) {
        *text += &format!("- {}: {}\n", label(change.impact), escaped(&change.message));
    }
    if port.changes.len() > CHANGES {
        *text += &format!("- and {} more\n", port.changes.len() - CHANGES);
    }
    let order = Tree::of(&port.affected).in_order();
    let all = order.into_iter().map(|place| &port.affected[place]);
    let (rows, others): (Vec<_>, Vec<_>) = all.partition(|affected| affected.reach.is_reached());
    if rows.is_empty() {
        *text += "\nNobody who consumes it is reached.\n";
    } else {
        *text += "\n| | product | owner | why |\n|---|---|---|---|\n";
    }
    let count = rows.len();
    for (at, affected) in rows.into_iter().enumerate() {
        let row = row(affected);
        if text.len() + row.len() > LONGEST {
            *text += &format!("\n{} more are left out: see `mesh impact`.\n", count - at);
            break;
        }
        *text += &row;
    }
    if !others.is_empty() && text.len() < LONGEST {
        add_others(text, &others);
    }
}

fn row(affected: &Affected) -> String {
    let consumer = &affected.consumer;
    let impact = if affected.is_possible_only && affected.impact > Impact::None {
        format!("{}?", label(affected.impact))
    } else {
        label(affected.impact).to_owned()
    };
    // The depth in the tree: GitHub trims plain spaces.
    let depth = "&emsp;".repeat(affected.distance.saturating_sub(1).min(8));
    let arrow = if affected.distance > 1 { "↳ " } else { "" };
    format!(
        "| {impact} | {depth}{arrow}{} {}{} | {} | {} |\n",
        code(&consumer.reference),
        escaped(consumer.version.as_deref().unwrap_or_default()),
        escaped(&words::notes(affected)),
        escaped(consumer.owner.as_deref().unwrap_or("nobody named")),
        escaped(&words::reason(affected)),
    )
}

fn add_others(text: &mut String, others: &[&Affected]) {
    *text += &format!(
        "\n<details><summary>{} not reached</summary>\n\n",
        others.len()
    );
    for affected in others {
        let why = match affected.reach {
            Reach::OtherLine => words::reason(affected),
            _ => "names other fields only".to_owned(),
        };
        let line = format!(
            "- {}: {}\n",
            code(&affected.consumer.reference),
            escaped(&why)
        );
        if text.len() + line.len() > LONGEST {
            *text += "- and more\n";
            break;
        }
        *text += &line;
    }
    *text += "\n</details>\n";
}

fn label(impact: Impact) -> &'static str {
    match impact {
        Impact::Major => "**major**",
        Impact::Review => "review",
        Impact::Minor => "minor",
        Impact::Patch | Impact::None => "",
    }
}
