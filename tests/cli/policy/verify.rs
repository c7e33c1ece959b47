//! `mesh registry verify`: whether what is published was judged as its records say.

use std::path::Path;

use super::{HOUSE, HOUSE_1, Mesh, WAIVER, house, with};
use crate::sandbox::Run;

const RECORD: &str = "products/commercial/orders/1.0.0/record.json";

/// Verifies the registry of `mesh`.
fn verify(mesh: &Mesh, more: &[&str]) -> Run {
    mesh.sandbox.mesh([&["registry", "verify"], more].concat())
}

/// Verifies a copy of the registry, in which the commit that published the orders has another record.
fn tampered(mesh: &Mesh, changes: &[(&str, &str)]) -> Run {
    let record = with(&mesh.show(RECORD), changes);
    let clone = mesh.sandbox.path("clone");
    mesh.sandbox.git(&clone, &["pull", "--quiet", "--ff-only"]);
    mesh.sandbox.write(Path::new("clone").join(RECORD), record);
    mesh.sandbox.git(
        &clone,
        &["commit", "--quiet", "--all", "--amend", "--no-edit"],
    );
    let run = verify(mesh, &["--registry", clone.to_str().unwrap()]);
    // As it was.
    mesh.sandbox
        .git(&clone, &["reset", "--quiet", "--hard", "@{upstream}"]);
    run
}

/// A registry with two packs, a waiver and the orders, which are waived.
fn published() -> Mesh {
    let attic = with(HOUSE, &[("house", "attic")]);
    let mesh = Mesh::with(&[
        (HOUSE_1, &house("1.0.0", "3000")),
        ("policies/packs/house/1.1.0.yaml", &house("1.1.0", "3650")),
        ("policies/packs/attic/1.0.0.yaml", &attic),
        ("policies/waivers/W-1.yaml", WAIVER),
    ]);
    mesh.mesh(&["publish"]).expect(0);
    mesh
}

#[test]
fn an_honest_history_is_verified_whatever_was_changed_later() {
    let mesh = Mesh::with(&[]);
    let out = verify(&mesh, &[]).expect(0);
    assert_eq!(out, "✓ no findings in 0 published versions of 0 commits\n");
    // Nothing was in force yet.
    mesh.mesh(&["publish"]).expect(0);
    verify(&mesh, &[]).expect(0);
    let rollout = "rollout: {warn: 2026-12-01, deny: 2027-03-01, newProducts: deny}";
    mesh.commit(&[(
        HOUSE_1,
        &with(&house("1.0.0", "3650"), &[("level: deny", rollout)]),
    )]);
    let next = [(
        "name: Orders\nversion: 1.0.0",
        "name: All orders\nversion: 1.0.1",
    )];
    mesh.sandbox
        .write("work/orders/dataproduct.yaml", with(super::PRODUCT, &next));
    mesh.mesh(&["publish"]).expect(0);
    // What is asked for by now is no matter of then.
    mesh.commit(&[("policies/packs/house/1.1.0.yaml", &house("1.1.0", "9000"))]);
    let out = verify(&mesh, &[]).expect(0);
    assert_eq!(out, "✓ no findings in 2 published versions of 2 commits\n");
    let mesh = published();
    let report = verify(&mesh, &["--format", "json"]).json(0);
    assert_eq!(report["diagnostics"], serde_json::json!([]));
}

