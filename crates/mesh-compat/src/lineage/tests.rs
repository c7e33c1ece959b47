//! Small meshes, and whom a change reaches in them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use mesh_spec::document::Document;
use mesh_spec::model::Kind;

use super::*;

/// Products by reference, each with its manifest and contracts.
#[derive(Default)]
struct Mesh {
    products: BTreeMap<String, (Arc<Consumer>, Manifests)>,
    asked: Vec<String>,
}

impl Consumers for Mesh {
    type Error = Infallible;

    fn of(&mut self, contract: &str) -> Result<Vec<Arc<Consumer>>, Infallible> {
        let all = self.products.values().map(|(consumer, _)| consumer);
        let reads = |consumer: &&Arc<Consumer>| {
            let mut inputs = consumer.inputs.iter();
            inputs.any(|input| input.contract == contract)
        };
        Ok(all.filter(reads).cloned().collect())
    }

    fn manifests(&mut self, consumers: &[Arc<Consumer>]) -> Result<Vec<Manifests>, Infallible> {
        let names = consumers.iter().map(|consumer| consumer.reference.clone());
        self.asked.extend(names);
        let read = consumers
            .iter()
            .map(|consumer| self.products[&consumer.reference].1.clone());
        Ok(read.collect())
    }
}

impl Mesh {
    /// Adds a product `name` that reads `inputs` (`contract` or `contract@version`) and offers a contract
    /// of its name with the object `rows` of `fields`: lines of a list of properties.
    fn product(&mut self, name: &str, inputs: &[&str], fields: &str) -> &mut Self {
        let contract = contract(
            name,
            &format!("schema:\n  - name: rows\n    properties:\n{fields}"),
        );
        self.with(name, inputs, "", vec![contract])
    }

    fn with(
        &mut self,
        name: &str,
        inputs: &[&str],
        port: &str,
        contracts: Vec<Arc<Document>>,
    ) -> &mut Self {
        let mut text = format!("kind: DataProduct\napiVersion: v1.1.0\nid: {name}\noutputPorts:\n");
        for contract in &contracts {
            let id = contract.contract().and_then(|model| model.id.as_deref());
            let id = id.expect("an id");
            text += &format!("  - name: {id}\n    contractId: {id}\n{port}");
        }
        let inputs = inputs.iter().map(|input| {
            let (contract, version) = match input.split_once('@') {
                Some((contract, version)) => (contract, Some(version.to_owned())),
                None => (*input, None),
            };
            Input {
                port: contract.to_owned(),
                contract: contract.to_owned(),
                version,
            }
        });
        let consumer = Consumer {
            reference: format!("d/{name}"),
            id: name.to_owned(),
            inputs: inputs.collect(),
            has_outputs: !contracts.is_empty(),
            is_published: true,
            ..Consumer::default()
        };
        let manifests = Manifests {
            product: document("dataproduct.yaml", text, Kind::DataProduct),
            contracts,
        };
        let known = (Arc::new(consumer), manifests);
        self.products.insert(format!("d/{name}"), known);
        self
    }

    fn trace(&mut self, extent: Extent) -> Vec<Affected> {
        let orders = contract("sales.orders", ORDERS);
        let model = orders.contract().expect("a contract");
        let changed = Changed {
            contract: "sales.orders",
            versions: vec!["1.3.0"],
            models: vec![model],
            product: Some("sales"),
            extent,
        };
        let Ok(found) = trace(&changed, self);
        found
    }

    /// Who is reached when the field `amount` breaks.
    fn amount(&mut self) -> Vec<String> {
        self.change(&[("orders.amount", Impact::Major)])
    }

    fn change(&mut self, elements: &[(&str, Impact)]) -> Vec<String> {
        let mut extent = Extent::default();
        for (element, impact) in elements {
            extent.insert(Some(element), *impact);
        }
        shown(&self.trace(extent))
    }
}

const ORDERS: &str = "\
servers:
  - {server: prod, type: postgres, schema: shop}
