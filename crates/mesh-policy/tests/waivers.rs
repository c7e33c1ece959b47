//! Waivers let pass what they are for, and nothing else: not another subject, not another policy, not another day, and
//! not what somebody else agreed on.

mod common;

use std::sync::Arc;

use common::{day, file, options, said_of, terms, together, waived_of, workspace};
use mesh_diagnostics::{Diagnostic, Level, Span};
use mesh_policy::{Origin, Policies, PolicyFile};

const PACK: &str = "\
kind: PolicyPack
metadata: {name: core, version: 1.0.0, owner: guild}
rules:
  version-too-low: {level: deny, waivable: {maxDays: 365, approvers: [guild]}}
policies:
  - id: named
    for: product
    require: has(product.name)
    level: deny
    waivable: {maxDays: 365, approvers: [guild]}
  - id: purpose
    for: contract
    require: has(contract.purpose)
    level: deny
    waivable: {maxDays: 365, approvers: [guild]}
";

const PRODUCT: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: sales.orders
version: 1.4.0
status: active
domain: sales
outputPorts:
  - {name: orders, version: 2.0.0, contractId: sales.orders.orders}
";

const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: sales.orders.orders
version: 2.0.0
status: active
domain: sales
";

const NAMED: &str = "error named dataproduct.yaml#/name";
const PURPOSE: &str = "error purpose orders.odcs.yaml#/description/purpose";

/// A waiver of a policy for a subject, which ends with the rest.
fn waiver(policy: &str, subject: &str, rest: &str) -> String {
    format!(
        "\
kind: Waiver
id: WVR-1
policy: {policy}
subject: {subject}
category: accepted
reason: It takes
  a while.
owner: bo@acme.example
approvedBy: guild
{rest}"
    )
}

/// What comes of the product on 30 June 2026 under `files`: what is found, and what is waived.
fn checked(files: Vec<PolicyFile>) -> (Vec<String>, Vec<String>) {
    let as_of = day("2026-06-30");
    let workspace = workspace(&[
        ("dataproduct.yaml", PRODUCT),
        ("orders.odcs.yaml", CONTRACT),
    ]);
    let checked = together(files, as_of).check(&workspace, options(as_of));
    (said_of(&checked), waived_of(&checked))
}

fn under(waiver: &str) -> (Vec<String>, Vec<String>) {
    let pack = file("core.yaml", PACK, Origin::Local);
    checked(vec![pack, file("waiver.yaml", waiver, Origin::Local)])
}

#[test]
fn without_a_waiver_everything_is_found() {
    let pack = file("core.yaml", PACK, Origin::Local);
    assert_eq!(
        checked(vec![pack]),
        (vec![NAMED.to_owned(), PURPOSE.to_owned()], Vec::new())
    );
}

#[test]
fn a_waiver_of_a_product_is_for_its_contracts_too() {
    let until = "expires: 2026-12-31\n";
    let (found, waived) = under(&waiver("purpose", "sales.orders@1", until));
    assert_eq!(found, [NAMED]);
    assert_eq!(waived, [format!("WVR-1 until 2026-12-31: {PURPOSE}")]);
    let (found, waived) = under(&waiver("purpose", "sales.orders.orders@2", until));
    assert_eq!(found, [NAMED]);
    assert_eq!(waived.len(), 1);
    // That of a contract is not for its product.
    let (found, waived) = under(&waiver("named", "sales.orders.orders@2", until));
    assert_eq!(
        found,
        [NAMED, PURPOSE, "warn waiver-unused waiver.yaml#/expires"]
    );
    assert!(waived.is_empty());
}

#[test]
fn a_waiver_is_for_one_major_version() {
    for subject in [
        "sales.orders@2",
        "sales.orders@0",
        "sales.orders.orders@1",
        "sales@1",
    ] {
        let (found, waived) = under(&waiver("purpose", subject, "expires: 2026-12-31\n"));
        assert_eq!(found, [NAMED, PURPOSE], "{subject}");
        assert!(waived.is_empty());
    }
}

