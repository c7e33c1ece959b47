use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use mesh_diagnostics::Level;
use mesh_spec::model::AuthoritativeDefinition;
use mesh_spec::model::odcs::{LogicalType, SchemaProperty};
use mesh_spec::terms::words::terms;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::fields::{self, Object, Place};
use crate::facts::glossary;
use crate::facts::names::is_telling;
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};
use crate::rules::interoperable::shared_key_mismatch::is_key;

pub(crate) static RULE: Rule = Rule {
    id: "definition-conflict",
    group: Group::SelfDescribing,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "A field name means the same in all contracts of a domain.",
    docs: "\
Two fields called `equipment_id` invite a join. If one is the number on the machine and the other
the one in the accounts, the join finds a few rows by accident, and the report is wrong without
being empty.

mesh compares fields of one name across the contracts of one domain. Their meaning differs if they
link to different terms of the same glossary (`authoritativeDefinitions`). Where they have no such
links, it differs if their business names, `synonyms` included, have no word in common that says
anything, or if they hold values as different as a number and a date (`logicalType`). Descriptions
are not compared, since everybody words them differently. Names that say little by themselves are
left alone (`id`, `name`, `status`, `start_date`, and all that consist of one word), and so are
deprecated fields; types of keys are compared by `shared-key-mismatch`.

The finding is at the contract that differs from most; of two, at the one that was not published, or
else the later. Rename one field, or agree on one meaning and link both to it.",
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
        businessName: Return
        logicalType: string
        description: Number under which the goods came back.
        primaryKey: true
        classification: internal
        examples: [R-2000031]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
        ),
        Excerpt::contract(ORDERS),
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
      - name: return_id
        businessName: Return
        logicalType: string
        description: Number under which the goods came back.
        primaryKey: true
        classification: internal
        examples: [R-2000031]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
        ),
        Excerpt::contract(ORDERS),
    ]),
    check: Check::Mesh(check),
};

const RETURNS: &str = "\
id: commercial.returns
name: Returns
outputPorts:
  - name: returns
    description: One row per return.
    version: 1.0.0
    contractId: commercial.returns
";

const ORDERS: &str = "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        businessName: Order
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
";

/// A field in a contract.
#[derive(Clone, Copy)]
struct Use<'w> {
    contract: ContractRef<'w>,
    object: Object<'w>,
    model: &'w SchemaProperty,
}

/// In what two meanings differ, each as a message quotes it.
#[derive(Debug, PartialEq, Eq)]
enum Conflict<'a> {
    Terms(&'a str, &'a str),
    Names(&'a str, &'a str),
    Kinds(LogicalType, LogicalType),
}

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let mut uses: HashMap<(&str, &str), Vec<Use<'_>>> = HashMap::new();
    // In the order in which names are met, so that findings come in the same order on every run.
    let mut order = Vec::new();
    for contract in mesh.workspace.contracts() {
        let Some(domain) = domain(mesh, contract) else {
            continue;
        };
        for object in fields::objects(contract.model) {
            object.each(|place| {
                let model = place.model;
                let name = model.name.as_deref();
                let Some(name) = name.filter(|_| has_meaning(model) && place.is_known()) else {
                    return;
                };
                let of_name = uses.entry((domain, name)).or_default();
                of_name.push(Use {
                    contract,
                    object,
                    model,
                });
                if of_name.len() == 2 {
                    order.push((domain, name));
                }
            });
        }
    }
    for key in order {
        if is_specific(key.1)
            && let Some(uses) = uses.get_mut(&key)
        {
            // What others rely on already comes first, then what is read first.
            uses.sort_by_key(|it| (Reverse(it.contract.role), it.contract.index()));
            compare(key, uses, findings);
        }
    }
}

/// The domain that a contract belongs to: its own, else that of a product that promises it.
fn domain<'w>(mesh: &Mesh<'w>, contract: ContractRef<'w>) -> Option<&'w str> {
    let of_product = || {
        let mut ports = mesh
            .workspace
            .ports_promising(contract.model.id.as_deref()?);
        ports.find_map(|port| port.product.model.domain.as_deref())
    };
    let domain = contract.model.domain.as_deref().or_else(of_product)?.trim();
    (!domain.is_empty()).then_some(domain)
}

