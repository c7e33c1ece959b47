use std::cell::OnceCell;
use std::collections::HashMap;

use mesh_diagnostics::Level;
use mesh_spec::document::Document;
use mesh_spec::model::StringOrList;
use mesh_spec::model::odcs::{DataContract, DataQuality, Relationship, SchemaObject};
use mesh_spec::workspace::{ContractRef, Role};

use crate::example::{Example, Excerpt};
use crate::facts::element::{Miss, Names, Scope, resolve};
use crate::facts::placeholder::is_placeholder;
use crate::facts::{fields, is_sound};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "dangling-element",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "What a contract says about a field is about one that it has.",
    docs: "\
A relationship to a field that was renamed, or a latency of a column that never was, passes the
schema and promises nothing. Whoever joins or monitors by it finds out on the day it matters.

mesh looks at `from` and `to` of relationships, at `element` of service levels, at
`slaDefaultElement`, and at `arguments.properties` of quality checks. Each has to name an object or
a field of the contract's `schema`, by name (`orders.order_id`), by physical name or by identifiers
(`schema/orders/properties/order_id`). What is behind a file name and `#` is looked up if that
contract is in the workspace. Patterns and prose are left alone.",
    fails: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: latency
    value: 4
    unit: h
    element: orders.orderd_at
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: years
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: latency
    value: 4
    unit: h
    element: orders.ordered_at
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: years
",
    )]),
    check: Check::Mesh(check),
};

/// What is longer names no field.
const LONGEST: usize = 500;

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let files = OnceCell::new();
    for contract in mesh.workspace.contracts() {
        if contract.role == Role::Target && knows_its_fields(contract) {
            check_contract(mesh, contract, &files, findings);
        }
    }
}

fn check_contract<'w>(
    mesh: &Mesh<'w>,
    contract: ContractRef<'w>,
    files: &OnceCell<Files<'w>>,
    findings: &mut Findings<'_>,
) {
    let names = OnceCell::new();
    let own = || names.get_or_init(|| Names::of(contract.model));
    let mut others: HashMap<usize, Names<'w>> = HashMap::new();
    let mut unresolved: Vec<Unresolved<'w>> = Vec::new();
    let mut known_at: HashMap<String, usize> = HashMap::new();
    let mut refer = |reference: &str, at: &dyn Fn() -> String, scope: Scope<'_>| {
        let reference = reference.trim();
        if is_no_reference(reference) {
            return;
        }
        let resolved = match reference.split_once('#') {
            Some(("", path)) => resolve(own(), path, scope),
            Some((file, path)) => {
                let files = files.get_or_init(|| Files::of(mesh));
                let Some(other) = files.find(contract.document, file) else {
                    return;
                };
                let names = others.entry(other.index());
                let names = names.or_insert_with(|| Names::of(other.model));
                resolve(names, path, Scope::Contract)
            }
            None => resolve(own(), reference, scope),
        };
        let Err(miss) = resolved else {
            return;
        };
        let index = *known_at.entry(miss.message.clone()).or_insert_with(|| {
            unresolved.push(Unresolved {
                pointer: at(),
                miss,
                times: 0,
            });
            unresolved.len() - 1
        });
        unresolved[index].times += 1;
    };
    service_levels(contract.model, &mut refer);
    for object in fields::objects(contract.model) {
        let at = || object.pointer();
        relationships(&object.model.relationships, &at, &mut refer);
        arguments(object.model, object.index, &mut refer);
        object.each(|place| {
            relationships(&place.model.relationships, &|| place.pointer(), &mut refer);
        });
    }
    for unresolved in unresolved {
        report(contract.document, unresolved, findings);
    }
}

/// Whether all fields of the contract are known: it has some, and the schema accepts them.
fn knows_its_fields(contract: ContractRef<'_>) -> bool {
    !contract.model.schema.is_empty() && is_sound(contract.document, "/schema")
}

/// Takes a reference, its JSON Pointer, and what it may name.
type Refer<'r> = dyn FnMut(&str, &dyn Fn() -> String, Scope<'_>) + 'r;

/// What a contract says that misses, where it says so first, and how often.
struct Unresolved<'n> {
    pointer: String,
    miss: Miss<'n>,
    times: usize,
}