#[test]
fn a_record_that_was_changed_is_found() {
    let mesh = published();
    for (changes, rule, words) in [
        (
            &[("\"outcome\": \"waived\"", "\"outcome\": \"pass\"")][..],
            "evidence-differs",
            "the record says `pass` at `deny` of `house-retention`, for 1 of 1, and it comes out `waived`",
        ),
        (
            &[("\"level\": \"deny\"", "\"level\": \"warn\"")],
            "evidence-differs",
            "the record says `waived` at `warn` of `house-retention`",
        ),
        (
            &[("\"failed\": 1", "\"failed\": 0")],
            "evidence-differs",
            "for 0 of 1",
        ),
        // As if it were somebody's own, and nobody could check it.
        (
            &[
                ("\"outcome\": \"waived\"", "\"outcome\": \"pass\""),
                (
                    "\"files\": [\n      {\n        \"kind\"",
                    "\"files\": [\n      {\"kind\": \"pack\", \"name\": \"house\", \"digest\": \"sha256:0\", \
                     \"origin\": \"local\"},\n      {\n        \"kind\"",
                ),
            ],
            "evidence-differs",
            "the record says `pass` at `deny` of `house-retention`",
        ),
        (
            &[("\"W-1\"\n", "\"W-1\",\n            \"W-2\"\n")],
            "evidence-differs",
            "the record says `waived`",
        ),
        (
            &[(
                "\"version\": \"1.1.0\",\n        \"digest\"",
                "\"version\": \"1.0.0\",\n        \"digest\"",
            )],
            "evidence-differs",
            "the record names the pack `house` 1.0.0, and the registry did not have it in force so",
        ),
        (
            &[("\"name\": \"W-1\"", "\"name\": \"W-9\"")],
            "evidence-differs",
            "the waiver `W-1` was in force, and the record does not say that it was held to it",
        ),
        (
            &[(
                "\"policy\": \"attic-retention\"",
                "\"policy\": \"other-retention\"",
            )],
            "evidence-differs",
            "the record says nothing of `attic-retention`",
        ),
        (
            &[("\"asOf\": \"2026-12-15\"", "\"asOf\": \"2027-01-15\"")],
            "policy-denied",
            "`house-retention` denies this version",
        ),
        (
            &[("\"asOf\": \"2026-12-15\"", "\"asOf\": \"someday\"")],
            "evidence-differs",
            "`someday` is not a day",
        ),
    ] {
        let out = tampered(&mesh, changes).expect(1);
        assert!(out.contains(&format!("error[{rule}]")), "{out}");
        let flat = out.replace("\n  │ ", " ");
        assert!(flat.contains(words), "{words}\n\n{out}");
        assert!(
            out.contains("[products/commercial/orders/1.0.0/record.json:"),
            "{out}"
        );
    }
}

#[test]
fn a_record_without_evidence_is_found() {
    let mesh = published();
    let record: serde_json::Value = serde_json::from_str(&mesh.show(RECORD)).unwrap();
    let mut silent = record.clone();
    silent.as_object_mut().unwrap().remove("policy").unwrap();
    let text = format!("{silent:#}\n");
    let whole = mesh.show(RECORD);
    let out = tampered(&mesh, &[(&whole, &text)]).expect(1);
    assert!(out.contains("error[evidence-missing]"), "{out}");
    assert!(
        out.contains("`commercial/orders` 1.0.0 does not say what came of the policies"),
        "{out}"
    );
}

/// As a change is judged before it is merged, by what was in force before all of it.
#[test]
fn whoever_weakens_a_policy_does_not_publish_by_it_in_the_same_change() {
    let mesh = Mesh::with(&[(HOUSE_1, &house("1.0.0", "3650"))]);
    let base = mesh.tip();
    mesh.sandbox.mesh(["publish"]).expect(1);
    mesh.commit(&[("policies/packs/house/1.1.0.yaml", &house("1.1.0", "30"))]);
    mesh.sandbox.mesh(["publish"]).expect(0);
    let out = verify(&mesh, &["--base", &base]).expect(1);
    assert!(out.contains("error[policy-denied]"), "{out}");
    assert!(
        out.contains(
            "the record names the pack `house` 1.1.0, and the registry did not have it in force so"
        ),
        "{out}"
    );
    // Once the weaker pack is agreed, which is another change, what follows is right.
    let agreed = mesh.sandbox.git(&mesh.registry, &["rev-parse", "HEAD^"]);
    verify(&mesh, &["--base", agreed.trim()]).expect(0);
    verify(&mesh, &["--base", &base, "--head", agreed.trim()]).expect(0);
    let unknown = verify(
        &mesh,
        &["--base", "0123456789012345678901234567890123456789"],
    );
    assert_eq!(unknown.status, 2, "{}", unknown.stdout);
}

#[test]
fn a_change_is_judged_as_of_the_day_on_which_it_is_made() {
    let later = with(
        &house("1.0.0", "3650"),
        &[("level: deny", "rollout: {deny: 2020-06-01}")],
    );
    let mesh = Mesh::with(&[(HOUSE_1, &later)]);
    let base = mesh.tip();
    // In time for what is long past.
    mesh.sandbox
        .mesh(["publish", "--as-of", "2020-01-01"])
        .expect(0);
    let out = verify(&mesh, &["--base", &base]).expect(1);
    assert!(out.contains("error[evidence-date]"), "{out}");
    assert!(
        out.contains("it was judged as of 2020-01-01, and today is "),
        "{out}"
    );
    // The history says nothing of the day on which it was right.
    verify(&mesh, &[]).expect(0);
}