/// Whether there is anything about a field that could contradict another.
fn has_meaning(field: &SchemaProperty) -> bool {
    field.deprecated != Some(true)
        && (field.logical_type.is_some()
            || field.business_name.is_some()
            || !field.authoritative_definitions.is_empty())
}

/// Whether a name says by itself what the field is: it has several words, and not all of them are
/// such as any table has.
fn is_specific(name: &str) -> bool {
    terms(name).nth(1).is_some() && terms(name).any(is_telling)
}

/// Reports the uses of one name that contradict the meaning which most contracts give it.
fn compare((domain, name): (&str, &str), uses: &[Use<'_>], findings: &mut Findings<'_>) {
    if uses
        .windows(2)
        .all(|two| meaning(two[0].model) == meaning(two[1].model))
    {
        return;
    }
    let is_key = uses.iter().any(|it| is_key(name, it.model));
    let Some(common) = most_common(uses) else {
        return;
    };
    let mut reported = HashSet::new();
    for it in uses {
        // Within one contract, and between its versions, nobody else is confused.
        let is_same = it.contract.model.id == common.contract.model.id;
        let Some(conflict) = conflict(it.model, common.model).filter(|_| !is_same) else {
            continue;
        };
        if (is_key && matches!(conflict, Conflict::Kinds(..)))
            || !reported.insert(it.contract.index())
        {
            continue;
        }
        let other = common.contract.model.id.as_deref().unwrap_or_default();
        let (key, message) = match conflict {
            Conflict::Terms(own, usual) => (
                "authoritativeDefinitions",
                format!("`{name}` is defined by {own} here, but by {usual} in `{other}`"),
            ),
            Conflict::Names(own, usual) => (
                "businessName",
                format!("`{name}` is called \"{own}\" here, but \"{usual}\" in `{other}`"),
            ),
            Conflict::Kinds(own, usual) => (
                "logicalType",
                format!(
                    "`{name}` is of type {} here, but of type {} in `{other}`",
                    own.as_str(),
                    usual.as_str()
                ),
            ),
        };
        findings
            .at(
                it.contract.document,
                format!("{}/{key}", it.pointer()),
                format!("{message}, both of the domain `{domain}`"),
            )
            .help("rename one of them, or agree on one meaning and link both to its definition")
            .see(
                common.contract.document,
                &format!("{}/{key}", common.pointer()),
                "it means something else here",
            );
    }
}

impl Use<'_> {
    /// JSON Pointer of the field, which is spelt out for those that are reported only.
    fn pointer(&self) -> String {
        let is_it = |place: &Place<'_, '_>| std::ptr::eq(place.model, self.model);
        let found = self.object.select(is_it).into_iter().next();
        found.map(|field| field.pointer).unwrap_or_default()
    }
}

/// What is compared of a field. Fields that are equal in this do not contradict each other.
fn meaning(field: &SchemaProperty) -> (Option<&str>, Option<&str>, Option<LogicalType>) {
    let url = definitions(field).next();
    (url, field.business_name.as_deref(), field.logical_type)
}

/// The first use of the meaning that most contracts share; what they say alike is one meaning.
fn most_common<'u, 'w>(uses: &'u [Use<'w>]) -> Option<&'u Use<'w>> {
    let mut votes: HashMap<_, HashSet<Option<&str>>> = HashMap::new();
    for it in uses {
        let contracts = votes.entry(meaning(it.model)).or_default();
        contracts.insert(it.contract.model.id.as_deref());
    }
    let count = |it: &Use<'w>| votes[&meaning(it.model)].len();
    uses.iter()
        .reduce(|best, it| if count(it) > count(best) { it } else { best })
}

