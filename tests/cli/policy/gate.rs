//! What policies mean for `mesh lint` and `mesh publish`.

use serde_json::Value;

use super::{CONTRACT, HOUSE, HOUSE_1, Mesh, PRODUCT, WAIVER, house, on_day, orders, with};

/// A pack that asks for rules of mesh.
const RULES: &str = "\
kind: PolicyPack
metadata: {name: rules, version: 1.0.0, owner: guild}
rules:
  owner-missing: {level: deny, why: Nobody answers otherwise., waivable: {maxDays: 90, approvers: [guild]}}
";

/// A product that nobody owns.
fn unowned() -> String {
    with(PRODUCT, &[("role: owner", "role: engineer")])
}

#[test]
fn a_rule_that_a_pack_sets_can_be_ignored_by_nobody() {
    let draft = with(&unowned(), &[("status: active", "status: draft")]);
    let comment = with(
        &unowned(),
        &[(
            "team:",
            "team: # mesh: ignore[owner-missing] founded in May",
        )],
    );
    for (manifest, settings, arguments) in [
        (unowned(), "{ignore: [owner-missing]}", &[][..]),
        (unowned(), "{levels: {owner-missing: info}}", &[]),
        (
            unowned(),
            "{overrides: [{paths: ['orders/**'], ignore: [owner-missing]}]}",
            &[],
        ),
        (unowned(), "{}", &["--ignore", "owner-missing"]),
        (draft, "{}", &[]),
        (comment, "{}", &[]),
        (unowned(), "{baseline: known.json}", &[]),
    ] {
        let sandbox = orders(&format!("lint: {settings}\n"));
        sandbox.write("work/orders/dataproduct.yaml", &manifest);
        sandbox.write(
            "work/known.json",
            "{\"version\": 1, \"findings\": [{\"file\": \"orders/dataproduct.yaml\", \"rule\": \"owner-missing\", \
             \"message\": \"nobody in the team owns the data product\", \"count\": 1}]}\n",
        );
        let lint = [&["lint"], arguments].concat();
        // As long as no pack asks for it, this lets it pass.
        let out = on_day(&sandbox, &lint).expect(0);
        assert!(!out.contains("error["), "{out}");
        sandbox.write(
            "work/mesh.yaml",
            format!("policies: [rules.yaml]\nlint: {settings}\n"),
        );
        sandbox.write("work/rules.yaml", RULES);
        let out = on_day(&sandbox, &lint).expect(1);
        assert!(out.contains("error[owner-missing]"), "{settings}: {out}");
        assert!(
            out.contains("note: rules asks for `deny` here: Nobody answers otherwise."),
            "{out}"
        );
        let out = on_day(&sandbox, &["publish"]).expect(1);
        assert!(out.contains("error[owner-missing]"), "{settings}: {out}");
    }
}

#[test]
fn a_rule_that_a_pack_sets_is_looked_for_whatever_the_preset() {
    let sandbox = orders("lint: {preset: minimal}\n");
    let usage = "  usage: Join to customers by customer_id; sum net_amount within one currency.\n";
    sandbox.write(
        "work/orders/dataproduct.yaml",
        with(PRODUCT, &[(usage, "")]),
    );
    let lint = |status| on_day(&sandbox, &["lint"]).expect(status);
    assert!(lint(0).contains("no findings"));
    sandbox.write(
        "work/rules.yaml",
        with(RULES, &[("owner-missing", "usage-missing")]),
    );
    sandbox.write(
        "work/mesh.yaml",
        "policies: [rules.yaml]\nlint: {preset: minimal}\n",
    );
    assert!(lint(1).contains("error[usage-missing]"));
}