schema:
  - name: orders
    id: orders-id
    physicalName: db.shop.T_ORDERS
    properties:
      - {name: order_id}
      - {name: amount, id: amount-id, physicalName: AMT_EUR}
      - {name: status}
      - name: lines
        logicalType: array
        items: {properties: [{name: sku}]}
  - name: returns
    properties:
      - {name: reason}
";

fn contract(id: &str, rest: &str) -> Arc<Document> {
    let text = format!("kind: DataContract\napiVersion: v3.1.0\nid: {id}\nversion: 1.0.0\n{rest}");
    document(id, text, Kind::DataContract)
}

fn document(name: &str, text: String, kind: Kind) -> Arc<Document> {
    let document = Document::parse(name, text.into_bytes(), Some(kind));
    assert!(document.tree.is_some(), "{}", document.source.text());
    Arc::new(document)
}

/// `distance consumer via: reach impact [uses] > what it passes on`.
fn shown(found: &[Affected]) -> Vec<String> {
    let one = |affected: &Affected| {
        let uses = affected.uses.iter().map(|named| {
            let unsure = if named.is_certain { "" } else { "?" };
            let how = match named.how {
                How::TransformSourceObjects => "from",
                How::TransformLogic => "by",
                How::Relationships => "to",
                How::Quality => "check",
            };
            format!("{}{unsure} {how} {}", named.element, named.at)
        });
        let uses: Vec<_> = uses.collect();
        let fields =
            affected.passes_on.iter().map(
                |(_, field)| {
                    if field.is_empty() { "anything" } else { field }
                },
            );
        let fields: Vec<_> = fields.collect();
        format!(
            "{} {} via {}: {:?}{} {} [{}] > [{}]",
            affected.distance,
            affected.consumer.id,
            affected.contract,
            affected.reach,
            if affected.is_possible_only { "?" } else { "" },
            affected.impact,
            uses.join("; "),
            fields.join(", ")
        )
    };
    found.iter().map(one).collect()
}

fn field(name: &str, source: &str) -> String {
    format!("      - name: {name}\n        transformSourceObjects: ['{source}']\n")
}

#[test]
fn a_field_is_followed_through_the_mesh() {
    let mut mesh = Mesh::default();
    mesh.product(
        "plan",
        &["sales.orders@1.3.0"],
        &(field("turnover", "orders.amount") + &field("state", "orders.status")),
    )
    .product(
        "forecast",
        &["plan@1.0.0"],
        &field("trend", "rows.turnover"),
    )
    .product("board", &["plan"], &field("lamp", "rows.state"))
    .product("report", &["forecast"], "      - {name: anything}\n");
    assert_eq!(
        mesh.amount(),
        [
            "1 plan via sales.orders: Named major [orders.amount from rows.turnover] > [rows.turnover]",
            "2 board via plan: OtherFields none [rows.state from rows.lamp] > []",
            "2 forecast via plan: Named major [rows.turnover from rows.trend] > [rows.trend]",
            "3 report via forecast: Unsaid? major [] > [anything]",
        ]
    );
    let through: Vec<_> = mesh
        .trace(Extent::everything(Impact::Major))
        .iter()
        .map(|affected| affected.through)
        .collect();
    assert_eq!(through, [None, Some(0), Some(0), Some(2)]);
}

#[test]
fn who_names_other_fields_is_not_reached_and_passes_nothing_on() {
    let mut mesh = Mesh::default();
    mesh.product("plan", &["sales.orders"], &field("state", "orders.status"))
        .product("forecast", &["plan"], &field("trend", "rows.state"));
    assert_eq!(
        mesh.amount(),
        ["1 plan via sales.orders: OtherFields none [orders.status from rows.state] > []"]
    );
    // All of it changes.
    let found = mesh.trace(Extent::everything(Impact::Major));
    assert_eq!(
        shown(&found),
        [
            "1 plan via sales.orders: Named major [orders.status from rows.state] > [rows.state]",
            "2 forecast via plan: Named major [rows.state from rows.trend] > [rows.trend]",
        ]
    );
}

