use mesh_diagnostics::{Level, Span};
use mesh_spec::document::Document;

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};
use crate::suppression::Suppression;

pub(crate) static RULE: Rule = Rule {
    id: "suppression-unused",
    group: Group::Valid,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "A comment that suppresses findings suppresses at least one.",
    docs: "\
A suppression outlives what it was written for: the product is corrected, the comment stays, and the
next mistake of that kind in the same place goes unseen. A comment that suppresses nothing is
reported, so that it is deleted.

A rule that does not run, because of the settings in `mesh.yaml` or because it needs a registry and
none was named, finds nothing either, and what suppresses it is not reported.",
    fails: Example::files(&[Excerpt::product(
        "\
# mesh: ignore[owner-missing] the team is being founded
team:
  name: Orders
  members:
    - username: ada@pharma.example
      role: owner
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
team:
  name: Orders
  members:
    - username: ada@pharma.example
      role: owner
",
    )]),
    check: Check::Suppressions,
};

/// Reports that `suppression` suppresses no finding of the rule `id`, which it names at `span`.
pub(crate) fn report(
    document: &Document,
    suppression: &Suppression,
    id: &str,
    span: Span,
    findings: &mut Findings<'_>,
) {
    let help = if suppression.rules.len() == 1 {
        "delete the comment".to_owned()
    } else {
        format!("take `{id}` out of the comment")
    };
    findings
        .at_span(
            document,
            span,
            "",
            format!("`{id}` finds nothing here to suppress"),
        )
        .help(help);
}
