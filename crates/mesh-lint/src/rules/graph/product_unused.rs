use std::collections::{HashMap, HashSet};

use mesh_diagnostics::Level;
use mesh_spec::model::odps::DataProduct;
use mesh_spec::workspace::Role;

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::facts::names::words;
use crate::facts::status;
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "product-unused",
    group: Group::Graph,
    level: Level::Info,
    preset: Preset::Strict,
    fix: None,
    summary: "An active data product has consumers.",
    docs: "\
A product that nobody consumes is run, paid for and governed for its own sake. Either it should be
better known, or it can go.

mesh looks at active products that have been published and were created more than six months ago, by
`productCreatedTs`, and at whose contracts the input ports in the workspace and in the registry
name. Products of the type `consumerAligned` are made for people and reports, which mesh does not
know, and are left alone. Without a registry nothing is reported, since consumers may be elsewhere.
Ask who would need it, mark it as `consumerAligned`, or deprecate it.",
    fails: Example::files(&[Excerpt::product(OLD), PUBLISHED]).with_registry(),
    passes: Example::files(&[
        Excerpt::product(OLD),
        PUBLISHED,
        CONSUMER,
        CONSUMER_CONTRACT,
    ])
    .with_registry(),
    check: Check::Mesh(check),
};

const OLD: &str = "productCreatedTs: \"2025-03-03T09:00:00Z\"\n";

/// The same product as the registry has it.
const PUBLISHED: Excerpt = Excerpt::new("registry/orders/dataproduct.yaml", OLD);

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let Some(published) = mesh.workspace.published() else {
        return;
    };
    let Some(limit) = six_months_before(mesh.as_of) else {
        return;
    };
    // Nobody can consume what was never published.
    let known: HashSet<&str> = published.products.iter().map(|p| &*p.id).collect();
    let candidates: Vec<_> = mesh
        .workspace
        .products()
        .filter(|product| {
            product.role == Role::Target
                && is_old_and_active(product.model, &limit)
                && product
                    .model
                    .id
                    .as_deref()
                    .is_some_and(|id| known.contains(id))
        })
        .collect();
    if candidates.is_empty() {
        return;
    }
    let mut drawn_on: HashSet<usize> = HashSet::new();
    let mut consumed: HashSet<(&str, &str)> = HashSet::new();
    for link in &mesh.links {
        if let Some(output) = link.upstream() {
            drawn_on.insert(output.product.index());
        }
        consumed.insert((link.contract_id, link.consumer.label()));
    }
    for product in &published.products {
        for (contract, _) in &product.consumes {
            consumed.insert((contract, &product.id));
        }
    }
    // By contract, with one consumer if there is only one: it may be the product itself.
    let mut consumers: HashMap<&str, Option<&str>> = HashMap::new();
    for (contract, consumer) in consumed {
        consumers
            .entry(contract)
            .and_modify(|only| *only = None)
            .or_insert(Some(consumer));
    }
    for product in candidates {
        let is_consumed = |contract: &str| {
            consumers
                .get(contract)
                .is_some_and(|only| only.is_none_or(|only| only != product.label()))
        };
        let ports = product.model.output_ports.iter();
        let mut offered = ports.filter_map(|port| port.contract_id.as_deref());
        if drawn_on.contains(&product.index()) || offered.any(is_consumed) {
            continue;
        }
        findings
            .at(
                product.document,
                "/outputPorts",
                format!("nobody consumes the data product `{}`", product.label()),
            )
            .help("ask who would need it, set `type: consumerAligned` if people read it, or deprecate it");
    }
}

/// Whether a product is active, was created before the day `limit`, and is made for other products.
fn is_old_and_active(product: &DataProduct, limit: &str) -> bool {
    let is_made_for_people = product
        .r#type
        .as_deref()
        .is_some_and(|kind| words(kind).end_with("consumer aligned"));
    let created = product.product_created_ts.as_deref().and_then(day);
    status::is(product.status.as_deref(), "active")
        && !product.output_ports.is_empty()
        && !is_made_for_people
        && created.is_some_and(|created| created < limit)
}

/// The day of a timestamp, as `YYYY-MM-DD`.
fn day(timestamp: &str) -> Option<&str> {
    let day = timestamp.get(..10)?;
    let is_day = day.bytes().enumerate().all(|(at, b)| match at {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    is_day.then_some(day)
}

/// The same day six months earlier. Where that month has no such day, the text still sorts after its
/// last one.
fn six_months_before(as_of: &str) -> Option<String> {
    let as_of = day(as_of)?;
    let year: u32 = as_of[..4].parse().ok()?;
    let month: u32 = as_of[5..7].parse().ok()?;
    let months = (year * 12 + month).checked_sub(7)?;
    Some(format!(
        "{:04}-{:02}{}",
        months / 12,
        months % 12 + 1,
        &as_of[7..]
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_year_is_counted_across_new_year() {
        for (day, expected) in [
            ("2026-06-30", Some("2025-12-30")),
            ("2026-07-01", Some("2026-01-01")),
            ("2026-12-31", Some("2026-06-31")),
            ("2026-01-15", Some("2025-07-15")),
            ("someday", None),
            ("", None),
        ] {
            assert_eq!(six_months_before(day).as_deref(), expected, "{day}");
        }
    }

    #[test]
    fn only_old_products_made_for_others_are_looked_at() {
        let product = |yaml: &str| {
            let text = format!(
                "apiVersion: v1.1.0\nkind: DataProduct\nid: a\noutputPorts: [{{name: o, contractId: c}}]\n{yaml}"
            );
            let document =
                mesh_spec::document::Document::parse("dataproduct.yaml", text.into_bytes(), None);
            is_old_and_active(document.product().expect("it is a product"), "2025-12-30")
        };
        for (yaml, expected) in [
            (
                "status: active\nproductCreatedTs: \"2025-03-03T09:00:00Z\"\n",
                true,
            ),
            (
                "status: active\nproductCreatedTs: \"2026-03-03T09:00:00Z\"\n",
                false,
            ),
            ("status: active\n", false),
            (
                "status: draft\nproductCreatedTs: \"2025-03-03T09:00:00Z\"\n",
                false,
            ),
            (
                "status: active\ntype: consumerAligned\nproductCreatedTs: \"2025-03-03T09:00:00Z\"\n",
                false,
            ),
        ] {
            assert_eq!(product(yaml), expected, "{yaml}");
        }
    }
}
