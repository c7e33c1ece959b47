use mesh_diagnostics::Level;
use mesh_spec::document::{Document, ProblemKind};

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "yaml-syntax",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A manifest is one YAML document in UTF-8.",
    docs: "\
What is not YAML cannot be understood by anyone, so nothing else is checked in such a file.

mesh reads YAML 1.2, in which `no` and `12:30` are plain text. It refuses the parts of YAML that
tools disagree on or that let a small file become a huge one, such as several documents in one file
or collections nested without end.",
    fails: Example::files(&[Excerpt::product("name: \"Orders\n")]),
    passes: Example::files(&[Excerpt::product("name: \"Orders\"\n")]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    super::report_problems(document, ProblemKind::Syntax, findings);
}
