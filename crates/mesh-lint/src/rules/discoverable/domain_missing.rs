use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "domain-missing",
    group: Group::Discoverable,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A data product belongs to a domain.",
    docs: "\
The domain is the part of the business that knows the data and answers for it. It is the first thing
by which people narrow a search, and the first thing a reader asks: whose `orders` are these?

ODPS leaves `domain` optional. Write the name by which the company knows the domain.",
    fails: Example::files(&[
        Excerpt::product("name: Orders # and no domain\n").without(&["domain"])
    ]),
    passes: Example::files(&[Excerpt::product("name: Orders\ndomain: commercial\n")]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(product.document, "/domain") {
        findings
            .at(
                product.document,
                "/domain",
                "the data product belongs to no domain",
            )
            .help("add `domain:` with the part of the business that answers for the data");
    }
}
