use mesh_diagnostics::Level;
use mesh_spec::document::Document;
use mesh_spec::yaml;

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::facts::scalars;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

/// Keys under which a value is data, not prose: `XXX` is a currency code there.
const DATA: [&str; 4] = ["examples", "enum", "arguments", "validValues"];

pub(crate) static RULE: Rule = Rule {
    id: "placeholder-left",
    group: Group::SelfDescribing,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "No placeholder is left to be filled in.",
    docs: "\
`mesh init` leaves a `TODO` wherever only a person knows what to write. To a reader it says that
nobody has come back since, and a key that is filled with it escapes the rules that ask whether the
key is there.

mesh looks at every text in a manifest that starts with `TODO`, `FIXME`, `TBD`, `XXX` or `CHANGEME`
in capitals, or that is a single `<…>`. Sample values (`examples`, `enum`) are left alone. In a
draft it is a warning.",
    fails: Example::files(&[Excerpt::product("name: \"TODO: what people call it\"\n")]),
    passes: Example::files(&[Excerpt::product("name: Orders\n")]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    if document.kind().is_none() || !may_have_placeholder(document) {
        return;
    }
    scalars::each_text(document, |text| {
        if !is_placeholder(text.value) {
            return;
        }
        let pointer = text.pointer();
        if yaml::split(&pointer).any(|token| DATA.contains(&&*token)) {
            return;
        }
        findings
            .at(
                document,
                pointer,
                format!("`{}` is still a placeholder", text.key),
            )
            .help("write what belongs here, or remove the key");
    });
}

/// Whether any text is a placeholder, wherever it stands. Hardly any document has one, and to go over
/// the nodes as they lie is much less work than to walk to each.
fn may_have_placeholder(document: &Document) -> bool {
    let mut found = false;
    if let Some(tree) = &document.tree {
        tree.each(|node| found = found || node.as_str().is_some_and(is_placeholder));
    }
    found
}
