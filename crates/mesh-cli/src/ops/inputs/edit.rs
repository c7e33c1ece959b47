//! Input ports as changes of a manifest.

use std::collections::BTreeSet;

use mesh_diagnostics::Change;
use mesh_spec::document::Document;
use mesh_spec::model::mesh::{MeshProperty, Purpose, VENDOR};
use mesh_spec::model::odps::{DataProduct, KEYS};
use mesh_spec::workspace::same_version;
use mesh_spec::yaml::{NodeRef, Value, edit};
use serde_json::{Value as Json, json};

/// An input port that is to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The version of the contract.
    pub(crate) version: &'a str,
    /// The id of the contract.
    pub(crate) contract: &'a str,
    /// What the data is used for.
    pub(crate) purpose: Option<&'a str>,
}

/// What is to become of the lists of what output ports are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feeds<'a> {
    /// They stay as they are.
    Nothing,
    /// It is added to those of the output ports at these positions.
    Ports(&'a [usize]),
}

/// The key of a manifest that holds its input ports.
const INPUTS: &str = "inputPorts";

/// Adds an input port to a product, at the end.
pub(crate) fn add(document: &Document, port: &Port<'_>, feeds: Feeds<'_>) -> Vec<Change> {
    let mut value = json!({
        "name": port.name,
        "version": port.version,
        "contractId": port.contract,
    });
    if let Some(property) = port.purpose.and_then(|text| purpose(document, text)) {
        value["customProperties"] = json!([property]);
    }
    let root = document.tree.as_ref().map(|tree| tree.root());
    let there = root.and_then(|root| root.get(INPUTS));
    let mut changes = vec![match there.map(NodeRef::value) {
        Some(Value::Sequence) => Change::Append {
            pointer: format!("/{INPUTS}"),
            value,
        },
        // A key without a value is a list without items.
        Some(_) => Change::set(format!("/{INPUTS}"), json!([value])),
        None => Change::Insert {
            pointer: String::new(),
            key: INPUTS.to_owned(),
            value: json!([value]),
            after: key_before(document),
        },
    }];
    changes.extend(fed(document, port.contract, port.version, feeds));
    changes
}

/// Gives an input port another version, and says so wherever an output port is made from it. One that names no
/// version stays so.
pub(crate) fn raise(
    document: &Document,
    index: usize,
    version: &str,
    feeds: Feeds<'_>,
) -> Vec<Change> {
    let Some(product) = document.product() else {
        return Vec::new();
    };
    let Some(port) = product.input_ports.get(index) else {
        return Vec::new();
    };
    let contract = port.contract_id.as_deref().unwrap_or_default();
    let mut changes = Vec::new();
    if let Some(was) = port
        .version
        .as_deref()
        .filter(|was| !same_version(was, version))
    {
        changes.push(Change::set(format!("/{INPUTS}/{index}/version"), version));
        if !others_draw(product, index, contract, Some(was)) {
            let stale = entries(product, |input| {
                let is = input.version.as_deref();
                input.id.as_deref() == Some(contract) && is.is_some_and(|is| same_version(is, was))
            });
            for (output, entry) in stale {
                let at = format!("/outputPorts/{output}/inputContracts/{entry}/version");
                changes.push(Change::set(at, version));
            }
        }
    }
    changes.extend(fed(document, contract, version, feeds));
    changes
}

/// Says what the data of an input port is used for; nothing where the port says so already, or cannot.
pub(crate) fn state(document: &Document, index: usize, text: &str) -> Vec<Change> {
    let product = document.product();
    let port = product.and_then(|product| product.input_ports.get(index));
    let Some((port, property)) = port.zip(purpose(document, text)) else {
        return Vec::new();
    };
    let at = format!("/{INPUTS}/{index}");
    let name = property["property"].as_str().unwrap_or_default();
    let mut properties = port.custom_properties.iter();
    let there = properties.position(|other| {
        other.property.as_deref() == Some(name)
            && other.vendor.as_deref() == property["vendor"].as_str()
    });
    vec![match there {
        Some(there) => Change::set(format!("{at}/customProperties/{there}/value"), text),
        None if port.custom_properties.is_empty() => Change::Insert {
            pointer: at,
            key: "customProperties".to_owned(),
            value: json!([property]),
            after: None,
        },
        None => Change::Append {
            pointer: format!("{at}/customProperties"),
            value: property,
        },
    }]
}