#[test]
fn a_waiver_counts_from_its_first_day_to_its_last() {
    for (rest, counts) in [
        ("granted: 2026-06-30\nexpires: 2026-12-31\n", true),
        ("granted: 2026-07-01\nexpires: 2026-12-31\n", false),
        ("granted: 2026-01-01\nexpires: 2026-06-30\n", true),
        ("granted: 2026-01-01\nexpires: 2026-06-29\n", false),
        ("expires: 2026-06-30\n", true),
        ("expires: 2026-06-29\n", false),
    ] {
        let (found, waived) = under(&waiver("purpose", "sales.orders@1", rest));
        assert_eq!(waived.len(), usize::from(counts), "{rest}");
        assert_eq!(found.contains(&PURPOSE.to_owned()), !counts, "{rest}");
    }
}

#[test]
fn a_waiver_that_is_past_its_time_or_waives_nothing_is_reported() {
    let (found, _) = under(&waiver(
        "purpose",
        "sales.orders@1",
        "expires: 2026-06-29\n",
    ));
    assert_eq!(
        found,
        [NAMED, PURPOSE, "warn waiver-expired waiver.yaml#/expires"]
    );
    // Neither the product nor the contract has anything to do with roles.
    let pack = PACK.replace(
        "require: has(contract.purpose)",
        "require: contract.roles.size() == 0",
    );
    let pack = file("core.yaml", &pack, Origin::Local);
    let unused = waiver("purpose", "sales.orders@1", "expires: 2026-12-31\n");
    let (found, waived) = checked(vec![pack, file("waiver.yaml", &unused, Origin::Local)]);
    assert_eq!(found, [NAMED, "warn waiver-unused waiver.yaml#/expires"]);
    assert!(waived.is_empty());
}

/// Nobody waives for themselves what the registry keeps.
#[test]
fn a_waiver_of_a_policy_of_the_registry_is_kept_there() {
    let text = waiver("purpose", "sales.orders@1", "expires: 2026-12-31\n");
    let of = |pack, waiver| {
        checked(vec![
            file("core.yaml", PACK, pack),
            file("waiver.yaml", &text, waiver),
        ])
    };
    for own in [Origin::Local, Origin::Shipped] {
        let (found, waived) = of(Origin::Registry, own);
        assert_eq!(
            found,
            [
                NAMED,
                PURPOSE,
                "warn waiver-not-agreed waiver.yaml#/expires"
            ]
        );
        assert!(waived.is_empty());
    }
    for (pack, own) in [
        (Origin::Registry, Origin::Registry),
        (Origin::Local, Origin::Local),
        (Origin::Shipped, Origin::Local),
    ] {
        let (found, waived) = of(pack, own);
        assert_eq!((found.len(), waived.len()), (1, 1), "{pack:?} {own:?}");
    }
}

/// A copy of a waiver of the registry takes nothing from it.
#[test]
fn a_waiver_of_the_registry_counts_whatever_else_there_is_of_it() {
    let text = waiver("purpose", "sales.orders@1", "expires: 2026-12-31\n");
    let files = || {
        vec![
            file("core.yaml", PACK, Origin::Registry),
            file("copy.yaml", &text, Origin::Local),
            file("waiver.yaml", &text, Origin::Registry),
        ]
    };
    let mut reversed = files();
    reversed.reverse();
    for files in [files(), reversed] {
        let (found, waived) = checked(files);
        assert_eq!((found.len(), waived.len()), (1, 1));
    }
}

/// What comes of a finding of a rule under `files`: its level, unless it is waived.
fn held(files: Vec<PolicyFile>) -> Option<Level> {
    let as_of = day("2026-06-30");
    let workspace = workspace(&[
        ("dataproduct.yaml", PRODUCT),
        ("orders.odcs.yaml", CONTRACT),
    ]);
    let found = Diagnostic {
        rule: "version-too-low".into(),
        group: mesh_diagnostics::COMPATIBILITY.into(),
        level: Level::Warn,
        message: "the version must be 3.0.0".to_owned(),
        help: None,
        source: Arc::clone(&workspace.documents()[1].0.source),
        span: Span::empty(0),
        pointer: String::new(),
        related: Vec::new(),
        fix: None,
        is_binding: false,
    };
    let policies = together(files, as_of);
    let (kept, waived) = policies.hold(&workspace, options(as_of), |session| {
        session.hold_rules(vec![found])
    });
    assert_eq!(kept.len() + waived.len(), 1);
    kept.first().map(|found| found.level)
}

