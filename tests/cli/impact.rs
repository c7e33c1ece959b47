//! `mesh impact`

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

/// A product that reads `inputs`, lines of input ports, and offers the contract `id` with the fields
/// `fields`.
fn product(
    sandbox: &Sandbox,
    folder: &str,
    id: &str,
    version: &str,
    inputs: &[&str],
    fields: &str,
) {
    let (domain, name) = id.split_once('.').expect("a domain");
    let input_ports = match inputs {
        [] => String::new(),
        inputs => {
            let lines = inputs.iter().map(|input| format!("  - {input}\n"));
            format!("inputPorts:\n{}", lines.collect::<String>())
        }
    };
    let manifest = format!(
        "apiVersion: v1.1.0\nkind: DataProduct\nid: {id}\nname: {name}\nversion: {version}\nstatus: active\n\
         domain: {domain}\ndescription: {{purpose: What {name} is for.}}\n{input_ports}outputPorts:\n  \
         - name: {name}\n    version: {version}\n    contractId: {id}\n\
         team:\n  name: {name}\n  members:\n    - {{username: {name}@{domain}.example, role: owner}}\n"
    );
    let contract = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: {id}\nname: {name}\nversion: {version}\nstatus: active\n\
         domain: {domain}\nservers:\n  - {{server: prod, type: local, path: data, format: csv, environment: prod}}\nschema:\n  - name: {name}\n    properties:\n{fields}"
    );
    sandbox.write(format!("{folder}/dataproduct.yaml"), manifest);
    sandbox.write(format!("{folder}/{name}.odcs.yaml"), contract);
}

/// A field, which is made from `source` if there is one.
fn field(name: &str, source: &str) -> String {
    let origin = match source {
        "" => String::new(),
        source => format!("        transformSourceObjects: [{source}]\n"),
    };
    format!("      - name: {name}\n        logicalType: string\n{origin}")
}

fn orders(sandbox: &Sandbox, version: &str, fields: &[&str]) {
    let fields: String = fields.iter().map(|name| field(name, "")).collect();
    product(
        sandbox,
        "work/orders",
        "sales.orders",
        version,
        &[],
        &fields,
    );
}

const ORDERS: &str = "{name: orders, version: 1.3.0, contractId: sales.orders}";
const PLAN: &str = "{name: plan, version: 1.0.0, contractId: planning.plan}";

/// A registry with orders, and products of four domains that read them; in the work folder the orders
/// alone.
fn mesh() -> Sandbox {
    let sandbox = Sandbox::new();
    let registry = sandbox.registry();
    let registry = registry.to_str().unwrap();
    let config = format!("registry: {registry}\nlint:\n  preset: minimal\n");
    sandbox.write("work/mesh.yaml", &config);
    sandbox.write("others/mesh.yaml", &config);
    orders(&sandbox, "0.9.0", &["order_id", "amount", "status"]);
    sandbox.mesh(["publish"]).expect(0);
    let old = "{name: orders, version: 0.9.0, contractId: sales.orders}";
    product(
        &sandbox,
        "others/old",
        "archive.old",
        "1.0.0",
        &[old],
        &field("a", "orders.amount"),
    );
    let publish = || {
        sandbox
            .mesh_in(sandbox.path("others"), ["publish"])
            .expect(0)
    };
    publish();
    orders(&sandbox, "1.3.0", &["order_id", "amount", "status"]);
    sandbox.mesh(["publish"]).expect(0);
    let plan = field("turnover", "sales.orders.orders.amount") + &field("state", "orders.status");
    product(
        &sandbox,
        "others/plan",
        "planning.plan",
        "1.0.0",
        &[ORDERS],
        &plan,
    );
    product(
        &sandbox,
        "others/board",
        "finance.board",
        "1.0.0",
        &[ORDERS],
        &field("lamp", "orders.status"),
    );
    product(
        &sandbox,
        "others/silent",
        "crm.silent",
        "2.0.0",
        &[ORDERS],
        &field("x", ""),
    );
    publish();
    product(
        &sandbox,
        "others/forecast",
        "finance.forecast",
        "1.0.0",
        &[PLAN],
        &field("trend", "plan.turnover"),
    );
    product(
        &sandbox,
        "others/lights",
        "crm.lights",
        "1.0.0",
        &[PLAN],
        &field("lamp", "plan.state"),
    );
    publish();
    sandbox
}

/// Consumers of the only port that is told of, as `product reach impact possible`.
fn consumers(answer: &Value) -> Vec<String> {
    let ports = &answer["products"][0]["ports"];
    assert_eq!(ports.as_array().map(Vec::len), Some(1), "{answer:#}");
    let consumers = ports[0]["consumers"].as_array().unwrap().iter();
    let shown = consumers.map(|consumer| {
        let impact = consumer["impact"].as_str().unwrap_or("-");
        let possible = if consumer["possible"] == true {
            "?"
        } else {
            ""
        };
        format!(
            "{} {} {impact}{possible}",
            consumer["product"].as_str().unwrap(),
            consumer["reach"].as_str().unwrap()
        )
    });
    let mut shown: Vec<String> = shown.collect();
    shown.sort();
    shown
}

