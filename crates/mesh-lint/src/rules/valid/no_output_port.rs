use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "no-output-port",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A data product has at least one output port.",
    docs: "\
Output ports are what consumers consume. Without one there is nothing to read, and a manifest that
describes a product nobody can use describes a project. The schemas accept it all the same.

Add an entry to `outputPorts` with a `name`, a `version` and the `contractId` of its contract.",
    fails: Example::files(&[
        Excerpt::product("id: commercial.orders # and no outputPorts\n").without(&["outputPorts"]),
    ]),
    passes: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    description: One row per confirmed order.
    version: 1.0.0
    contractId: commercial.orders
",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(product.document, "/outputPorts") {
        findings
            .at(product.document, "/outputPorts", "the data product has no output port")
            .help("add `outputPorts:` with the `name`, `version` and `contractId` of what consumers read");
    }
}
