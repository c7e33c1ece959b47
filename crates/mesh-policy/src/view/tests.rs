//! What expressions see of documents in which everything is said, in which nothing is, and of what is between.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mesh_spec::document::Document;
use mesh_spec::vocabulary::Sensitivity;
use mesh_spec::workspace::{Role, expected_kind};

use super::contract::products_of;
use super::thing::Owner;
use super::*;

/// A product with everything that can be said of one.
const PRODUCT: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: sales.orders
name: Orders
version: 1.2.0
status: active
domain: sales
tenant: acme
type: consumerAligned
deprecated: true
tags: [finance]
description: {purpose: To bill., usage: Join., limitations: Not for credit.}
productCreatedTs: '2026-01-02T03:04:05Z'
customProperties:
  - {property: tier, value: 1}
authoritativeDefinitions:
  - {type: docs, url: 'https://docs.example'}
inputPorts:
  - name: customers
    version: 1.0.0
    contractId: crm.customers.customers
    deprecated: true
    tags: [daily]
    customProperties: [{property: via, value: mail}]
    authoritativeDefinitions: [{type: docs, url: 'https://in.example'}]
outputPorts:
  - name: orders
    version: 1.2.0
    type: tables
    description: All orders.
    contractId: sales.orders.orders
    deprecated: true
    tags: [certified]
    customProperties: [{property: sizeGb, value: 2}]
    authoritativeDefinitions: [{type: docs, url: 'https://out.example'}]
    inputContracts: [{id: crm.customers.customers, version: 1.0.0}]
    sbom: [{type: external, url: 'https://sbom.example'}]
managementPorts:
  - name: health
    content: observability
    type: rest
    url: https://health.example
    description: Whether it is up.
    tags: [ops]
    customProperties: [{property: every, value: 5}]
team:
  name: Order desk
  members:
    - {username: eve@acme.example, name: Eve, role: owner, dateIn: '2020-01-01', dateOut: '2025-01-01'}
    - {username: ada@acme.example, name: Ada, role: Data Owner, dateIn: '2025-01-01'}
    - {username: ' ', name: Bo, role: engineer}
support:
  - {channel: '#orders', url: 'https://chat.example', tool: slack, scope: interactive, description: Ask us.}
";

/// A contract with everything that can be said of one.
const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: sales.orders.orders
name: Orders
version: 1.2.0
status: active
domain: sales
tenant: acme
dataProduct: orders
tags: [gxp]
description: {purpose: To bill., usage: Join., limitations: Not for credit.}
contractCreatedTs: '2026-01-02T03:04:05Z'
customProperties:
  - {property: classification, value: internal}
authoritativeDefinitions:
  - {type: auditTrail, url: 'https://audit.example'}
price: {priceAmount: 9.5, priceCurrency: EUR, priceUnit: GB}
schema:
  - name: orders
    physicalName: t_orders
    physicalType: table
    description: One row per order.
    businessName: Orders
    dataGranularityDescription: One row per order.
    deprecated: true
    tags: [core]
    customProperties: [{property: rows, value: 10}]
    authoritativeDefinitions: [{type: docs, url: 'https://object.example'}]
    quality:
      - name: rows
        type: library
        metric: rowCount
        mustBeGreaterThan: 0
        dimension: completeness
        severity: error
        description: There are rows.
        businessImpact: No bills.
        schedule: 0 6 * * *
        tags: [nightly]
        customProperties: [{property: team, value: dq}]
        authoritativeDefinitions: [{type: docs, url: 'https://check.example'}]
    properties:
      - name: email
        logicalType: string
        physicalType: text
        physicalName: c_email
        description: Where bills go.
        businessName: Address
        tags: [personal]
        customProperties: [{property: origin, value: form}]
        authoritativeDefinitions: [{type: docs, url: 'https://field.example'}]
        classification: restricted
        primaryKey: true
        primaryKeyPosition: 1
        required: true
        unique: true
        partitioned: true
        partitionKeyPosition: 1
        criticalDataElement: true
        deprecated: true
        encryptedName: email_enc
        transformLogic: lower(x)
        transformDescription: In small letters.
        transformSourceObjects: [crm.customers]
        logicalTypeOptions: {pattern: '^.+@.+$'}
        examples: [a@b.example, 1]
        enum: [{value: a}, {value: b}]
        quality:
          - {metric: nullValues, mustBe: 0}
          - {type: sql, query: SELECT 1, mustBe: 1}
          - {type: custom, engine: soda, implementation: '-'}
          - {type: text, description: Somebody looks.}