/// Takes an input port out, and with it the key if it was the last; and out of the lists of what output ports are made
/// from.
pub(crate) fn remove(document: &Document, index: usize) -> Vec<Change> {
    let Some(product) = document.product() else {
        return Vec::new();
    };
    let Some(port) = product.input_ports.get(index) else {
        return Vec::new();
    };
    let pointer = match product.input_ports.len() {
        1 => format!("/{INPUTS}"),
        _ => format!("/{INPUTS}/{index}"),
    };
    let mut changes = vec![Change::Remove { pointer }];
    let Some(contract) = port.contract_id.as_deref() else {
        return changes;
    };
    let gone = entries(product, |input| {
        let same = match (&input.version, &port.version) {
            (Some(is), Some(was)) => same_version(is, was),
            _ => true,
        };
        same && input.id.as_deref() == Some(contract)
            && !others_draw(product, index, contract, input.version.as_deref())
    });
    for (output, port) in product.output_ports.iter().enumerate() {
        let of_port: Vec<usize> = gone
            .iter()
            .filter(|(of, _)| *of == output)
            .map(|(_, entry)| *entry)
            .collect();
        let list = format!("/outputPorts/{output}/inputContracts");
        if of_port.is_empty() {
            continue;
        }
        if of_port.len() == port.input_contracts.len() {
            changes.push(Change::Remove { pointer: list });
        } else {
            let removed = of_port.into_iter().map(|entry| Change::Remove {
                pointer: format!("{list}/{entry}"),
            });
            changes.extend(removed);
        }
    }
    changes
}

/// The document after `changes`; `None` if they cannot be written without touching anything else.
pub(crate) fn edited(document: &Document, changes: &[Change]) -> Option<Document> {
    let tree = document.tree.as_ref()?;
    let edits = edit::plan(tree, changes)?;
    let text = edit::verify(tree, changes, &edits)?;
    Some(Document::parse(
        document.name(),
        text.into_bytes(),
        document.kind(),
    ))
}

/// Whether the standard that a manifest follows has a place for what an input is used for.
pub(crate) fn has_place_for_purpose(document: &Document) -> bool {
    document
        .api_version
        .is_none_or(|version| version.to_semver().major > 0)
}

/// What data is used for, as a custom property of the manifest's version of the standard.
fn purpose(document: &Document, text: &str) -> Option<Json> {
    if !has_place_for_purpose(document) {
        return None;
    }
    let version = document
        .api_version
        .map(mesh_spec::model::ApiVersion::to_semver);
    let has_vendors = version.is_none_or(|version| (version.major, version.minor) >= (1, 1));
    Some(if has_vendors {
        json!({"property": Purpose::NAME, "vendor": VENDOR, "value": text})
    } else {
        json!({"property": format!("{VENDOR}.{}", Purpose::NAME), "value": text})
    })
}

/// The key of a product after which its input ports belong.
fn key_before(document: &Document) -> Option<String> {
    let root = document.tree.as_ref()?.root();
    let before = KEYS.iter().take_while(|key| **key != INPUTS);
    let there = before.filter(|key| root.get(key).is_some());
    there.last().map(|key| (*key).to_owned())
}

/// Whether an input port beside that at `index` draws from the contract, in `version` if one is given.
fn others_draw(product: &DataProduct, index: usize, contract: &str, version: Option<&str>) -> bool {
    let mut others = product.input_ports.iter().enumerate();
    others.any(|(other, port)| {
        let same = match (port.version.as_deref(), version) {
            (Some(is), Some(wanted)) => same_version(is, wanted),
            _ => true,
        };
        other != index && same && port.contract_id.as_deref() == Some(contract)
    })
}

/// The entries of what output ports are made from that `is_meant`: the position of the port, and that in its list.
fn entries(
    product: &DataProduct,
    is_meant: impl Fn(&mesh_spec::model::odps::InputContract) -> bool,
) -> Vec<(usize, usize)> {
    let ports = product.output_ports.iter().enumerate();
    let entries = ports.flat_map(|(output, port)| {
        let entries = port.input_contracts.iter().enumerate();
        entries.map(move |(entry, input)| (output, entry, input))
    });
    entries
        .filter(|(.., input)| is_meant(input))
        .map(|(output, entry, _)| (output, entry))
        .collect()
}