fn asked(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let arguments = ["impact", "--format", "json"].iter().chain(arguments);
    sandbox.mesh(arguments).json(0)
}

#[test]
fn a_field_that_goes_reaches_those_who_name_it_or_say_nothing() {
    let sandbox = mesh();
    orders(&sandbox, "2.0.0", &["order_id", "status"]);
    let answer = asked(&sandbox, &[]);
    assert_eq!(
        consumers(&answer),
        [
            "archive/old otherLine -",
            "crm/lights otherFields -",
            "crm/silent unsaid major?",
            "finance/board otherFields -",
            "finance/forecast named major",
            "planning/plan named major",
        ]
    );
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["products"][0]["base"], "1.3.0");
    let summary = &answer["summary"];
    assert_eq!(summary["products"], 3);
    assert_eq!(summary["domains"], 3);
    assert_eq!(summary["breaking"], true);
    let all = answer["products"][0]["ports"][0]["consumers"]
        .as_array()
        .unwrap();
    let of = |name: &str| all.iter().find(|found| found["product"] == name).unwrap();
    let plan = of("planning/plan");
    assert_eq!(plan["owner"], "plan@planning.example");
    assert_eq!(plan["pinned"], "1.3.0");
    assert_eq!(plan["distance"], 1);
    assert_eq!(plan["names"][0]["element"], "orders.amount");
    assert_eq!(plan["names"][0]["at"], "plan.turnover");
    let forecast = of("finance/forecast");
    assert_eq!(forecast["distance"], 2);
    assert_eq!(forecast["path"], serde_json::json!(["planning/plan"]));
}

#[test]
fn people_read_a_tree() {
    let sandbox = mesh();
    orders(&sandbox, "2.0.0", &["order_id", "status"]);
    let out = sandbox.mesh(["impact"]).expect(0);
    let expected = "\
orders 1.3.0 → 2.0.0, 1 breaking change  sales/orders
  ✗ field `orders.amount` was removed
  ├─ ✗ planning/plan 1.0.0  plan@planning.example
  │  │ relies on 1.3.0; names orders.amount for plan.turnover
  │  ├─ ✗ finance/forecast 1.0.0  forecast@finance.example
  │  │    relies on planning.plan 1.0.0; names plan.turnover for forecast.trend
  │  └─ · 1 product names other fields only: crm/lights
  ├─ ? crm/silent 2.0.0  silent@crm.example
  │    relies on 1.3.0; does not say which fields it uses
  ├─ · 1 product names other fields only: finance/board
  └─ · 1 product relies on another line of versions: archive/old on 0.9.0

✗ 3 products in 3 domains; ask forecast@finance.example, plan@planning.example, silent@crm.example
";
    assert_eq!(out, expected);
}

#[test]
fn a_pull_request_gets_a_comment() {
    let sandbox = mesh();
    orders(&sandbox, "2.0.0", &["order_id", "status"]);
    let out = sandbox.mesh(["impact", "--format", "markdown"]).expect(0);
    for line in [
        "### 3 products in 3 domains; ask forecast&#64;finance.example, plan&#64;planning.example, silent&#64;crm.example",
        "#### `orders` 1.3.0 → 2.0.0, 1 breaking change (sales/orders)",
        "- **major**: field `orders.amount` was removed",
        "| **major** | `planning/plan` 1.0.0 | plan&#64;planning.example | relies on 1.3.0; names orders.amount for plan.turnover |",
        "| **major** | &emsp;↳ `finance/forecast` 1.0.0 | forecast&#64;finance.example | relies on planning.plan 1.0.0; names plan.turnover for forecast.trend |",
        "| **major**? | `crm/silent` 2.0.0 | silent&#64;crm.example | relies on 1.3.0; does not say which fields it uses |",
        "<details><summary>3 not reached</summary>",
    ] {
        assert!(out.lines().any(|found| found == line), "{line}\n\n{out}");
    }
}

#[test]
fn only_what_matters_to_readers_is_told_of() {
    let sandbox = mesh();
    let out = sandbox.mesh(["impact"]).expect(0);
    assert_eq!(
        out,
        "Nothing changed that consumers have to know: sales/orders since 1.3.0\n\n✓ Nobody has to know\n"
    );
    // A field that comes is for those who name the whole object, or say nothing.
    orders(
        &sandbox,
        "1.4.0",
        &["order_id", "amount", "status", "currency"],
    );
    let answer = asked(&sandbox, &[]);
    assert_eq!(answer["summary"]["breaking"], false);
    assert_eq!(answer["summary"]["products"], 1);
    assert!(consumers(&answer).contains(&"crm/silent unsaid minor?".to_owned()));
}