servers:
  - server: main
    type: custom
    environment: prod
    description: For readers.
    region: eu-west-1
    location: s3://orders
    host: db.example
    catalog: main
    database: sales
    schema: public
    format: parquet
    customProperties: [{property: zone, value: a}]
roles:
  - role: reader
    access: read
    description: For analysts.
    firstLevelApprovers: lead
    secondLevelApprovers: dpo
    customProperties: [{property: days, value: 90}]
slaProperties:
  - property: retention
    value: 6
    unit: y
    element: orders.email
    driver: regulatory
    description: As the law asks.
    schedule: yearly
    customProperties: [{property: law, value: HGB}]
  - {property: endOfSupport, value: '2030-12-31T00:00:00Z'}
team:
  name: Order desk
  members:
    - {username: ada@acme.example, name: Ada, role: owner}
support:
  - {channel: '#orders', url: 'https://chat.example', tool: slack, scope: interactive, description: Ask us.}
";

/// A product that offers what the other one reads.
const UPSTREAM: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: crm.customers
name: Customers
version: 1.0.0
status: active
domain: crm
outputPorts:
  - {name: customers, version: 1.0.0, contractId: crm.customers.customers}
";

const UPSTREAM_CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: crm.customers.customers
version: 1.0.0
status: active
";

/// All that is seen of the two documents, by kind and in the order of the attributes.
const SEEN: &[(Kind, &[(&str, &str)])] = &[
    (
        Kind::Product,
        &[
            ("id", "'sales.orders'"),
            ("name", "'Orders'"),
            ("version", "'1.2.0'"),
            ("status", "'active'"),
            ("domain", "'sales'"),
            ("type", "'consumerAligned'"),
            ("tenant", "'acme'"),
            ("deprecated", "true"),
            ("tier", "'1'"),
            ("tags", "['finance']"),
            ("purpose", "'To bill.'"),
            ("usage", "'Join.'"),
            ("limitations", "'Not for credit.'"),
            ("createdTs", "'2026-01-02T03:04:05Z'"),
            ("custom", "{tier: 1}"),
            ("links", "{docs: 'https://docs.example'}"),
            ("inputPorts", "[input port `customers`]"),
            ("outputPorts", "[output port `orders`]"),
            ("managementPorts", "[management port `health`]"),
            ("contracts", "[contract `sales.orders.orders`]"),
            ("owners", "['ada@acme.example']"),
            (
                "members",
                "[team member `eve@acme.example`, team member `ada@acme.example`, a team member]",
            ),
            ("teamName", "'Order desk'"),
            ("support", "[support channel `#orders`]"),
        ],
    ),
    (
        Kind::InputPort,
        &[
            ("name", "'customers'"),
            ("version", "'1.0.0'"),
            ("contractId", "'crm.customers.customers'"),
            ("upstream", "contract `crm.customers.customers`"),
            ("deprecated", "true"),
            ("tags", "['daily']"),
            ("custom", "{via: 'mail'}"),
            ("links", "{docs: 'https://in.example'}"),
        ],
    ),
    (
        Kind::OutputPort,
        &[
            ("name", "'orders'"),
            ("version", "'1.2.0'"),
            ("type", "'tables'"),
            ("description", "'All orders.'"),
            ("contractId", "'sales.orders.orders'"),
            ("contract", "contract `sales.orders.orders`"),
            ("deprecated", "true"),
            ("tags", "['certified']"),
            ("custom", "{sizeGb: 2}"),
            ("links", "{docs: 'https://out.example'}"),
            (
                "inputContracts",
                "[input contract `crm.customers.customers`]",
            ),
            ("sbom", "[bill of materials `https://sbom.example`]"),
        ],
    ),
    (
        Kind::ManagementPort,
        &[
            ("name", "'health'"),
            ("content", "'observability'"),
            ("type", "'rest'"),
            ("url", "'https://health.example'"),
            ("description", "'Whether it is up.'"),
            ("tags", "['ops']"),
            ("custom", "{every: 5}"),
        ],
    ),
    (
        Kind::InputContract,
        &[("id", "'crm.customers.customers'"), ("version", "'1.0.0'")],
    ),
    (
        Kind::Sbom,
        &[("type", "'external'"), ("url", "'https://sbom.example'")],
    ),
    (
        Kind::Contract,
        &[
            ("id", "'sales.orders.orders'"),
            ("name", "'Orders'"),
            ("version", "'1.2.0'"),
            ("status", "'active'"),
            ("domain", "'sales'"),
            ("tenant", "'acme'"),
            ("dataProduct", "'orders'"),
            ("tags", "['gxp']"),
            ("purpose", "'To bill.'"),
            ("usage", "'Join.'"),
            ("limitations", "'Not for credit.'"),
            ("createdTs", "'2026-01-02T03:04:05Z'"),
            ("classification", "'internal'"),
            ("custom", "{classification: 'internal'}"),
            ("links", "{auditTrail: 'https://audit.example'}"),
            ("objects", "[schema object `orders`]"),
            ("fields", "[field `orders.email`]"),
            ("servers", "[server `main`]"),
            ("roles", "[role `reader`]"),
            ("sla", "set of service levels `sales.orders.orders`"),
            (
                "slaProperties",
                "[service level `retention`, service level `endOfSupport`]",
            ),
            (
                "quality",
                "[quality check `rows`, a quality check, a quality check, a quality check, a quality check]",
            ),
            ("price", "price `sales.orders.orders`"),
            ("owners", "['ada@acme.example']"),
            ("members", "[team member `ada@acme.example`]"),
            ("teamName", "'Order desk'"),
            ("support", "[support channel `#orders`]"),
            ("products", "[data product `sales.orders`]"),
        ],
    ),
    (
        Kind::Object,
        &[
            ("name", "'orders'"),
            ("physicalName", "'t_orders'"),
            ("physicalType", "'table'"),
            ("description", "'One row per order.'"),
            ("businessName", "'Orders'"),
            ("granularity", "'One row per order.'"),
            ("classification", "'internal'"),
            ("deprecated", "true"),
            ("tags", "['core']"),
            ("custom", "{rows: 10}"),
            ("links", "{docs: 'https://object.example'}"),
            ("fields", "[field `orders.email`]"),
            (
                "quality",
                "[quality check `rows`, a quality check, a quality check, a quality check, a quality check]",
            ),
        ],
    ),
    (
        Kind::Field,
        &[
            ("name", "'email'"),
            ("path", "'email'"),
            ("object", "'orders'"),
            ("logicalType", "'string'"),
            ("physicalType", "'text'"),
            ("physicalName", "'c_email'"),
            ("description", "'Where bills go.'"),
            ("businessName", "'Address'"),
            ("tags", "['personal']"),
            ("custom", "{origin: 'form'}"),
            ("links", "{docs: 'https://field.example'}"),
            ("classification", "'restricted'"),
            ("sensitivity", "'restricted'"),
            ("personal", "true"),
            ("primaryKey", "true"),
            ("required", "true"),
            ("unique", "true"),
            ("partitioned", "true"),
            ("criticalDataElement", "true"),
            ("deprecated", "true"),
            ("encryptedName", "'email_enc'"),
            ("transformLogic", "'lower(x)'"),
            ("transformDescription", "'In small letters.'"),
            ("transformSourceObjects", "['crm.customers']"),
            ("pattern", "'^.+@.+$'"),
            ("examples", "['a@b.example', 1]"),
            ("enum", "['a', 'b']"),
            (
                "quality",
                "[a quality check, a quality check, a quality check, a quality check]",
            ),
        ],
    ),
    (
        Kind::Server,
        &[
            ("name", "'main'"),
            ("type", "'custom'"),
            ("environment", "'prod'"),
            ("production", "true"),
            ("description", "'For readers.'"),
            ("region", "'eu-west-1'"),
            ("location", "'s3://orders'"),
            ("host", "'db.example'"),
            ("catalog", "'main'"),
            ("database", "'sales'"),
            ("schema", "'public'"),
            ("format", "'parquet'"),
            ("custom", "{zone: 'a'}"),
        ],
    ),
    (
        Kind::Role,
        &[
            ("name", "'reader'"),
            ("access", "'read'"),
            ("description", "'For analysts.'"),
            ("firstLevelApprovers", "'lead'"),
            ("secondLevelApprovers", "'dpo'"),
            ("custom", "{days: 90}"),
        ],
    ),
    (Kind::Slas, &[]),
    (
        Kind::Sla,
        &[
            ("property", "'retention'"),
            ("value", "6"),
            ("unit", "'y'"),
            ("seconds", "189345600.0"),
            ("hours", "52596.0"),
            ("days", "2191.5"),
            ("date", "missing"),
            ("element", "'orders.email'"),
            ("driver", "'regulatory'"),
            ("description", "'As the law asks.'"),
            ("schedule", "'yearly'"),
            ("custom", "{law: 'HGB'}"),
        ],
    ),
    (
        Kind::Quality,
        &[
            ("name", "'rows'"),
            ("type", "'library'"),
            ("metric", "'rowCount'"),
            ("dimension", "'completeness'"),
            ("severity", "'error'"),
            ("description", "'There are rows.'"),
            ("businessImpact", "'No bills.'"),
            ("query", "missing"),
            ("engine", "missing"),
            ("schedule", "'0 6 * * *'"),
            ("executable", "true"),
            ("field", "missing"),
            ("object", "'orders'"),
            ("tags", "['nightly']"),
            ("custom", "{team: 'dq'}"),
            ("links", "{docs: 'https://check.example'}"),
        ],
    ),
    (
        Kind::Price,
        &[("amount", "9.5"), ("currency", "'EUR'"), ("unit", "'GB'")],
    ),
    (
        Kind::Member,
        &[
            ("username", "'eve@acme.example'"),
            ("name", "'Eve'"),
            ("role", "'owner'"),
            ("dateIn", "'2020-01-01'"),
            ("dateOut", "'2025-01-01'"),
        ],
    ),
    (
        Kind::Support,
        &[
            ("channel", "'#orders'"),
            ("url", "'https://chat.example'"),
            ("tool", "'slack'"),
            ("scope", "'interactive'"),
            ("description", "'Ask us.'"),
        ],
    ),
];

