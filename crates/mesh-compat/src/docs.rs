//! What is written about kinds of change and about versions, as Markdown: the pages of `docs/changes/`,
//! and what `mesh explain` shows.

use crate::change::{ChangeKind, Group};
use crate::changes;
use crate::gate::rules::{self, GateRule};
use crate::impact::{Impact, Profile};

/// The page of a kind.
pub fn page(kind: &ChangeKind) -> String {
    format!(
        "# {}\n\n\
         **{}**\n\n\
         Group [{group}](index.md#{group}); {}.\n\n\
         To a reader: {}.\n\n\
         {}\n\n\
         What to do: {}.\n\n\
         ## Before\n\n```yaml\n{}\n```\n\n\
         ## After\n\n```yaml\n{}\n```\n",
        kind.id,
        kind.summary,
        impacts(kind),
        kind.why,
        kind.docs.trim(),
        kind.help,
        kind.example.old.trim_end(),
        kind.example.new.trim_end(),
        group = kind.group.as_str(),
    )
}

/// The page of something that a version can be wrong about.
pub fn rule_page(rule: &GateRule) -> String {
    format!(
        "# {}\n\n**{}**\n\nAbout [versions](index.md#versions), not a change by itself.\n\n{}\n",
        rule.id,
        rule.summary,
        rule.docs.trim(),
    )
}

/// The impact of a kind, with the profiles under which it is another.
fn impacts(kind: &ChangeKind) -> String {
    let read = kind.impacts.under(Profile::Read);
    let others = Profile::ALL
        .into_iter()
        .filter(|profile| kind.impacts.under(*profile) != read)
        .map(|profile| {
            format!(
                ", {} under the profile `{}`",
                kind.impacts.under(profile),
                profile.as_str()
            )
        });
    format!("impact {read}{}", others.collect::<String>())
}

/// The overview of all kinds, and of what versions can be wrong about.
pub fn index() -> String {
    let mut text = String::from(
        "# Kinds of change\n\n\
         What `mesh diff` tells apart and `mesh breaking` judges, by what each kind touches. The question is\n\
         always whether an unchanged reader of the output port survives: a promise that is taken back needs a\n\
         `major` version, one that is added a `minor` one, and what promises nothing a `patch`. What mesh does\n\
         not know needs `review`.\n\n\
         The columns `strict` and `replay` say where those profiles differ; see\n\
         [Compatibility](../compatibility.md).\n",
    );
    for group in Group::ALL {
        text += &format!(
            "\n## {}\n\n{}\n\n| kind | impact | strict | replay | what happened |\n|---|---|---|---|---|\n",
            group.as_str(),
            group.summary()
        );
        for kind in changes::all().filter(|kind| kind.group == group) {
            let other = |impact: Impact| {
                if impact == kind.impacts.read {
                    ""
                } else {
                    impact.as_str()
                }
            };
            text += &format!(
                "| [{id}]({id}.md) | {} | {} | {} | {} |\n",
                kind.impacts.read,
                other(kind.impacts.strict),
                other(kind.impacts.replay),
                kind.summary,
                id = kind.id,
            );
        }
    }
    text += "\n## versions\n\nWhat `mesh breaking` and `mesh publish` ask of version numbers.\n\n\
             | rule | what it asks for |\n|---|---|\n";
    for rule in rules::RULES {
        text += &format!("| [{id}]({id}.md) | {} |\n", rule.summary, id = rule.id);
    }
    text
}