fn service_levels(contract: &DataContract, refer: &mut Refer<'_>) {
    for (index, sla) in contract.sla_properties.iter().enumerate() {
        for element in sla.element.iter().flat_map(|text| text.split(',')) {
            refer(
                element,
                &|| format!("/slaProperties/{index}/element"),
                Scope::Contract,
            );
        }
    }
    for element in contract
        .sla_default_element
        .iter()
        .flat_map(|text| text.split(','))
    {
        refer(
            element,
            &|| "/slaDefaultElement".to_owned(),
            Scope::Contract,
        );
    }
}

/// What the relationships of the object or field at `owner` name.
fn relationships(
    relationships: &[Relationship],
    owner: &dyn Fn() -> String,
    refer: &mut Refer<'_>,
) {
    for (index, relationship) in relationships.iter().enumerate() {
        let mut end = |key: &str, names: &Option<StringOrList>| {
            let Some(names) = names else {
                return;
            };
            for (item, name) in names.iter().enumerate() {
                let at = || {
                    let owner = owner();
                    format!("{owner}/relationships/{index}/{key}{}", names.pointer(item))
                };
                refer(name, &at, Scope::Contract);
            }
        };
        end("from", &relationship.from);
        end("to", &relationship.to);
    }
}

/// The fields that the checks of an object as a whole name.
fn arguments(object: &SchemaObject, index: usize, refer: &mut Refer<'_>) {
    let Some(name) = object.name.as_deref() else {
        return;
    };
    for (check, DataQuality { arguments, .. }) in object.quality.iter().enumerate() {
        let named = arguments
            .as_ref()
            .and_then(|all| all.get("properties")?.as_array());
        for (item, field) in named.into_iter().flatten().enumerate() {
            let at = || format!("/schema/{index}/quality/{check}/arguments/properties/{item}");
            if let Some(field) = field.as_str() {
                refer(field, &at, Scope::Object(index, name));
            }
        }
    }
}

/// Whether a text stands for no one field: it is empty, still to be written, a pattern or prose.
fn is_no_reference(text: &str) -> bool {
    text.is_empty()
        || text.len() > LONGEST
        || is_placeholder(text)
        || text.contains(|c: char| c.is_whitespace() || "*${}<>()%".contains(c))
}

fn report(document: &Document, unresolved: Unresolved<'_>, findings: &mut Findings<'_>) {
    let Unresolved {
        pointer,
        miss: Miss { message, meant },
        times,
    } = unresolved;
    let again = match times {
        1 => String::new(),
        2 => ", here and in one more place".to_owned(),
        _ => format!(", here and in {} more places", times - 1),
    };
    let help = match meant {
        Some(name) => format!("did you mean `{name}`?"),
        None => "name what is in the `schema` of the contract, as in `orders.order_id`".to_owned(),
    };
    findings
        .at(document, pointer, format!("{message}{again}"))
        .help(help);
}

/// The contracts of the workspace by the name of their file.
struct Files<'w>(HashMap<&'w str, ContractRef<'w>>);

impl<'w> Files<'w> {
    fn of(mesh: &Mesh<'w>) -> Self {
        let contracts = mesh.workspace.contracts();
        let known = contracts.filter(|contract| knows_its_fields(*contract));
        Self(
            known
                .map(|contract| (contract.document.name(), contract))
                .collect(),
        )
    }

    /// The contract in the file that a reference in `document` names, relative to it.
    fn find(&self, document: &Document, file: &str) -> Option<ContractRef<'w>> {
        if file.contains("://") {
            return None;
        }
        let mut path: Vec<&str> = document
            .folder()
            .split('/')
            .filter(|s| !s.is_empty())
            .collect();
        for step in file.split('/') {
            match step {
                "" | "." => {}
                ".." => {
                    path.pop()?;
                }
                step => path.push(step),
            }
        }
        let is_absolute = document.folder().starts_with('/');
        let path = format!("{}{}", if is_absolute { "/" } else { "" }, path.join("/"));
        self.0.get(path.as_str()).copied()
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::workspace::Workspace;

    use super::*;

