//! The answer as a comment on the pull request that brings a pack.

use std::io::Write;

use super::Answer;
use crate::failure::Failure;
use crate::ops::comment::{LONGEST, code, escaped};

pub(super) fn write(answer: &Answer, out: &mut impl Write) -> Result<(), Failure> {
    let mut text = format!("### {}\n", escaped(&answer.summary()));
    let mut left = 0;
    for policy in &answer.policies {
        if text.len() > LONGEST {
            left += 1;
            continue;
        }
        let title = policy
            .title
            .as_deref()
            .map(|title| format!(": {}", escaped(title)));
        text += &format!(
            "\n#### {}{}\n\n{}\n\n| product | owner | what | |\n|---|---|---|---|\n",
            code(&policy.id),
            title.unwrap_or_default(),
            escaped(&policy.levels(answer.as_of)),
        );
        for affected in &policy.affected {
            let note = match (&affected.waiver, affected.is_known) {
                (Some(waiver), _) => format!("waived by {}", code(waiver)),
                (None, true) => "found today as well".to_owned(),
                (None, false) => String::new(),
            };
            text += &format!(
                "| {} | {} | {} | {note} |\n",
                code(&format!("{} {}", affected.reference, affected.version)),
                escaped(&affected.owners.join(", ")),
                escaped(&affected.message),
            );
        }
    }
    if left > 0 {
        text += &format!("\nand {left} more policies: `mesh policy impact` lists them\n");
    }
    out.write_all(text.as_bytes())?;
    Ok(())
}
