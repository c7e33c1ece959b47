//! What can be wrong with the inputs that `mesh.lock` pins.

use mesh_diagnostics::{LOCK, Level, RuleInfo};

/// Something that a pin can be wrong about.
#[derive(Debug)]
pub(crate) struct LockRule {
    /// Kebab-case name; never renamed without an alias.
    pub(crate) id: &'static str,
    /// How serious it is.
    pub(crate) level: Level,
    /// What it asks for, as one sentence.
    pub(crate) summary: &'static str,
    /// Why, and how to comply: Markdown.
    pub(crate) docs: &'static str,
}

pub(crate) static CHANGED: LockRule = LockRule {
    id: "locked-input-changed",
    level: Level::Error,
    summary: "What mesh.lock pins is what the registry holds.",
    docs: "\
A published version never changes. If the registry holds another record or another contract than the one that
was pinned, or none, then somebody has changed what was published, or the pin. No baseline and no comment lets
that pass.

Find out which it was: `git log -p mesh.lock` shows who changed the pin, and `mesh registry verify` what is wrong with
the registry. Once you trust what is there now, pin it anew with `mesh add DOMAIN/PRODUCT@VERSION`.",
};

pub(crate) static DIFFERS: LockRule = LockRule {
    id: "locked-input-differs",
    level: Level::Error,
    summary: "mesh.lock pins what the input port asks for.",
    docs: "\
The manifest asks for one contract or version, and `mesh.lock` pins another: one of the two was changed by hand, or
two branches met. What the product was built and checked with is then unknown.

`mesh fetch` pins what the manifest asks for. `mesh add` changes both at once.",
};

pub(crate) static UNUSED: LockRule = LockRule {
    id: "locked-input-unused",
    level: Level::Warn,
    summary: "Every input that mesh.lock pins has an input port.",
    docs: "\
The input port that was pinned is gone, or has another name, or its contract has come into the repository itself. The
pin says no more than that it was forgotten.

`mesh fetch` takes it out. `mesh remove` takes out the port and its pin at once.",
};

/// All of them.
pub(crate) static RULES: [&LockRule; 3] = [&CHANGED, &DIFFERS, &UNUSED];

/// The rule called `id`.
pub(crate) fn find(id: &str) -> Option<&'static LockRule> {
    RULES.into_iter().find(|rule| rule.id == id)
}

/// What formats that describe rules need to know of them.
pub(crate) fn infos() -> Vec<RuleInfo<'static>> {
    let infos = RULES.into_iter().map(|rule| RuleInfo {
        id: rule.id,
        group: LOCK,
        level: rule.level,
        summary: rule.summary,
        docs: rule.docs,
    });
    infos.collect()
}

impl LockRule {
    /// Its page, as Markdown.
    pub(crate) fn page(&self) -> String {
        format!(
            "# {}\n\n**{}**\n\nAbout what [mesh.lock](consuming.md#what-meshlock-says) pins, level {}.\n\n{}\n",
            self.id, self.summary, self.level, self.docs
        )
    }
}
