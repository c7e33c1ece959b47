use mesh_diagnostics::Level;
use mesh_spec::document::{Document, ProblemKind};

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "unreadable-file",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "Every manifest that is found can be read.",
    docs: "\
A manifest that mesh finds but cannot read is a product or a contract of which nothing is known.
Passing over it would make the run look clean, so it is an error: the file lacks read permission, is
larger than a manifest can sensibly be, or is no regular file.

Make the file readable, or remove it. A file that is not a manifest should not be named like one.",
    fails: Example::files(&[Excerpt::unreadable(
        "orders/dataproduct.yaml",
        "# a file without read permission\n",
    )]),
    passes: Example::files(&[Excerpt::product("# a file that everyone may read\n")]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    super::report_problems(document, ProblemKind::Unreadable, findings);
}
