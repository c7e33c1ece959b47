//! `mesh graph`

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::sandbox::{Run, Sandbox, repository};

/// A product with one output port for its one contract, and `inputs` as lines of input ports.
fn product(sandbox: &Sandbox, folder: &str, id: &str, version: &str, inputs: &[&str]) {
    let (domain, name) = id.split_once('.').expect("a domain");
    let lines = inputs.iter().map(|input| format!("  - {input}\n"));
    let lines: String = lines.collect();
    let inputs = if lines.is_empty() {
        String::new()
    } else {
        format!("inputPorts:\n{lines}")
    };
    let manifest = format!(
        "apiVersion: v1.1.0\nkind: DataProduct\nid: {id}\nname: {name}\nversion: {version}\nstatus: active\n\
         domain: {domain}\ndescription: {{purpose: What {name} is for.}}\n{inputs}outputPorts:\n  \
         - {{name: {name}, version: {version}, contractId: {id}}}\n\
         team:\n  name: {name}\n  members:\n    - {{username: {name}@{domain}.example, role: owner}}\n"
    );
    let contract = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: {id}\nname: {name}\nversion: {version}\nstatus: active\n\
         domain: {domain}\nservers:\n  - {{server: prod, type: local, path: data, format: csv, environment: prod}}\n\
         schema:\n  - name: {name}\n    properties:\n      - {{name: {name}_id, logicalType: string}}\n"
    );
    sandbox.write(format!("{folder}/dataproduct.yaml"), manifest);
    sandbox.write(format!("{folder}/{name}.odcs.yaml"), contract);
}

/// Orders, a plan made from them and a forecast made from that, all published; in the work folder the plan alone.
fn mesh() -> Sandbox {
    let sandbox = Sandbox::new();
    let registry = sandbox.registry();
    let registry = registry.to_str().unwrap();
    let config = format!("registry: {registry}\nlint:\n  preset: minimal\n");
    sandbox.write("work/mesh.yaml", &config);
    sandbox.write("others/mesh.yaml", &config);
    let publish = |folder: &str| sandbox.mesh_in(sandbox.path(folder), ["publish"]).expect(0);
    product(&sandbox, "others/orders", "sales.orders", "1.0.0", &[]);
    product(&sandbox, "others/people", "hr.people", "1.0.0", &[]);
    publish("others");
    let orders = "{name: orders, version: 1.0.0, contractId: sales.orders}";
    product(&sandbox, "work/plan", "planning.plan", "1.0.0", &[orders]);
    publish("work");
    let plan = "{name: plan, version: 1.0.0, contractId: planning.plan}";
    product(
        &sandbox,
        "others/forecast",
        "finance.forecast",
        "1.0.0",
        &[plan],
    );
    publish("others");
    sandbox
}

fn shown(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let arguments = ["graph", "--format", "json"].iter().chain(arguments);
    sandbox.mesh(arguments).json(0)
}

fn references(graph: &Value) -> Vec<&str> {
    let products = graph["products"].as_array().unwrap().iter();
    products
        .map(|product| product["reference"].as_str().unwrap())
        .collect()
}

/// Links as `from → to problems`.
fn links(graph: &Value) -> Vec<String> {
    let links = graph["links"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    links
        .map(|link| {
            let problems = link["problems"].as_array().unwrap().iter().map(text);
            let problems: Vec<String> = problems.collect();
            let line = format!("{} → {} ", text(&link["from"]), text(&link["to"]));
            (line + &problems.join(",")).trim().to_owned()
        })
        .collect()
}

#[test]
fn a_repository_is_shown_with_what_it_reaches_in_the_registry() {
    let sandbox = mesh();
    let graph = shown(&sandbox, &[]);
    assert_eq!(
        references(&graph),
        ["finance/forecast", "planning/plan", "sales/orders"]
    );
    assert_eq!(
        links(&graph),
        [
            "planning/plan → finance/forecast",
            "sales/orders → planning/plan"
        ]
    );
    let asked = graph["products"].as_array().unwrap().iter();
    let asked: Vec<&Value> = asked.filter(|product| product["asked"] == true).collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["published"], false);
    // Without the registry, only what is here.
    fs::remove_file(sandbox.path("work/mesh.yaml")).unwrap();
    let alone = shown(&sandbox, &[]);
    assert_eq!(references(&alone), ["planning/plan"]);
    assert_eq!(alone["links"][0]["source"], "unverified");
    assert!(alone["registry"].is_null());
}

