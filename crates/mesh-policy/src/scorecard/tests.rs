//! What passes which gate, on documents made for the occasion.

use mesh_diagnostics::{Level, Source};

use super::*;

const MANIFEST: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: sales.orders
name: Orders
version: 1.0.0
status: active
domain: sales
outputPorts:
  - {name: orders, version: 1.0.0, contractId: sales.orders.orders}
team:
  members:
    - {username: ada@pharma.example, role: owner}
";

const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: sales.orders.orders
version: 1.0.0
status: active
description: {usage: Join by order_id.}
schema:
  - name: orders
    properties:
      - {name: order_id, primaryKey: true, description: Which order., quality: [{metric: rowCount, mustBeGreaterThan: 0}]}
      - {name: a, description: A.}
      - {name: b, description: B.}
      - {name: c, description: C.}
      - {name: d}
slaProperties:
  - {property: latency, value: 1, unit: d}
  - {property: retention, value: 3, unit: y}
";

fn workspace(documents: &[(&str, &str)]) -> Workspace {
    let documents = documents.iter().map(|(name, text)| {
        let kind = expected_kind(Path::new(name));
        let document = Document::parse(*name, (*text).into(), kind);
        (document, Role::Target)
    });
    Workspace::new(documents.collect(), None)
}

/// A finding of a rule at the start of a text.
fn found<'f>(group: &'f str, rule: &'f str, level: Level, source: &'f Arc<Source>) -> Finding<'f> {
    Finding {
        group,
        rule,
        level,
        source,
        span: mesh_diagnostics::Span::empty(0),
    }
}

/// The level of the product, and what the gates say that it does not pass.
fn judged(manifest: &str, contract: &str) -> (Option<Tier>, Vec<String>) {
    let workspace = workspace(&[
        ("orders/dataproduct.yaml", manifest),
        ("orders/orders.odcs.yaml", contract),
    ]);
    let card = score(&workspace, [], |_| 0);
    let product = card.products.into_iter().next().expect("there is one");
    let said = product
        .gates
        .iter()
        .filter_map(|(gate, outcome)| match outcome {
            Outcome::Passed => None,
            Outcome::Missing(missing) => Some(format!("{}: {}", gate.id, missing.message)),
            Outcome::Unknown => Some(format!("{}: ?", gate.id)),
        });
    (product.level, said.collect())
}

#[test]
fn gates_have_ids_of_their_own_pages_that_exist_and_stand_in_the_order_of_levels() {
    let ids: HashSet<&str> = GATES.iter().map(|gate| gate.id).collect();
    assert_eq!(ids.len(), GATES.len());
    assert!(GATES.is_sorted_by_key(|gate| gate.tier));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guide = std::fs::read_to_string(root.join("docs/scorecard.md")).expect("the guide");
    for gate in GATES {
        let page = gate.page.split('#').next().unwrap_or_default();
        assert!(root.join(page).is_file(), "{page}");
        assert!(guide.contains(&format!("| `{}` |", gate.id)), "{}", gate.id);
    }
}

#[test]
fn a_product_that_passes_all_gates_but_one_has_the_level_below_it() {
    let expected =
        "well-described: 4 of 5 fields of output port `orders` are described, 5 needed; not `d`";
    assert_eq!(
        judged(MANIFEST, CONTRACT),
        (Some(Tier::Silver), vec![expected.to_owned()])
    );
    let contract = CONTRACT.replace("{name: d}", "{name: d, description: D.}");
    assert_eq!(judged(MANIFEST, &contract), (Some(Tier::Gold), vec![]));
}

