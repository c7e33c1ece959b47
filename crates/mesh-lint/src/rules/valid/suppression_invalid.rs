use mesh_diagnostics::{Level, nearest};
use mesh_spec::document::Document;

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};
use crate::rules;
use crate::suppression::{Mistake, Suppression, is_suppressible};

/// How a suppression is written.
const FORM: &str = "# mesh: ignore[rule-id] reason";

pub(crate) static RULE: Rule = Rule {
    id: "suppression-invalid",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A comment that suppresses findings names rules that exist, and gives a reason.",
    docs: "\
A finding that is right in general and wrong in one place is suppressed there, by a comment:

    # mesh: ignore[rule-id] reason

It holds for the line it stands on, or for the next one if it stands alone. On a key that opens a
block it holds for the whole block; above an item of a list it holds for the item. Several rules are
separated by commas.

Whoever reads the file after you sees what was decided only if the comment says so, which is why a
reason is required. A rule that does not exist suppresses nothing, and what makes a document
unreadable cannot be suppressed: mesh says so instead of letting the comment look as if it worked.",
    fails: Example::files(&[Excerpt::product(
        "\
# mesh: ignore[owner-mising] the team is being founded
team:
  name: Orders
  members:
    - username: ada@pharma.example
      role: owner
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
# mesh: ignore[owner-missing] the team is being founded
team:
  name: Orders
  members:
    - username: ada@pharma.example
      role: engineer
",
    )]),
    check: Check::Suppressions,
};

/// Reports what is wrong with `suppression`.
pub(crate) fn report(document: &Document, suppression: &Suppression, findings: &mut Findings<'_>) {
    let (message, help) = match suppression.mistake {
        Some(Mistake::Form) => (
            "this comment speaks to mesh, and mesh does not understand it",
            format!("write `{FORM}`, or start the comment with another word than `mesh:`"),
        ),
        Some(Mistake::NoRule) => (
            "this comment suppresses no rule",
            format!("name the rules between the brackets: `{FORM}`"),
        ),
        Some(Mistake::NoReason) => (
            "this comment suppresses findings without giving a reason",
            format!("say behind the brackets why they are to be ignored: `{FORM}`"),
        ),
        None => return unknown(document, suppression, findings),
    };
    findings
        .at_span(document, suppression.comment, "", message)
        .help(help);
}

/// Reports the names in `suppression` that are no rule, or none that can be suppressed.
fn unknown(document: &Document, suppression: &Suppression, findings: &mut Findings<'_>) {
    for (id, span) in &suppression.rules {
        let (message, help) = match rules::find(id) {
            Some(_) if is_suppressible(id) => continue,
            Some(_) => (
                format!("findings of `{id}` cannot be suppressed"),
                "correct what it finds, and delete the comment".to_owned(),
            ),
            None => (
                format!("there is no rule `{id}`"),
                match nearest(id, rules::ALL.iter().map(|rule| rule.id)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "name a rule; `mesh rules` lists them".to_owned(),
                },
            ),
        };
        findings.at_span(document, *span, "", message).help(help);
    }
}