/// Adds a contract to the lists of what output ports are made from.
///
/// A port without a list is made from all inputs, and still is when it gets one.
fn fed(document: &Document, contract: &str, version: &str, feeds: Feeds<'_>) -> Vec<Change> {
    let (Feeds::Ports(ports), Some(product)) = (feeds, document.product()) else {
        return Vec::new();
    };
    let new = json!({"id": contract, "version": version});
    let mut changes = Vec::new();
    for &index in ports {
        let Some(port) = product.output_ports.get(index) else {
            continue;
        };
        let is_there = port
            .input_contracts
            .iter()
            .any(|input| input.id.as_deref() == Some(contract));
        if is_there {
            continue;
        }
        let at = format!("/outputPorts/{index}");
        if port.input_contracts.is_empty() {
            let mut seen = BTreeSet::new();
            let inputs = product.input_ports.iter().filter_map(|input| {
                let id = input.contract_id.as_deref().filter(|id| *id != contract)?;
                let version = input.version.as_deref()?;
                seen.insert((id, version))
                    .then(|| json!({"id": id, "version": version}))
            });
            let all: Vec<Json> = inputs.chain([new.clone()]).collect();
            let root = document.tree.as_ref();
            let is_key =
                root.is_some_and(|tree| tree.at(&format!("{at}/inputContracts")).is_some());
            changes.push(if is_key {
                Change::set(format!("{at}/inputContracts"), json!(all))
            } else {
                Change::Insert {
                    pointer: at,
                    key: "inputContracts".to_owned(),
                    value: json!(all),
                    after: Some("contractId".to_owned()),
                }
            });
        } else {
            changes.push(Change::Append {
                pointer: format!("{at}/inputContracts"),
                value: new.clone(),
            });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: Port<'_> = Port {
        name: "orders",
        version: "1.0.0",
        contract: "sales.orders",
        purpose: None,
    };

    fn document(text: &str) -> Document {
        Document::parse("dataproduct.yaml", text.as_bytes().to_vec(), None)
    }

    fn text(document: &Document, changes: &[Change]) -> String {
        let after = edited(document, changes).expect("a document");
        after.source.text().to_owned()
    }

    fn added(yaml: &str) -> Document {
        let before = document(yaml);
        let after = edited(&before, &add(&before, &PORT, Feeds::Nothing));
        after.unwrap_or_else(|| panic!("not added to\n{yaml}"))
    }

    /// Manifests in layouts that people use.
    fn layouts() -> Vec<String> {
        let head = "apiVersion: v1.1.0\nkind: DataProduct\nid: a\nstatus: active\n";
        let output = "outputPorts:\n  - name: out\n    version: 1.0.0\n    contractId: a.out\n";
        let tail = "team: {name: A}\n";
        let other = "name: prices\n    version: 1.0.0\n    contractId: sales.prices\n";
        let all = [
            format!("{head}{output}{tail}"),
            // Comments, blank lines and a marker.
            format!(
                "---\n# A product.\n\n{head}\n# What it offers.\n{output}\n# Who.\n{tail}# End.\n"
            ),
            // Inputs that are there, in several ways of writing.
            format!("{head}inputPorts:\n  - {other}{output}{tail}"),
            format!(
                "{head}inputPorts: # from sales\n- {}{output}",
                other.replace("    ", "  ")
            ),
            format!("{head}inputPorts:\n  # Prices.\n  - {other}  # No more.\n{output}"),
            format!(
                "{head}inputPorts: [{{name: prices, version: 1.0.0, contractId: sales.prices}}]\n{output}"
            ),
            format!(
                "{head}inputPorts:\n  - {{name: prices, version: 1.0.0, contractId: sales.prices}}\n{output}"
            ),
            format!("{head}{output}inputPorts:\n  - {other}"),
            format!("{head}{output}inputPorts:\n  - {}", other.trim_end()),
            // Keys in another order, quotes, a wide indent, CRLF.
            format!("{tail}{output}{head}"),
            format!("{head}{output}{tail}")
                .replace("v1.1.0", "'v1.1.0'")
                .replace("1.0.0", "\"1.0.0\""),
            format!("{head}{output}{tail}")
                .replace("\n  - ", "\n    - ")
                .replace("\n    v", "\n      v")
                .replace("\n    c", "\n      c"),
            format!("{head}# What it offers.\n{output}{tail}").replace('\n', "\r\n"),
            format!("{head}tags: [a]\ndescription:\n  purpose: |\n    Two\n    lines.\n\n{output}"),
            "{apiVersion: v1.1.0, kind: DataProduct, id: a, status: active}\n".to_owned(),
        ];
        all.into()
    }

    #[test]
    fn what_is_added_and_removed_again_leaves_every_byte() {
        for yaml in layouts() {
            let after = added(&yaml);
            let ports = &after.product().expect("a product").input_ports;
            let port = ports.last().expect("a port");
            assert_eq!(port.contract_id.as_deref(), Some("sales.orders"), "{yaml}");
            assert!(after.problems.is_empty(), "{:?}", after.problems);
            let index = ports.len() - 1;
            assert_eq!(text(&after, &remove(&after, index)), yaml);
        }
    }

    #[test]
    fn a_port_stands_where_the_standard_has_it() {
        let yaml = &layouts()[1];
        let expected = yaml.replace(
            "status: active\n",
            "status: active\ninputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: sales.orders\n",
        );
        assert_eq!(added(yaml).source.text(), expected);
    }

    #[test]
    fn a_list_without_ports_gets_one() {
        for empty in ["inputPorts: []", "inputPorts:", "inputPorts: null"] {
            let yaml = layouts()[0].replace("outputPorts:", &format!("{empty}\noutputPorts:"));
            let ports = added(&yaml)
                .product()
                .map(|product| product.input_ports.len());
            assert_eq!(ports, Some(1), "{empty}");
        }
    }

    const CONSUMER: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: a
status: active
inputPorts:
  - name: orders # of sales
    version: v1.0.0
    contractId: sales.orders
  - name: prices
    version: 1.0.0
    contractId: sales.prices
outputPorts:
  - name: plan
    version: 1.0.0
    contractId: a.plan
    inputContracts:
      - id: sales.orders
        version: 1.0.0
      - id: sales.prices
        version: 1.0.0
  - name: all
    version: 1.0.0
    contractId: a.all
";

    #[test]
    fn a_version_is_raised_wherever_it_stands() {
        let before = document(CONSUMER);
        let after = text(&before, &raise(&before, 0, "2.0.0", Feeds::Nothing));
        let expected = CONSUMER
            .replace("version: v1.0.0", "version: 2.0.0")
            .replace(
                "id: sales.orders\n        version: 1.0.0",
                "id: sales.orders\n        version: 2.0.0",
            );
        assert_eq!(after, expected);
        assert!(raise(&before, 0, "1.0.0", Feeds::Nothing).is_empty());
        // Another port still draws from the older version.
        let both = CONSUMER.replace(
            "name: prices\n    version: 1.0.0\n    contractId: sales.prices",
            "name: old\n    version: 1.0.0\n    contractId: sales.orders",
        );
        let before = document(&both);
        let after = text(&before, &raise(&before, 0, "2.0.0", Feeds::Nothing));
        assert_eq!(after, both.replace("version: v1.0.0", "version: 2.0.0"));
    }

    #[test]
    fn what_a_port_is_made_from_goes_with_the_input() {
        let before = document(CONSUMER);
        let after = text(&before, &remove(&before, 0));
        let gone = [
            "  - name: orders # of sales\n    version: v1.0.0\n    contractId: sales.orders\n",
            "      - id: sales.orders\n        version: 1.0.0\n",
        ];
        let expected = gone
            .iter()
            .fold(CONSUMER.to_owned(), |text, gone| text.replace(gone, ""));
        assert_eq!(after, expected);
        let only = document(&expected);
        let after = text(&only, &remove(&only, 0));
        assert!(
            !after.contains("inputContracts") && !after.contains("inputPorts"),
            "{after}"
        );
    }

    #[test]
    fn an_output_port_lists_what_it_is_made_from() {
        let before = document(CONSUMER);
        let port = Port {
            name: "stock",
            version: "3.0.0",
            contract: "storage.stock",
            purpose: None,
        };
        let after = text(&before, &add(&before, &port, Feeds::Ports(&[0, 1])));
        assert!(after.contains("      - id: sales.prices\n        version: 1.0.0\n      - id: storage.stock\n        version: 3.0.0\n"), "{after}");
        // It was made from everything, and still is.
        let (_, all) = after.split_once("name: all").expect("the other port");
        for id in ["sales.orders", "sales.prices", "storage.stock"] {
            assert!(all.contains(&format!("- id: {id}\n")), "{all}");
        }
    }

    #[test]
    fn a_purpose_is_written_as_the_version_of_the_standard_has_it() {
        let port = Port {
            purpose: Some("Planning: weekly"),
            ..PORT
        };
        for (version, expected) in [
            (
                "v1.1.0",
                "customProperties:\n      - property: purpose\n        vendor: mesh\n        value: \"Planning: weekly\"\n",
            ),
            (
                "v1.0.0",
                "customProperties:\n      - property: mesh.purpose\n        value: \"Planning: weekly\"\n",
            ),
        ] {
            let before = document(&CONSUMER.replace("v1.1.0", version));
            let after = text(&before, &add(&before, &port, Feeds::Nothing));
            assert!(after.contains(expected), "{after}");
            let again = text(&before, &state(&before, 1, "Planning: weekly"));
            assert!(again.contains(expected), "{again}");
            let there = document(&again);
            assert!(there.problems.is_empty(), "{:?}", there.problems);
            let other = text(&there, &state(&there, 1, "Other"));
            assert_eq!(other.matches("purpose").count(), 1, "{other}");
        }
        let old = document(&CONSUMER.replace("v1.1.0", "v0.9.0"));
        assert!(!has_place_for_purpose(&old));
    }

    #[test]
    fn what_cannot_be_changed_alone_is_not() {
        let shared = layouts()[0].replace("team:", "inputPorts: &ports\n  - {name: x, version: 1.0.0, contractId: y}\ndescription: {customProperties: *ports}\nteam:");
        let before = document(&shared);
        assert!(edited(&before, &add(&before, &PORT, Feeds::Nothing)).is_none());
    }
}