#[test]
fn what_a_contract_lacks_is_named() {
    for (old, new, gate, message) in [
        (
            ", primaryKey: true",
            "",
            "primary-key",
            "`orders` of output port `orders` has no primary key",
        ),
        (
            "{metric: rowCount, mustBeGreaterThan: 0}",
            "{type: text, description: plausible}",
            "quality-check",
            "`orders` of output port `orders` has no quality check that a machine can run",
        ),
        (
            "latency",
            "availability",
            "freshness",
            "the contract of output port `orders` does not say how fresh the data is",
        ),
        (
            "retention",
            "availability",
            "retention",
            "the contract of output port `orders` does not say how long the data is kept",
        ),
        (
            "usage: Join by order_id.",
            "usage: ' '",
            "usage",
            "the contract of output port `orders` does not say how to use the data",
        ),
        (
            "description: C.",
            "businessName: C",
            "described",
            "3 of 5 fields of output port `orders` are described, 4 needed; not `c`, `d`",
        ),
    ] {
        let contract = CONTRACT.replace(old, new);
        let (level, said) = judged(MANIFEST, &contract);
        assert_eq!(level, Some(Tier::Bronze), "{gate}");
        assert_eq!(said[0], format!("{gate}: {message}"));
    }
}

#[test]
fn a_contract_without_fields_describes_nothing() {
    for schema in ["[]", "[{name: files}]"] {
        let end = CONTRACT.find("schema:").expect("it is there");
        let levels = CONTRACT.find("slaProperties:").expect("they are there");
        let contract = format!(
            "{}schema: {schema}\n{}",
            &CONTRACT[..end],
            &CONTRACT[levels..]
        );
        let (level, said) = judged(MANIFEST, &contract);
        assert_eq!(level, Some(Tier::Bronze), "{schema}");
        assert_eq!(
            said[0],
            "described: the contract of output port `orders` lists no fields"
        );
    }
}

#[test]
fn every_output_port_needs_a_contract_of_which_every_one_is_judged() {
    let ports = "  - {name: orders, version: 1.0.0, contractId: sales.orders.orders}\n";
    let more = format!("{ports}  - {{name: returns, version: 1.0.0, contractId: gone}}\n");
    let (level, said) = judged(&MANIFEST.replace(ports, &more), CONTRACT);
    assert_eq!(level, Some(Tier::Bronze));
    assert_eq!(
        said[0],
        "contracts: output port `returns` has no contract that can be found"
    );
    let (_, said) = judged(
        &MANIFEST.replace(&format!("outputPorts:\n{ports}"), ""),
        CONTRACT,
    );
    assert_eq!(said[0], "contracts: the data product has no output port");
    assert!(
        said[1..].iter().all(|said| said.ends_with(": ?")),
        "{said:?}"
    );

    let second = CONTRACT
        .replace("sales.orders.orders", "sales.orders.returns")
        .replace("latency", "availability");
    let manifest = MANIFEST.replace(ports, &more.replace("gone", "sales.orders.returns"));
    let workspace = workspace(&[
        ("orders/dataproduct.yaml", &manifest),
        ("orders/orders.odcs.yaml", CONTRACT),
        ("orders/returns.odcs.yaml", &second),
    ]);
    let card = score(&workspace, [], |_| 0);
    assert_eq!(card.others, [""; 0]);
    let (gate, missing) = card.products[0]
        .missing()
        .next()
        .expect("something is missing");
    assert_eq!(gate.id, "freshness");
    assert_eq!(
        missing.message,
        "the contract of output port `returns` does not say how fresh the data is"
    );
    assert_eq!(missing.places[0].at(), "orders/returns.odcs.yaml:16");
}

#[test]
fn an_owner_is_somebody_who_is_still_there() {
    for (member, message) in [
        (
            "{username: ada, role: steward}",
            "owner: nobody owns the data product",
        ),
        (
            "{username: 'TODO', role: owner}",
            "owner: nobody owns the data product",
        ),
    ] {
        let manifest = MANIFEST.replace("{username: ada@pharma.example, role: owner}", member);
        let (level, said) = judged(&manifest, CONTRACT);
        assert_eq!((level, said[0].as_str()), (None, message), "{member}");
    }
    let workspace = workspace(&[("dataproduct.yaml", MANIFEST), ("a.odcs.yaml", CONTRACT)]);
    let source = &workspace.documents()[0].0.source;
    let left = found("trustworthy", "owner-departed", Level::Error, source);
    let card = score(&workspace, [left], |_| 0);
    let (gate, missing) = card.products[0]
        .missing()
        .next()
        .expect("something is missing");
    assert_eq!((gate.id, card.level()), ("owner", None));
    assert_eq!(missing.message, "nobody owns the data product any more");
}