#[test]
fn a_baseline_does_not_tolerate_what_policies_ask_for() {
    let sandbox = orders("policies: [house.yaml]\nlint: {baseline: known.json}\n");
    sandbox.write("work/house.yaml", house("1.0.0", "3650"));
    sandbox.write("work/orders/dataproduct.yaml", unowned());
    let out = sandbox.mesh(["baseline"]).expect(0);
    assert!(out.contains("1 finding tolerated"), "{out}");
    let out = on_day(&sandbox, &["lint"]).expect(1);
    assert!(
        out.contains("error[house-retention]") && !out.contains("[owner-missing]"),
        "{out}"
    );
}

#[test]
fn lint_shows_what_is_waived_and_counts_it_apart() {
    let sandbox = orders("policies: [policies]\n");
    sandbox.write("work/policies/rules.yaml", RULES);
    sandbox.write("work/orders/dataproduct.yaml", unowned());
    let waiver = [("house-retention", "owner-missing"), ("W-1", "W-2")];
    sandbox.write("work/policies/W-2.yaml", with(WAIVER, &waiver));
    let out = on_day(&sandbox, &["lint"]).expect(0);
    assert!(out.starts_with("waived[owner-missing]\n"), "{out}");
    assert!(out.ends_with("; 1 waived\n"), "{out}");
    // What lint lets pass for a time, is published for a time.
    let published = on_day(&sandbox, &["publish"]).expect(0);
    assert!(published.contains("commercial/orders"), "{published}");
}

/// The orders without a field, as a patch.
fn break_readers(mesh: &Mesh) {
    let manifest = with(PRODUCT, &[("version: 1.0.0", "version: 1.1.0")]);
    mesh.sandbox.write("work/orders/dataproduct.yaml", manifest);
    let contract = with(
        CONTRACT,
        &[
            ("version: 1.0.0", "version: 1.1.0"),
            ("name: ordered_at", "name: placed_at"),
        ],
    );
    mesh.sandbox.write("work/orders/orders.odcs.yaml", contract);
}

#[test]
fn a_change_that_is_ignored_does_not_pass_if_a_pack_denies_it() {
    let ignore = "compatibility:\n  ignore:\n    - {kind: field-removed, reason: nobody reads it, until: 2027-03-01}\n    \
                  - {kind: field-added, reason: nobody reads it, until: 2027-03-01}\n    \
                  - {kind: field-renamed, reason: nobody reads it, until: 2027-03-01}\n";
    for rule in [
        "none",
        "breaking-without-major",
        "version-too-low",
        "field-removed",
    ] {
        let mesh = Mesh::with(&[]);
        mesh.mesh(&["publish"]).expect(0);
        let pack = with(RULES, &[("owner-missing", rule)]);
        if rule != "none" {
            mesh.commit(&[("policies/packs/rules/1.0.0.yaml", &pack)]);
        }
        mesh.settings(ignore);
        break_readers(&mesh);
        let tip = mesh.tip();
        let run = mesh.mesh(&["publish"]);
        if rule == "none" {
            run.expect(0);
        } else {
            let out = run.expect(1);
            assert!(out.contains("error[version-too-low]"), "{rule}: {out}");
            let out = mesh.mesh(&["breaking"]).expect(1);
            assert!(out.contains("error[version-too-low]"), "{rule}: {out}");
            assert_eq!(mesh.tip(), tip);
        }
    }
}

