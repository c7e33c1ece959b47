//! The examples that the design of policies is told by: a pack, an overlay and a waiver, as they are.
//!
//! They are looked for in the folder that `MESH_POLICY_EXAMPLES` names, else beside the repository; without them, the
//! tests say so and pass.

#![allow(clippy::print_stderr, reason = "a test says what it skipped")]

mod common;

use std::path::{Path, PathBuf};
use std::{env, fs};

use common::{day, options, said_of, together, waived_of, workspace};
use mesh_diagnostics::{Diagnostic, Level, Source};
use mesh_policy::{Origin, Policies, PolicyFile, read};

/// The three files; `None` if they are not at hand.
fn examples() -> Option<Vec<PolicyFile>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/policy-examples");
    let folder = env::var_os("MESH_POLICY_EXAMPLES").map_or_else(beside, PathBuf::from);
    if !folder.is_dir() {
        eprintln!(
            "skipped, nothing was looked at: set MESH_POLICY_EXAMPLES to a folder of examples"
        );
        return None;
    }
    let files = ["pack.yaml", "overlay.yaml", "waiver.yaml"].map(|name| {
        let bytes = fs::read(folder.join(name)).expect("an example can be read");
        read(name, bytes, Origin::Registry).expect("an example is sound")
    });
    Some(files.into())
}

fn policies(as_of: &str) -> Option<Policies> {
    Some(together(examples()?, day(as_of)))
}

const PRODUCT: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: manufacturing.batch-records
name: Batch records
version: 1.4.0
status: active
domain: manufacturing
customProperties:
  - {property: gxpRelevance, value: direct}
outputPorts:
  - {name: batches, version: 1.0.0, contractId: manufacturing.batches}
";

/// A contract that satisfies everything, overlay included.
const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: manufacturing.batches
version: 1.0.0
status: active
domain: manufacturing
tags: [gxp]
description: {purpose: Batch release.}
customProperties:
  - {property: changeControlId, value: CC-1}
authoritativeDefinitions:
  - {type: auditTrail, url: 'https://audit.example'}
  - {type: validationReport, url: 'https://validation.example'}
schema:
  - name: batches
    properties:
      - {name: plant_code, classification: internal}
      - {name: recorded_at, classification: internal}
      - {name: recorded_by, classification: internal}
slaProperties:
  - {property: retention, value: 10, unit: y}
";

const PORT: &str = "/slaProperties/0/value";

/// What comes of the product with `contract` on a day, in `domain`.
fn checked(contract: &str, domain: &str, as_of: &str) -> Option<(Vec<String>, Vec<String>)> {
    let product = PRODUCT.replace("domain: manufacturing", &format!("domain: {domain}"));
    let contract = contract.replace("domain: manufacturing", &format!("domain: {domain}"));
    let workspace = workspace(&[
        ("dataproduct.yaml", &product),
        ("batches.odcs.yaml", &contract),
    ]);
    let checked = policies(as_of)?.check(&workspace, options(day(as_of)));
    assert!(checked.defects.is_empty());
    Some((said_of(&checked), waived_of(&checked)))
}

#[test]
fn a_product_that_satisfies_everything_passes() {
    let Some((found, waived)) = checked(CONTRACT, "manufacturing", "2027-12-31") else {
        return;
    };
    // The waiver is for this product, and past its time.
    assert_eq!(found, ["warn waiver-expired waiver.yaml#/expires"]);
    assert!(waived.is_empty());
}

#[test]
fn the_overlay_asks_for_more_in_its_domain_alone() {
    // Seven years satisfy the pack, and not the overlay; the overlay denies what the pack warns of.
    let contract = CONTRACT
        .replace("value: 10, unit: y", "value: 7, unit: y")
        .replace("{type: auditTrail", "{type: other")
        .replace("name: plant_code", "name: plant");
    let Some((found, _)) = checked(&contract, "manufacturing", "2027-12-31") else {
        return;
    };
    assert_eq!(
        found,
        [
            format!("error gxp-retention batches.odcs.yaml#{PORT}"),
            "error gxp-audit-trail batches.odcs.yaml#/authoritativeDefinitions".to_owned(),
            "warn manufacturing/plant-code batches.odcs.yaml#/schema".to_owned(),
            "warn waiver-expired waiver.yaml#/expires".to_owned(),
        ]
    );
    let elsewhere = checked(&contract, "clinical", "2027-12-31").expect("the examples are there");
    assert_eq!(
        elsewhere.0,
        [
            "warn gxp-audit-trail batches.odcs.yaml#/authoritativeDefinitions",
            "warn waiver-expired waiver.yaml#/expires",
        ]
    );
}