#[test]
fn a_major_change_that_reaches_somebody_can_fail_a_job() {
    let sandbox = mesh();
    let ask = || sandbox.mesh(["impact", "--exit-code"]);
    ask().expect(0);
    orders(
        &sandbox,
        "1.4.0",
        &["order_id", "amount", "status", "currency"],
    );
    ask().expect(0);
    orders(&sandbox, "2.0.0", &["order_id", "status"]);
    ask().expect(1);
    // Breaking what nobody reads reaches nobody.
    let folder = sandbox.path("others/forecast");
    sandbox.write(
        "others/forecast/forecast.odcs.yaml",
        sandbox
            .read("others/forecast/forecast.odcs.yaml")
            .replace("name: trend", "name: slope"),
    );
    let out = sandbox.mesh_in(folder, ["impact", "--exit-code"]).expect(0);
    assert!(out.contains("nobody consumes it"), "{out}");
    assert!(
        out.ends_with("✓ Nobody is reached by what changed\n"),
        "{out}"
    );
}

#[test]
fn everyone_is_shown_on_request_and_for_what_is_published() {
    let sandbox = mesh();
    let everyone = [
        "archive/old otherLine -",
        "crm/lights named -",
        "crm/silent unsaid -?",
        "finance/board named -",
        "finance/forecast named -",
        "planning/plan named -",
    ];
    assert_eq!(consumers(&asked(&sandbox, &["--all"])), everyone);
    assert_eq!(consumers(&asked(&sandbox, &["sales/orders"])), everyone);
    let old = asked(&sandbox, &["sales/orders@0.9.0"]);
    assert_eq!(old["products"][0]["base"], "0.9.0");
    assert!(consumers(&old).contains(&"archive/old named -".to_owned()));
    assert_eq!(old["summary"]["products"], 1);
    // What did change keeps its weight.
    orders(&sandbox, "2.0.0", &["order_id", "status"]);
    let all = consumers(&asked(&sandbox, &["--all"]));
    assert!(
        all.contains(&"planning/plan named major".to_owned()),
        "{all:?}"
    );
    assert!(all.contains(&"finance/board named -".to_owned()), "{all:?}");
}

#[test]
fn consumers_in_the_same_repository_count_before_they_are_published() {
    let sandbox = mesh();
    product(
        &sandbox,
        "work/new",
        "sales.new",
        "0.1.0",
        &[ORDERS],
        &field("x", "orders.amount"),
    );
    // What is published speaks for itself, whatever lies beside it.
    product(
        &sandbox,
        "work/plan",
        "planning.plan",
        "3.0.0",
        &[ORDERS],
        &field("x", "orders.amount"),
    );
    orders(&sandbox, "2.0.0", &["order_id", "status"]);
    let answer = asked(&sandbox, &["orders"]);
    let found = consumers(&answer);
    assert!(
        found.contains(&"sales.new named major".to_owned()),
        "{found:?}"
    );
    let plans = found.iter().filter(|found| found.contains("plan")).count();
    assert_eq!(plans, 1, "{found:?}");
    let out = sandbox.mesh(["impact", "orders"]).expect(0);
    assert!(
        out.contains("✗ sales.new 0.1.0 (unpublished, sales)  new@sales.example"),
        "{out}"
    );
}

#[test]
fn a_neighbour_that_cannot_be_read_is_told_of() {
    let sandbox = mesh();
    sandbox.write("work/broken/dataproduct.yaml", "id: [");
    let run = sandbox.mesh(["impact", "orders"]);
    assert!(
        run.stderr
            .contains("broken/dataproduct.yaml` cannot be read"),
        "{}",
        run.stderr
    );
    run.expect(0);
}

/// A chain deeper than anybody reads ends in a count.
#[test]
fn a_deep_tree_is_cut() {
    let sandbox = mesh();
    let mut source = ("planning.plan".to_owned(), "turnover");
    for n in 0..14 {
        let id = format!("deep.p{n}");
        let input = format!("{{name: p, version: 1.0.0, contractId: {}}}", source.0);
        let name = source.0.rsplit('.').next().unwrap().to_owned();
        let fields = field("x", &format!("{}.{name}.{}", source.0, source.1));
        let folder = format!("others/p{n}");
        product(&sandbox, &folder, &id, "1.0.0", &[input.as_str()], &fields);
        source = (id, "x");
    }
    sandbox
        .mesh_in(sandbox.path("others"), ["publish"])
        .expect(0);
    let out = sandbox.mesh(["impact", "sales/orders"]).expect(0);
    assert!(
        out.contains("deep/p10 1.0.0") && !out.contains("deep/p11"),
        "{out}"
    );
    assert!(
        out.contains("└─ and 3 consumers further on; --format json lists all"),
        "{out}"
    );
    let answer = asked(&sandbox, &["sales/orders"]);
    assert!(consumers(&answer).contains(&"deep/p13 named -".to_owned()));
}