/// Documents with one thing of each kind, of which nothing is said.
const BARE_PRODUCT: &str = "\
apiVersion: v1.1.0
kind: DataProduct
inputPorts: [{}]
outputPorts: [{inputContracts: [{}], sbom: [{}]}]
managementPorts: [{}]
team: {members: [{}]}
support: [{}]
";

const BARE_CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
price: {}
schema: [{quality: [{}], properties: [{}]}]
servers: [{}]
roles: [{}]
slaProperties: [{}]
";

fn workspace(documents: &[(&str, &str)]) -> Workspace {
    let documents = documents.iter().map(|(name, text)| {
        let kind = expected_kind(Path::new(name));
        (Document::parse(*name, (*text).into(), kind), Role::Target)
    });
    Workspace::new(documents.collect(), None)
}

fn rich() -> Workspace {
    let workspace = workspace(&[
        ("orders/dataproduct.yaml", PRODUCT),
        ("orders/orders.odcs.yaml", CONTRACT),
        ("customers/dataproduct.yaml", UPSTREAM),
        ("customers/customers.odcs.yaml", UPSTREAM_CONTRACT),
    ]);
    for document in workspace.files() {
        assert!(document.problems.is_empty(), "{:#?}", document.problems);
    }
    workspace
}

/// A workspace of one contract with these fields.
fn of_fields(fields: &str) -> Workspace {
    let text = format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    properties:\n      {fields}"
    );
    workspace(&[("c.odcs.yaml", &text)])
}