#[test]
fn a_policy_gets_stricter_on_the_days_of_its_rollout() {
    let contract = CONTRACT.replace("value: 10, unit: y", "value: 1, unit: y");
    for (as_of, wanted) in [
        ("2026-12-31", "info"),
        ("2027-01-01", "warn"),
        ("2027-03-31", "warn"),
        ("2027-04-01", "error"),
    ] {
        let Some((found, waived)) = checked(&contract, "clinical", as_of) else {
            return;
        };
        let all = [found, waived].concat();
        let suffix = format!("{wanted} gxp-retention batches.odcs.yaml#{PORT}");
        assert!(
            all.iter().any(|said| said.ends_with(&suffix)),
            "{as_of}: {all:?}"
        );
    }
}

/// Where the registry says that the product was never published, the policy denies from the beginning.
#[test]
fn a_new_product_is_held_to_it_from_the_beginning() {
    let contract = CONTRACT.replace("value: 10, unit: y", "value: 1, unit: y");
    let workspace = workspace(&[
        ("dataproduct.yaml", PRODUCT),
        ("batches.odcs.yaml", &contract),
    ]);
    let Some(mut files) = examples() else {
        return;
    };
    files.retain(|file| !matches!(file, PolicyFile::Waiver(_)));
    let policies = together(files, day("2026-01-01"));
    let found = |is_published: bool| {
        let is_published = move |_: &str| is_published;
        let mut options = options(day("2026-01-01"));
        options.is_published = Some(&is_published);
        said_of(&policies.check(&workspace, options))
    };
    assert_eq!(found(true), Vec::<String>::new());
    assert_eq!(
        found(false),
        [format!("error gxp-retention batches.odcs.yaml#{PORT}")]
    );
}

#[test]
fn the_waiver_counts_until_the_end_of_its_last_day() {
    let contract = CONTRACT.replace("value: 10, unit: y", "value: 1, unit: y");
    let finding = format!("warn gxp-retention batches.odcs.yaml#{PORT}");
    for as_of in ["2027-01-01", "2027-02-15"] {
        let Some((found, waived)) = checked(&contract, "manufacturing", as_of) else {
            return;
        };
        assert_eq!(found, Vec::<String>::new(), "{as_of}");
        assert_eq!(waived, [format!("WVR-014 until 2027-02-15: {finding}")]);
    }
    let after = checked(&contract, "manufacturing", "2027-02-16").expect("the examples are there");
    assert_eq!(
        after.0,
        [
            finding,
            "warn waiver-expired waiver.yaml#/expires".to_owned()
        ]
    );
    assert_eq!(after.1, Vec::<String>::new());
}

/// The term is counted from the day of the run, since the waiver does not say when it was granted.
#[test]
fn the_waiver_may_not_be_for_longer_than_the_policy_allows() {
    let on = |as_of| Some(Policies::new(examples()?, common::terms(day(as_of))));
    let Some(first) = on("2026-11-17") else {
        return;
    };
    assert!(first.is_ok());
    let mistakes = on("2026-11-16")
        .expect("the examples are there")
        .expect_err("it is a day too early");
    assert_eq!(
        mistakes[0].message,
        "the waiver is for 91 days, and `gxp-retention` can be waived for 90"
    );
}

/// The pack calls a kind of change by another name, `breaking-without-major`.
#[test]
fn a_rule_may_be_set_by_its_other_name() {
    let Some(policies) = policies("2027-01-01") else {
        return;
    };
    let workspace = workspace(&[
        ("dataproduct.yaml", PRODUCT),
        ("batches.odcs.yaml", CONTRACT),
    ]);
    let options = options(day("2027-01-01"));
    let floors = policies.floors(&workspace, options);
    let floors: Vec<(&str, Level, usize)> = floors
        .iter()
        .map(|floor| (floor.rule.as_str(), floor.level, floor.files.len()))
        .collect();
    assert_eq!(
        floors,
        [
            ("field-undocumented", Level::Warn, 2),
            ("owner-missing", Level::Error, 2),
            ("version-too-low", Level::Error, 2),
        ]
    );
    let source = &workspace.documents()[1].0.source;
    let (kept, waived) = policies.hold(&workspace, options, |session| {
        session.hold_rules(vec![finding(source)])
    });
    assert!(waived.is_empty());
    assert_eq!(kept[0].level, Level::Error);
    assert_eq!(
        kept[0].related[0].message,
        "pharma-core asks for `deny` here"
    );
    assert_eq!(kept[0].related[0].source.name(), "pack.yaml");
}

/// A finding of the kind of change that the pack sets, at the start of a text.
fn finding(source: &std::sync::Arc<Source>) -> Diagnostic {
    Diagnostic {
        rule: "version-too-low".into(),
        group: mesh_diagnostics::COMPATIBILITY.into(),
        level: Level::Warn,
        message: "the version must be 2.0.0".to_owned(),
        help: None,
        source: std::sync::Arc::clone(source),
        span: mesh_diagnostics::Span::empty(0),
        pointer: String::new(),
        related: Vec::new(),
        fix: None,
        is_binding: false,
    }
}
