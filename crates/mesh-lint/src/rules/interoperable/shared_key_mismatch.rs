use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use mesh_diagnostics::Level;
use mesh_spec::model::odcs::{LogicalType, SchemaProperty};
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::fields::{self, Place};
use crate::facts::physical_type::{Kind, Systems};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "shared-key-mismatch",
    group: Group::Interoperable,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "Keys of the same name have the same type in all contracts.",
    docs: "\
Products are worth more together than apart, and keys are where they are put together. If
`material_id` is a text here and a number there, every consumer who joins the two converts one of
them, loses leading zeros, or finds nothing.

mesh compares fields of one name across contracts: primary keys, and fields whose name ends in
`_id`, `_code`, `_key` or `_number`, but not words as general as a bare `id`. `logicalType` must be
the same; where it is, `physicalType` must be of one kind (texts, whole numbers, decimals…),
whatever its length. Unknown physical types are left alone.

The finding is at the contract that differs from most; of two, at the one that was not published, or
else the later. Agree on one type, or rename the field if it means something else.",
    fails: Example::files(&[
        Excerpt::new("returns/dataproduct.yaml", RETURNS),
        Excerpt::new(
            "returns/returns.odcs.yaml",
            "\
id: commercial.returns
schema:
  - name: returns
    physicalName: returns
    description: Goods sent back.
    dataGranularityDescription: One row per return.
    properties:
      - name: order_id
        logicalType: integer
        description: The order that the goods were part of.
        classification: internal
        primaryKey: true
        examples: [1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
        ),
    ]),
    passes: Example::files(&[
        Excerpt::new("returns/dataproduct.yaml", RETURNS),
        Excerpt::new(
            "returns/returns.odcs.yaml",
            "\
id: commercial.returns
schema:
  - name: returns
    physicalName: returns
    description: Goods sent back.
    dataGranularityDescription: One row per return.
    properties:
      - name: order_id
        logicalType: string
        description: The order that the goods were part of.
        classification: internal
        primaryKey: true
        examples: [O-1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
        ),
    ]),
    check: Check::Mesh(check),
};

const RETURNS: &str = "\
id: commercial.returns
name: Returns
outputPorts:
  - name: returns
    description: One row per returned item.
    version: 1.0.0
    contractId: commercial.returns
";

/// A field by which contracts can be joined.
struct Key<'w> {
    contract: ContractRef<'w>,
    pointer: String,
    logical: Option<LogicalType>,
    kind: Option<Kind>,
}

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let mut keys: BTreeMap<&str, Vec<Key<'_>>> = BTreeMap::new();
    for contract in mesh.workspace.contracts() {
        let systems = Systems::of(contract);
        for object in fields::objects(contract.model) {
            object.each(|place| {
                let name = place.model.name.as_deref();
                let name = name.filter(|name| is_key(name, place.model));
                if let Some(name) = name.filter(|_| place.is_known()) {
                    keys.entry(name)
                        .or_default()
                        .push(Key::new(contract, &systems, place));
                }
            });
        }
    }
    for (name, mut keys) in keys {
        // What counts for more comes first: what others rely on already, then what is read first.
        keys.sort_by_key(|key| (Reverse(key.contract.role), key.contract.index()));
        let keys: Vec<&Key<'_>> = keys.iter().collect();
        let logical = |key: &Key<'_>| key.logical.map(LogicalType::as_str);
        let Some(common) = compare(name, &keys, "logicalType", logical, findings) else {
            continue;
        };
        let alike: Vec<_> = keys
            .into_iter()
            .filter(|key| key.logical == common.logical)
            .collect();
        let physical = |key: &Key<'_>| key.kind.map(Kind::as_str);
        compare(name, &alike, "physicalType", physical, findings);
    }
}

/// Whether a field is one by which contracts are joined.
pub(crate) fn is_key(name: &str, field: &SchemaProperty) -> bool {
    const ENDINGS: [&str; 4] = ["_id", "_code", "_key", "_number"];
    const GENERIC: [&str; 5] = ["id", "key", "code", "number", "name"];
    let is_named_like_one = ENDINGS.iter().any(|ending| name.ends_with(ending));
    !GENERIC.contains(&name) && (is_named_like_one || field.primary_key == Some(true))
}

impl<'w> Key<'w> {
    fn new(contract: ContractRef<'w>, systems: &Systems, place: &Place<'_, 'w>) -> Self {
        let physical = place.model.physical_type.as_deref();
        Self {
            contract,
            logical: place.model.logical_type,
            kind: physical.and_then(|physical| systems.kind(physical)),
            pointer: place.pointer(),
        }
    }

    fn contract_id(&self) -> &'w str {
        self.contract.model.id.as_deref().unwrap_or_default()
    }
}

/// Reports every key whose type is not that which most contracts use; gives the first that has it.
fn compare<'k, 'w>(
    name: &str,
    keys: &[&'k Key<'w>],
    property: &str,
    type_of: impl Fn(&Key<'w>) -> Option<&'static str>,
    findings: &mut Findings<'_>,
) -> Option<&'k Key<'w>> {
    let mut users: HashMap<_, HashSet<_>> = HashMap::new();
    for key in keys {
        users
            .entry(type_of(key))
            .or_default()
            .insert(key.contract_id());
    }
    let votes = |key: &Key<'w>| users[&type_of(key)].len();
    let typed = keys.iter().filter(|key| type_of(key).is_some());
    let common = typed.reduce(|best, key| if votes(key) > votes(best) { key } else { best })?;
    let usual = type_of(common)?;
    for key in keys {
        let Some(own) = type_of(key).filter(|own| *own != usual) else {
            continue;
        };
        // Within one contract, and between its versions, nobody else is confused.
        if key.contract_id() == common.contract_id() {
            continue;
        }
        let at = |key: &Key<'_>| format!("{}/{property}", key.pointer);
        let other = common.contract_id();
        findings
            .at(
                key.contract.document,
                at(key),
                format!("the key `{name}` is of type {own} here, but of type {usual} in `{other}`"),
            )
            .help("agree on one type, or rename the field if it means something else")
            .see(
                common.contract.document,
                &at(common),
                format!("of type {usual} here"),
            );
    }
    Some(common)
}
