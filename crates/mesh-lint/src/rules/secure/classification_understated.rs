use mesh_diagnostics::Level;
use mesh_spec::terms::classification::Labels;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::{classification, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "classification-understated",
    group: Group::Secure,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "A data product is labelled at least as sensitive as its most sensitive field.",
    docs: "\
Access is often granted, and copies are often made, by the label of the whole product. If that is
lower than the label of one of its fields, the field is handled as less sensitive than it is.

The product's label is its custom property `classification`; it is compared with the labels in the
contracts of its output ports, in the order `public`, `internal`, `confidential`, `restricted`.
Labels of one's own count as those that the vocabulary `classifications` gives for them; others are
left alone. Raise the product's label, or move the field to a product of its own.",
    fails: Example::files(&[Excerpt::product(
        "\
customProperties:
  - property: classification
    vendor: mesh
    value: public
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
customProperties:
  - property: classification
    vendor: mesh
    value: internal
",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    let labels = Labels::new(findings.vocabularies());
    let Some(own) = classification::of_product(product, labels) else {
        return;
    };
    let decisive = product
        .output_ports()
        .filter_map(|output| {
            let contract = output.contract()?;
            Some((
                output,
                contract,
                classification::of_contract(contract, labels)?,
            ))
        })
        .filter(|(_, _, highest)| highest.label > own.label)
        // Of equals the first: `max_by_key` would take the last.
        .reduce(|best, next| {
            if next.2.label > best.2.label {
                next
            } else {
                best
            }
        });
    let Some((output, contract, highest)) = decisive else {
        return;
    };
    let port = words::output_port(output.model.name.as_deref(), output.index);
    let low = own.text(product.document);
    let high = highest.text(contract.document);
    findings
        .at(
            product.document,
            own.pointer,
            format!(
                "the data product is labelled `{low}`, but {} in {port} is `{high}`",
                highest.subject
            ),
        )
        .help(format!("raise the label of the data product to `{high}`"))
        .see(
            contract.document,
            &highest.pointer,
            "the most sensitive label",
        );
}
