//! `mesh policy check`: what it finds, what it shows of it, and what it lets pass.

use serde_json::Value;

use super::{CONTRACT, HOUSE, WAIVER, house, on_day, orders, with};
use crate::sandbox::{DAY, Sandbox};

const RECORDS: &str =
    "pharma/manufacturing/batch-record/contracts/manufacturing.batch-record.records.odcs.yaml";

/// Changes a file in the work folder.
fn change(sandbox: &Sandbox, path: &str, changes: &[(&str, &str)]) {
    let path = format!("work/{path}");
    sandbox.write(&path, with(&sandbox.read(&path), changes));
}

/// The rules and levels of what is found, in order.
fn found(report: &Value) -> Vec<String> {
    let found = report["diagnostics"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    found
        .map(|it| format!("{} {}", text(&it["level"]), text(&it["rule"])))
        .collect()
}

#[test]
fn the_example_mesh_satisfies_its_policies_but_for_what_is_waived() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let out = on_day(&sandbox, &["policy", "check", "pharma"]).expect(0);
    let waived = "waived[gxp-restore-tested]\n  `manufacturing.batch-record.events` holds GxP records and leads to no \
                  test of their restore\n";
    assert!(out.starts_with(waived), "{out}");
    let by = "WVR-014 until 2027-02-15 (mitigated, approved by quality-assurance): The archive behind the topic";
    let said = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(by), "{out}");
    let end = "\n✓ no findings in 6 data products and 15 contracts; 1 waived\n  \
               held to core 1.0.0, gdpr 1.0.0, gxp 1.0.0, overlay manufacturing\n";
    assert!(out.ends_with(end), "{out}");
}

#[test]
fn a_finding_shows_who_asks_for_it_who_tightened_it_and_how_it_may_be_waived() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    // More than the pack asks for, and less than the overlay of the domain does.
    let kept = "  - property: retention\n    value: 15\n";
    change(
        &sandbox,
        RECORDS,
        &[(kept, "  - property: retention\n    value: 7\n")],
    );
    let out = on_day(&sandbox, &["policy", "check", "pharma/manufacturing"]).expect(1);
    for part in [
        "error[gxp-retention]\n",
        "are not kept for at least 3650 days\n",
        "manufacturing.batch-record.records.odcs.yaml:493:12]\n",
        " 493 │     value: 7\n     ·            ─\n",
        "or ask quality-assurance for a waiver until 2027-03-15 at the latest",
        "--waiver gxp-retention --subject manufacturing.batch-record.records@1`\n",
        "note: gxp 1.0.0: 21 CFR 211.180(a): records of a batch are kept",
        "[mesh:packs/gxp/pack.yaml:120:10]\n",
        "note: this overlay has tightened `gxp_retention_days` from 2190\n",
        "policies/manufacturing.yaml:9:23]\n",
        "\n✗ 1 error in ",
    ] {
        assert!(out.contains(part), "{part}\n\n{out}");
    }
    // The same of another domain, which the overlay is not for.
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let decisions =
        "pharma/quality/batch-release/contracts/quality.batch-release.decisions.odcs.yaml";
    change(
        &sandbox,
        decisions,
        &[(kept, "  - property: retention\n    value: 7\n")],
    );
    on_day(&sandbox, &["policy", "check", "pharma/quality"]).expect(0);
}