#[test]
fn who_says_nothing_may_be_reached_by_anything() {
    let mut mesh = Mesh::default();
    mesh.product("plan", &["sales.orders"], "      - {name: state}\n")
        .product("forecast", &["plan"], &field("trend", "rows.state"))
        .with("dashboard", &["sales.orders"], "", Vec::new());
    assert_eq!(
        mesh.amount(),
        [
            "1 dashboard via sales.orders: Unsaid? major [] > []",
            "1 plan via sales.orders: Unsaid? major [] > [anything]",
            "2 forecast via plan: Named? major [rows.state from rows.trend] > [rows.trend]",
        ]
    );
    assert_eq!(
        mesh.asked,
        ["d/plan", "d/forecast"],
        "what offers nothing is not read"
    );
}

#[test]
fn who_relies_on_another_line_is_not_reached() {
    let mut mesh = Mesh::default();
    mesh.product("old", &["sales.orders@0.9.0"], &field("a", "orders.amount"))
        .product(
            "same",
            &["sales.orders@v1.0.0"],
            &field("a", "orders.amount"),
        )
        .product("next", &["old"], &field("a", "rows.a"));
    assert_eq!(
        mesh.amount(),
        [
            "1 old via sales.orders: OtherLine none [] > []",
            "1 same via sales.orders: Named major [orders.amount from rows.a] > [rows.a]",
        ]
    );
    assert_eq!(mesh.asked, ["d/same"]);
}

#[test]
fn cycles_end() {
    let mut mesh = Mesh::default();
    mesh.product(
        "sales",
        &["sales.orders", "b"],
        &field("own", "orders.amount"),
    )
    .product(
        "a",
        &["sales.orders", "b"],
        &(field("x", "orders.amount") + &field("z", "b.rows.y")),
    )
    .product("b", &["a"], &field("y", "a.rows.x"))
    .product("self", &["self", "a"], &field("y", "a.rows.x"));
    assert_eq!(
        mesh.amount(),
        [
            "1 a via sales.orders: Named major [orders.amount from rows.x] > [rows.x]",
            "2 b via a: Named major [rows.x from rows.y] > [rows.y]",
            "2 self via a: Named major [rows.x from rows.y] > [rows.y]",
            "3 a via b: Named major [rows.y from rows.z] > [rows.z]",
        ]
    );
}

#[test]
fn a_diamond_is_told_of_each_way_and_followed_once() {
    let mut mesh = Mesh::default();
    mesh.product("a", &["sales.orders"], &field("x", "orders.amount"))
        .product("b", &["sales.orders"], &field("x", "orders.status"))
        .product(
            "c",
            &["a", "b"],
            &(field("p", "a.rows.x") + &field("q", "b.rows.x")),
        )
        .product("d", &["c"], &(field("p", "rows.p") + &field("q", "rows.q")));
    let changes = [
        ("orders.amount", Impact::Major),
        ("orders.status", Impact::Minor),
    ];
    assert_eq!(
        mesh.change(&changes),
        [
            "1 a via sales.orders: Named major [orders.amount from rows.x] > [rows.x]",
            "1 b via sales.orders: Named minor [orders.status from rows.x] > [rows.x]",
            "2 c via a: Named major [rows.x from rows.p] > [rows.p]",
            "2 c via b: Named minor [rows.x from rows.q] > [rows.q]",
            "3 d via c: Named major [rows.p from rows.p; rows.q from rows.q] > [rows.p, rows.q]",
        ]
    );
    assert_eq!(mesh.asked.len(), 4);
}

#[test]
fn long_chains_are_followed_to_their_end() {
    let mut mesh = Mesh::default();
    mesh.product("p0", &["sales.orders"], &field("x", "orders.amount"));
    for n in 1..400 {
        let before = format!("p{}", n - 1);
        let source = format!("{before}.rows.x");
        mesh.product(&format!("p{n}"), &[before.as_str()], &field("x", &source));
    }
    assert_eq!(mesh.amount().len(), 400);
}

