//! What is asked of which documents: by subject, scope and domain, tightened by overlays.

mod common;

use common::{day, file, options, said, said_of, together, workspace};
use mesh_diagnostics::Diagnostic;
use mesh_policy::{Checked, Origin, PolicyFile};

const PRODUCT: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: sales.orders
name: Orders
version: 1.0.0
status: active
domain: sales
tags: [billing]
customProperties: [{property: tier, value: 1}]
inputPorts:
  - {name: in, version: 1.0.0, contractId: crm.customers}
outputPorts:
  - {name: one, version: 1.0.0, contractId: sales.one}
  - {name: two, version: 1.0.0, contractId: sales.two}
";

const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: sales.one
version: 1.0.0
status: draft
domain: finance
tags: [gxp, core]
schema:
  - name: t
    quality: [{metric: rowCount, mustBeGreaterThan: 0}]
    properties:
      - {name: a, classification: C3}
      - {name: b, quality: [{metric: nullValues, mustBe: 0}]}
servers:
  - {server: main, type: custom, region: eu-west-1}
roles:
  - {role: reader, access: read}
slaProperties:
  - {property: retention, value: 30, unit: d}
  - {property: retention, value: 10, unit: d}
  - {property: latency, value: 5, unit: d}
";

/// The text of a pack of one policy.
fn pack(policy: &str) -> String {
    format!(
        "kind: PolicyPack\nmetadata: {{name: core, version: 1.0.0, owner: guild}}\npolicies:\n  - id: named\n{policy}"
    )
}

fn local(name: &str, text: &str) -> PolicyFile {
    file(name, text, Origin::Local)
}

/// What comes of the product and its contract under `files`.
fn checked(files: Vec<PolicyFile>) -> Checked {
    let as_of = day("2026-06-30");
    let workspace = workspace(&[("dataproduct.yaml", PRODUCT), ("one.odcs.yaml", CONTRACT)]);
    let checked = together(files, as_of).check(&workspace, options(as_of));
    assert!(checked.defects.is_empty());
    checked
}

/// What is found under one policy.
fn found(policy: &str) -> Vec<String> {
    said_of(&checked(vec![local("core.yaml", &pack(policy))]))
}

#[test]
fn a_policy_is_asked_of_everything_that_it_is_about() {
    for (subject, wanted) in [
        ("product", vec!["dataproduct.yaml#"]),
        ("input-port", vec!["dataproduct.yaml#/inputPorts/0"]),
        (
            "output-port",
            vec![
                "dataproduct.yaml#/outputPorts/0",
                "dataproduct.yaml#/outputPorts/1",
            ],
        ),
        ("contract", vec!["one.odcs.yaml#"]),
        ("schema-object", vec!["one.odcs.yaml#/schema/0"]),
        (
            "field",
            vec![
                "one.odcs.yaml#/schema/0/properties/0",
                "one.odcs.yaml#/schema/0/properties/1",
            ],
        ),
        ("server", vec!["one.odcs.yaml#/servers/0"]),
        ("role", vec!["one.odcs.yaml#/roles/0"]),
        (
            "sla",
            vec![
                "one.odcs.yaml#/slaProperties/0",
                "one.odcs.yaml#/slaProperties/1",
                "one.odcs.yaml#/slaProperties/2",
            ],
        ),
        (
            "quality",
            vec![
                "one.odcs.yaml#/schema/0/quality/0",
                "one.odcs.yaml#/schema/0/properties/1/quality/0",
            ],
        ),
    ] {
        let wanted: Vec<String> = wanted
            .into_iter()
            .map(|it| format!("error named {it}"))
            .collect();
        let policy = format!("    for: {subject}\n    require: 'false'\n    level: deny\n");
        assert_eq!(found(&policy), wanted, "{subject}");
    }
}

#[test]
fn a_policy_does_not_apply_where_when_says_so() {
    let of = |when: &str| {
        found(&format!(
            "    for: contract\n    when: {when}\n    require: 'false'\n    level: deny\n"
        ))
    };
    assert_eq!(of("\"'gxp' in contract.tags\"").len(), 1);
    assert_eq!(of("\"'other' in contract.tags\"").len(), 0);
}

/// Nobody can tell whether it applies, so that it does.
#[test]
fn a_policy_fails_where_when_cannot_be_told() {
    let policy = "    for: contract\n    when: contract.custom.kind == 'x'\n    require: 'true'\n    level: deny\n";
    let checked = checked(vec![local("core.yaml", &pack(policy))]);
    assert_eq!(
        said_of(&checked),
        ["error named one.odcs.yaml#/customProperties"]
    );
    assert_eq!(
        checked.findings[0].message,
        "contract `sales.one`: does not satisfy this policy (this cannot be told, since there is no `kind`)"
    );
    let verdicts = checked.verdicts.values().flatten();
    let verdicts: Vec<_> = verdicts
        .map(|verdict| (verdict.subjects, verdict.failed))
        .collect();
    assert_eq!(verdicts, [(1, 1)]);
}