/// The first thing of a kind in the product and the contract that come first.
fn first<'v>(view: &'v View<'v>, kind: Kind) -> Thing<'v> {
    let product = view.workspace.product(0).expect("a product");
    let contract = view.contract(1).expect("a contract");
    match kind {
        Kind::Product => Thing::Product(product),
        Kind::InputPort => Thing::InputPort(product, 0),
        Kind::OutputPort => Thing::OutputPort(product, 0),
        Kind::ManagementPort => Thing::ManagementPort(product, 0),
        Kind::InputContract => Thing::InputContract(product, 0, 0),
        Kind::Sbom => Thing::Sbom(product, 0, 0),
        Kind::Contract => Thing::Contract(contract),
        Kind::Object => Thing::Object(contract, 0),
        Kind::Field => Thing::Field(contract, 0),
        Kind::Server => Thing::Server(contract, 0),
        Kind::Role => Thing::Role(contract, 0),
        Kind::Slas => Thing::Slas(contract),
        Kind::Sla => Thing::Sla(contract, 0),
        Kind::Quality => Thing::Quality(contract, Owner::Object(0), 0),
        Kind::Price => Thing::Price(contract),
        Kind::Member => Thing::Member(thing::Document::Product(product), 0),
        Kind::Support => Thing::Support(thing::Document::Product(product), 0),
    }
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Double(number) => format!("{number:?}"),
        Value::Map(map) => {
            let of = |name| map.get(name).expect("a name leads to something");
            let entries = map.names().into_iter();
            let entries = entries.map(|name| format!("{name}: {}", shown(&of(name))));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::List(list) => {
            let items = (0..list.len()).map(|at| shown(&list.get(at)));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        other => match other.as_text() {
            Some(text) => format!("'{text}'"),
            None => other.show(),
        },
    }
}

/// What is seen of `thing` under `name`.
fn seen<'v>(view: &'v View<'v>, thing: Thing<'v>, name: &str) -> String {
    let attribute = thing
        .kind()
        .attribute(name)
        .expect("there is one of this name");
    attribute
        .of(view, thing)
        .map_or("missing".to_owned(), |value| shown(&value))
}

