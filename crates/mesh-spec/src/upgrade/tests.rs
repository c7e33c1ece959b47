use super::*;

const PRODUCT: &str = "\
# yaml-language-server: $schema=odps
apiVersion: v0.9.0 # old
kind: DataProduct
id: orders
status: active
team:
# the owner
- username: ada # founder
  role: owner

- username: bob
customProperties:
  - property: mesh.components # ours
    value: {code: []}
  - property: team.size
    value: 3
";

const CONTRACT: &str = "\
apiVersion: v3.0.0
kind: DataContract
id: orders
version: 1.0.0
status: active
servers:
  - server: lake
    type: athena
    staging_dir: s3://a/b
    schema: s
    costCentre: 12 
schema:
  - name: orders
    properties:
      - name: amount
        logicalType: number
        logicalTypeOptions:
          minimum: 0
          exclusiveMinimum: false
          maximum: 100 # exclusive
          exclusiveMaximum: true
        quality:
          - rule: duplicateCount
            mustBe: 0
slaDefaultElement: orders.amount
slaProperties:
  - property: latency
    value: 1
  - property: retention
    value: 3
    element: orders.id
";

fn document(text: &str) -> Document {
    Document::parse("a.yaml", text.as_bytes().to_vec(), None)
}

fn current(text: &str) -> Upgrade {
    let document = document(text);
    let kind = document.kind().expect("a document");
    upgrade(&document, ApiVersion::current(kind))
}

fn done(text: &str) -> String {
    match current(text) {
        Upgrade::Done(text) => text,
        other => panic!("{other:#?}"),
    }
}

#[test]
fn a_product_is_moved_with_its_comments_and_layout() {
    assert_eq!(
        done(PRODUCT),
        "\
# yaml-language-server: $schema=odps
apiVersion: v1.1.0 # old
kind: DataProduct
id: orders
status: active
team:
  members:
  # the owner
  - username: ada # founder
    role: owner

  - username: bob
customProperties:
  - property: components # ours
    vendor: mesh
    value: {code: []}
  - property: team.size
    value: 3
"
    );
}

#[test]
fn a_contract_is_moved_by_what_changed_in_every_version_between() {
    assert_eq!(
        done(CONTRACT),
        "\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
servers:
  - server: lake
    type: athena
    stagingDir: s3://a/b
    schema: s
    customProperties:
      - property: costCentre
        value: 12
schema:
  - name: orders
    properties:
      - name: amount
        logicalType: number
        logicalTypeOptions:
          minimum: 0
          exclusiveMaximum: 100 # exclusive
        quality:
          - metric: duplicateValues
            mustBe: 0
slaProperties:
  - property: latency
    value: 1
    element: orders.amount
  - property: retention
    value: 3
    element: orders.id
"
    );
}

#[test]
fn moving_stops_at_the_version_that_is_asked_for() {
    let to = |text| {
        let version = ApiVersion::parse(Kind::DataProduct, text).expect("a version");
        upgrade(&document(PRODUCT), version)
    };
    let Upgrade::Done(text) = to("v1.0.0") else {
        panic!("it can be moved");
    };
    assert!(text.contains("  members:") && text.contains("property: mesh.components"));
    assert!(matches!(to("v0.9.0"), Upgrade::Unneeded));
    assert!(matches!(current(&done(PRODUCT)), Upgrade::Unneeded));
    assert!(matches!(current(&done(CONTRACT)), Upgrade::Unneeded));
}

#[test]
fn what_cannot_be_carried_is_reported_where_it_stands() {
    let text = PRODUCT.replace("username: bob", "name: Bob");
    let Upgrade::Refused(problems) = current(&text) else {
        panic!("a member without a username cannot be carried");
    };
    let [problem] = &problems[..] else {
        panic!("{problems:#?}");
    };
    assert!(
        problem
            .message
            .starts_with("in v1.1.0: missing required key `username`"),
        "{problem:?}"
    );
    assert_eq!(problem.pointer, "/team/1/username");
    assert_eq!(document(&text).source.slice(problem.span), "Bob");
    // A comment beside a key that has to move would be lost.
    let text = CONTRACT.replace("costCentre: 12 ", "costCentre: 12 # ours");
    let Upgrade::Refused(problems) = current(&text) else {
        panic!("the comment would be lost");
    };
    assert_eq!(problems[0].pointer, "/servers/0/costCentre");
    assert_eq!(document(&text).source.slice(problems[0].span), "costCentre");
}
