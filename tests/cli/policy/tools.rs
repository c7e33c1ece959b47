//! `mesh policy test`, `new`, `list` and `explain`.

use serde_json::{Value, json};

use super::{HOUSE, HOUSE_1, Mesh, WAIVER, house, on_day, orders, with};
use crate::sandbox::{Sandbox, repository};

#[test]
fn the_packs_that_come_with_mesh_hold_to_their_examples() {
    let sandbox = Sandbox::new();
    let out = sandbox
        .mesh(["policy", "test", "mesh/core", "mesh/gdpr", "mesh/gxp"])
        .expect(0);
    let (examples, policies) = out
        .trim_end()
        .strip_suffix(" policies: all come out as they should")
        .and_then(|out| out.strip_prefix("✓ ")?.split_once(" examples of "))
        .unwrap_or_else(|| panic!("{out}"));
    // Each has one that it accepts and one that it rejects at least.
    let number = |text: &str| text.parse::<u32>().unwrap();
    assert!(
        number(policies) >= 38 && number(examples) >= 2 * number(policies),
        "{out}"
    );
    // Whatever the day is.
    for day in ["2020-01-01", "2040-01-01"] {
        sandbox
            .mesh([
                "policy",
                "test",
                "mesh/core",
                "mesh/gdpr",
                "mesh/gxp",
                "--as-of",
                day,
            ])
            .expect(0);
    }
}

#[test]
fn what_does_not_come_out_as_it_should_is_shown_where_it_stands() {
    let sandbox = orders("policies: [house.yaml]\n");
    let test = |text: &str, status| {
        sandbox.write("work/house.yaml", text);
        on_day(&sandbox, &["policy", "test"]).expect(status)
    };
    let out = test(HOUSE, 0);
    assert_eq!(
        out,
        "✓ 2 examples of 1 policy: all come out as they should\n"
    );
    for (from, to, rule, words) in [
        ("value: 30, unit", "value: 30000, unit", "", ""),
        (
            "value: 30, unit: \"y\"",
            "value: 30, unit: d",
            "policy-test-failed",
            "`house-retention` rejects the example: contract `example`: it is kept for less than 365 days",
        ),
        (
            "value: 1, unit: d",
            "value: 9, unit: \"y\"",
            "policy-test-failed",
            "`house-retention` accepts the example",
        ),
        (
            "      fail:\n        - contract: {slaProperties: [{property: retention, value: 1, unit: d}]}\n",
            "",
            "policy-test-missing",
            "`house-retention` has no example that it rejects",
        ),
        ("has(contract.sla.retention) && ", "", "", ""),
        (
            "value: 1, unit: d",
            "value: 1, unit: d, vaule: 2",
            "policy-test-failed",
            "of `house-retention` is no valid document: ",
        ),
        (
            "value: 1, unit: d",
            "value: soon",
            "policy-test-failed",
            "cannot be evaluated for the example: ",
        ),
        (
            "for: contract\n",
            "for: contract\n    when: contract.status == 'draft'\n",
            "policy-test-failed",
            "does not apply to the example: `when` or `scope` leaves it out",
        ),
        (
            "      fail:\n",
            "      skip:\n        - contract: {}\n      fail:\n",
            "policy-test-failed",
            "`house-retention` applies to the example",
        ),
    ] {
        if rule.is_empty() {
            test(&with(HOUSE, &[(from, to)]), 0);
            continue;
        }
        let out = test(&with(HOUSE, &[(from, to)]), 1);
        assert!(out.contains(&format!("error[{rule}]")), "{out}");
        let flat = out.replace("\n  │ ", " ");
        assert!(flat.contains(words), "{words}\n\n{out}");
        assert!(
            out.contains("[house.yaml:") && out.contains("finding"),
            "{out}"
        );
    }
    let report = on_day(&sandbox, &["policy", "test", "--format", "json"]).json(1);
    assert_eq!(report["diagnostics"][0]["rule"], "policy-test-failed");
}