/// In what the meanings of two fields contradict each other, `a` first.
fn conflict<'a>(a: &'a SchemaProperty, b: &'a SchemaProperty) -> Option<Conflict<'a>> {
    if let (Some(own), Some(other)) = (definitions(a).next(), definitions(b).next()) {
        let share_one = definitions(a).any(|url| definitions(b).any(|other| url == other));
        // Two glossaries may well define the same thing.
        let is_one_glossary = host(own).is_some() && host(own) == host(other);
        return (!share_one && is_one_glossary).then_some(Conflict::Terms(own, other));
    }
    let is_copied = a.description.is_some() && a.description == b.description;
    if is_copied {
        return None;
    }
    if let (Some(own), Some(other)) = (&a.business_name, &b.business_name) {
        let tells = |field: &SchemaProperty| names(field).flat_map(terms).any(is_telling);
        return (tells(a) && tells(b) && !share_a_word(a, b))
            .then_some(Conflict::Names(own, other));
    }
    let (own, other) = (a.logical_type?, b.logical_type?);
    are_unlike(own, other).then_some(Conflict::Kinds(own, other))
}

/// The addresses at which a field is defined.
fn definitions(field: &SchemaProperty) -> impl Iterator<Item = &str> + Clone {
    let links = field.authoritative_definitions.iter();
    let is_definition = |link: &&AuthoritativeDefinition| {
        glossary::is_definition(link) && glossary::leads_there(link, None)
    };
    let urls = links
        .filter(is_definition)
        .filter_map(|link| link.url.as_deref());
    urls.map(|url| url.trim().trim_end_matches('/'))
}

/// The host of an address, which tells one glossary from another.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '#', '?']).next()
}

/// What the business calls a field.
fn names(field: &SchemaProperty) -> impl Iterator<Item = &str> {
    let synonyms = field.synonyms.iter();
    let synonyms = synonyms.filter_map(|synonym| synonym.synonym.as_deref());
    field.business_name.as_deref().into_iter().chain(synonyms)
}

/// Whether the names of two fields have a word in common that says something, be it in another form
/// (`batch`, `batches`).
fn share_a_word(a: &SchemaProperty, b: &SchemaProperty) -> bool {
    let telling = |field| names(field).flat_map(terms).filter(|word| is_telling(word));
    let is_form = |long: &str, short: &str| {
        let start = long.get(..short.len());
        short.len() >= 4 && start.is_some_and(|start| start.eq_ignore_ascii_case(short))
    };
    telling(a).any(|word| {
        let word: &str = word;
        telling(b).any(|other: &str| {
            word.eq_ignore_ascii_case(other) || is_form(word, other) || is_form(other, word)
        })
    })
}

