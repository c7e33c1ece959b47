use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "tags-missing",
    group: Group::Discoverable,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "A data product has tags.",
    docs: "\
A search finds a product by the words in its name and its description, which are the words of those
who made it. Tags are those that others look for: the business object, the process, the system that
the data comes from.

List a few in `tags` of the product. Contracts and ports are found through their product, and may do
without.",
    fails: Example::files(&[Excerpt::product("name: Orders # and no tags\n").without(&["tags"])]),
    passes: Example::files(&[Excerpt::product(
        "name: Orders\ntags: [orders, sales, erp]\n",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(product.document, "/tags") {
        findings
            .at(product.document, "/tags", "the data product has no tags")
            .help("add `tags:` with the words that people would search for");
    }
}