#[test]
fn only_what_is_named_is_tested_and_an_overlay_with_what_it_extends() {
    let sandbox = orders("{}\n");
    sandbox.write("work/house.yaml", HOUSE);
    let overlay = "kind: PolicyOverlay\nmetadata: {name: commercial, extends: house}\nparams: {keep_days: 3650}\npolicies:\n  \
                   - id: commercial/archive\n    for: contract\n    require: has(contract.sla.retention) && \
                   contract.sla.retention.days >= params.keep_days\n    level: warn\n    tests:\n      pass:\n        \
                   - contract: {slaProperties: [{property: retention, value: 10, unit: \"y\"}]}\n      fail:\n        \
                   - contract: {slaProperties: [{property: retention, value: 3, unit: \"y\"}]}\n";
    sandbox.write("work/overlay.yaml", overlay);
    let run = sandbox.mesh(["policy", "test", "overlay.yaml"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("there is no pack `house` here"),
        "{}",
        run.stderr
    );
    sandbox
        .mesh(["policy", "test", "overlay.yaml", "house.yaml"])
        .expect(0);
    sandbox.write("work/mesh.yaml", "policies: [house.yaml]\n");
    let out = sandbox.mesh(["policy", "test", "overlay.yaml"]).expect(0);
    assert_eq!(
        out,
        "✓ 2 examples of 1 policy: all come out as they should\n"
    );
    // Of a registry as well.
    let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
    mesh.sandbox.write("work/overlay.yaml", overlay);
    mesh.mesh(&["policy", "test", "overlay.yaml"]).expect(0);
    let run = Sandbox::new().mesh(["policy", "test"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("no policies are in force here"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_begun_anew_is_in_order_and_nothing_is_overwritten() {
    let sandbox = orders("{}\n");
    let new = |arguments: &[&str]| sandbox.mesh([&["policy", "new"], arguments].concat());
    let out = new(&["house"]).expect(0);
    assert!(out.starts_with("Wrote policies/house.yaml\n"), "{out}");
    assert!(
        out.contains("once mesh.yaml names it, as in `policies: [policies/]`"),
        "{out}"
    );
    new(&["commercial", "--overlay", "house@0.1.0"]).expect(0);
    new(&[
        "planning-more",
        "--overlay",
        "house",
        "--domain",
        "planning",
    ])
    .expect(0);
    new(&["our-gdpr", "--from", "mesh/gdpr", "--owner", "dpo: we"]).expect(0);
    sandbox.write("work/mesh.yaml", "policies: [policies]\n");
    let out = new(&[
        "--waiver",
        "house-retention",
        "--subject",
        "commercial.orders@1",
    ])
    .expect(0);
    assert!(
        out.contains("once data-governance has approved it"),
        "{out}"
    );
    assert!(!out.contains("once mesh.yaml names it"), "{out}");
    // Nothing is waived before somebody has said why.
    let run = sandbox.mesh(["policy", "check"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("`reason` is still to be filled in"),
        "{}",
        run.stderr
    );
    let path = "work/policies/waivers/waiver-house-retention.yaml";
    let waiver = with(&sandbox.read(path), &[("TODO: ", "Known: ")]);
    sandbox.write(path, waiver);
    let out = sandbox.mesh(["policy", "test", "policies"]).expect(0);
    assert!(out.contains("all come out as they should"), "{out}");
    let listed = sandbox.mesh(["policy", "list", "--format", "json"]).json(0);
    let packs = listed["policies"].as_array().unwrap().iter();
    let packs: Vec<&str> = packs
        .map(|policy| policy["pack"].as_str().unwrap())
        .collect();
    for pack in ["house 0.1.0", "our-gdpr 0.1.0"] {
        assert!(packs.contains(&pack), "{packs:?}");
    }
    let own = sandbox.read("work/policies/our-gdpr.yaml");
    assert!(
        own.contains("\n  owner: \"dpo: we\"\n") || own.contains("\n  owner: 'dpo: we'\n"),
        "{own}"
    );
    // The waiver is for as long as the policy allows, and for a policy that there is.
    sandbox.mesh(["policy", "check"]).expect(0);
    for (arguments, words) in [
        (&["house"][..], "`policies/house.yaml` is there already"),
        (&["our-gdpr", "--from", "mesh/gdpr"], "is there already"),
        (&["commercial", "--overlay", "house"], "is there already"),
        (
            &[
                "--waiver",
                "house-retention",
                "--subject",
                "commercial.orders@1",
            ],
            "is there already",
        ),
        (&["House"], "`House` is no name of a pack"),
        (&["../house"], "`../house` is no name of a pack"),
        (
            &["--waiver", "house-retentoin", "--subject", "a@1"],
            "did you mean `house-retention`?",
        ),
        (
            &["--waiver", "owner-missing", "--subject", "a@1"],
            "`owner-missing` cannot be waived",
        ),
        (
            &["more", "--from", "mesh/gdrp"],
            "no pack `mesh/gdrp` comes with mesh",
        ),
        (
            &["more", "--from", "nowhere.yaml"],
            "cannot read `nowhere.yaml`",
        ),
    ] {
        let run = new(arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {}", run.stdout);
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(own, sandbox.read("work/policies/our-gdpr.yaml"));
}

/// A finding says how to ask for a waiver: what it says has to work.
#[test]
fn a_waiver_can_be_written_as_the_finding_says() {
    let mesh = Mesh::with(&[(HOUSE_1, &house("1.0.0", "3650"))]);
    mesh.settings("policies: [mesh/gxp]\n");
    let out = mesh.mesh(&["policy", "check"]).expect(1);
    let said = out.split_whitespace().collect::<Vec<_>>().join(" ");
    let command = "mesh policy new --waiver house-retention --subject commercial.orders@1";
    assert!(said.contains(command), "{said}");
    mesh.sandbox.mesh(command.split(' ').skip(1)).expect(0);
    let waiver = mesh
        .sandbox
        .read("work/policies/waivers/waiver-house-retention.yaml");
    assert!(waiver.contains("\napprovedBy: guild\n"), "{waiver}");
}

#[test]
fn everything_in_force_is_listed_with_its_level_on_the_day() {
    let sandbox = orders("policies: [policies]\n");
    let rollout = "rollout: {warn: 2026-10-01, deny: 2027-04-01}";
    sandbox.write(
        "work/policies/house.yaml",
        with(
            HOUSE,
            &[
                ("level: deny", rollout),
                (
                    "policies:",
                    "rules:\n  owner-missing: {level: deny, why: Somebody answers.}\npolicies:",
                ),
            ],
        ),
    );
    sandbox.write(
        "work/policies/commercial.yaml",
        "kind: PolicyOverlay\nmetadata: {name: commercial, extends: house}\nparams: {keep_days: 3650}\nlevels: {house-retention: deny}\n",
    );
    let out = on_day(&sandbox, &["policy", "list"]).expect(0);
    let expected = "\
house 1.0.0
  warn   house-retention  contract       (deny from 2027-04-01) Data is kept for a year

rules of mesh
  deny   owner-missing    rule           Somebody answers.

1 policy and 1 rule on 2026-12-15; `mesh policy explain ID` tells more
";
    assert_eq!(out, expected);
    let out = on_day(&sandbox, &["policy", "list", "--domain", "commercial"]).expect(0);
    assert!(out.contains("  deny   house-retention "), "{out}");
    let early = sandbox
        .mesh(["policy", "list", "--as-of", "2026-09-30"])
        .expect(0);
    assert!(early.contains("  later  house-retention "), "{early}");
    let run = orders("{}\n").mesh(["policy", "list"]);
    assert_eq!(run.status, 2);
}

#[test]
fn a_policy_is_explained_as_it_holds_for_a_domain() {
    let sandbox = orders("policies: [policies]\n");
    sandbox.write(
        "work/policies/house.yaml",
        with(
            HOUSE,
            &[(
                "level: deny",
                "rollout: {warn: 2026-10-01, deny: 2027-04-01}",
            )],
        ),
    );
    sandbox.write("work/policies/W-1.yaml", WAIVER);
    sandbox.write(
        "work/policies/commercial.yaml",
        "kind: PolicyOverlay\nmetadata: {name: commercial, extends: house}\nparams: {keep_days: 3650}\n",
    );
    let explain = |more: &[&str]| {
        on_day(
            &sandbox,
            &[&["policy", "explain", "house-retention"], more].concat(),
        )
    };
    let out = explain(&[]).expect(0);
    let expected = "\
house-retention  Data is kept for a year
house 1.0.0, policies/house.yaml:6, maintained by guild

Auditors ask for the year before.

for         contract
require     has(contract.sla.retention) && contract.sla.retention.days >= params.keep_days
parameter   keep_days = 365 (tighten: up)
level       warn from 2026-10-01, deny from 2027-04-01 (now: warn)
waivable    for 90 days at most, by guild
waiver      W-1 for commercial.orders@1, until 2026-12-31
examples    1 accepted, 1 rejected, 0 left out: `mesh policy test` holds it to them
";
    assert_eq!(out, expected);
    let out = explain(&["--domain", "commercial"]).expect(0);
    assert!(
        out.contains("keep_days = 3650, tightened from 365 (tighten: up)\n"),
        "{out}"
    );
    let policy: Value = explain(&["--domain", "commercial", "--format", "json"]).json(0);
    assert_eq!(
        policy["parameters"],
        json!([{"name": "keep_days", "value": 3650, "untightened": 365, "tighten": "up"}])
    );
    assert_eq!(
        (&policy["level"], &policy["stages"][1]["from"]),
        (&json!("warn"), &json!("2027-04-01"))
    );
    let run = sandbox.mesh(["policy", "explain", "house-retentoin"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("did you mean `house-retention`?"),
        "{}",
        run.stderr
    );
}

/// The examples are not part of the repository.
#[test]
fn the_examples_of_the_design_run_against_the_pharma_example() {
    let examples = repository().join("../shared/policy-examples");
    if !examples.is_dir() {
        println!("skipped: there is nothing at {}", examples.display());
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    sandbox.write("work/pharma/mesh.yaml", "{}\n");
    for file in ["pack", "overlay"] {
        let text = std::fs::read_to_string(examples.join(format!("{file}.yaml"))).unwrap();
        sandbox.write(format!("work/governance/{file}.yaml"), text);
    }
    let check = [
        "policy",
        "check",
        "pharma",
        "--with",
        "governance",
        "--format",
        "json",
    ];
    let report = on_day(&sandbox, &check).json(0);
    assert_eq!(report["diagnostics"], json!([]));
    let records = "work/pharma/manufacturing/batch-record/contracts/manufacturing.batch-record.records.odcs.yaml";
    let kept = (
        "property: retention\n    value: 15\n",
        "property: retention\n    value: 7\n",
    );
    sandbox.write(records, with(&sandbox.read(records), &[kept]));
    let report = sandbox
        .mesh(check.into_iter().chain(["--as-of", "2027-04-01"]))
        .json(1);
    assert_eq!(report["diagnostics"][0]["rule"], "gxp-retention");
    assert_eq!(report["diagnostics"][0]["level"], "error");
    // What has no examples was never seen to work.
    let out = sandbox.mesh(["policy", "test", "governance"]).expect(1);
    assert!(out.contains("error[policy-test-missing]"), "{out}");
    let out = on_day(
        &sandbox,
        &[
            "policy",
            "list",
            "--with",
            "governance",
            "--domain",
            "manufacturing",
        ],
    )
    .expect(0);
    assert!(
        out.contains("pharma-core 1.2.0\n") && out.contains("manufacturing/plant-code"),
        "{out}"
    );
    let waiver = std::fs::read_to_string(examples.join("waiver.yaml")).unwrap();
    sandbox.write("work/governance/waiver.yaml", waiver);
    // It is for a product that is not here, and for a time that the policy allows on the day.
    on_day(&sandbox, &check).json(0);
}