#[test]
fn a_change_that_waited_is_fine_as_long_as_the_same_comes_of_it() {
    let mesh = Mesh::with(&[(HOUSE_1, &house("1.0.0", "30"))]);
    let base = mesh.tip();
    mesh.sandbox
        .mesh(["publish", "--as-of", "2026-01-02"])
        .expect(0);
    verify(&mesh, &["--base", &base]).expect(0);
    // A day that is still to come is nobody's to choose.
    let base = mesh.tip();
    let next = [(
        "name: Orders\nversion: 1.0.0",
        "name: All orders\nversion: 1.0.1",
    )];
    mesh.sandbox
        .write("work/orders/dataproduct.yaml", with(super::PRODUCT, &next));
    mesh.sandbox
        .mesh(["publish", "--as-of", "2199-01-02"])
        .expect(0);
    let out = verify(&mesh, &["--base", &base]).expect(1);
    assert!(out.contains("error[evidence-date]"), "{out}");
}

#[test]
fn what_is_not_the_registrys_cannot_be_checked_and_is_counted() {
    let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
    let own = with(&house("3.0.0", "30"), &[("house", "own")]);
    mesh.sandbox.write("work/policies/own.yaml", own);
    mesh.settings("policies: [policies]\n");
    mesh.mesh(&["publish"]).expect(0);
    let out = verify(&mesh, &[]).expect(0);
    let expected = "✓ no findings in 1 published version of 1 commit\n  \
                    1 result of policies that are not the registry's cannot be checked\n";
    assert_eq!(out, expected);
    // What the registry asks for is not turned into something of one's own.
    let pack = "\"policy\": \"house-retention\",\n        \"pack\": ";
    let (house, own) = (format!("{pack}\"house\""), format!("{pack}\"own\""));
    let out = tampered(&mesh, &[(&house, &own)]).expect(1);
    assert!(
        out.contains("the record says nothing of `house-retention`"),
        "{out}"
    );
}

#[test]
fn a_repository_may_hold_itself_to_more() {
    let pack = with(&house("1.0.0", "365"), &[("level: deny", "level: advise")]);
    let mesh = Mesh::with(&[(HOUSE_1, &pack)]);
    mesh.sandbox.write(
        "work/policies/own.yaml",
        "kind: PolicyOverlay\nmetadata: {name: own, domain: commercial, extends: house}\nparams: {keep_days: 3650}\n\
         levels: {house-retention: warn}\n",
    );
    mesh.settings("policies: [policies]\n");
    mesh.mesh(&["publish"]).expect(0);
    assert_eq!(
        mesh.record("1.0.0")["policy"]["results"][0]["outcome"],
        "fail"
    );
    verify(&mesh, &[]).expect(0);
    // But not say that it came out better than it did.
    let better = [("\"outcome\": \"fail\"", "\"outcome\": \"pass\"")];
    let out = tampered(&mesh, &better).expect(1);
    assert!(out.contains("error[evidence-differs]"), "{out}");
}

#[test]
fn what_a_repository_has_adopted_itself_it_may_waive_itself() {
    let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
    let relevance = [
        ("house-retention", "gxp-relevance-declared"),
        ("guild", "quality-assurance"),
    ];
    mesh.sandbox
        .write("work/policies/W-1.yaml", with(WAIVER, &relevance));
    mesh.settings("policies: [mesh/gxp, policies]\n");
    mesh.mesh(&["publish"]).expect(0);
    let out = verify(&mesh, &[]).expect(0);
    assert!(
        out.starts_with("✓ no findings in 1 published version"),
        "{out}"
    );
    assert!(out.contains("  1 result of policies"), "{out}");
    // But by a waiver that it has, and as often as it is needed.
    let unknown = [(
        "\"waivers\": [\n          \"W-1\"",
        "\"waivers\": [\n          \"W-2\"",
    )];
    tampered(&mesh, &unknown).expect(1);
    tampered(
        &mesh,
        &[("\"outcome\": \"waived\"", "\"outcome\": \"pass\"")],
    )
    .expect(1);
}
