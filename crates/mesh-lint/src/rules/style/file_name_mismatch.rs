use std::collections::HashMap;

use mesh_diagnostics::{Level, Safety};
use mesh_spec::document::Document;
use mesh_spec::workspace::Role;

use crate::example::{Example, Excerpt};
use crate::facts::identifier;
use crate::facts::placeholder::is_placeholder;
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "file-name-mismatch",
    group: Group::Style,
    level: Level::Info,
    preset: Preset::Strict,
    fix: Some(Safety::Unsafe),
    summary: "Files are named after what they hold.",
    docs: "\
Whoever knows the id of a contract should know which file to open, and whoever sees `orders-final-2`
should not have to wonder whether it is the right one.

A contract is in `<id>.odcs.yaml`; the first segments of the id may be left out, so that
`commercial.orders` may be in `orders.odcs.yaml`. A product is in `dataproduct.yaml`, or where a
folder has several, each in `<id>.odps.yaml`. Left alone are ids that make no file name, such as
UUIDs and URNs, and contracts whose id another file has too: versions of one contract need a name
each. mesh finds contracts by their id, so that renaming a file breaks nothing in mesh, but other
things may name it.",
    fails: Example::files(&[
        Excerpt::product(
            "\
outputPorts:
  - name: returns
    description: One row per returned item.
    version: 1.0.0
    contractId: commercial.returns
",
        ),
        Excerpt::new(
            "orders/returns-final.odcs.yaml",
            "id: commercial.returns\nname: Returns\n",
        ),
    ]),
    passes: Example::files(&[
        Excerpt::product(
            "\
outputPorts:
  - name: returns
    description: One row per returned item.
    version: 1.0.0
    contractId: commercial.returns
",
        ),
        Excerpt::new(
            "orders/commercial.returns.odcs.yaml",
            "id: commercial.returns\nname: Returns\n",
        ),
    ]),
    check: Check::Mesh(check),
};

const PRODUCT: &str = "dataproduct.yaml";

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let mut products_in: HashMap<&str, usize> = HashMap::new();
    for product in mesh.workspace.products() {
        *products_in.entry(product.document.folder()).or_default() += 1;
    }
    for product in mesh.workspace.products() {
        if product.role != Role::Target || file_name(product.document) == PRODUCT {
            continue;
        }
        let is_alone = products_in.get(product.document.folder()) == Some(&1);
        let expected = if is_alone {
            Some(PRODUCT.to_owned())
        } else {
            fitting(product.document, product.model.id.as_deref(), "odps")
        };
        if let Some(expected) = expected {
            report(product.document, "a data product", &expected, findings);
        }
    }
    for contract in mesh.workspace.contracts() {
        let id = contract.model.id.as_deref();
        let expected = fitting(contract.document, id, "odcs");
        let (Role::Target, Some(expected), Some(id)) = (contract.role, expected, id) else {
            continue;
        };
        let mut others = mesh.workspace.contracts_with_id(id);
        if others.all(|other| other == contract || other.role == Role::Published) {
            let what = format!("the contract `{id}`");
            report(contract.document, &what, &expected, findings);
        }
    }
}

fn report(document: &Document, what: &str, expected: &str, findings: &mut Findings<'_>) {
    let name = file_name(document);
    findings
        .at(
            document,
            "/id",
            format!("{what} is in a file called `{name}`"),
        )
        .help(format!("rename the file to `{expected}`"))
        .fix_by_renaming(Safety::Unsafe, expected);
}

/// The name that the file of `id` should have; `None` if it has a fitting one, or if no name can be
/// made of the id.
fn fitting(document: &Document, id: Option<&str>, standard: &str) -> Option<String> {
    let id = id?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_usable = id.chars().all(is_name)
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !id.ends_with('.')
        && id.len() <= 200;
    if !is_usable || identifier::is_uuid(id) || is_placeholder(id) {
        return None;
    }
    let stem = file_name(document)
        .strip_suffix(".yaml")
        .or_else(|| file_name(document).strip_suffix(".yml"))
        .and_then(|stem| stem.strip_suffix(standard)?.strip_suffix('.'));
    let fits = stem.is_some_and(|stem| {
        let rest = id.strip_suffix(stem);
        !stem.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    (!fits).then(|| format!("{id}.{standard}.yaml"))
}

/// The name of the file without its folder.
fn file_name(document: &Document) -> &str {
    let name = document.name();
    name.rsplit_once('/').map_or(name, |(_, file)| file)
}

#[cfg(test)]
mod tests {
    use mesh_spec::workspace::Workspace;

    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let document = |(name, id): &(&str, &str)| {
            let (kind, version) = if name.contains("odcs") || name.contains("datacontract") {
                ("DataContract", "v3.2.0")
            } else {
                ("DataProduct", "v1.1.0")
            };
            let text = format!("apiVersion: {version}\nkind: {kind}\nid: {id}\nversion: 1.0.0\n");
            (
                Document::parse(*name, text.into_bytes(), None),
                Role::Target,
            )
        };
        let workspace = Workspace::new(files.iter().map(document).collect(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        let found = findings.into_inner().into_iter();
        found
            .map(|d| (d.source.name().to_owned(), d.fix.and_then(|fix| fix.rename)))
            .collect()
    }

    #[test]
    fn a_contract_is_named_by_its_id() {
        for (file, id) in [
            ("a/shop.orders.odcs.yaml", "shop.orders"),
            ("a/orders.odcs.yaml", "shop.orders"),
            ("orders.odcs.yml", "orders"),
            ("a/x.odcs.yaml", "53581432-6c55-4ba2-a65f-72344a91553a"),
            ("a/x.odcs.yaml", "urn:datacontract:orders"),
            ("a/x.odcs.yaml", "'../../etc/passwd'"),
            ("a/x.odcs.yaml", "TODO"),
        ] {
            assert_eq!(found(&[(file, id)]), [], "{file}");
        }
        for (file, id, name) in [
            (
                "a/orders-final.odcs.yaml",
                "shop.orders",
                "shop.orders.odcs.yaml",
            ),
            ("a/ders.odcs.yaml", "shop.orders", "shop.orders.odcs.yaml"),
            ("datacontract.yaml", "shop.orders", "shop.orders.odcs.yaml"),
        ] {
            assert_eq!(
                found(&[(file, id)]),
                [(file.to_owned(), Some(name.to_owned()))]
            );
        }
    }

    #[test]
    fn contracts_that_share_an_id_need_names_of_their_own() {
        let files = [("a/1.odcs.yaml", "orders"), ("a/2.odcs.yaml", "orders")];
        assert_eq!(found(&files), []);
    }

    #[test]
    fn a_product_has_the_name_that_everyone_knows() {
        assert_eq!(
            found(&[("a/dataproduct.yaml", "p"), ("b/dataproduct.yaml", "q")]),
            []
        );
        let renamed = Some(PRODUCT.to_owned());
        assert_eq!(
            found(&[("a/p.odps.yaml", "p")]),
            [("a/p.odps.yaml".to_owned(), renamed)]
        );
        let several = [("a/p.odps.yaml", "p"), ("a/x.odps.yaml", "q")];
        let renamed = Some("q.odps.yaml".to_owned());
        assert_eq!(found(&several), [("a/x.odps.yaml".to_owned(), renamed)]);
    }
}
