//! What expressions are worth, what is said of those that are none, and what is blamed when one does not hold.

mod budget;
mod direction;
mod explain;
mod mistakes;
mod values;

use mesh_spec::document::Document;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Role, Workspace};

use super::*;
use crate::view::{Kind, Thing, View};

const PRODUCT: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: sales.orders
name: Orders
version: 1.0.0
status: active
domain: sales
outputPorts:
  - {name: orders, version: 1.0.0, contractId: sales.orders.orders}
";

const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: sales.orders.orders
version: 1.0.0
status: active
tags: [gxp, finance]
description: {purpose: To bill., usage: '  '}
customProperties:
  - {property: n, value: 3}
  - {property: ratio, value: 1.5}
  - {property: flag, value: true}
  - {property: text, value: abc}
  - {property: digits, value: '42'}
  - {property: list, value: [a, b]}
  - {property: mixed, value: [1, a, null]}
  - {property: map, value: {a: {b: 1}, gone: null}}
  - {property: nothing, value: null}
  - {property: blank, value: '  '}
  - {property: namespace, value: eu}
  - {property: n, value: 4}
  - {property: theirs, value: 1, vendor: other}
authoritativeDefinitions:
  - {type: docs, url: 'https://docs.example'}
  - {type: blank, url: ' '}
schema:
  - name: orders
    properties:
      - {name: order_id, primaryKey: true, required: false, tags: [key], classification: internal}
      - {name: email, tags: [personal], classification: restricted, encryptedName: email_enc}
      - name: customer
        logicalType: object
        properties:
          - {name: city, tags: [place]}
servers:
  - {server: main, type: custom, environment: prod, customProperties: [{property: region, value: eu-west-1}]}
  - {server: test, type: custom, environment: test}
slaProperties:
  - {property: retention, value: 6, unit: y}
  - {property: latency, value: 2, unit: h}
  - {property: ownLevel, value: 99.5, unit: percent}
";

/// The variables of the expressions in these tests.
const VARIABLES: &[Variable] = &[
    Variable {
        name: "product",
        kind: Kind::Product,
    },
    Variable {
        name: "contract",
        kind: Kind::Contract,
    },
];

/// The parameters of the expressions in these tests, by position.
fn parameters() -> (Parameters, Vec<Constant>) {
    let text = |text: &str| Constant::Text(text.into());
    let all = [
        ("days", Type::Int, Constant::Int(5)),
        ("ratio", Type::Double, Constant::Double(0.5)),
        (
            "regions",
            Type::List(&Type::Text),
            Constant::List(vec![text("eu-west-1"), text("eu-central-1")]),
        ),
        ("none", Type::List(&Type::Text), Constant::List(Vec::new())),
        ("label", Type::Text, text("gxp")),
        ("strict", Type::Bool, Constant::Bool(true)),
    ];
    let named = all.iter().map(|(name, ty, _)| Parameter {
        name: (*name).to_owned(),
        ty: *ty,
    });
    let parameters = Parameters(named.collect());
    (
        parameters,
        all.into_iter().map(|(.., value)| value).collect(),
    )
}

/// The program that `text` is.
fn program(text: &str) -> Program {
    Program::new(text, VARIABLES, &parameters().0)
        .unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))
}

/// Does `work` with `program`, or with several, where a product and its `contract` are what expressions see.
fn on<P: ?Sized, T>(
    contract: &str,
    program: &P,
    work: impl for<'a> FnOnce(&mut Environment<'a>, &'a P) -> T,
) -> T {
    let documents = [
        ("orders/dataproduct.yaml", PRODUCT),
        ("orders/orders.odcs.yaml", contract),
    ];
    let documents = documents.map(|(name, text)| {
        let document = Document::parse(name, text.into(), None);
        assert!(document.problems.is_empty(), "{:?}", document.problems);
        (document, Role::Target)
    });
    let workspace = Workspace::new(documents.into(), None);
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    let (_, values) = parameters();
    let budget = Budget::new();
    let product = workspace.product(0).expect("it is a product");
    let contract = view.contract(1).expect("it is a contract");
    let things = [Thing::Product(product), Thing::Contract(contract)];
    let mut environment = Environment {
        view: &view,
        parameters: &values,
        as_of: "2026-06-30",
        budget: &budget,
        slots: things.into_iter().map(Value::Thing).collect(),
        chosen: Vec::new(),
        contract: Some(contract),
    };
    work(&mut environment, program)
}

/// A value as the tables write it.
fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Double(number) => format!("{number:?}"),
        Value::List(list) => {
            let items: Vec<String> = (0..list.len()).map(|at| shown(&list.get(at))).collect();
            format!("[{}]", items.join(", "))
        }
        other => match other.as_text() {
            Some(text) => format!("{text:?}"),
            None => other.show(),
        },
    }
}

/// What `text` is worth, or why it is worth nothing, and what part of it is to blame.
fn worth(text: &str) -> String {
    let program = match Program::new(text, VARIABLES, &parameters().0) {
        Ok(program) => program,
        Err(mistakes) => return format!("{mistakes:?}"),
    };
    on(
        CONTRACT,
        &program,
        |environment, program| match environment.evaluate(program) {
            Ok(value) => shown(&value),
            Err(error) => format!("`{}`: {}", &text[error.span.range()], error.message()),
        },
    )
}

/// Holds what a table says of each text to what comes of it, and shows all differences at once.
fn compare<'t>(
    table: impl IntoIterator<Item = &'t (&'t str, &'t str)>,
    found: impl Fn(&str) -> String,
) {
    let different: Vec<String> = table
        .into_iter()
        .map(|(text, wanted)| (text, *wanted, found(text)))
        .filter(|(_, wanted, found)| wanted != found)
        .map(|(text, wanted, found)| format!("{text}\n    wanted {wanted}\n    found  {found}"))
        .collect();
    assert!(different.is_empty(), "\n{}", different.join("\n"));
}
