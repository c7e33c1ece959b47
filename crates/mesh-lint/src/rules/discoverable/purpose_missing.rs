use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "purpose-missing",
    group: Group::Discoverable,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "A data product says what it is for.",
    docs: "\
Whoever finds a product asks whether it fits their question. A name does not tell; one or two
sentences on which question the data answers, and for whom, do.

Write them in `description.purpose`. What the data must not be used for belongs in
`description.limitations`, and how to use it in `description.usage`.",
    fails: Example::files(&[Excerpt::product(
        "\
description:
  usage: Join to customers by customer_id.
  limitations: Holds no order that was never confirmed.
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
description:
  purpose: Orders of all customers, for planning and revenue reporting.
  usage: Join to customers by customer_id.
  limitations: Holds no order that was never confirmed.
",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(product.document, "/description/purpose") {
        findings
            .at(
                product.document,
                "/description/purpose",
                "the data product does not say what it is for",
            )
            .help(
                "add `description.purpose:` with the question that the data answers, and for whom",
            );
    }
}
