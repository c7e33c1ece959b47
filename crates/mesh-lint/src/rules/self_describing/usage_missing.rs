use mesh_diagnostics::Level;
use mesh_spec::document::{Content, Document};
use mesh_spec::model::Kind;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "usage-missing",
    group: Group::SelfDescribing,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Products and contracts say how to use the data, and what not to use it for.",
    docs: "\
The team knows that returns are booked a week late and that amounts must not be summed across
currencies. A consumer learns it from a wrong figure, unless it is written where the data is found.

Both belong in the `description` of the product and of each contract: `usage` says how the data is
meant to be read, joined and filtered, `limitations` where it is incomplete, late, or not to be
relied on. A product without any `description` is reported by `purpose-missing`.",
    fails: Example::files(&[Excerpt::contract(
        "\
description:
  purpose: One row per confirmed order.
  usage: Join to customers by customer_id.
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
description:
  purpose: One row per confirmed order.
  usage: Join to customers by customer_id.
  limitations: Returns are booked up to a week late.
",
    )]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    let (kind, description) = match &document.content {
        Content::Product(product) => (Kind::DataProduct, &product.description),
        Content::Contract(contract) => (Kind::DataContract, &contract.description),
        Content::Other => return,
    };
    let is_said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if let Some(description) = description
        && is_said(&description.usage)
        && is_said(&description.limitations)
    {
        return;
    }
    if kind == Kind::DataProduct && is_missing(document, "/description") {
        return;
    }
    let lacks_usage = is_missing(document, "/description/usage");
    let lacks_limits = is_missing(document, "/description/limitations");
    let (what, key, help) = match (lacks_usage, lacks_limits) {
        (true, true) => (
            "neither how to use the data nor what not to use it for",
            "usage",
            "add `usage:` and `limitations:` to `description`",
        ),
        (true, false) => (
            "nothing about how to use the data",
            "usage",
            "add `usage:` to `description`: how to read, join and filter the data",
        ),
        (false, true) => (
            "nothing about what not to use the data for",
            "limitations",
            "add `limitations:` to `description`: where the data is incomplete, late, or not to be \
             relied on",
        ),
        (false, false) => return,
    };
    findings
        .at(
            document,
            format!("/description/{key}"),
            format!("the {} says {what}", kind.noun()),
        )
        .help(help);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Options;

    #[test]
    fn a_document_is_reported_once_for_what_it_lacks() {
        for (kind, description, expected) in [
            ("DataContract", "", Some("neither")),
            (
                "DataContract",
                "description: {purpose: x}\n",
                Some("neither"),
            ),
            (
                "DataContract",
                "description: {usage: x}\n",
                Some("what not to"),
            ),
            (
                "DataContract",
                "description: {limitations: x}\n",
                Some("how to use"),
            ),
            (
                "DataContract",
                "description: {limitations: x, usage: y}\n",
                None,
            ),
            ("DataContract", "description: Orders\n", None),
            ("DataProduct", "", None),
            (
                "DataProduct",
                "description: {purpose: x}\n",
                Some("neither"),
            ),
            (
                "DataProduct",
                "description: {limitations: x, usgae: y}\n",
                None,
            ),
        ] {
            let text = format!("apiVersion: v1.1.0\nkind: {kind}\nid: a\n{description}");
            let text = match kind {
                "DataContract" => text.replace("v1.1.0", "v3.2.0"),
                _ => text,
            };
            let document = Document::parse("a.yaml", text.into(), None);
            let options = Options::as_of("2026-06-30");
            let mut findings = Findings::new(&RULE, &options);
            check(&document, &mut findings);
            let found = findings.into_inner();
            assert_eq!(
                found.len(),
                usize::from(expected.is_some()),
                "{kind} {description}"
            );
            if let (Some(found), Some(expected)) = (found.first(), expected) {
                assert!(found.message.contains(expected), "{}", found.message);
            }
        }
    }
}
