use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "product-version-missing",
    group: Group::Trustworthy,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A data product has a version.",
    docs: "\
A consumer relies on a product as it was on the day it was chosen. Without a `version` there is
nothing to pin, nothing to compare a change with, and nothing to publish: the registry keeps a
product under its version. ODPS leaves the key optional, and recommends it highly.

Start with `0.1.0` while the product takes shape, and with `1.0.0` once others may rely on it.",
    fails: Example::files(&[
        Excerpt::product("status: active # and no version\n").without(&["version"])
    ]),
    passes: Example::files(&[Excerpt::product("status: active\nversion: 1.0.0\n")]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(product.document, "/version") {
        findings
            .at(
                product.document,
                "/version",
                "the data product has no version",
            )
            .help("add `version:` with three numbers, as in `version: 1.0.0`");
    }
}
