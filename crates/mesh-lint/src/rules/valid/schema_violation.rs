use mesh_diagnostics::{Level, Safety};
use mesh_spec::document::{Document, ProblemKind};

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "schema-violation",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: Some(Safety::Safe),
    summary: "A document fits the schema of the standard version that it declares.",
    docs: "\
Every document is held to the schema of its own `apiVersion`: which keys exist, which are required
and what they may hold. All violations are reported at once, each at its place.

A key that the standard does not know is an error, since nobody will read it: most are misspelt. A
key that a *later* version introduced is named as such; raise `apiVersion` to use it. What neither
standard has room for belongs in `customProperties`.

A number or a truth value where a text is asked for, such as `version: 1.10`, is quoted by `--fix`.
A misspelt key is renamed by `--unsafe-fixes`, where it is clear what was meant.",
    fails: Example::files(&[Excerpt::product(
        "\
discription:
  purpose: Orders of all customers, for planning and revenue reporting.
",
    )
    .without(&["description"])]),
    passes: Example::files(&[Excerpt::product(
        "\
description:
  purpose: Orders of all customers, for planning and revenue reporting.
  limitations: Holds no order that was never confirmed.
  usage: Join to customers by customer_id.
",
    )]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    super::report_problems(document, ProblemKind::Schema, findings);
}