#[test]
fn a_scope_leaves_out_what_does_not_match_in_every_key() {
    for (scope, wanted) in [
        ("{}", 1),
        ("{domains: [finance]}", 1),
        // The contract belongs to the domain of the product that promises it as well.
        ("{domains: [sales]}", 1),
        ("{domains: [ops]}", 0),
        ("{domains: [ops, sales]}", 1),
        ("{tags: [gxp]}", 1),
        ("{tags: [other, core]}", 1),
        ("{tags: [billing]}", 0),
        ("{status: [draft]}", 1),
        ("{status: [active]}", 0),
        ("{tiers: ['1']}", 1),
        ("{tiers: ['2']}", 0),
        ("{classifications: [C3]}", 1),
        ("{classifications: [C4]}", 0),
        (
            "{domains: [sales], tags: [gxp], status: [draft], tiers: ['1'], classifications: [C3]}",
            1,
        ),
        ("{domains: [sales], tags: [gxp], status: [active]}", 0),
    ] {
        let policy = format!(
            "    for: contract\n    scope: {scope}\n    require: 'false'\n    level: deny\n"
        );
        assert_eq!(found(&policy).len(), wanted, "{scope}");
    }
    for (scope, wanted) in [
        ("{domains: [sales]}", 1),
        ("{domains: [finance]}", 0),
        ("{tags: [billing]}", 1),
        ("{tags: [gxp]}", 0),
        ("{status: [active]}", 1),
        ("{tiers: ['1']}", 1),
        // That of the data that it offers.
        ("{classifications: [C3]}", 1),
        ("{classifications: [C4]}", 0),
    ] {
        let policy = format!(
            "    for: product\n    scope: {scope}\n    require: 'false'\n    level: deny\n"
        );
        assert_eq!(found(&policy).len(), wanted, "{scope}");
    }
}

/// Each of several service levels of one name has to satisfy the policy.
#[test]
fn every_service_level_of_a_name_counts() {
    let of = |require: &str| {
        found(&format!(
            "    for: contract\n    require: {require}\n    level: deny\n"
        ))
    };
    assert_eq!(
        of("contract.sla.retention.days >= 10"),
        Vec::<String>::new()
    );
    assert_eq!(
        of("contract.sla.retention.days >= 20"),
        ["error named one.odcs.yaml#/slaProperties/1/value"]
    );
    assert_eq!(
        of("contract.sla.retention.days >= 40"),
        ["error named one.odcs.yaml#/slaProperties/0/value"]
    );
    // One that it does not apply to is none that fails.
    let when = |days: u32| {
        found(&format!(
            "    for: contract\n    when: contract.sla.retention.days > {days}\n    require: contract.sla.retention.days > 20\n    level: deny\n"
        ))
    };
    assert_eq!(when(20), Vec::<String>::new());
    assert_eq!(
        when(5),
        ["error named one.odcs.yaml#/slaProperties/1/value"]
    );
}

#[test]
fn of_very_many_that_fail_the_first_are_shown_and_all_are_counted() {
    let tags: String = (0..120)
        .map(|at| format!("      - {{name: f{at}}}\n"))
        .collect();
    let contract = format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    properties:\n{tags}"
    );
    let as_of = day("2026-06-30");
    let workspace = workspace(&[("c.odcs.yaml", &contract)]);
    let text = pack("    for: field\n    require: has(field.description)\n    level: warn\n");
    let checked =
        together(vec![local("core.yaml", &text)], as_of).check(&workspace, options(as_of));
    assert_eq!(checked.findings.len(), 50);
    assert!(
        checked.findings[49]
            .message
            .ends_with("(and 70 more like it)")
    );
    assert_eq!(checked.verdicts[&0][0].failed, 120);
    assert_eq!(checked.verdicts[&0][0].subjects, 120);
}

#[test]
fn a_finding_says_what_is_asked_by_whom_and_why() {
    let policy = "    title: It is kept
    why: |
      Because
      of the law.
    for: contract
    require: contract.sla.latency.days <= 3
    message: \"is {contract.sla.latency.days} days late, {contract.name}, for {contract.tags}\"
    help: 'hurry: {asOf}'
    rollout: {warn: 2026-01-01, deny: 2027-01-01}
    waivable: {maxDays: 10, approvers: [guild, dpo]}
";
    let checked = checked(vec![local("core.yaml", &pack(policy))]);
    let [found]: &[Diagnostic] = &checked.findings else {
        panic!("there is one: {:?}", said_of(&checked));
    };
    assert_eq!(
        said(found),
        "warn named one.odcs.yaml#/slaProperties/2/value"
    );
    assert_eq!(
        found.message,
        "contract `sales.one`: is 5 days late, (nothing), for gxp, core"
    );
    assert_eq!(
        found.help.as_deref(),
        Some(
            "hurry: 2026-06-30; or ask guild or dpo for a waiver until 2026-07-10 at the latest: `mesh policy new \
             --waiver named --subject sales.one@1`"
        )
    );
    let related: Vec<(&str, &str)> = found
        .related
        .iter()
        .map(|it| (it.message.as_str(), it.source.slice(it.span)))
        .collect();
    assert_eq!(
        related,
        [
            (
                "core 1.0.0: Because of the law.",
                "contract.sla.latency.days <= 3"
            ),
            (
                "warn since 2026-01-01, deny from 2027-01-01 on",
                "2026-01-01"
            ),
        ]
    );
}

