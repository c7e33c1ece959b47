//! What the gate itself finds, beside the changes.

use mesh_diagnostics::{COMPATIBILITY, Level, RuleInfo};

use crate::changes;

/// Something that a version can be wrong about.
#[derive(Debug)]
pub struct GateRule {
    /// Kebab-case name; never renamed without an alias.
    pub id: &'static str,
    /// What it asks for, as one sentence.
    pub summary: &'static str,
    /// Why, and how to comply: Markdown.
    pub docs: &'static str,
}

pub(crate) static VERSION_TOO_LOW: GateRule = GateRule {
    id: "version-too-low",
    summary: "The version says what the changes since the last one mean to readers.",
    docs: "\
Readers decide by the version number whether they can take a new version unseen. Every change asks for a
step of it: `major` if some reader breaks, `minor` if readers gain something or should hear of it, `patch`
if nothing that was promised is touched. What needs `review` asks for a `minor` one. The declared version
has to be at least as high as the gravest change asks for.

Contracts, ports and products are each held to it, and to each other: a port offers a contract, so its
version rises with the contract's, and a product's version rises with that of its ports. A port that
changes by itself (its type, its contract) needs a new version of its own as well; how it is described
counts for the product alone.

`mesh breaking --fix` writes the version that is needed. Before 1.0.0 the minor version stands for the
major one. Of a document that was a draft, it is only a warning.",
};

pub(crate) static VERSION_BACKWARDS: GateRule = GateRule {
    id: "version-backwards",
    summary: "Versions only rise.",
    docs: "\
A version that is lower than one before it is never chosen by anybody who asks for the newest, and hides
what changed. Versions are compared within their line: `1.4.1` may follow after `2.0.0`, if the highest
version of the first line is `1.4.0` or lower. A version of a line that does not exist yet is compared with
the highest version below it, and goes back where all that exist are higher.",
};

pub(crate) static VERSION_UNREADABLE: GateRule = GateRule {
    id: "version-unreadable",
    summary: "Versions can be compared.",
    docs: "\
Whether a version covers the changes can only be told if it is one: `1.2.0`, or as short as `3`, with or
without a leading `v`. Where the document changed and its version cannot be read, nothing can be said,
and that is an error.

Where only the version before cannot be read, it is a warning: nobody can correct that any more, and from
now on there is one to compare with. What breaks readers is an error all the same.",
};

/// Everything that the gate finds beside the changes.
pub static RULES: [&GateRule; 3] = [&VERSION_TOO_LOW, &VERSION_BACKWARDS, &VERSION_UNREADABLE];

/// The rule called `id`.
pub fn find(id: &str) -> Option<&'static GateRule> {
    RULES.into_iter().find(|rule| rule.id == id)
}

/// What formats that describe rules need to know of everything that the gate can report.
pub fn infos() -> Vec<RuleInfo<'static>> {
    let own = RULES.into_iter().map(|rule| RuleInfo {
        id: rule.id,
        group: COMPATIBILITY,
        level: Level::Error,
        summary: rule.summary,
        docs: rule.docs,
    });
    let kinds = changes::all().map(|kind| RuleInfo {
        id: kind.id,
        group: COMPATIBILITY,
        level: Level::Error,
        summary: kind.summary,
        docs: kind.docs,
    });
    own.chain(kinds).collect()
}