#[test]
fn every_pack_finds_what_is_not_as_it_asks() {
    let contacts = "pharma/commercial/sales-order/contracts/commercial.sales-order.customer-contacts.odcs.yaml";
    let manifest = "pharma/commercial/sales-order/dataproduct.yaml";
    for (file, changes, expected) in [
        (
            manifest,
            &[(
                "username: petra.lindqvist@pharma.example",
                "username: petra",
            )][..],
            "error core-owner-reachable",
        ),
        (
            manifest,
            &[("role: owner", "role: steward")],
            "error owner-missing",
        ),
        (
            contacts,
            &[(
                "property: lawfulBasis\n    value: contract",
                "property: lawfulBasis\n    value: habit",
            )],
            "error gdpr-lawful-basis",
        ),
        (
            contacts,
            &[("value: eu-central-1", "value: us-east-1")],
            "error gdpr-residency",
        ),
        (
            manifest,
            &[("property: gxpRelevance", "property: relevance")],
            "error gxp-relevance-declared",
        ),
        (
            RECORDS,
            &[("type: auditTrail", "type: trail")],
            "error gxp-audit-trail",
        ),
        (
            RECORDS,
            &[("name: plant_code", "name: plant")],
            "warn manufacturing/plant-code",
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox.copy_example("pharma");
        change(&sandbox, file, changes);
        let folder = file
            .rsplit_once("/contracts")
            .map_or("pharma/commercial", |(folder, _)| folder);
        let arguments = ["policy", "check", folder, "--format", "json"];
        let status = i32::from(expected.starts_with("error"));
        let report = on_day(&sandbox, &arguments).json(status);
        let all = found(&report);
        assert!(all.iter().any(|it| it == expected), "{expected}: {all:?}");
        // Warnings end with 1 on request.
        let strict = ["policy", "check", folder, "--fail-level", "warn"];
        on_day(&sandbox, &strict).expect(1);
    }
}

#[test]
fn a_level_says_where_it_is_set_and_what_comes_next() {
    let sandbox = orders("policies: [house.yaml, commercial.yaml]\n");
    let rollout = "rollout: {advise: 2026-10-01, warn: 2027-01-01, deny: 2027-04-01}";
    sandbox.write(
        "work/house.yaml",
        with(&house("1.0.0", "3650"), &[("level: deny", rollout)]),
    );
    sandbox.write(
        "work/commercial.yaml",
        "kind: PolicyOverlay\nmetadata: {name: commercial, extends: house}\nlevels:\n  house-retention: {advise: 2026-10-01, warn: 2027-01-01, deny: 2027-03-01}\n",
    );
    let check = |day, status| {
        sandbox
            .mesh(["policy", "check", "--as-of", day])
            .expect(status)
    };
    // Not yet at all, and still told of.
    let out = check("2026-09-30", 0);
    let announced =
        "  from 2026-10-01 on, `house-retention` is `advise`, and 1 file does not satisfy it: ";
    assert!(
        out.contains("✓ no findings") && out.contains(announced),
        "{out}"
    );
    let out = check("2026-10-01", 0);
    assert!(out.contains("info[house-retention]"), "{out}");
    assert!(
        out.contains("note: advise since 2026-10-01, warn from 2027-01-01 on\n"),
        "{out}"
    );
    assert!(out.contains("[house.yaml:12:23]\n"), "{out}");
    let out = check("2027-02-28", 0);
    assert!(out.contains("warn[house-retention]"), "{out}");
    assert!(
        out.contains("note: warn since 2027-01-01, deny from 2027-03-01 on\n"),
        "{out}"
    );
    // The overlay is earlier than the pack.
    let out = check("2027-03-01", 1);
    assert!(
        out.contains("note: deny since 2027-03-01, as this overlay asks\n"),
        "{out}"
    );
    assert!(out.contains("[commercial.yaml:4:65]\n"), "{out}");
}

#[test]
fn a_waiver_counts_from_its_first_day_to_the_end_of_its_last() {
    let sandbox = orders("policies: [policies]\n");
    sandbox.write("work/policies/house.yaml", house("1.0.0", "3650"));
    sandbox.write("work/policies/waivers/W-1.yaml", WAIVER);
    let check = |day, status| {
        let arguments = ["policy", "check", "--as-of", day, "--format", "json"];
        let report = sandbox.mesh(arguments).json(status);
        (
            found(&report),
            report["summary"]["waived"].as_u64().unwrap(),
        )
    };
    let denied = "error house-retention".to_owned();
    assert_eq!(check("2026-11-30", 1), (vec![denied.clone()], 0));
    assert_eq!(check("2026-12-01", 0), (vec![], 1));
    assert_eq!(check("2026-12-31", 0), (vec![], 1));
    let expired = "warn waiver-expired".to_owned();
    assert_eq!(check("2027-01-01", 1), (vec![denied, expired], 0));
    let text = |day| sandbox.mesh(["policy", "check", "--as-of", day]).stdout;
    assert!(text("2026-11-30").contains("note: W-1 is not in force yet\n"));
    let out = text("2027-01-01");
    assert!(out.contains("note: W-1 expired on 2026-12-31\n"), "{out}");
    assert!(out.contains("policies/waivers/W-1.yaml:10:10]\n"), "{out}");
    // Once nothing needs it any more, it says so, for as long as it would count.
    sandbox.write("work/policies/house.yaml", HOUSE);
    assert_eq!(
        check("2026-12-31", 0),
        (vec!["warn waiver-unused".to_owned()], 0)
    );
    // Nor does one for another major version count.
    sandbox.write("work/policies/house.yaml", house("1.0.0", "3650"));
    sandbox.write(
        "work/policies/waivers/W-1.yaml",
        with(WAIVER, &[("orders@1", "orders@2")]),
    );
    assert_eq!(check(DAY, 1).1, 0);
}

#[test]
fn where_no_policies_are_in_force_nothing_was_checked() {
    let sandbox = orders("{}\n");
    let run = sandbox.mesh(["policy", "check"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("no policies are in force here"),
        "{}",
        run.stderr
    );
    // A waiver alone is no policy.
    sandbox.write("work/mesh.yaml", "policies: [W-1.yaml]\n");
    sandbox.write("work/W-1.yaml", WAIVER);
    assert_eq!(sandbox.mesh(["policy", "check"]).status, 2);
}

#[test]
fn what_the_command_line_names_counts_beside_mesh_yaml() {
    let sandbox = orders("policies: [house.yaml]\n");
    sandbox.write("work/house.yaml", HOUSE);
    let plain = ["policy", "check", "--format", "json"];
    assert_eq!(
        found(&on_day(&sandbox, &plain).json(0)),
        Vec::<String>::new()
    );
    let more = with(
        &house("1.0.0", "3650"),
        &[("name: house", "name: attic"), ("id: house", "id: attic")],
    );
    sandbox.write("work/more/attic.yaml", more);
    let both = [
        "policy", "check", "--format", "json", "--with", "more", "--with", "mesh/gxp",
    ];
    let all = found(&on_day(&sandbox, &both).json(1));
    assert_eq!(
        all,
        ["error gxp-relevance-declared", "error attic-retention"]
    );
}

#[test]
fn only_what_policies_ask_for_is_looked_for_and_what_nothing_can_be_judged_without() {
    let sandbox = orders("policies: [house.yaml]\n");
    sandbox.write("work/house.yaml", HOUSE);
    // Lint has much to say of this.
    let silent = with(
        CONTRACT,
        &[
            ("status: active", "status: active\nnmae: x"),
            ("primaryKey: true", "primaryKey: false"),
        ],
    );
    sandbox.write("work/orders/orders.odcs.yaml", silent);
    let lint = found(&on_day(&sandbox, &["lint", "--format", "json"]).json(1));
    let check = found(&on_day(&sandbox, &["policy", "check", "--format", "json"]).json(1));
    assert!(lint.len() > check.len(), "{lint:?}\n{check:?}");
    sandbox.write("work/orders/orders.odcs.yaml", "schema: [");
    let all = found(&on_day(&sandbox, &["policy", "check", "--format", "json"]).json(1));
    assert!(all.contains(&"error yaml-syntax".to_owned()), "{all:?}");
}

#[test]
fn every_format_tells_of_policies_and_sarif_of_what_is_waived() {
    let sandbox = orders("policies: [policies]\n");
    sandbox.write("work/policies/house.yaml", house("1.0.0", "3650"));
    let check =
        |format, status| on_day(&sandbox, &["policy", "check", "--format", format]).expect(status);
    let place = "orders/orders.odcs.yaml";
    for (format, part) in [
        (
            "compact",
            "orders/orders.odcs.yaml:68:12: error[house-retention] ",
        ),
        ("github", "::error file=orders/orders.odcs.yaml,line=68,"),
        ("gitlab", "\"check_name\": \"house-retention\""),
        ("junit", "<failure type=\"house-retention\" "),
    ] {
        let out = check(format, 1);
        assert!(out.contains(part) && out.contains(place), "{format}: {out}");
    }
    let report: Value = serde_json::from_str(&check("json", 1)).unwrap();
    let finding = &report["diagnostics"][0];
    assert_eq!(finding["group"], "policy");
    let why = &finding["related"][0];
    assert_eq!(
        why["message"],
        "house 1.0.0: Auditors ask for the year before."
    );
    assert_eq!(
        (&why["file"], &why["range"]["start"]["line"]),
        (&"policies/house.yaml".into(), &10.into())
    );
    let sarif: Value = serde_json::from_str(&check("sarif", 1)).unwrap();
    let results = &sarif["runs"][0]["results"];
    assert_eq!(results[0]["ruleId"], "house-retention");
    assert!(results[0]["suppressions"].is_null(), "{results:#}");

    sandbox.write("work/policies/W-1.yaml", WAIVER);
    let sarif: Value = serde_json::from_str(&check("sarif", 0)).unwrap();
    let suppressions = &sarif["runs"][0]["results"][0]["suppressions"];
    assert_eq!(suppressions[0]["status"], "accepted");
    assert_eq!(
        suppressions[0]["justification"],
        "W-1 until 2026-12-31: The archive is being moved."
    );
    let report: Value = serde_json::from_str(&check("json", 0)).unwrap();
    let waived = &report["waived"][0];
    assert_eq!(
        (&waived["waiver"], &waived["until"]),
        (&"W-1".into(), &"2026-12-31".into())
    );
    assert_eq!(waived["diagnostic"]["rule"], "house-retention");
    for format in ["compact", "github"] {
        let out = check(format, 0);
        assert!(out.ends_with("; 1 waived\n"), "{format}: {out}");
    }
}