#[test]
fn a_rule_that_a_pack_sets_can_be_waived_by_either_of_its_names() {
    let pack = || file("core.yaml", PACK, Origin::Local);
    assert_eq!(held(vec![pack()]), Some(Level::Error));
    for (name, rest, wanted) in [
        ("version-too-low", "expires: 2026-12-31\n", None),
        ("breaking-without-major", "expires: 2026-12-31\n", None),
        (
            "breaking-without-major",
            "expires: 2026-06-29\n",
            Some(Level::Error),
        ),
    ] {
        let text = waiver(name, "sales.orders@1", rest);
        let files = vec![pack(), file("waiver.yaml", &text, Origin::Local)];
        assert_eq!(held(files), wanted, "{name}");
    }
}

/// Whoever sets the rule as well, and however that is called.
#[test]
fn a_rule_that_the_registry_sets_is_waived_there_alone() {
    let rules =
        "rules: {version-too-low: {level: warn, waivable: {maxDays: 365, approvers: [guild]}}}\n";
    let text = waiver("version-too-low", "sales.orders@1", "expires: 2026-12-31\n");
    for name in ["a-local-pack", "z-local-pack"] {
        let own = format!(
            "kind: PolicyPack\nmetadata: {{name: {name}, version: 1.0.0, owner: us}}\n{rules}"
        );
        let files = |origin| {
            vec![
                file("core.yaml", PACK, Origin::Registry),
                file("own.yaml", &own, Origin::Local),
                file("waiver.yaml", &text, origin),
            ]
        };
        assert_eq!(held(files(Origin::Local)), Some(Level::Error), "{name}");
        assert_eq!(held(files(Origin::Registry)), None, "{name}");
        // Nor is it passed over in silence.
        let (found, _) = checked(files(Origin::Local));
        let wanted = "warn waiver-not-agreed waiver.yaml#/expires".to_owned();
        assert!(found.contains(&wanted), "{name}: {found:?}");
    }
}

/// Of several who set a rule, each may forbid that it is waived, and the shortest term counts.
#[test]
fn the_strictest_terms_of_all_who_set_a_rule_count() {
    let text = waiver("version-too-low", "sales.orders@1", "expires: 2026-12-31\n");
    let mistakes = |terms_of_rule: &str| {
        let own = format!(
            "kind: PolicyPack\nmetadata: {{name: own, version: 1.0.0, owner: us}}\nrules: {{version-too-low: {{level: warn{terms_of_rule}}}}}\n"
        );
        let files = vec![
            file("core.yaml", PACK, Origin::Local),
            file("own.yaml", &own, Origin::Local),
            file("waiver.yaml", &text, Origin::Local),
        ];
        let found = Policies::new(files, terms(day("2026-06-30")))
            .err()
            .unwrap_or_default();
        found
            .into_iter()
            .map(|found| found.message)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        mistakes(", waivable: {maxDays: 300, approvers: [guild]}"),
        Vec::<String>::new()
    );
    assert_eq!(mistakes(""), ["`version-too-low` cannot be waived"]);
    assert_eq!(
        mistakes(", waivable: {maxDays: 30, approvers: [guild]}"),
        ["the waiver is for 184 days, and `version-too-low` can be waived for 30"]
    );
    assert_eq!(
        mistakes(", waivable: {maxDays: 300, approvers: [dpo]}"),
        ["`guild` may not approve a waiver of `version-too-low`"]
    );
}

/// Two names of one rule are one rule.
#[test]
fn waivers_of_one_rule_by_different_names_overlap() {
    let one = waiver("version-too-low", "sales.orders@1", "expires: 2026-12-31\n");
    let two = waiver(
        "breaking-without-major",
        "sales.orders@1",
        "expires: 2026-12-31\n",
    );
    let two = two.replace("WVR-1", "WVR-2");
    let files = vec![
        file("core.yaml", PACK, Origin::Local),
        file("one.yaml", &one, Origin::Local),
        file("two.yaml", &two, Origin::Local),
    ];
    let mistakes = Policies::new(files, terms(day("2026-06-30"))).expect_err("they overlap");
    assert_eq!(
        mistakes[0].message,
        "`WVR-1` and `WVR-2` both waive `version-too-low` for `sales.orders@1` at the same time"
    );
}