/// A pack whose parameters the product and its contract satisfy just so.
const CORE: &str = "\
kind: PolicyPack
metadata: {name: core, version: 1.0.0, owner: guild}
params:
  least: {value: 5, tighten: up}
  most: {value: 5, tighten: down}
  regions: {value: [eu-west-1, eu-central-1, us-east-1], tighten: subset}
  fields: {value: [a], tighten: superset}
policies:
  - {id: least, for: contract, require: contract.sla.latency.days >= params.least, level: warn}
  - {id: most, for: contract, require: contract.sla.latency.days <= params.most, level: warn}
  - {id: regions, for: server, require: server.region in params.regions, level: warn}
  - {id: fields, for: contract, require: 'params.fields.all(n, contract.fields.exists(f, f.name == n))', level: warn}
";

/// The text of an overlay of that pack for a domain.
fn overlay(name: &str, domain: &str, rest: &str) -> String {
    format!(
        "kind: PolicyOverlay\nmetadata: {{name: {name}, domain: '{domain}', extends: core@1.0.0}}\n{rest}"
    )
}

/// The ids and levels of what is found under that pack and `overlays`.
fn under(overlays: &[&str]) -> Vec<String> {
    let mut files = vec![local("core.yaml", CORE)];
    files.extend(overlays.iter().map(|text| local("overlay.yaml", text)));
    let checked = checked(files);
    let found = said_of(&checked);
    found
        .iter()
        .map(|said| said.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn what_an_overlay_tightens_is_tighter() {
    assert_eq!(under(&[]), Vec::<String>::new());
    for (params, wanted) in [
        ("{least: 6}", "warn least"),
        ("{least: 5.5}", "warn least"),
        ("{most: 4}", "warn most"),
        ("{regions: [eu-central-1]}", "warn regions"),
        ("{regions: []}", "warn regions"),
        ("{fields: [a, z]}", "warn fields"),
    ] {
        assert_eq!(
            under(&[&overlay("sales", "sales", &format!("params: {params}\n"))]),
            [wanted]
        );
    }
    for params in [
        "{least: 5}",
        "{most: 5.0}",
        "{regions: [eu-west-1]}",
        "{fields: [b, a]}",
    ] {
        let overlay = overlay("sales", "sales", &format!("params: {params}\n"));
        assert_eq!(under(&[&overlay]), Vec::<String>::new(), "{params}");
    }
}

#[test]
fn the_tightest_of_several_overlays_counts() {
    let one = overlay(
        "one",
        "*",
        "params: {least: 9, regions: [us-east-1], fields: [a, b]}\n",
    );
    let two = overlay(
        "two",
        "sales",
        "params: {least: 6, regions: [eu-west-1], fields: [a, z]}\n",
    );
    // Of the regions, nothing is left that both allow, though the second one has that of the server.
    for overlays in [[&*one, &*two], [&*two, &*one]] {
        assert_eq!(
            under(&overlays),
            ["warn least", "warn regions", "warn fields"]
        );
    }
    assert_eq!(under(&[&two]), ["warn least", "warn fields"]);
}

#[test]
fn an_overlay_is_for_its_domain_and_those_who_belong_to_it_in_any_way() {
    for (domain, wanted) in [("sales", 1), ("finance", 1), ("*", 1), ("ops", 0)] {
        let text = overlay("own", domain, "params: {least: 6}\n");
        assert_eq!(under(&[&text]).len(), wanted, "{domain}");
    }
    // Its name is the domain, where nothing else is said.
    let text = overlay("sales", "x", "params: {least: 6}\n").replace("domain: 'x', ", "");
    assert_eq!(under(&[&text]).len(), 1);
}

#[test]
fn an_overlay_makes_levels_stricter_and_adds_policies() {
    let text = overlay(
        "sales",
        "sales",
        "params: {least: 6}\nlevels: {least: deny}\npolicies:\n  - {id: sales/own, for: product, require: params.least <= product.tags.size(), level: advise}\n",
    );
    assert_eq!(under(&[&text]), ["info sales/own", "error least"]);
    // An overlay that builds on another one tightens further.
    let first = overlay("first", "*", "params: {least: 5.5}\n");
    let second = "kind: PolicyOverlay\nmetadata: {name: second, domain: sales, extends: first}\nlevels: {least: deny}\n";
    assert_eq!(under(&[&first, second]), ["error least"]);
    assert_eq!(under(&[&first]), ["warn least"]);
}