/// Whether a value is of the type that is known before there is one.
fn is_of(value: &Value<'_>, ty: Type) -> bool {
    match (value, ty) {
        (_, Type::Any)
        | (Value::Bool(_), Type::Bool)
        | (Value::Int(_), Type::Int)
        | (Value::Double(_), Type::Double)
        | (Value::Text(_) | Value::Made(_), Type::Text) => true,
        (Value::Thing(thing), Type::Thing(kind)) => thing.kind() == kind,
        (Value::List(list), Type::List(item)) => {
            (0..list.len()).all(|at| is_of(&list.get(at), *item))
        }
        (Value::Map(map), Type::Map(item)) => {
            let values = map.names().into_iter().filter_map(|name| map.get(name));
            values.into_iter().all(|value| is_of(&value, *item))
        }
        _ => false,
    }
}

#[test]
fn everything_that_is_said_is_seen_in_its_type_and_stands_in_the_document() {
    let workspace = rich();
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    assert_eq!(
        SEEN.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
        Kind::ALL
    );
    for (kind, wanted) in SEEN {
        let thing = first(&view, *kind);
        assert_eq!(thing.kind(), *kind);
        let attributes = kind.attributes();
        let found: Vec<(&str, String)> = attributes
            .iter()
            .map(|attribute| (attribute.name, seen(&view, thing, attribute.name)))
            .collect();
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        assert_eq!(found, *wanted, "{kind:?}");
        for attribute in attributes {
            let at = format!("{kind:?}.{}", attribute.name);
            let value = attribute.of(&view, thing);
            assert_eq!(
                attribute.is_in(thing, value.as_ref()),
                value.is_some(),
                "{at}"
            );
            let Some(value) = value else { continue };
            assert!(is_of(&value, attribute.ty()), "{at}: {value:?}");
            // What is only worked out stands nowhere; what is inherited stands elsewhere.
            let is_elsewhere = ["", "/customProperties"].contains(&attribute.pointer)
                || *kind == Kind::Field && attribute.name == "name";
            let place = thing.place().beneath(attribute.pointer);
            let tree = place.document.tree.as_ref().expect("it is YAML");
            assert!(
                is_elsewhere || tree.at(&place.pointer).is_some(),
                "{at}: {}",
                place.pointer
            );
        }
    }
}

#[test]
fn what_is_not_said_is_missing_or_empty_or_what_the_standard_says_by_default() {
    let workspace = workspace(&[
        ("bare/dataproduct.yaml", BARE_PRODUCT),
        ("bare/bare.odcs.yaml", BARE_CONTRACT),
    ]);
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    // What there is of the two documents all the same.
    let there = BTreeSet::from([
        "Product.inputPorts",
        "Product.outputPorts",
        "Product.managementPorts",
        "Product.members",
        "Product.support",
        "OutputPort.inputContracts",
        "OutputPort.sbom",
        "Contract.objects",
        "Contract.fields",
        "Contract.servers",
        "Contract.roles",
        "Contract.sla",
        "Contract.slaProperties",
        "Contract.quality",
        "Contract.price",
        "Object.fields",
        "Object.quality",
        "Field.path",
        "Field.personal",
        "Server.production",
        "Quality.executable",
    ]);
    let mut found = BTreeSet::new();
    for kind in Kind::ALL {
        let thing = first(&view, kind);
        for attribute in kind.attributes() {
            let at = format!("{kind:?}.{}", attribute.name);
            let value = attribute.of(&view, thing);
            if attribute.is_in(thing, value.as_ref()) {
                found.insert(at);
                continue;
            }
            let value = value.map_or("missing".to_owned(), |value| shown(&value));
            let wanted = match attribute.ty() {
                Type::List(_) => "[]",
                Type::Map(_) => "{}",
                Type::Bool => "false",
                _ => "missing",
            };
            assert_eq!(value, wanted, "{at}");
            assert_eq!(attribute.is_always_there(), value != "missing", "{at}");
        }
    }
    assert_eq!(found, there.into_iter().map(str::to_owned).collect());
    let of = |kind, name| seen(&view, first(&view, kind), name);
    assert_eq!(of(Kind::Field, "personal"), "false");
    assert_eq!(of(Kind::Field, "path"), "'?'");
    // Nothing says that they are for tests, or that only people can read them.
    assert_eq!(of(Kind::Server, "production"), "true");
    assert_eq!(of(Kind::Quality, "executable"), "true");
}

