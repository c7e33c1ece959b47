use std::cmp::Reverse;
use std::collections::BTreeMap;

use mesh_diagnostics::Level;
use mesh_spec::workspace::{ProductRef, Role, same_version};

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "id-not-unique",
    group: Group::Addressable,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "No two data products share an id.",
    docs: "\
The `id` is the permanent address of a product: consumers, catalogues and the registry refer to it.
Of two products with one id, the second to be published would overwrite the first.

Two manifests may share an id if they are versions of one product: the same `name` and `domain`, and
different `version`s. Anything else with the same id is most often a copied manifest. Give the copy
an id of its own.",
    fails: Example::files(&[Excerpt::new(
        "returns/dataproduct.yaml",
        "id: commercial.orders\nname: Returns\n",
    )]),
    passes: Example::files(&[Excerpt::new(
        "returns/dataproduct.yaml",
        "id: commercial.returns\nname: Returns\n",
    )]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let mut by_id: BTreeMap<&str, Vec<ProductRef<'_>>> = BTreeMap::new();
    for product in mesh.workspace.products() {
        let id = product.model.id.as_deref().unwrap_or_default();
        // What was published under the same id is an earlier state of the same product.
        if product.role != Role::Published && !id.trim().is_empty() {
            by_id.entry(id).or_default().push(product);
        }
    }
    for (id, mut products) in by_id {
        // Of two targets the later is reported; of a target and its neighbour, the target.
        products.sort_by_key(|product| (Reverse(product.role), product.index()));
        for (index, product) in products.iter().enumerate() {
            let mut before = products[..index].iter();
            let Some(other) = before.find(|other| !are_versions_of_one(*product, **other)) else {
                continue;
            };
            findings
                .at(
                    product.document,
                    "/id",
                    format!("the id `{id}` already belongs to another data product"),
                )
                .help("give this data product an id of its own")
                .see(other.document, "/id", "the same id");
        }
    }
}

fn are_versions_of_one(a: ProductRef<'_>, b: ProductRef<'_>) -> bool {
    let differ = match (&a.model.version, &b.model.version) {
        (Some(a), Some(b)) => !same_version(a, b),
        _ => false,
    };
    differ && a.model.name == b.model.name && a.model.domain == b.model.domain
}
