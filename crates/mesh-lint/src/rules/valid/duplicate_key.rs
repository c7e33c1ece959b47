use mesh_diagnostics::Level;
use mesh_spec::document::{Document, ProblemKind};

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "duplicate-key",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A mapping holds each key once.",
    docs: "\
Most readers take the last of two equal keys and say nothing; some take the first. Which of the two
values a consumer sees is then a matter of luck. It usually happens when a block is pasted, or when
two branches are merged.

Keep one of the two.",
    fails: Example::files(&[Excerpt::product("version: 1.0.0\nversion: 1.1.0\n")]),
    passes: Example::files(&[Excerpt::product("version: 1.1.0\n")]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    super::report_problems(document, ProblemKind::DuplicateKey, findings);
}