/// Texts of blanks, and nulls, say nothing.
#[test]
fn what_is_blank_is_missing() {
    let blank = "\
apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
status: active
name: '  '
description: {purpose: ''}
customProperties: [{property: classification, value: ' '}]
servers: [{server: s, type: custom, region: ' ', customProperties: [{property: region, value: eu}]}]
team: {members: [{username: ' ', role: owner}]}
slaProperties: [{property: latency, value: ' ', unit: d}, {property: retention, value: null}]
";
    let workspace = workspace(&[("c.odcs.yaml", blank)]);
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    let contract = view.contract(0).expect("a contract");
    for name in ["name", "purpose", "classification"] {
        assert_eq!(
            seen(&view, Thing::Contract(contract), name),
            "missing",
            "{name}"
        );
    }
    assert_eq!(seen(&view, Thing::Contract(contract), "owners"), "[]");
    assert_eq!(seen(&view, Thing::Contract(contract), "custom"), "{}");
    assert_eq!(seen(&view, Thing::Server(contract, 0), "region"), "'eu'");
    assert_eq!(seen(&view, Thing::Sla(contract, 0), "value"), "missing");
    assert_eq!(seen(&view, Thing::Sla(contract, 1), "value"), "missing");
}

#[test]
fn fields_are_listed_wherever_they_are_nested_and_elements_that_have_labels_of_their_own() {
    let workspace = of_fields(
        "\
      - name: customer
        logicalType: object
        tags: [personal]
        classification: confidential
        properties:
          - {name: city}
          - name: home
            logicalType: object
            properties: [{name: street}]
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties: [{name: amount}]
      - name: phones
        logicalType: array
        items: {logicalType: string, tags: [personal], classification: restricted}
      - name: scores
        logicalType: map
        map:
          key: {logicalType: string, classification: public}
          value: {logicalType: object, properties: [{name: score}]}
",
    );
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    let contract = view.contract(0).expect("a contract");
    let found: Vec<String> = (0..contract.len())
        .map(|at| {
            let thing = Thing::Field(contract, at);
            let of = |name: &str| seen(&view, thing, name);
            let place = thing.place();
            let tree = place.document.tree.as_ref().expect("it is YAML");
            assert!(tree.at(&place.pointer).is_some(), "{}", place.pointer);
            format!(
                "{} is {} at {}, {}, personal {}",
                of("path"),
                of("name"),
                place.pointer,
                of("classification"),
                of("personal"),
            )
        })
        .collect();
    let wanted = [
        "'customer' is 'customer' at /schema/0/properties/0, 'confidential', personal true",
        "'customer.city' is 'city' at /schema/0/properties/0/properties/0, 'confidential', personal true",
        "'customer.home' is 'home' at /schema/0/properties/0/properties/1, 'confidential', personal true",
        "'customer.home.street' is 'street' at /schema/0/properties/0/properties/1/properties/0, 'confidential', \
         personal true",
        "'lines' is 'lines' at /schema/0/properties/1, missing, personal false",
        "'lines[].amount' is 'amount' at /schema/0/properties/1/items/properties/0, missing, personal false",
        "'phones' is 'phones' at /schema/0/properties/2, missing, personal false",
        "'phones[]' is 'phones' at /schema/0/properties/2/items, 'restricted', personal true",
        "'scores' is 'scores' at /schema/0/properties/3, missing, personal false",
        "'scores{key}' is 'scores' at /schema/0/properties/3/map/key, 'public', personal false",
        "'scores{}.score' is 'score' at /schema/0/properties/3/map/value/properties/0, missing, personal false",
    ];
    assert_eq!(found, wanted);
    assert_eq!(
        Thing::Field(contract, 5).label(),
        "field `t.lines[].amount`"
    );
}