#[test]
fn a_port_that_goes_reaches_all_who_read_it() {
    let sandbox = mesh();
    let manifest = sandbox.read("work/orders/dataproduct.yaml");
    let manifest = manifest.replace("name: orders\n    version", "name: all_orders\n    version");
    sandbox.write("work/orders/dataproduct.yaml", manifest);
    let found = consumers(&asked(&sandbox, &[]));
    assert!(
        found.contains(&"finance/board named major".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"crm/silent whole major".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_new_product_reaches_nobody() {
    let sandbox = mesh();
    product(
        &sandbox,
        "work/orders",
        "sales.other",
        "1.0.0",
        &[],
        &field("x", ""),
    );
    let out = sandbox.mesh(["impact"]).expect(0);
    assert!(
        out.starts_with("Never published, so nobody relies on it yet: sales.other\n"),
        "{out}"
    );
}

#[test]
fn who_cannot_know_does_not_say_nobody() {
    let sandbox = Sandbox::new();
    orders(&sandbox, "1.0.0", &["order_id"]);
    let run = sandbox.mesh(["impact"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("no registry is named"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--registry"), "{}", run.stderr);

    let sandbox = mesh();
    let fails = |arguments: &[&str], words: &str| {
        let run = sandbox.mesh(["impact"].iter().chain(arguments));
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains(words), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    };
    fails(&["sales/ordres"], "sales/orders");
    fails(&["nowhere"], "nowhere");
    fails(&["orders/orders.odcs.yaml"], "no data product to ask about");
    sandbox.write("work/orders/orders.odcs.yaml", "schema: [");
    fails(&[], "orders.odcs.yaml");
    std::fs::remove_file(sandbox.path("work/orders/orders.odcs.yaml")).unwrap();
    sandbox.write("work/orders/dataproduct.yaml", "id: [");
    fails(&[], "dataproduct.yaml");
}

#[test]
fn the_embedded_registry_is_asked_where_none_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("work/mesh.yaml", "lint:\n  preset: minimal\n");
    orders(&sandbox, "1.0.0", &["order_id"]);
    sandbox.mesh(["publish"]).expect(0);
    let out = sandbox.mesh(["impact", "sales/orders"]).expect(0);
    assert!(out.ends_with("✓ Nobody consumes it\n"), "{out}");
}

#[test]
fn what_others_wrote_does_not_steer_the_terminal() {
    let sandbox = mesh();
    orders(&sandbox, "1.3.0", &["order_id", "amount", "status"]);
    product(
        &sandbox,
        "others/evil",
        "evil.reader",
        "1.0.0",
        &[ORDERS],
        &field("x", "orders.amount"),
    );
    let path = "others/evil/dataproduct.yaml";
    let manifest = sandbox.read(path);
    let manifest = manifest.replace(
        "username: reader@evil.example",
        "username: \"a\\e[2Jb|c <b>@all\"",
    );
    sandbox.write(path, manifest);
    let publish = ["publish", "evil"];
    sandbox.mesh_in(sandbox.path("others"), publish).expect(0);
    for format in ["pretty", "markdown"] {
        let out = sandbox
            .mesh(["impact", "--all", "--format", format])
            .expect(0);
        assert!(
            out.contains("evil/reader") && !out.contains('\u{1b}'),
            "{out}"
        );
    }
    let out = sandbox
        .mesh(["impact", "--all", "--format", "markdown"])
        .expect(0);
    assert!(out.contains("␛\\[2Jb\\|c &lt;b>&#64;all"), "{out}");
}

#[test]
fn without_the_network_the_cache_answers() {
    let sandbox = mesh();
    let gone = sandbox.path("gone.git");
    std::fs::rename(sandbox.path("registry.git"), gone).unwrap();
    let run: Run = sandbox.mesh(["impact", "--all"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    let out = sandbox.mesh(["impact", "--all", "--offline"]).expect(0);
    assert!(out.contains("planning/plan"), "{out}");
}

#[test]
fn a_version_that_is_left_blank_is_any() {
    let sandbox = mesh();
    orders(&sandbox, "1.3.0", &["order_id"]);
    product(
        &sandbox,
        "work/blank",
        "crm.blank",
        "1.0.0",
        &["{name: orders, version: ' ', contractId: sales.orders}"],
        &field("taken", "orders.amount"),
    );
    let out = sandbox.mesh(["impact"]).expect(0);
    let line = "relies on any version; names orders.amount for blank.taken";
    assert!(out.contains(line), "{out}");
}