#[test]
fn nothing_is_published_that_the_registry_denies() {
    let mesh = Mesh::with(&[(HOUSE_1, &house("1.0.0", "3650"))]);
    let tip = mesh.tip();
    let out = mesh.mesh(&["publish"]).expect(1);
    assert!(out.contains("error[house-retention]"), "{out}");
    assert!(
        out.contains("[registry:policies/packs/house/1.0.0.yaml:10:45]"),
        "{out}"
    );
    assert!(out.contains("Nothing was published"), "{out}");
    assert_eq!(mesh.tip(), tip);
    // Nor if the repository says that it has the pack, and has another one of that name.
    mesh.sandbox.write("work/house.yaml", house("1.0.0", "30"));
    mesh.settings("policies: [house.yaml]\n");
    let run = mesh.mesh(&["publish"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(
        run.stderr
            .contains("there are two packs or overlays `house`"),
        "{}",
        run.stderr
    );
    assert_eq!(mesh.tip(), tip);
}

#[test]
fn the_record_says_what_a_version_was_held_to_and_what_came_of_it() {
    let warned = with(
        &house("1.2.0", "3650"),
        &[
            ("house", "attic"),
            (
                "level: deny",
                "rollout: {warn: 2026-11-01, deny: 2027-11-01}",
            ),
        ],
    );
    let later = with(
        HOUSE,
        &[
            ("house", "cellar"),
            ("level: deny", "rollout: {deny: 2027-11-01}"),
        ],
    );
    let mesh = Mesh::with(&[
        (HOUSE_1, &house("1.0.0", "3650")),
        ("policies/packs/attic/1.2.0.yaml", &warned),
        ("policies/packs/cellar/1.0.0.yaml", &later),
        ("policies/waivers/W-1.yaml", WAIVER),
    ]);
    let out = mesh.mesh(&["publish"]).expect(0);
    assert!(
        out.contains("1 warning") && out.contains("1 waived"),
        "{out}"
    );
    let record = mesh.record("1.0.0");
    let policy = &record["policy"];
    assert_eq!(policy["asOf"], "2026-12-15");
    assert_eq!(policy["scheduled"], serde_json::json!(["cellar-retention"]));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let files: Vec<String> = policy["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            // Of exactly the bytes that are in the registry.
            let digest = text(&file["digest"]);
            assert!(
                digest.starts_with("sha256:") && digest.len() == 71,
                "{digest}"
            );
            format!(
                "{} {} {} {}",
                text(&file["kind"]),
                text(&file["name"]),
                text(&file["version"]),
                text(&file["origin"])
            )
        })
        .collect();
    assert_eq!(
        files,
        [
            "pack attic 1.2.0 registry",
            "pack cellar 1.0.0 registry",
            "pack house 1.0.0 registry",
            "waiver W-1  registry"
        ]
    );
    assert_eq!(
        policy["results"],
        serde_json::json!([
            {"policy": "attic-retention", "pack": "attic", "level": "warn", "outcome": "fail", "subjects": 1, "failed": 1},
            {"policy": "house-retention", "pack": "house", "level": "deny", "outcome": "waived", "subjects": 1, "failed": 1, "waivers": ["W-1"]},
        ])
    );
    // Without policies there is nothing to say of them.
    let mesh = Mesh::with(&[]);
    mesh.mesh(&["publish"]).expect(0);
    assert!(mesh.record("1.0.0")["policy"].is_null());
}

#[test]
fn what_the_registry_has_in_force_counts_whatever_is_pinned() {
    let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
    mesh.mesh(&["policy", "update"]).expect(0);
    mesh.commit(&[("policies/packs/house/1.1.0.yaml", &house("1.1.0", "3650"))]);
    let out = mesh.mesh(&["policy", "check"]).expect(0);
    assert!(
        out.contains("mesh.lock holds house back at 1.0.0; 1.1.0 is in force"),
        "{out}"
    );
    let tip = mesh.tip();
    let run = mesh.mesh(&["publish"]);
    let said = "mesh.lock pins `house` 1.0.0, and 1.1.0 is in force: `mesh policy update` shows what changes";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert!(run.expect(1).contains("error[house-retention]"));
    assert_eq!(mesh.tip(), tip);
}

#[test]
fn new_products_are_held_to_what_others_have_time_for() {
    let mesh = Mesh::with(&[]);
    mesh.mesh(&["publish"]).expect(0);
    let rollout = "rollout: {warn: 2026-11-01, deny: 2027-11-01, newProducts: deny}";
    let pack = with(&house("1.0.0", "3650"), &[("level: deny", rollout)]);
    mesh.commit(&[(HOUSE_1, &pack)]);
    // The orders have been there before.
    let next = [(
        "name: Orders\nversion: 1.0.0",
        "name: All orders\nversion: 1.0.1",
    )];
    mesh.sandbox
        .write("work/orders/dataproduct.yaml", with(PRODUCT, &next));
    let out = mesh.mesh(&["publish"]).expect(0);
    assert!(out.contains("1 warning"), "{out}");
    assert_eq!(
        mesh.record("1.0.1")["policy"]["results"][0]["level"],
        "warn"
    );
    let new = [
        ("commercial.orders", "commercial.invoices"),
        ("name: Orders\n", "name: Invoices\n"),
    ];
    mesh.sandbox
        .write("work/orders/dataproduct.yaml", with(PRODUCT, &new));
    mesh.sandbox
        .write("work/orders/orders.odcs.yaml", with(CONTRACT, &new));
    let out = mesh.mesh(&["publish"]).expect(1);
    assert!(out.contains("error[house-retention]"), "{out}");
    assert!(
        out.contains("deny for products that were never published"),
        "{out}"
    );
}

#[test]
fn nobody_waives_a_policy_of_the_registry_for_themselves() {
    let strict = house("1.0.0", "3650");
    let mesh = Mesh::with(&[
        (HOUSE_1, &strict),
        ("policies/packs/rules/1.0.0.yaml", RULES),
    ]);
    mesh.sandbox.write("work/policies/W-1.yaml", WAIVER);
    mesh.settings("policies: [policies]\n");
    let out = mesh.mesh(&["publish"]).expect(1);
    assert!(out.contains("error[house-retention]"), "{out}");
    assert!(out.contains("warn[waiver-not-agreed]"), "{out}");
    assert!(
        out.contains("note: W-1 does not count: it is not kept in the registry, as the policy is"),
        "{out}"
    );
    // Nor with a copy of the pack beside it.
    mesh.sandbox.write("work/policies/house.yaml", &strict);
    mesh.mesh(&["publish"]).expect(1);
    // Nor what the registry asks for by extending a pack that comes with mesh.
    mesh.commit(&[(
        "policies/packs/attic/1.0.0.yaml",
        "kind: PolicyPack\nmetadata: {name: attic, version: 1.0.0, owner: guild, extends: gxp@1}\n",
    )]);
    let relevance = [
        ("house-retention", "gxp-relevance-declared"),
        ("W-1", "W-3"),
        ("guild", "quality-assurance"),
    ];
    mesh.sandbox
        .write("work/policies/W-3.yaml", with(WAIVER, &relevance));
    let out = mesh.mesh(&["publish"]).expect(1);
    assert!(
        out.contains("error[gxp-relevance-declared]") && out.contains("W-3 does not count"),
        "{out}"
    );
    let tip = mesh.tip();
    // Nor a rule, by setting it once more in a pack of one's own.
    mesh.sandbox
        .write("work/orders/dataproduct.yaml", unowned());
    let own = with(RULES, &[("name: rules", "name: aaa")]);
    mesh.sandbox.write("work/policies/aaa.yaml", own);
    let waiver = [("house-retention", "owner-missing"), ("W-1", "W-2")];
    mesh.sandbox
        .write("work/policies/W-2.yaml", with(WAIVER, &waiver));
    let out = mesh.mesh(&["lint"]).expect(1);
    assert!(out.contains("error[owner-missing]"), "{out}");
    assert!(out.contains("W-2 does not count"), "{out}");
    mesh.mesh(&["publish"]).expect(1);
    assert_eq!(mesh.tip(), tip);
    // With the registry's own waivers it is published.
    mesh.settings("");
    let (second, third) = (with(WAIVER, &waiver), with(WAIVER, &relevance));
    mesh.commit(&[
        ("policies/waivers/W-1.yaml", WAIVER),
        ("policies/waivers/W-2.yaml", &second),
        ("policies/waivers/W-3.yaml", &third),
    ]);
    let out = mesh.mesh(&["publish"]).expect(0);
    assert!(out.contains("3 waived"), "{out}");
}