#[test]
fn the_nearest_label_counts_by_whatever_name_the_mesh_has_for_it() {
    let text = "\
apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
status: active
customProperties: [{property: dataClassification, value: internal}]
schema:
  - name: one
    properties: [{name: a}, {name: b, classification: public}]
  - name: two
    customProperties: [{property: classification, value: confidential}]
    properties:
      - {name: c}
      - {name: d, classification: Restricted}
      - {name: e, classification: C3}
      - {name: f, classification: unheard-of}
";
    let workspace = workspace(&[("c.odcs.yaml", text)]);
    let own = BTreeMap::from([("C3".to_owned(), Sensitivity::Restricted)]);
    let vocabularies = Vocabularies {
        classifications: Some(own),
        ..Vocabularies::default()
    };
    let view = View::new(&workspace, &vocabularies);
    let contract = view.contract(0).expect("a contract");
    let found: Vec<String> = (0..contract.len())
        .map(|at| {
            let thing = Thing::Field(contract, at);
            let of = |name| seen(&view, thing, name);
            format!(
                "{} {} {}",
                of("name"),
                of("classification"),
                of("sensitivity")
            )
        })
        .collect();
    let wanted = [
        "'a' 'internal' 'internal'",
        "'b' 'public' 'public'",
        "'c' 'confidential' 'confidential'",
        "'d' 'Restricted' 'restricted'",
        "'e' 'C3' 'restricted'",
        "'f' 'unheard-of' missing",
    ];
    assert_eq!(found, wanted);
    let of_object = |at| seen(&view, Thing::Object(contract, at), "classification");
    assert_eq!(
        (of_object(0), of_object(1)),
        ("'internal'".to_owned(), "'confidential'".to_owned())
    );
    // Without the vocabulary of the mesh, its label means nothing.
    let none = Vocabularies::default();
    let view = View::new(&workspace, &none);
    let contract = view.contract(0).expect("a contract");
    assert_eq!(
        seen(&view, Thing::Field(contract, 4), "classification"),
        "'C3'"
    );
    assert_eq!(
        seen(&view, Thing::Field(contract, 4), "sensitivity"),
        "missing"
    );
}

#[test]
fn tags_labels_and_custom_properties_say_whether_data_is_personal() {
    let workspace = of_fields(
        "\
      - {name: a, tags: [pii]}
      - {name: b, tags: [non-personal]}
      - {name: c, classification: personal}
      - {name: d, customProperties: [{property: gdpr, value: true}]}
      - {name: e, customProperties: [{property: pii, value: false}]}
      - {name: f, tags: [orders]}
",
    );
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    let contract = view.contract(0).expect("a contract");
    let found = (0..contract.len()).map(|at| seen(&view, Thing::Field(contract, at), "personal"));
    assert_eq!(
        found.collect::<Vec<_>>(),
        ["true", "false", "true", "true", "false", "false"]
    );
}

#[test]
fn service_levels_are_found_by_name_and_several_of_one_name_in_order() {
    let text = "\
apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
status: active
slaProperties:
  - {property: retention, value: 1, unit: y}
  - {property: latency, value: 90, unit: minutes}
  - {property: retention, value: 2, unit: y, element: t.a}
  - {property: endOfLife, value: '2030-12-31'}
  - {property: availability, value: 99.9, unit: percent}
  - {property: frequency, value: '4', unit: h}
  - {property: timeToRepair, value: -1, unit: d}
";
    let workspace = workspace(&[("c.odcs.yaml", text)]);
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    let contract = view.contract(0).expect("a contract");
    let positions = |name: &str| contract.slas(name).collect::<Vec<_>>();
    assert_eq!(positions("retention"), [0, 2]);
    assert_eq!(positions("latency"), [1]);
    assert_eq!(positions("Retention"), Vec::<u32>::new());
    let of = |at, name: &str| seen(&view, Thing::Sla(contract, at), name);
    assert_eq!(of(0, "days"), "365.25");
    assert_eq!(of(1, "hours"), "1.5");
    assert_eq!(of(3, "date"), "'2030-12-31'");
    assert_eq!(of(3, "days"), "missing");
    assert_eq!(of(4, "value"), "99.9");
    assert_eq!(of(4, "seconds"), "missing");
    assert_eq!(of(5, "seconds"), "14400.0");
    assert_eq!(of(6, "days"), "missing");
    assert_eq!(Thing::Sla(contract, 2).place().pointer, "/slaProperties/2");
}

