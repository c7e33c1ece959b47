use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "support-channel-missing",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "A data product says where to ask for help.",
    docs: "\
Sooner or later every consumer has a question or a broken dashboard. People leave and change teams;
a channel stays, and the next person can read the answer.

List at least one channel in `support`, with the address that leads there. A mailbox counts
(`url: mailto:…`).",
    fails: Example::files(&[
        Excerpt::product("name: Orders # and no support\n").without(&["support"])
    ]),
    passes: Example::files(&[Excerpt::product(
        "\
support:
  - channel: orders
    url: mailto:orders@pharma.example
",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(product.document, "/support") {
        findings
            .at(product.document, "/support", "the data product does not say where to ask for help")
            .help("add `support:` with the `channel` and `url` of a chat room, a mailbox or a ticket queue");
    }
}
