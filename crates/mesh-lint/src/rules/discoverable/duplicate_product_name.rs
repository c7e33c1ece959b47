use std::cmp::Reverse;
use std::collections::BTreeMap;

use mesh_diagnostics::Level;
use mesh_spec::terms::status;
use mesh_spec::workspace::{ProductRef, Role};

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "duplicate-product-name",
    group: Group::Discoverable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "No two data products share a name.",
    docs: "\
People know a product by its name, not by its id. Of two called `Market Share`, half of them take
the wrong one, and find out when the figures of two reports differ.

mesh compares the names of all products of the workspace and of the registry, upper and lower case
and spaces aside. Versions of one product share their id and may share their name, and a retired
product has given its name back. Say in the name what sets the product apart: `Market Share by
Panel`.",
    fails: Example::files(&[Excerpt::new(
        "archive/dataproduct.yaml",
        "id: commercial.order-archive\nname: Orders\n",
    )]),
    passes: Example::files(&[Excerpt::new(
        "archive/dataproduct.yaml",
        "id: commercial.order-archive\nname: Order Archive\n",
    )]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let mut by_name: BTreeMap<String, Vec<ProductRef<'_>>> = BTreeMap::new();
    for product in mesh.workspace.products() {
        let name = product
            .model
            .name
            .as_deref()
            .map(folded)
            .unwrap_or_default();
        let is_retired = status::is(product.model.status.as_deref(), "retired");
        // What is published is known from the registry itself, read here or not.
        if product.role != Role::Published && !name.is_empty() && !is_retired {
            by_name.entry(name).or_default().push(product);
        }
    }
    let published = published(mesh);
    for (name, mut products) in by_name {
        // Of two targets the later is reported; of a target and its neighbour, the target.
        products.sort_by_key(|product| (Reverse(product.role), product.index()));
        for (index, product) in products.iter().enumerate() {
            let id = product.model.id.as_deref();
            let mut before = products[..index].iter();
            let other = before.find(|other| other.model.id.as_deref() != id);
            // Products without an id are no two products for certain.
            let Some(id) = id.filter(|id| !id.trim().is_empty()) else {
                continue;
            };
            let shown = product.model.name.as_deref().unwrap_or_default().trim();
            if let Some(other) = other {
                report(*product, shown, other.label(), findings).see(
                    other.document,
                    "/name",
                    "the same name",
                );
            } else if product.role == Role::Target
                && let Some(other) = published
                    .get(&name)
                    .and_then(|others| others.iter().find(|other| **other != id))
            {
                report(*product, shown, other, findings);
            }
        }
    }
}

fn report<'f>(
    product: ProductRef<'_>,
    name: &str,
    other: &str,
    findings: &'f mut Findings<'_>,
) -> crate::Finding<'f> {
    findings
        .at(
            product.document,
            "/name",
            format!("the data product `{other}` is called `{name}` as well"),
        )
        .help("give this one a `name` that says what sets it apart")
}

/// The ids of published products by their names.
fn published<'w>(mesh: &Mesh<'w>) -> BTreeMap<String, Vec<&'w str>> {
    let mut by_name: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let products = mesh
        .workspace
        .published()
        .map(|published| &published.products);
    for product in products.into_iter().flatten() {
        let name = product.name.as_deref().map(folded).unwrap_or_default();
        if !name.is_empty() && !status::is(product.status.as_deref(), "retired") {
            by_name.entry(name).or_default().push(&product.id);
        }
    }
    by_name
}

/// A name as people hear it; empty for one that is still to be written.
fn folded(name: &str) -> String {
    if is_placeholder(name) {
        return String::new();
    }
    let words: Vec<_> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Published, Workspace};

    use super::*;

    fn found(products: &[(&str, Role)]) -> Vec<String> {
        let document = |(index, (yaml, role)): (usize, &(&str, Role))| {
            let text = format!("apiVersion: v1.1.0\nkind: DataProduct\n{yaml}\n");
            let name = format!("{index}/dataproduct.yaml");
            (Document::parse(name, text.into_bytes(), None), *role)
        };
        let documents: Vec<_> = products.iter().enumerate().map(document).collect();
        let published = Published::of(&documents);
        let workspace = Workspace::new(documents, Some(published));
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|d| d.source.name().to_owned()).collect()
    }

    #[test]
    fn names_are_compared_as_people_hear_them() {
        let a = ("id: a\nname: Market Share", Role::Target);
        let same = ["name: market  share", "name: ' MARKET SHARE '"];
        for name in same {
            let yaml = format!("id: b\n{name}");
            assert_eq!(
                found(&[a, (&yaml, Role::Target)]),
                ["1/dataproduct.yaml"],
                "{name}"
            );
        }
        for other in [
            "id: b\nname: Market Shares",
            "id: a\nname: Market Share\nversion: 2.0.0",
            "id: b\nname: Market Share\nstatus: retired",
            "id: b",
        ] {
            assert_eq!(
                found(&[a, (other, Role::Target)]),
                Vec::<String>::new(),
                "{other}"
            );
        }
        let unwritten = ("id: c\nname: 'TODO: name'", Role::Target);
        assert_eq!(
            found(&[("id: b\nname: 'TODO: name'", Role::Target), unwritten]).len(),
            0
        );
    }

    #[test]
    fn the_one_that_is_checked_is_reported() {
        let a = ("id: a\nname: Orders", Role::Target);
        let neighbour = ("id: b\nname: Orders", Role::Neighbour);
        let published = ("id: b\nname: orders", Role::Published);
        assert_eq!(found(&[a, neighbour]), ["0/dataproduct.yaml"]);
        assert_eq!(found(&[a, published]), ["0/dataproduct.yaml"]);
        assert_eq!(
            found(&[a, ("id: a\nname: Orders", Role::Published)]).len(),
            0
        );
    }
}