#[test]
fn findings_count_by_their_level_and_group() {
    let contract = CONTRACT.replace("{name: d}", "{name: d, description: D.}");
    let workspace = workspace(&[("dataproduct.yaml", MANIFEST), ("a.odcs.yaml", &contract)]);
    let (manifest, contract) = (
        &workspace.documents()[0].0.source,
        &workspace.documents()[1].0.source,
    );
    let of = |findings: &[Finding<'_>], waivers| {
        let card = score(&workspace, findings.to_vec(), |_| waivers);
        let product = &card.products[0];
        let missing = product.missing().next();
        let missing = missing.map(|(gate, missing)| format!("{}: {}", gate.id, missing.message));
        (Tier::name(product.level), missing.unwrap_or_default())
    };
    let error = |group, rule| found(group, rule, Level::Error, contract);
    let warning = |group, rule| found(group, rule, Level::Warn, manifest);
    let info = |group, rule| found(group, rule, Level::Info, manifest);
    for (findings, waivers, level, message) in [
        (vec![], 0, "gold", ""),
        (vec![info("style", "key-order")], 0, "gold", ""),
        (vec![], 2, "silver", "no-waivers: 2 waivers are open"),
        (
            vec![
                warning("secure", "a"),
                warning("policy", "b"),
                warning("secure", "a"),
            ],
            0,
            "silver",
            "no-warnings: 3 warnings: a (2 times), b",
        ),
        (
            vec![error("policy", "gxp")],
            0,
            "bronze",
            "no-errors: 1 error: gxp",
        ),
        (vec![error("secure", "a")], 0, "none", "secure: 1 error: a"),
        (
            ["a", "b", "c", "d", "e", "f"]
                .map(|rule| error("valid", rule))
                .to_vec(),
            0,
            "none",
            "valid: 6 errors: a, b, c, d and 2 more",
        ),
    ] {
        assert_eq!(of(&findings, waivers), (level, message.to_owned()));
    }
}

#[test]
fn a_manifest_that_cannot_be_read_is_a_product_of_which_nothing_is_known() {
    let workspace = workspace(&[
        ("a/dataproduct.yaml", "id: [\n"),
        ("a/a.odcs.yaml", "id: [\n"),
        ("b/dataproduct.yaml", MANIFEST),
        ("b/b.odcs.yaml", CONTRACT),
    ]);
    let source = &workspace.documents()[0].0.source;
    let broken = found("valid", "yaml-syntax", Level::Error, source);
    let card = score(&workspace, [broken], |_| 0);
    assert_eq!(card.products[0].label, "a/dataproduct.yaml");
    let levels: Vec<_> = card.products.iter().map(|product| product.level).collect();
    assert_eq!(levels, [None, Some(Tier::Silver)]);
    let said: Vec<_> = card.products[0]
        .missing()
        .map(|(gate, _)| gate.id)
        .collect();
    assert_eq!(said, ["valid"]);
    assert_eq!(card.others, ["a/a.odcs.yaml"]);
    assert_eq!(card.level(), None);
    assert_eq!(card.below(Tier::Silver).count(), 1);
    assert_eq!(card.counts().words(), "1 silver, 1 none");
    let domains: Vec<_> = card
        .domains
        .iter()
        .map(|domain| (domain.name.as_deref(), domain.level))
        .collect();
    assert_eq!(domains, [(Some("sales"), Some(Tier::Silver)), (None, None)]);
}
