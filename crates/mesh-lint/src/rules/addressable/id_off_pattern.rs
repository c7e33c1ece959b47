use mesh_diagnostics::Level;
use mesh_spec::document::{Content, Document};

use crate::example::{Example, Excerpt};
use crate::facts::identifier;
use crate::facts::placeholder::is_placeholder;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "id-off-pattern",
    group: Group::Addressable,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Ids are written so that they never have to change.",
    docs: "\
An `id` is part of addresses, file names and queries, and it outlives every rename. Capitals and
spaces are written differently by the next person or lost on the next system; a version in an id is
wrong from the next version on.

mesh looks at `id` of products and contracts. An id consists of small letters, digits and hyphens,
in segments set apart by dots (`commercial.sales-order`), or it is a UUID or a URN. An id that
consumers already use is better left as it is: they know the product by it. Suppress the finding
there.",
    fails: Example::files(&[Excerpt::new(
        "returns/dataproduct.yaml",
        "id: Commercial.Returns\nname: Returns\n",
    )]),
    passes: Example::files(&[Excerpt::new(
        "returns/dataproduct.yaml",
        "id: commercial.returns\nname: Returns\n",
    )]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    let id = match &document.content {
        Content::Product(product) => product.id.as_deref(),
        Content::Contract(contract) => contract.id.as_deref(),
        Content::Other => None,
    };
    let Some(id) = id.filter(|id| !id.trim().is_empty() && !is_placeholder(id)) else {
        return;
    };
    let Some(flaw) = flaw(id) else {
        return;
    };
    let help = match proposed(id) {
        Some(proposal) => {
            format!("write `{proposal}`, unless consumers already rely on the id as it is")
        }
        None => "use small letters, digits and hyphens, in segments set apart by dots".to_owned(),
    };
    findings
        .at(document, "/id", format!("the id `{id}` {flaw}"))
        .help(help);
}

/// What keeps an id from being written the same way by everyone.
fn flaw(id: &str) -> Option<&'static str> {
    if identifier::is_uuid(id) || identifier::is_urn(id) {
        return None;
    }
    if id.contains(char::is_whitespace) {
        return Some("contains a space");
    }
    if id.contains(char::is_uppercase) {
        return Some("has capitals");
    }
    let is_known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    if !id.chars().all(is_known) {
        return Some("contains more than small letters, digits, dots and hyphens");
    }
    if id.split(['.', '-']).any(str::is_empty) {
        return Some("has dots or hyphens at its start, at its end or in a row");
    }
    has_version(id).then_some("contains a version")
}

/// Whether an id of known characters contains something like `v2` or `1.0`.
fn has_version(id: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_marked = id
        .split(['.', '-'])
        .any(|part| part.strip_prefix('v').is_some_and(is_number));
    let segments = id.rsplit('.').take_while(|segment| is_number(segment));
    is_marked || segments.count() > 1
}

/// The same id as it could have been written; `None` where that is not to be seen.
fn proposed(id: &str) -> Option<String> {
    let mut text = String::with_capacity(id.len());
    for part in id.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')) {
        if !part.is_empty() {
            if !text.is_empty() && !text.ends_with('.') {
                text.push('-');
            }
            text.push_str(&part.to_lowercase());
        }
    }
    let has_lost = id.chars().any(|c| c.is_alphanumeric() && !c.is_ascii());
    (!has_lost && !text.is_empty() && flaw(&text).is_none()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_last_are_told_from_others() {
        for id in [
            "orders",
            "commercial.sales-order",
            "supply-chain.stock.levels-2026",
            "iso-20022.payments",
            "fbe8d147-28db-4f1d-bedf-a3fe9f458427",
            "FBE8D147-28DB-4F1D-BEDF-A3FE9F458427",
            "urn:datacontract:Checkout:Orders_v1",
            "vaccines.v-model",
        ] {
            assert_eq!(flaw(id), None, "{id}");
        }
        for (id, proposal) in [
            ("Warehouse_01", Some("warehouse-01")),
            ("my orders", Some("my-orders")),
            ("orders_latest", Some("orders-latest")),
            ("commercial..orders", None),
            ("orders-v2", None),
            ("orders.v2", None),
            ("orders.1.0.0", None),
            ("commercial/orders", Some("commercial-orders")),
            ("aufträge", None),
            ("-orders", Some("orders")),
        ] {
            assert!(flaw(id).is_some(), "{id}");
            assert_eq!(proposed(id).as_deref(), proposal, "{id}");
        }
    }
}
