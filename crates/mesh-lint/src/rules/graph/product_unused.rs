use std::collections::{HashMap, HashSet};

use mesh_diagnostics::Level;
use mesh_spec::model::odps::DataProduct;
use mesh_spec::terms::dates::Day;
use mesh_spec::terms::status;
use mesh_spec::terms::words::words;
use mesh_spec::workspace::Role;

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
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
    let Some(today) = Day::parse(mesh.as_of) else {
        return;
    };
    // Nobody can consume what was never published.
    let known: HashSet<&str> = published.products.iter().map(|p| &*p.id).collect();
    let candidates: Vec<_> = mesh
        .workspace
        .products()
        .filter(|product| {
            product.role == Role::Target
                && is_old_and_active(product.model, today)
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

/// Whether a product is active, is old by `today`, and is made for other products.
fn is_old_and_active(product: &DataProduct, today: Day) -> bool {
    let is_made_for_people = product
        .r#type
        .as_deref()
        .is_some_and(|kind| words(kind).end_with("consumer aligned"));
    let created = product.product_created_ts.as_deref().and_then(Day::parse);
    status::is(product.status.as_deref(), "active")
        && !product.output_ports.is_empty()
        && !is_made_for_people
        && created.is_some_and(|created| is_old(created, today))
}

/// Whether more than six months lie between the two days.
fn is_old(created: Day, today: Day) -> bool {
    created.months_later(6) < today
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_year_is_counted_across_new_year() {
        for (created, as_of, expected) in [
            ("2025-12-29", "2026-06-30", true),
            ("2025-12-30", "2026-06-30", false),
            ("2025-12-31", "2026-07-01", true),
            ("2026-01-01", "2026-07-01", false),
            // June has no thirty-first.
            ("2026-06-30", "2026-12-31", true),
            ("2026-07-01", "2026-12-31", false),
            ("2025-07-14", "2026-01-15", true),
            ("2025-07-15T09:00:00Z", "2026-01-15", false),
        ] {
            let day = |text| Day::parse(text).expect("it is a day");
            assert_eq!(
                is_old(day(created), day(as_of)),
                expected,
                "{created} {as_of}"
            );
        }
    }

    #[test]
    fn only_old_products_made_for_others_are_looked_at() {
        let today = Day::parse("2026-06-30").expect("it is a day");
        let product = |yaml: &str| {
            let text = format!(
                "apiVersion: v1.1.0\nkind: DataProduct\nid: a\noutputPorts: [{{name: o, contractId: c}}]\n{yaml}"
            );
            let document =
                mesh_spec::document::Document::parse("dataproduct.yaml", text.into_bytes(), None);
            is_old_and_active(document.product().expect("it is a product"), today)
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