    fn lint(files: &[(&str, &str)]) -> Vec<(String, String, Option<String>)> {
        let document = |(name, yaml): &(&str, &str)| {
            let text = format!(
                "apiVersion: v3.2.0\nkind: DataContract\nid: {name}\nversion: 1.0.0\n{yaml}"
            );
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
        found.map(|d| (d.pointer, d.message, d.help)).collect()
    }

    const SCHEMA: &str = "\
schema:
  - name: orders
    id: ord
    physicalName: dwh.t_orders
    properties:
      - {name: order_id, id: oid, physicalName: c01}
      - {name: customer, logicalType: object, properties: [{name: mail, id: m}]}
      - {name: lines, logicalType: array, items: {logicalType: object, properties: [{name: sku}]}}
      - {name: dotted.name}
";

    fn element(name: &str) -> Vec<(String, String, Option<String>)> {
        let sla = format!(
            "slaProperties: [{{property: latency, value: 1, unit: d, element: '{name}'}}]\n"
        );
        lint(&[("a.odcs.yaml", &format!("{SCHEMA}{sla}"))])
    }

    #[test]
    fn a_field_may_be_named_in_many_ways() {
        for name in [
            "orders",
            "order_id",
            "orders.order_id",
            "dwh.t_orders.c01",
            "orders.customer.mail",
            "customer.mail",
            "orders.lines[].sku",
            "orders.lines.sku",
            "orders.dotted.name",
            "orders.order_id, orders.customer",
            "schema/ord/properties/oid",
            "/schema/ord",
            "schema/orders/properties/customer/properties/m",
            "orders.*",
            "all tables",
            "TODO",
            "",
        ] {
            assert_eq!(element(name), [], "{name}");
        }
    }

    #[test]
    fn what_names_no_field_is_reported() {
        for (name, message, meant) in [
            (
                "orders.order_ib",
                "`orders` has no field `order_ib`",
                Some("order_id"),
            ),
            (
                "orders.customer.phone",
                "`orders` has no field `customer.phone`",
                None,
            ),
            (
                "order.order_id",
                "`order.order_id` is about `order`, which is no object of the contract",
                Some("orders"),
            ),
            (
                "ordr_id",
                "`ordr_id` is neither an object nor a field of the contract",
                Some("order_id"),
            ),
            (
                "schema/ord/properties/oib",
                "`schema/ord/properties/oib` leads to no field of the contract",
                Some("oid"),
            ),
        ] {
            let found = element(name);
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].1, message);
            let help = found[0].2.as_deref().unwrap_or_default();
            match meant {
                Some(meant) => assert_eq!(help, format!("did you mean `{meant}`?")),
                None => assert!(help.starts_with("name what is"), "{help}"),
            }
        }
    }

    #[test]
    fn a_reference_that_misses_is_reported_once() {
        let yaml = format!(
            "{SCHEMA}slaDefaultElement: orders.gone\nslaProperties: [{{property: latency, value: 1, unit: d, element: 'orders.gone, orders.gone'}}]\n"
        );
        let found = lint(&[("a.odcs.yaml", &yaml)]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].1,
            "`orders` has no field `gone`, here and in 2 more places"
        );
    }

    #[test]
    fn both_ends_of_a_relationship_and_the_fields_of_a_check_are_looked_up() {
        let yaml = "\
schema:
  - name: orders
    relationships: [{from: [orders.a, orders.x], to: [orders.b, orders.y]}]
    quality: [{metric: duplicateValues, mustBe: 0, arguments: {properties: [a, c]}}]
    properties: [{name: a, relationships: [{to: orders.z}]}, {name: b}]
";
        let pointers: Vec<_> = lint(&[("a.odcs.yaml", yaml)])
            .into_iter()
            .map(|f| f.0)
            .collect();
        let expected = [
            "/schema/0/relationships/0/from/1",
            "/schema/0/relationships/0/to/1",
            "/schema/0/quality/0/arguments/properties/1",
            "/schema/0/properties/0/relationships/0/to",
        ];
        assert_eq!(pointers, expected);
    }

    #[test]
    fn another_contract_is_looked_into_if_it_is_here() {
        let to = |path: &str| {
            format!(
                "schema: [{{name: o, properties: [{{name: a, relationships: [{{to: '{path}'}}]}}]}}]\n"
            )
        };
        let found = |path: &str| {
            lint(&[
                ("x/b/a.odcs.yaml", &to(path)),
                ("x/c/other.odcs.yaml", SCHEMA),
            ])
            .len()
        };
        assert_eq!(found("../c/other.odcs.yaml#schema/ord/properties/oid"), 0);
        assert_eq!(found("../c/other.odcs.yaml#schema/ord/properties/gone"), 1);
        assert_eq!(found("../d/other.odcs.yaml#schema/ord/properties/gone"), 0);
        assert_eq!(
            found("https://x.example/other.yaml#schema/ord/properties/gone"),
            0
        );
    }
}
