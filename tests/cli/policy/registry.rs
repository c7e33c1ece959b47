//! `mesh policy update`, `impact` and `publish`: packs on their way into force.

use serde_json::{Value, json};

use super::{CONTRACT, HOUSE, HOUSE_1, Mesh, PRODUCT, WAIVER, house, orders, with};

/// The next version: longer, later stricter, and with a policy more.
fn next() -> String {
    let more = "  - id: house-owner\n    title: A product has an owner with an address\n    for: product\n    \
                require: product.owners.exists(o, o.contains('@'))\n    level: warn\n    tests:\n      pass:\n        \
                - product: {team: {members: [{username: a@b.example, role: owner}]}}\n      fail:\n        \
                - product: {team: {members: [{username: a, role: owner}]}}\n";
    let rollout = [(
        "level: deny",
        "rollout: {warn: 2026-12-01, deny: 2027-03-01}",
    )];
    with(&house("1.1.0", "3650"), &rollout) + more
}

#[test]
fn an_update_shows_what_it_changes_before_anyone_is_held_to_it() {
    let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
    let update = |more: &[&str]| mesh.mesh(&[&["policy", "update"], more].concat());
    let lock = || std::fs::read_to_string(mesh.sandbox.path("work/mesh.lock")).unwrap_or_default();
    let out = update(&["--dry-run"]).expect(0);
    assert!(
        out.contains("house  1.0.0, pinned for the first time\n"),
        "{out}"
    );
    assert!(
        out.ends_with("mesh.lock was not written: this is a dry run\n"),
        "{out}"
    );
    assert_eq!(lock(), "");
    update(&[]).expect(0);
    let first = lock();
    assert!(
        first.contains("name: house\n  version: 1.0.0\n  digest: sha256:"),
        "{first}"
    );
    assert!(update(&[]).expect(0).ends_with("mesh.lock is up to date\n"));

    mesh.commit(&[("policies/packs/house/1.1.0.yaml", &next())]);
    let out = update(&["--dry-run"]).expect(0);
    for part in [
        "house  1.0.0 → 1.1.0\n",
        "  `house-owner` is new (warn): A product has an owner with an address\n",
        "  `house-retention` was deny, and is warn from 2026-12-01, deny from 2027-03-01 (now: warn)\n",
        "  `house-retention`: keep_days was 365, and is 3650\n",
        "1 finding new here:\n",
        "orders.odcs.yaml:68: warn[house-retention]: contract `commercial.orders`: it is kept for less than 3650 days\n",
    ] {
        assert!(out.contains(part), "{part}\n\n{out}");
    }
    assert_eq!(lock(), first);
    // Until then the lock holds.
    let held = mesh.mesh(&["policy", "check"]).expect(0);
    assert!(held.contains("✓ no findings"), "{held}");
    // Once it denies, an update is one that somebody has to look at; it is made all the same.
    let denied = [
        "policy",
        "update",
        "--as-of",
        "2027-03-01",
        "--format",
        "json",
    ];
    let change = mesh.sandbox.mesh(denied).json(1);
    assert_eq!(
        change["packs"],
        json!([{"name": "house", "from": "1.0.0", "to": "1.1.0"}])
    );
    assert_eq!(
        (&change["written"], &change["findings"]["begun"][0]["level"]),
        (&json!(true), &json!("error"))
    );
    assert!(lock().contains("version: 1.1.0\n"));
    mesh.sandbox
        .mesh(["policy", "check", "--as-of", "2027-03-01"])
        .expect(1);
    let gone = orders("{}\n").mesh(["policy", "update"]);
    assert_eq!(gone.status, 2);
    assert!(
        gone.stderr.contains("there is no pack to pin here"),
        "{}",
        gone.stderr
    );
}

