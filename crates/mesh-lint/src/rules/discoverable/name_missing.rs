use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "name-missing",
    group: Group::Discoverable,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A data product has a name that people use for it.",
    docs: "\
The id is for machines and never changes. The name is what people search for, say in meetings and
read in a catalogue. ODPS leaves it optional; a product without one is found by nobody who does not
know its id already.",
    fails: Example::files(&[
        Excerpt::product("id: commercial.orders # and no name\n").without(&["name"])
    ]),
    passes: Example::files(&[Excerpt::product("id: commercial.orders\nname: Orders\n")]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(product.document, "/name") {
        findings
            .at(product.document, "/name", "the data product has no name")
            .help("add `name:` with the words people use for it");
    }
}