/// What is found later reaches those who were judged before.
#[test]
fn a_longer_way_adds_to_a_shorter_one() {
    let mut mesh = Mesh::default();
    mesh.product(
        "a",
        &["sales.orders", "b"],
        &(field("x", "orders.amount") + &field("y", "b.rows.y")),
    )
    .product("b", &["sales.orders", "e"], &field("y", "e.rows.y"))
    .product("e", &["sales.orders"], &field("y", "orders.amount"))
    .product("last", &["a"], &field("z", "rows.y"));
    assert_eq!(
        mesh.amount(),
        [
            "1 a via sales.orders: Named major [orders.amount from rows.x] > [rows.x]",
            "1 b via sales.orders: Unsaid? major [] > [anything]",
            "1 e via sales.orders: Named major [orders.amount from rows.y] > [rows.y]",
            "2 last via a: Named major [rows.y from rows.z] > [rows.z]",
            "2 a via b: Named major [rows.y from rows.y] > [rows.y]",
            "2 b via e: Named major [rows.y from rows.y] > [rows.y]",
        ]
    );
}

#[test]
fn fields_are_named_in_many_ways() {
    for (source, named) in [
        ("orders", Some("orders")),
        ("Orders.AMOUNT", Some("orders.amount")),
        ("shop.orders.amount", Some("orders.amount")),
        ("other.orders.amount", Some("orders.amount")),
        ("db.shop.t_orders", Some("orders")),
        ("DB.SHOP.T_ORDERS.AMT_EUR", Some("orders.amount")),
        ("t_orders.amt_eur", Some("orders.amount")),
        ("[shop].[orders].[amount]", Some("orders.amount")),
        ("\"orders\".\"amount\"", Some("orders.amount")),
        ("sales.orders", Some("")),
        ("sales.orders.orders", Some("orders")),
        ("sales.orders.orders.amount", Some("orders.amount")),
        (
            "sales.orders/schema/orders-id/properties/amount-id",
            Some("orders.amount"),
        ),
        (
            "sales.orders#schema/orders-id/properties/amount-id",
            Some("orders.amount"),
        ),
        (
            "https://example.com/sales.orders.odcs.yaml#orders.amount",
            Some("orders.amount"),
        ),
        ("schema/orders/properties/amount", Some("orders.amount")),
        ("orders.lines[].sku", Some("orders.lines.sku")),
        ("orders.lines.sku", Some("orders.lines.sku")),
        (
            "../elsewhere.yaml#schema/orders/properties/amount",
            Some("orders.amount?"),
        ),
        ("amount", Some("orders.amount?")),
        ("orders.gone", Some("orders.gone?")),
        ("crm.orders", Some("orders?")),
        ("sales.orders-archive.orders.amount", None),
        ("other.contract.orders.amount", None),
        ("crm.customers.name", None),
        ("#schema/orders", None),
        ("every order there is", None),
        ("orders.*", None),
        ("", None),
    ] {
        let document = contract("sales.orders", ORDERS);
        let mut names = names::Names::new("sales.orders");
        names.add(document.contract().expect("a contract"));
        let others = ["other.contract".to_owned(), "sales".to_owned()];
        let found = names.resolve(source, &others);
        let found: Vec<_> = found
            .into_iter()
            .map(|named| named.element + if named.is_certain { "" } else { "?" })
            .collect();
        let expected: Vec<_> = named.into_iter().map(str::to_owned).collect();
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn code_says_which_fields_of_an_object_are_used() {
    let logic = |logic: &str| {
        let fields = format!(
            "      - name: x\n        transformSourceObjects: [orders]\n        transformLogic: {logic:?}\n"
        );
        Mesh::default()
            .product("p", &["sales.orders"], &fields)
            .amount()
    };
    for (code, reached) in [
        ("sum(amount)", true),
        ("SUM(o.AMT_EUR)", true),
        ("lower(status)", false),
        ("case when status = 'amount' then 1 end", false),
        ("select * from orders", true),
        ("count(*)", true),
    ] {
        let found = logic(code);
        assert_eq!(found[0].contains(": Named"), reached, "{code}: {found:?}");
    }
}

/// An object that is named may be used for other fields than those that change.
#[test]
fn a_named_object_is_reached_for_certain_only_as_a_whole() {
    let named = |changed: &str| {
        let mut mesh = Mesh::default();
        mesh.product("p", &["sales.orders"], &field("x", "orders"));
        mesh.change(&[(changed, Impact::Major)]).remove(0)
    };
    let rest = "major [orders from rows.x] > [rows.x]";
    assert_eq!(
        named("orders.amount"),
        format!("1 p via sales.orders: Named? {rest}")
    );
    assert_eq!(
        named("orders"),
        format!("1 p via sales.orders: Named {rest}")
    );
}

#[test]
fn checks_and_relationships_read_without_being_made_from_it() {
    let rest = |field: &str| {
        let document = contract(
            "p",
            &format!(
                "schema:\n  - name: rows\n    properties:\n      - name: x\n        transformSourceObjects: [orders.status]\n{field}"
            ),
        );
        Mesh::default()
            .with("p", &["sales.orders"], "", vec![document])
            .amount()
    };
    let query = |query: &str| {
        rest(&format!(
            "        quality:\n          - {{type: sql, mustBe: 0, query: {query:?}}}\n"
        ))
    };
    let read = "1 p via sales.orders: Named major [orders.amount check rows.x] > []";
    assert_eq!(
        query("SELECT 1 FROM rows r, shop.ORDERS o WHERE o.Amount < r.x"),
        [read]
    );
    // A longer word is another one, and the fields of one's own object are one's own.
    for other in [
        "SELECT 1 FROM orders WHERE amount_net < 0 AND status = ''",
        "SELECT rows.amount, orders.status FROM rows JOIN orders",
        "SELECT amount FROM rows",
        "SELECT {object}.amount, status FROM orders",
    ] {
        assert!(query(other)[0].contains("OtherFields"), "{other}");
    }
    let to = |to: &str| rest(&format!("        relationships: [{{to: {to:?}}}]\n"));
    let leads = "1 p via sales.orders: Named major [orders.amount to rows.x] > []";
    assert_eq!(to("orders.amount"), [leads]);
    assert_eq!(to("sales.orders#schema/orders/properties/amount"), [leads]);
    assert!(to("rows.x")[0].contains("OtherFields"));
    let argument = rest(
        "        quality:\n          - {metric: nullValues, mustBe: 0, arguments: {compare: orders.amount}}\n",
    );
    assert_eq!(argument, [read]);
}

#[test]
fn ports_that_list_their_inputs_are_made_from_those_alone() {
    let silent = |id: &str| contract(id, "schema:\n  - name: rows\n    properties: [{name: x}]\n");
    let found = |port: &str| {
        Mesh::default()
            .with("p", &["sales.orders", "crm"], port, vec![silent("out")])
            .product("next", &["out"], &field("y", "rows.x"))
            .amount()
    };
    assert_eq!(
        found("    inputContracts: [{id: crm, version: 1.0.0}]\n").len(),
        1
    );
    assert_eq!(
        found("    inputContracts: [{id: sales.orders, version: 1.0.0}]\n").len(),
        2
    );
    assert_eq!(found("").len(), 2);
}

#[test]
fn elements_hold_what_lies_in_them() {
    let overlaps = |a: &str, b: &str| Element::new(a).overlaps(&Element::new(b));
    assert!(overlaps("orders", "orders.amount") && overlaps("orders.amount", "Orders"));
    assert!(overlaps("", "orders") && overlaps("orders.lines[].sku", "orders.lines.sku"));
    assert!(!overlaps("orders.amount", "orders.amount_net") && !overlaps("a.b", "a.c"));
}