#[test]
fn an_impact_tells_whom_a_pack_affects_and_from_when() {
    let mesh = Mesh::with(&[]);
    mesh.mesh(&["publish"]).expect(0);
    // Two more: one keeps its data long enough, one is waived.
    for (name, years) in [("ledger", "30"), ("invoices", "3")] {
        let id = format!("finance.{name}");
        let title = format!("name: {name}\nv");
        let changes = [
            ("commercial.orders", id.as_str()),
            ("name: Orders\nv", &title),
            ("domain: commercial", "domain: finance"),
        ];
        mesh.sandbox
            .write("work/orders/dataproduct.yaml", with(PRODUCT, &changes));
        let changes = [
            ("commercial.orders", id.as_str()),
            ("domain: commercial", "domain: finance"),
            ("value: 3\n", &format!("value: {years}\n")),
        ];
        mesh.sandbox
            .write("work/orders/orders.odcs.yaml", with(CONTRACT, &changes));
        mesh.mesh(&["publish"]).expect(0);
    }
    mesh.commit(&[
        (HOUSE_1, HOUSE),
        (
            "policies/waivers/W-1.yaml",
            &with(WAIVER, &[("commercial.orders@1", "finance.invoices@1")]),
        ),
    ]);
    mesh.sandbox.write("candidate.yaml", next());
    let impact =
        |more: &[&str]| mesh.mesh(&[&["policy", "impact", "../candidate.yaml"], more].concat());
    let out = impact(&[]).expect(0);
    let expected = format!(
        "\
house-retention  Data is kept for a year
  warn since 2026-12-01, deny from 2027-03-01
  ! commercial/orders 1.0.0  ada@pharma.example
    contract `commercial.orders`: it is kept for less than 3650 days
  = finance/invoices 1.0.0  ada@pharma.example; waived by W-1
    contract `finance.invoices`: it is kept for less than 3650 days

! 2 of 3 data products do not satisfy house 1.1.0: 0 denied on 2026-12-15, 1 more later
  in {}
",
        mesh.registry.display()
    );
    assert_eq!(out, expected);
    impact(&["--exit-code"]).expect(1);
    let answer: Value = impact(&["--format", "json"]).json(0);
    assert_eq!(answer["version"], 1);
    let affected = &answer["policies"][0]["affected"];
    assert_eq!(affected[1]["waiver"], "W-1");
    let out = impact(&["--format", "markdown"]).expect(0);
    assert!(
        out.contains("| `commercial/orders 1.0.0` | ada&#64;pharma.example | "),
        "{out}"
    );
    assert!(out.contains("| waived by `W-1` |"), "{out}");
    // What is in force finds it as well, once it is as long.
    mesh.commit(&[("policies/packs/house/1.0.1.yaml", &house("1.0.1", "3000"))]);
    let out = impact(&[]).expect(0);
    assert!(
        out.contains("  ! commercial/orders 1.0.0  ada@pharma.example; found today as well\n"),
        "{out}"
    );
    // A pack that everyone satisfies.
    mesh.sandbox.write("candidate.yaml", house("1.2.0", "30"));
    let out = impact(&["--exit-code"]).expect(0);
    assert!(
        out.starts_with("✓ house 1.2.0 holds for all of 3 data products\n"),
        "{out}"
    );
    // Nobody knows what it does to a registry that has nothing.
    let empty = Mesh::with(&[]);
    empty.sandbox.write("candidate.yaml", HOUSE);
    let run = empty.mesh(&["policy", "impact", "../candidate.yaml"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .contains("there is no data product in the registry"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_rule_that_a_pack_will_set_is_looked_for_in_what_is_published() {
    let mesh = Mesh::with(&[]);
    let silent = with(
        PRODUCT,
        &[(
            "  usage: Join to customers by customer_id; sum net_amount within one currency.\n",
            "",
        )],
    );
    mesh.sandbox.write("work/orders/dataproduct.yaml", silent);
    mesh.settings("lint: {ignore: [usage-missing]}\n");
    mesh.mesh(&["publish"]).expect(0);
    mesh.sandbox.write(
        "candidate.yaml",
        "kind: PolicyPack\nmetadata: {name: words, version: 1.0.0, owner: guild}\nrules:\n  \
         usage-missing: {rollout: {deny: 2027-06-01}}\n",
    );
    let out = mesh
        .mesh(&["policy", "impact", "../candidate.yaml"])
        .expect(0);
    assert!(
        out.contains("usage-missing") && out.contains("deny from 2027-06-01"),
        "{out}"
    );
    assert!(
        out.contains("0 denied on 2026-12-15, 1 more later"),
        "{out}"
    );
}

#[test]
fn packs_are_published_once_and_overlays_and_waivers_anew() {
    let mesh = Mesh::with(&[]);
    mesh.sandbox.write("gov/house.yaml", HOUSE);
    let overlay = "kind: PolicyOverlay\nmetadata: {name: commercial, extends: house}\nparams: {keep_days: 400}\n";
    mesh.sandbox.write("gov/overlay.yaml", overlay);
    mesh.sandbox.write("gov/waiver.yaml", WAIVER);
    let publish = |more: &[&str]| mesh.mesh(&[&["policy", "publish", "../gov"], more].concat());
    let tip = mesh.tip();
    let out = publish(&["--dry-run"]).expect(0);
    assert!(
        out.contains("+ policies/packs/house/1.0.0.yaml  would be published\n"),
        "{out}"
    );
    assert_eq!(mesh.tip(), tip);
    let report = publish(&["--format", "json"]).json(0);
    let files = json!([
        {"path": "policies/packs/house/1.0.0.yaml", "outcome": "published", "replaced": false},
        {"path": "policies/overlays/commercial.yaml", "outcome": "published", "replaced": false},
        {"path": "policies/waivers/W-1.yaml", "outcome": "published", "replaced": false},
    ]);
    assert_eq!(report["files"], files);
    // In one commit, byte for byte.
    assert_eq!(
        mesh.sandbox.git(&mesh.registry, &["rev-parse", "HEAD^"]),
        tip
    );
    assert_eq!(mesh.show(HOUSE_1), HOUSE);
    let tip = mesh.tip();
    let out = publish(&[]).expect(0);
    assert!(
        out.contains("= policies/packs/house/1.0.0.yaml  there already, unchanged\n"),
        "{out}"
    );
    assert_eq!(mesh.tip(), tip);
    mesh.sandbox
        .write("gov/overlay.yaml", with(overlay, &[("400", "500")]));
    let out = publish(&[]).expect(0);
    assert!(
        out.contains("✓ policies/overlays/commercial.yaml  replaced\n"),
        "{out}"
    );
    // A version is what it is, for ever.
    let tip = mesh.tip();
    mesh.sandbox
        .write("gov/house.yaml", format!("{HOUSE}# nothing new\n"));
    let run = publish(&[]);
    assert_eq!((run.status, mesh.tip()), (1, tip.clone()), "{}", run.stdout);
    assert!(
        run.stderr.contains("house") && run.stderr.contains("1.0.0"),
        "{}",
        run.stderr
    );
    // It has to hold to its examples.
    mesh.sandbox.write(
        "gov/house.yaml",
        with(
            &house("1.1.0", "365"),
            &[("value: 1, unit: d", "value: 9, unit: \"y\"")],
        ),
    );
    let out = publish(&[]).expect(1);
    assert!(
        out.contains("error[policy-test-failed]") && out.contains("nothing was published"),
        "{out}"
    );
    // And go together with the rest: what extends it, and what nobody else has.
    for (text, words) in [
        (house("2.0.0", "365"), ""),
        (house("1.1.0", "600"), "lets more pass"),
        (
            with(HOUSE, &[("name: house", "name: attic")]),
            "there is another policy `house-retention`",
        ),
        (
            with(
                HOUSE,
                &[
                    (
                        "waivable: {maxDays: 90, approvers: [guild]}",
                        "waivable: false",
                    ),
                    ("version: 1.0.0", "version: 1.1.0"),
                ],
            ),
            "`house-retention` cannot be waived",
        ),
    ] {
        mesh.sandbox.write("gov/house.yaml", text);
        let run = publish(&["--dry-run"]);
        if words.is_empty() {
            run.expect(0);
            continue;
        }
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains(words), "{words}\n\n{}", run.stderr);
    }
    assert_eq!(mesh.tip(), tip);
    // One that comes with mesh may be made one of the registry.
    let out = mesh.mesh(&["policy", "publish", "mesh/gxp"]).expect(0);
    assert!(
        out.contains("✓ policies/packs/gxp/1.0.0.yaml  published\n"),
        "{out}"
    );
}

#[test]
fn what_is_published_is_not_denied_at_once_unless_that_was_agreed() {
    let mesh = Mesh::with(&[]);
    mesh.mesh(&["publish"]).expect(0);
    let tip = mesh.tip();
    mesh.sandbox.write("gov/house.yaml", house("1.0.0", "3650"));
    let publish = |more: &[&str]| mesh.mesh(&[&["policy", "publish", "../gov"], more].concat());
    let out = publish(&[]).expect(1);
    assert!(out.contains("error[denied-at-once]"), "{out}");
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains(
            "`house-retention` denies from the first day what is published: commercial/orders"
        ),
        "{out}"
    );
    assert!(
        flat.contains("If everyone has agreed, say --at-once"),
        "{out}"
    );
    assert_eq!(mesh.tip(), tip);
    publish(&["--at-once", "--dry-run"]).expect(0);
    // With time, or a waiver, it goes in.
    mesh.sandbox.write("gov/waiver.yaml", WAIVER);
    publish(&["--dry-run"]).expect(0);
    std::fs::remove_file(mesh.sandbox.path("gov/waiver.yaml")).unwrap();
    let later = with(
        &house("1.0.0", "3650"),
        &[(
            "level: deny",
            "rollout: {warn: 2026-12-01, deny: 2027-03-01}",
        )],
    );
    mesh.sandbox.write("gov/house.yaml", later);
    publish(&[]).expect(0);
    // What is denied today is so already, and a newer version may go on with it.
    let denied = with(
        &house("1.0.1", "3650"),
        &[(
            "level: deny",
            "rollout: {warn: 2026-12-01, deny: 2027-03-01}",
        )],
    );
    mesh.sandbox.write("gov/house.yaml", denied);
    let run = mesh
        .sandbox
        .mesh(["policy", "publish", "../gov", "--as-of", "2027-03-01"]);
    run.expect(0);
}

/// Who is warned today was told of no day on which that ends.
#[test]
fn what_was_a_warning_is_not_denied_at_once_either() {
    let rules = |level| {
        format!(
            "kind: PolicyPack\nmetadata: {{name: rules, version: 1.{}.0, owner: guild}}\nrules:\n  usage-missing: {{level: {level}}}\n",
            u8::from(level == "deny")
        )
    };
    let mesh = Mesh::with(&[
        (
            HOUSE_1,
            &with(&house("1.0.0", "3650"), &[("level: deny", "level: warn")]),
        ),
        ("policies/packs/rules/1.0.0.yaml", &rules("warn")),
    ]);
    let silent = [(
        "  usage: Join to customers by customer_id; sum net_amount within one currency.\n",
        "",
    )];
    mesh.sandbox
        .write("work/orders/dataproduct.yaml", with(PRODUCT, &silent));
    mesh.mesh(&["publish"]).expect(0);
    for (pack, id) in [
        (house("1.1.0", "3650"), "house-retention"),
        (rules("deny"), "usage-missing"),
    ] {
        mesh.sandbox.write("gov/pack.yaml", pack);
        let out = mesh.mesh(&["policy", "publish", "../gov"]).expect(1);
        let said = format!("`{id}` denies from the first day what is published: commercial/orders");
        assert!(out.contains(&said), "{out}");
        mesh.mesh(&["policy", "publish", "../gov", "--at-once"])
            .expect(0);
    }
    // From then on it is.
    mesh.sandbox.write("gov/pack.yaml", house("1.2.0", "3650"));
    mesh.mesh(&["policy", "publish", "../gov"]).expect(0);
}

#[test]
fn an_overlay_has_an_impact_where_it_tightens() {
    let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
    mesh.mesh(&["publish"]).expect(0);
    mesh.sandbox.write(
        "gov/overlay.yaml",
        "kind: PolicyOverlay\nmetadata: {name: commercial, extends: house}\nparams: {keep_days: 3650}\n",
    );
    let out = mesh.mesh(&["policy", "impact", "../gov"]).expect(0);
    assert!(
        out.contains("  ✗ commercial/orders 1.0.0  ada@pharma.example\n"),
        "{out}"
    );
    assert!(out.contains("1 of 1 data product"), "{out}");
    let out = mesh.mesh(&["policy", "publish", "../gov"]).expect(1);
    assert!(
        out.contains("`house-retention` denies from the first day what is published"),
        "{out}"
    );
}