/// Whether no value could be of both types. Texts may hold anything, and so may what a list holds.
fn are_unlike(a: LogicalType, b: LogicalType) -> bool {
    let kind = |logical: LogicalType| match logical {
        LogicalType::Number | LogicalType::Integer => Some(0),
        LogicalType::Date | LogicalType::Timestamp | LogicalType::Time => Some(1),
        LogicalType::Boolean => Some(2),
        _ => None,
    };
    match (kind(a), kind(b)) {
        (Some(a), Some(b)) => a != b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    /// What is said about contracts of one field each, of a domain each.
    fn found(contracts: &[(&str, &str)]) -> Vec<String> {
        let documents = contracts.iter().enumerate().map(|(index, (domain, field))| {
            let text = format!(
                "apiVersion: v3.2.0\nkind: DataContract\nid: c{index}\nversion: 1.0.0\ndomain: {domain}\nschema: [{{name: o, properties: [{field}]}}]\n"
            );
            let document = Document::parse(format!("{index}.odcs.yaml"), text.into(), None);
            (document, Role::Target)
        });
        let workspace = Workspace::new(documents.collect(), None);
        let mesh = Mesh::new(&workspace, "2026-06-30");
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&mesh, &mut findings);
        let line = |found: mesh_diagnostics::Diagnostic| {
            format!("{}: {}", found.source.name(), found.message)
        };
        findings.into_inner().into_iter().map(line).collect()
    }

    fn both(name: &str, a: &str, b: &str) -> Vec<String> {
        let field = |rest: &str| format!("{{name: {name}, {rest}}}");
        found(&[("d", &field(a)), ("d", &field(b))])
    }

    fn term(url: &str) -> String {
        format!("authoritativeDefinitions: [{{type: businessDefinition, url: '{url}'}}]")
    }

    #[test]
    fn different_terms_of_one_glossary_contradict_each_other() {
        let order = term("https://g.example/terms/sales-order");
        let process = term("https://g.example/terms/process-order");
        let elsewhere = term("https://wiki.example/order");
        assert_eq!(
            both("order_id", &order, &process),
            [
                "1.odcs.yaml: `order_id` is defined by https://g.example/terms/process-order here, but by https://g.example/terms/sales-order in `c0`, both of the domain `d`"
            ]
        );
        assert_eq!(both("order_id", &order, &order).len(), 0);
        assert_eq!(
            both(
                "order_id",
                &order,
                &term("https://g.example/terms/sales-order/")
            )
            .len(),
            0
        );
        assert_eq!(both("order_id", &order, &elsewhere).len(), 0);
        // A term that both link to settles it, whatever else they say.
        let named = format!("businessName: Order, {order}");
        let other = format!("businessName: Auftrag, {order}");
        assert_eq!(both("order_id", &named, &other).len(), 0);
    }

    #[test]
    fn business_names_contradict_each_other_if_they_share_no_telling_word() {
        for (a, b, is_found) in [
            (
                "businessName: Equipment number",
                "businessName: Asset number",
                true,
            ),
            (
                "businessName: Equipment number",
                "businessName: Equipment",
                false,
            ),
            ("businessName: Batches", "businessName: Batch id", false),
            ("businessName: Number", "businessName: Asset", false),
            ("businessName: Equipment", "logicalType: string", false),
            (
                "businessName: Equipment, synonyms: [{synonym: Asset}]",
                "businessName: Asset number",
                false,
            ),
            (
                "businessName: Equipment, description: The number on it.",
                "businessName: Asset, description: The number on it.",
                false,
            ),
            (
                "businessName: Equipment, description: The number on it.",
                "businessName: Asset, description: The number in the accounts.",
                true,
            ),
            (
                "businessName: Equipment",
                "businessName: Asset, deprecated: true",
                false,
            ),
        ] {
            assert_eq!(
                !both("equipment_id", a, b).is_empty(),
                is_found,
                "{a} | {b}"
            );
        }
    }

    #[test]
    fn types_contradict_each_other_only_where_no_value_could_be_of_both() {
        for (name, a, b, is_found) in [
            ("release_approval", "boolean", "timestamp", true),
            ("net_weight", "integer", "number", false),
            ("net_weight", "string", "number", false),
            ("net_weight", "array", "number", false),
            ("delivery_slot", "date", "timestamp", false),
            ("delivery_slot", "date", "number", true),
            // A rule of its own compares keys.
            ("material_id", "integer", "date", false),
        ] {
            let found = both(
                name,
                &format!("logicalType: {a}"),
                &format!("logicalType: {b}"),
            );
            assert_eq!(!found.is_empty(), is_found, "{name} {a} {b}");
        }
    }

    #[test]
    fn names_that_say_little_are_left_alone() {
        for name in [
            "id",
            "name",
            "status",
            "type",
            "amount",
            "customer",
            "status_code",
            "startDate",
            "created_at",
            "net_amount",
            "unit_code",
            "event_type",
            "row_number",
            "STATUS_TEXT",
        ] {
            let found = both(name, "businessName: Harvest", "businessName: Invoice");
            assert_eq!(found, Vec::<String>::new(), "{name}");
        }
        for name in [
            "equipment_id",
            "equipmentId",
            "customer_name",
            "batch_status",
        ] {
            let found = both(name, "businessName: Harvest", "businessName: Invoice");
            assert_eq!(found.len(), 1, "{name}");
        }
    }

    #[test]
    fn other_domains_may_mean_something_else_and_the_odd_one_out_is_reported() {
        let harvest = "{name: lot_id, businessName: Harvest}";
        let parcel = "{name: lot_id, businessName: Parcel of land}";
        assert_eq!(
            found(&[("a", harvest), ("b", parcel)]),
            Vec::<String>::new()
        );
        let found = found(&[("a", harvest), ("a", parcel), ("a", parcel)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("0.odcs.yaml: "), "{found:?}");
    }

    #[test]
    fn a_great_many_uses_of_one_name_are_compared_quickly() {
        let fields: Vec<String> = (0..3000)
            .map(|n| format!("{{name: lot_id, businessName: Harvest{n}}}"))
            .collect();
        let contracts: Vec<_> = fields.iter().map(|field| ("a", field.as_str())).collect();
        assert_eq!(found(&contracts).len(), 2999);
    }
}