#[test]
fn checks_know_what_they_are_of() {
    let workspace = rich();
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    let contract = view.contract(1).expect("a contract");
    let of_field = Thing::Quality(contract, Owner::Field(0), 0);
    assert_eq!(seen(&view, of_field, "field"), "'email'");
    assert_eq!(seen(&view, of_field, "object"), "'orders'");
    assert_eq!(of_field.place().pointer, "/schema/0/properties/0/quality/0");
    let of = |at, name: &str| seen(&view, Thing::Quality(contract, Owner::Field(0), at), name);
    assert_eq!(of(1, "query"), "'SELECT 1'");
    assert_eq!(of(2, "engine"), "'soda'");
    assert_eq!(of(2, "executable"), "true");
    assert_eq!(of(3, "executable"), "false");
    let all: Vec<(Owner, u32)> = contract.checks().collect();
    let of_field = (0..4).map(|at| (Owner::Field(0), at));
    assert_eq!(
        all,
        std::iter::once((Owner::Object(0), 0))
            .chain(of_field)
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_contract_knows_each_product_that_promises_it_once() {
    let other = UPSTREAM.replace("crm.customers\n", "crm.other\n").replace(
        "outputPorts:",
        "outputPorts:\n  - {name: again, version: 1.0.0, contractId: crm.customers.customers}",
    );
    let workspace = workspace(&[
        ("customers/dataproduct.yaml", UPSTREAM),
        ("customers/customers.odcs.yaml", UPSTREAM_CONTRACT),
        ("customers/other.odps.yaml", &other),
        (
            "alone/alone.odcs.yaml",
            &UPSTREAM_CONTRACT.replace("crm.customers.customers", "alone"),
        ),
    ]);
    let vocabularies = Vocabularies::default();
    let view = View::new(&workspace, &vocabularies);
    let products = |index| {
        let contract = view.contract(index).expect("a contract");
        let products = products_of(&view, contract).into_iter();
        products
            .map(|product| product.label().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(products(1), ["crm.customers", "crm.other"]);
    assert_eq!(products(3), Vec::<String>::new());
}

/// Without a product in the mesh that offers the data, the contract may still be kept beside the product.
#[test]
fn the_upstream_of_an_input_port_is_that_of_the_mesh_or_a_contract_kept_beside_it() {
    let own = UPSTREAM_CONTRACT.replace("status: active", "status: draft");
    let documents = [
        ("orders/dataproduct.yaml", PRODUCT),
        ("orders/orders.odcs.yaml", CONTRACT),
        ("orders/customers.odcs.yaml", own.as_str()),
        ("customers/dataproduct.yaml", UPSTREAM),
        ("customers/customers.odcs.yaml", UPSTREAM_CONTRACT),
    ];
    let status = |workspace: &Workspace| {
        let vocabularies = Vocabularies::default();
        let view = View::new(workspace, &vocabularies);
        let port = first(&view, Kind::InputPort);
        let upstream = Kind::InputPort.attribute("upstream").expect("there is one");
        match upstream.of(&view, port) {
            Some(Value::Thing(contract)) => seen(&view, contract, "status"),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(status(&workspace(&documents)), "'active'");
    assert_eq!(status(&workspace(&documents[..3])), "'draft'");
    assert_eq!(status(&workspace(&documents[..2])), "None");
}

/// What is written of a tier counts, whether it is a number or a word.
#[test]
fn a_tier_is_a_text() {
    for (written, wanted) in [
        ("1", "'1'"),
        ("gold", "'gold'"),
        ("[1]", "missing"),
        ("' '", "missing"),
    ] {
        let text = PRODUCT.replace(
            "{property: tier, value: 1}",
            &format!("{{property: tier, value: {written}}}"),
        );
        let workspace = workspace(&[
            ("orders/dataproduct.yaml", text.as_str()),
            ("orders/orders.odcs.yaml", CONTRACT),
        ]);
        let vocabularies = Vocabularies::default();
        let view = View::new(&workspace, &vocabularies);
        assert_eq!(
            seen(&view, first(&view, Kind::Product), "tier"),
            wanted,
            "{written}"
        );
    }
}

/// A team may be written as the list of its members.
#[test]
fn members_stand_where_they_are_written() {
    let listed = CONTRACT
        .replace("apiVersion: v3.2.0", "apiVersion: v3.0.2")
        .replace(
            "team:\n  name: Order desk\n  members:\n    - {",
            "team:\n  - {",
        );
    for (text, wanted) in [(CONTRACT, "/team/members/0"), (listed.as_str(), "/team/0")] {
        let workspace = workspace(&[("orders.odcs.yaml", text)]);
        let vocabularies = Vocabularies::default();
        let view = View::new(&workspace, &vocabularies);
        let contract = view.contract(0).expect("a contract");
        let member = Thing::Member(thing::Document::Contract(contract), 0);
        assert_eq!(member.place().pointer, wanted);
        assert_eq!(seen(&view, member, "username"), "'ada@acme.example'");
    }
}