#[test]
fn a_registry_is_shown_as_a_whole_or_from_a_product_on() {
    let sandbox = mesh();
    let all = [
        "finance/forecast",
        "hr/people",
        "planning/plan",
        "sales/orders",
    ];
    assert_eq!(references(&shown(&sandbox, &["--published"])), all);
    let registry = sandbox.path("registry.git");
    let named = ["--registry", registry.to_str().unwrap()];
    assert_eq!(references(&shown(&sandbox, &named)), all);
    // A variable only says where the registry is.
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
    command.args(["graph", "--format", "json"]);
    command.env("MESH_REGISTRY", &registry);
    let by_variable = Run::of(command.output().unwrap()).json(0);
    assert_eq!(references(&by_variable).len(), 3);

    let from = |arguments: &[&str]| {
        let graph = shown(&sandbox, arguments);
        (
            references(&graph).join(" "),
            graph["summary"]["leftOut"].as_u64().unwrap(),
        )
    };
    assert_eq!(
        from(&["sales/orders", "--depth", "1"]),
        ("planning/plan sales/orders".to_owned(), 1)
    );
    assert_eq!(
        from(&["sales/orders@1.0.0"]).0,
        "finance/forecast planning/plan sales/orders"
    );
    assert_eq!(
        from(&["--published", "--domain", "hr"]),
        ("hr/people".to_owned(), 0)
    );
    for (arguments, words) in [
        (&["sales/order"][..], "sales/orders"),
        (
            &["--published", "--domain", "sale"],
            "did you mean `sales`?",
        ),
        (&["--domain", "hr"], "there is no data product to show"),
    ] {
        let run = sandbox.mesh(["graph"].iter().chain(arguments));
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

#[test]
fn what_is_worked_on_stands_for_what_is_published() {
    let sandbox = mesh();
    let orders = "{name: orders, version: 2.0.0, contractId: sales.orders}";
    let lost = "{name: lost, version: 1.0.0, contractId: sales.lost}";
    product(
        &sandbox,
        "work/plan",
        "planning.plan",
        "2.0.0",
        &[orders, lost],
    );
    let graph = shown(&sandbox, &["plan"]);
    assert_eq!(
        links(&graph),
        [
            // The forecast relies on what the plan was, which is still there.
            "planning/plan → finance/forecast",
            "sales/orders → planning/plan notOffered",
            "- → planning/plan dangling",
        ]
    );
    assert_eq!(graph["links"][0]["earlier"], "1.0.0");
    assert_eq!(graph["summary"]["problems"], 2);
    let out = sandbox.mesh(["graph", "plan"]).expect(0);
    assert_eq!(
        out,
        "\
finance  1 product
  forecast 1.0.0
    ← planning/plan plan 1.0.0 of 1.0.0
    → forecast 1.0.0

planning  1 product
  plan 2.0.0
    ← ✗ sales/orders orders 2.0.0: it offers 1.0.0
    ← ✗ sales.lost 1.0.0: nobody publishes it
    → plan 2.0.0: finance/forecast (1.0.0)

sales  1 product
  orders 1.0.0
    → orders 1.0.0: planning/plan (2.0.0)

✗ 3 data products in 3 domains, 3 inputs: 2 problems
"
    );
}

#[test]
fn what_was_yanked_is_marked_where_it_is_relied_on() {
    let sandbox = mesh();
    sandbox
        .mesh(["yank", "sales/orders@1.0.0", "--reason", "wrong totals"])
        .expect(0);
    let graph = shown(&sandbox, &["planning/plan"]);
    assert_eq!(
        links(&graph),
        [
            "planning/plan → finance/forecast",
            "sales/orders → planning/plan yanked"
        ]
    );
    let summary = &graph["summary"];
    assert_eq!(summary["problems"], 0);
    assert_eq!(summary["warnings"], 1);
    let products = graph["products"].as_array().unwrap().iter();
    let withdrawn: Vec<&Value> = products.map(|product| &product["withdrawn"]).collect();
    assert_eq!(withdrawn, [&Value::Null, &Value::Null, &"yanked".into()]);
    let log = sandbox
        .mesh(["log", "sales/orders", "--format", "json"])
        .json(0);
    assert_eq!(log["entries"][0]["kind"], "yank");
    assert_eq!(log["entries"][0]["reason"], "wrong totals");
    let stats = sandbox.mesh(["registry", "stats", "--format", "json"]);
    assert_eq!(stats.json(0)["yanked"], 1);
}

#[test]
fn a_product_that_is_pointed_out_is_found_in_the_registry_too() {
    let sandbox = mesh();
    let by_product = "{name: orders, version: 1.0.0, customProperties: [{property: upstream, vendor: mesh, value: {product: sales.orders}}]}";
    product(
        &sandbox,
        "others/forecast",
        "finance.forecast",
        "2.0.0",
        &[by_product],
    );
    let others = sandbox.path("others");
    sandbox.mesh_in(&others, ["publish"]).expect(0);
    let graph = shown(&sandbox, &["finance/forecast"]);
    assert_eq!(links(&graph), ["sales/orders → finance/forecast"]);
    assert_eq!(graph["links"][0]["contractId"], "sales.orders");
}

#[test]
fn files_are_written_in_the_formats_that_their_names_tell() {
    let sandbox = mesh();
    let names = ["mesh.svg", "mesh.dot", "mesh.mmd", "mesh.json"];
    let outputs = names.iter().flat_map(|name| ["--output", name]);
    sandbox
        .mesh(["graph", "--published"].into_iter().chain(outputs))
        .expect(0);
    for (name, start) in names
        .iter()
        .zip(["<svg ", "digraph mesh {", "flowchart LR\n", "{\n"])
    {
        let text = sandbox.read(format!("work/{name}"));
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("forecast"), "{text}");
    }
}

#[test]
fn graphviz_draws_it() {
    if !Command::new("dot")
        .arg("-V")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        let _ = writeln!(std::io::stderr(), "skipped: there is no `dot`");
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let strange = "{name: 'a\"b\\<>&', version: 1.0.0, contractId: 'x\"y<z>\\n'}";
    product(
        &sandbox,
        "work/pharma/commercial/odd",
        "commercial.odd",
        "1.0.0",
        &[strange],
    );
    let dot = sandbox.mesh(["graph", "--format", "dot"]).expect(0);
    let mut graphviz = sandbox
        .command("dot")
        .arg("-Tplain")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    graphviz
        .stdin
        .take()
        .unwrap()
        .write_all(dot.as_bytes())
        .unwrap();
    let run = Run::of(graphviz.wait_with_output().unwrap());
    assert_eq!(run.stderr, "");
    let plain = run.expect(0);
    let count = |word: &str| plain.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((count("node "), count("edge ")), (8, 8), "{plain}");
}

#[test]
fn a_large_mesh_is_no_picture() {
    let sandbox = Sandbox::new();
    for n in 0..1_001 {
        sandbox.write(
            format!("work/p{n}/dataproduct.yaml"),
            format!("apiVersion: v1.1.0\nkind: DataProduct\nid: d.p{n}\nname: p{n}\nversion: 1.0.0\nstatus: active\ndomain: d\n"),
        );
    }
    let run = sandbox.mesh(["graph", "--format", "svg"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("1001 data products are too many"),
        "{}",
        run.stderr
    );
    assert_eq!(shown(&sandbox, &[])["summary"]["products"], 1_001);
}

/// The picture of the example mesh in the documentation is what mesh draws.
#[test]
fn the_picture_in_the_documentation_is_current() {
    let sandbox = Sandbox::new();
    let path = repository().join("docs/pharma.svg");
    let arguments = ["graph", "examples/pharma", "--format", "svg"];
    let drawn = sandbox.mesh_in(repository(), arguments).expect(0);
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        drawn == kept,
        "run `mesh graph examples/pharma --output docs/pharma.svg` in the root of the repository"
    );
}
