//! What is said of files of policies that are wrong: one precise message at the right line, with what to do.
//!
//! The line that a message is expected at ends with `# <-` in the files below.

use std::collections::BTreeSet;

use mesh_diagnostics::render::{Style, pretty};
use mesh_diagnostics::{Diagnostic, Report, Summary};
use mesh_policy::{Origin, Policies, Terms, read};
use mesh_spec::terms::dates::Day;

/// A sound pack, which the others are about.
const CORE: (&str, &str) = (
    "core.yaml",
    "\
kind: PolicyPack
metadata: {name: core, version: 1.2.0, owner: guild}
params:
  retention_days: {value: 100, tighten: up}
  stored_days: {value: 500, tighten: down}
  regions: {value: [eu-west-1, eu-central-1], tighten: subset}
  columns: {value: [recorded_at], tighten: superset}
  label: {value: gxp, tighten: fixed}
rules:
  owner-missing: {level: deny}
  field-undocumented: {level: warn, waivable: {maxDays: 30, approvers: [guild]}}
policies:
  - id: kept
    for: contract
    when: params.label in contract.tags
    require: contract.sla.retention.days >= params.retention_days && contract.sla.retention.days <= params.stored_days
    rollout: {warn: 2026-01-01, deny: 2027-01-01}
    waivable: {maxDays: 90, approvers: [quality]}
  - id: where
    for: contract
    require: contract.servers.all(s, s.region in params.regions)
    level: warn
  - id: columns
    for: contract
    require: params.columns.all(n, contract.fields.exists(f, f.name == n))
    level: deny
",
);

/// The text of a waiver of the policy `kept`, that ends with `rest`.
fn waiver(rest: &str) -> String {
    format!(
        "\
kind: Waiver
id: WVR-1
subject: sales.orders@1
category: accepted
reason: The archive moves.
owner: bo@acme.example
{rest}"
    )
}

/// The text of a pack of one policy, of which `policy` is the rest.
fn pack(policy: &str) -> String {
    format!(
        "\
kind: PolicyPack
metadata: {{name: own, version: 1.0.0, owner: guild}}
policies:
  - id: named
    for: contract
{policy}"
    )
}

/// The text of an overlay of the pack `core`, that ends with `rest`.
fn overlay(rest: &str) -> String {
    format!(
        "\
kind: PolicyOverlay
metadata: {{name: sales, extends: core@1.2.0}}
{rest}"
    )
}

/// Everything that is wrong with `files`, by themselves and together.
fn mistakes(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut sound = Vec::new();
    for (name, text) in files {
        match read(name, (*text).into(), Origin::Local) {
            Ok(file) => sound.push(file),
            Err(mistakes) => found.extend(mistakes.into_findings()),
        }
    }
    if !found.is_empty() {
        return found;
    }
    let terms = Terms {
        as_of: Day::exactly("2026-06-30").expect("a day"),
        rules: &["owner-missing", "field-undocumented", "version-too-low"],
        aliases: &[("breaking-without-major", "version-too-low")],
    };
    Policies::new(sound, terms).err().unwrap_or_default()
}

#[track_caller]
fn assert_sound(files: &[(&str, &str)]) {
    let found = mistakes(files);
    assert!(found.is_empty(), "{found:#?}");
}

/// Two files that differ and are called the same: which of them is blamed means nothing, the other one is named.
#[track_caller]
fn assert_clash(files: &[(&str, &str)], message: &str) {
    let found = mistakes(files);
    let [found] = found.as_slice() else {
        panic!("there is one message: {found:#?}");
    };
    assert_eq!(found.message, message);
    assert!(found.help.is_some());
    assert_ne!(found.source.name(), found.related[0].source.name());
}

/// Holds the messages about `files` to the lines where they are expected, and to what they said before.
#[track_caller]
fn check(name: &str, files: &[(&str, &str)]) {
    let found = mistakes(files);
    let wanted: BTreeSet<(String, usize)> = files
        .iter()
        .flat_map(|(name, text)| {
            let lines = text.lines().enumerate();
            let marked = lines.filter(|(_, line)| line.ends_with("# <-"));
            marked.map(|(line, _)| ((*name).to_owned(), line))
        })
        .collect();
    let lines: Vec<(String, usize)> = found
        .iter()
        .map(|found| {
            (
                found.source.name().to_owned(),
                found.source.line_index(found.span.start),
            )
        })
        .collect();
    let report = Report::new(Summary::default(), found);
    let mut text = Vec::new();
    pretty(&report, Style::PLAIN, &mut text).expect("memory can be written to");
    let text = String::from_utf8(text).expect("it is text");
    assert_eq!(
        lines.len(),
        wanted.len(),
        "one message for each marked line\n{text}"
    );
    assert_eq!(
        lines.into_iter().collect::<BTreeSet<_>>(),
        wanted,
        "\n{text}"
    );
    for found in report.diagnostics() {
        assert!(found.help.is_some(), "nothing says what to do\n{text}");
    }
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn the_pack_that_the_others_are_about_is_sound() {
    assert_sound(&[CORE]);
    let sound =
        overlay("params: {retention_days: 200, regions: [eu-west-1]}\nlevels: {kept: deny}\n");
    assert_sound(&[("sales.yaml", &sound), CORE]);
}

#[test]
fn a_misspelt_path() {
    let text = pack(
        "    require: has(contract.purpose) && contract.sla.retention.dais > 1 # <-\n    level: deny\n",
    );
    check("misspelt-path", &[("own.yaml", &text)]);
}

#[test]
fn a_misspelt_path_in_a_text_of_several_lines() {
    let text = pack(
        "    require: >-\n      has(contract.purpose) &&\n      contract.fields.all(f, has(f.clasification))\n    level: deny\n",
    );
    // A comment would be part of the text.
    let found = mistakes(&[("own.yaml", &text)]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].source.slice(found[0].span), "clasification");
}

#[test]
fn a_misspelt_path_inside_has() {
    let text = pack("    require: \"has(contract.purpse)\" # <-\n    level: deny\n");
    check("misspelt-in-has", &[("own.yaml", &text)]);
}

#[test]
fn a_condition_that_is_neither_true_nor_false() {
    let text =
        pack("    when: contract.tags # <-\n    require: has(contract.name)\n    level: deny\n");
    check("not-true-or-false", &[("own.yaml", &text)]);
}

#[test]
fn an_expression_that_ends_too_early() {
    let text = pack("    require: 'has(contract.name) &&' # <-\n    level: deny\n");
    check("ends-too-early", &[("own.yaml", &text)]);
}

#[test]
fn parameters_that_are_moved_the_wrong_way() {
    let text = overlay(
        "\
params:
  retention_days: 50 # <-
  stored_days: 600 # <-
  regions: [eu-west-1, us-east-1] # <-
  columns: [recorded_by] # <-
  label: gmp # <-
",
    );
    check("moved-the-wrong-way", &[CORE, ("sales.yaml", &text)]);
}

/// What an overlay has tightened, one that builds on it may not loosen again: the message names that line.
#[test]
fn a_parameter_that_is_moved_back() {
    let first = overlay("params:\n  retention_days: 300\n  stored_days: 300\n");
    let text = "\
kind: PolicyOverlay
metadata: {name: shop, extends: sales}
params:
  stored_days: 400 # <-
";
    check(
        "moved-back",
        &[("shop.yaml", text), CORE, ("sales.yaml", &first)],
    );
}

#[test]
fn a_parameter_that_becomes_something_else() {
    let text = overlay("params:\n  retention_days: [1] # <-\n  regions: eu-west-1 # <-\n");
    check("becomes-something-else", &[CORE, ("sales.yaml", &text)]);
}

#[test]
fn a_parameter_that_nobody_has() {
    let text = overlay("params:\n  retention_day: 200 # <-\n");
    check("no-such-parameter", &[CORE, ("sales.yaml", &text)]);
}

/// The text of a pack with one parameter and one policy that uses it.
fn with_parameter(parameter: &str, require: &str) -> String {
    format!(
        "\
kind: PolicyPack
metadata: {{name: own, version: 1.0.0, owner: guild}}
params:
  days: {parameter}
policies:
  - id: named
    for: contract
    require: {require}
    level: deny
"
    )
}

#[test]
fn a_parameter_that_is_declared_the_wrong_way() {
    let text = with_parameter(
        "{value: 100, tighten: down}",
        "has(contract.sla.retention) && contract.sla.retention.days >= params.days # <-",
    );
    check("declared-the-wrong-way", &[("own.yaml", &text)]);
}

#[test]
fn a_parameter_whose_direction_nobody_can_tell() {
    let text = with_parameter(
        "{value: 100, tighten: up}",
        "contract.sla.retention.days == params.days # <-",
    );
    check("unclear-direction", &[("own.yaml", &text)]);
}

/// Where a policy applies to less, more passes.
#[test]
fn a_parameter_that_loosens_by_when() {
    let text = "\
kind: PolicyPack
metadata: {name: own, version: 1.0.0, owner: guild}
params:
  count: {value: 10, tighten: up}
policies:
  - id: named
    for: contract
    when: contract.fields.size() > params.count # <-
    require: contract.tags.size() > params.count
    level: deny
";
    check("loosens-by-when", &[("own.yaml", text)]);
}

/// What one overlay asks for, another one must not loosen by moving what both may read.
#[test]
fn a_parameter_that_a_policy_of_an_overlay_uses_the_wrong_way() {
    let text = overlay(
        "\
policies:
  - id: sales/short
    for: contract
    require: contract.sla.retention.days <= params.retention_days # <-
    level: deny
  - id: sales/same
    for: contract
    require: contract.sla.retention.days == params.stored_days # <-
    level: deny
  - id: sales/long
    for: contract
    require: contract.sla.retention.days >= params.retention_days || params.label in contract.tags
    level: deny
",
    );
    check(
        "used-the-wrong-way-in-overlay",
        &[CORE, ("sales.yaml", &text)],
    );
}

#[test]
fn a_parameter_that_nothing_uses() {
    let text = with_parameter("{value: 100, tighten: up} # <-", "has(contract.name)");
    check("unused-parameter", &[("own.yaml", &text)]);
}

#[test]
fn a_parameter_that_cannot_be_tightened_so() {
    let text = with_parameter(
        "{value: gxp, tighten: up} # <-",
        "has(contract.name) || params.days == 'x'",
    );
    let found = mistakes(&[("own.yaml", &text)]);
    assert_eq!(
        found[0].message,
        "`days` is a text, and cannot be tightened `up`"
    );
    assert_eq!(found[0].help.as_deref(), Some("use `fixed`"));
}

#[test]
fn levels_that_are_lowered() {
    let text =
        overlay("levels:\n  columns: warn # <-\nrules:\n  owner-missing: {level: warn} # <-\n");
    check("level-lowered", &[CORE, ("sales.yaml", &text)]);
}

#[test]
fn a_rollout_that_is_later_than_agreed() {
    let text = overlay("levels:\n  kept: {warn: 2026-01-01, deny: 2027-06-01} # <-\n");
    check("rollout-later", &[CORE, ("sales.yaml", &text)]);
}

#[test]
fn a_parameter_that_may_be_of_either_pack() {
    let other = "\
kind: PolicyPack
metadata: {name: other, version: 1.0.0, owner: guild}
params:
  retention_days: {value: 7, tighten: up}
policies:
  - id: other-kept
    for: contract
    require: contract.sla.retention.days >= params.retention_days
    level: warn
";
    let text = "\
kind: PolicyOverlay
metadata: {name: sales, extends: [core, other]}
params:
  retention_days: 200 # <-
";
    check(
        "parameter-of-two",
        &[CORE, ("other.yaml", other), ("sales.yaml", text)],
    );
    let text = "\
kind: PolicyOverlay
metadata: {name: sales, extends: [core, other]}
policies:
  - id: sales/kept
    for: contract
    require: contract.sla.retention.days >= params.retention_days # <-
    level: warn
";
    check(
        "parameter-of-two-read",
        &[CORE, ("other.yaml", other), ("sales.yaml", text)],
    );
}

#[test]
fn a_level_that_only_comes_forward_repeats_nothing() {
    for levels in ["kept: {deny: 2026-10-01}", "kept: deny"] {
        let text = overlay(&format!("levels:\n  {levels}\n"));
        assert_sound(&[CORE, ("sales.yaml", &text)]);
    }
}

#[test]
fn levels_of_policies_that_there_are_none_of() {
    let text = overlay("levels:\n  kep: deny # <-\n  owner-missing: deny # <-\n");
    check("level-of-no-policy", &[CORE, ("sales.yaml", &text)]);
}

#[test]
fn packs_that_extend_each_other() {
    let of = |name: &str, other: &str| {
        format!(
            "\
kind: PolicyPack
metadata:
  name: {name}
  version: 1.0.0
  owner: guild
  extends: {other} # <-
"
        )
    };
    let (one, two) = (of("one", "two@1.0.0"), of("two", "one"));
    check("circle", &[("one.yaml", &one), ("two.yaml", &two)]);
}

#[test]
fn a_pack_that_extends_itself() {
    let text = "\
kind: PolicyPack
metadata: {name: own, version: 1.0.0, owner: guild, extends: [own]} # <-
";
    check("extends-itself", &[("own.yaml", text)]);
}

#[test]
fn packs_that_are_missing() {
    let text = "\
kind: PolicyOverlay
metadata:
  name: sales
  extends:
    - cor@1.2.0 # <-
    - unheard-of # <-
";
    check("missing-pack", &[CORE, ("sales.yaml", text)]);
}

#[test]
fn another_version_than_the_one_that_is_extended() {
    let text = "\
kind: PolicyOverlay
metadata: {name: sales, extends: core@2.0.0} # <-
levels: {kept: deny}
";
    check("wrong-version", &[CORE, ("sales.yaml", text)]);
    let fine = text.replace("core@2.0.0} # <-", "core@1.0.0}");
    assert_sound(&[CORE, ("sales.yaml", &fine)]);
}

#[test]
fn a_pack_that_builds_on_an_overlay() {
    let text = "\
kind: PolicyPack
metadata: {name: own, version: 1.0.0, owner: guild, extends: sales} # <-
";
    let sales = overlay("levels: {kept: deny}\n");
    check(
        "pack-on-overlay",
        &[CORE, ("sales.yaml", &sales), ("own.yaml", text)],
    );
}

#[test]
fn two_packs_of_one_name() {
    let other = CORE.1.replace("version: 1.2.0", "version: 1.3.0");
    assert_clash(
        &[CORE, ("newer.yaml", &other)],
        "there are two packs or overlays `core`, which differ",
    );
    // The same file twice is one.
    assert_sound(&[CORE, ("copy.yaml", CORE.1)]);
}

#[test]
fn policies_of_one_id() {
    let text = pack(
        "    require: has(contract.name)\n    level: deny\n  - id: kept # <-\n    for: contract\n    require: has(contract.name)\n    level: deny\n",
    );
    check("duplicate-id", &[CORE, ("own.yaml", &text)]);
}

#[test]
fn policies_of_one_id_in_one_pack() {
    let text = pack(
        "    require: has(contract.name)\n    level: deny\n  - id: named # <-\n    for: contract\n    require: has(contract.name)\n    level: deny\n",
    );
    check("duplicate-id-in-one-pack", &[("own.yaml", &text)]);
}

#[test]
fn policies_with_the_ids_of_rules() {
    let of = |id: &str| {
        let text = pack("    require: has(contract.name)\n    level: deny\n");
        text.replace("id: named", &format!("id: {id} # <-"))
    };
    check("id-of-a-rule", &[("own.yaml", &of("owner-missing"))]);
    check(
        "id-of-an-alias",
        &[("own.yaml", &of("breaking-without-major"))],
    );
}

#[test]
fn rules_that_there_are_none_of() {
    let text = "\
kind: PolicyPack
metadata: {name: own, version: 1.0.0, owner: guild}
rules:
  owner-mising: {level: deny} # <-
  unheard-of: {level: deny} # <-
";
    check("unknown-rule", &[("own.yaml", text)]);
}

#[test]
fn a_waiver_of_an_unknown_policy() {
    let text = waiver("policy: kep # <-\napprovedBy: quality\nexpires: 2026-07-31\n");
    check("unknown-policy", &[CORE, ("waiver.yaml", &text)]);
}

#[test]
fn a_waiver_of_what_cannot_be_waived() {
    let text = waiver("policy: columns # <-\napprovedBy: quality\nexpires: 2026-07-31\n");
    check("not-waivable", &[CORE, ("waiver.yaml", &text)]);
    let text = text.replace("columns", "owner-missing");
    check("rule-not-waivable", &[CORE, ("waiver.yaml", &text)]);
}

#[test]
fn a_waiver_that_somebody_else_approved() {
    let text = waiver("policy: kept\napprovedBy: bo@acme.example # <-\nexpires: 2026-07-31\n");
    check("wrong-approver", &[CORE, ("waiver.yaml", &text)]);
}

#[test]
fn a_waiver_past_its_longest_term() {
    let text = waiver("policy: kept\napprovedBy: quality\nexpires: 2026-09-29 # <-\n");
    check("too-long-from-today", &[CORE, ("waiver.yaml", &text)]);
    let last_day = text.replace("2026-09-29 # <-", "2026-09-28");
    assert_sound(&[CORE, ("waiver.yaml", &last_day)]);
    let text = waiver(
        "policy: kept\napprovedBy: quality\ngranted: 2026-06-01\nexpires: 2026-08-31 # <-\n",
    );
    check("too-long-from-grant", &[CORE, ("waiver.yaml", &text)]);
    let last_day = text.replace("2026-08-31 # <-", "2026-08-30");
    assert_sound(&[CORE, ("waiver.yaml", &last_day)]);
}

#[test]
fn a_waiver_that_ends_before_it_begins() {
    let text = waiver(
        "policy: kept\napprovedBy: quality\ngranted: 2026-06-01\nexpires: 2026-05-31 # <-\n",
    );
    check("ends-before-it-begins", &[CORE, ("waiver.yaml", &text)]);
}

#[test]
fn waivers_that_overlap() {
    let first =
        waiver("policy: kept\napprovedBy: quality\ngranted: 2026-06-01\nexpires: 2026-07-31\n");
    let second = waiver(
        "policy: kept # <-\napprovedBy: quality\ngranted: 2026-07-31\nexpires: 2026-08-31\n",
    )
    .replace("WVR-1", "WVR-2");
    check(
        "overlapping-waivers",
        &[CORE, ("one.yaml", &first), ("two.yaml", &second)],
    );
    let after = second
        .replace(" # <-", "")
        .replace("2026-07-31", "2026-08-01");
    assert_sound(&[CORE, ("one.yaml", &first), ("two.yaml", &after)]);
}

#[test]
fn waivers_of_one_id() {
    let first = waiver("policy: kept\napprovedBy: quality\nexpires: 2026-07-31\n");
    let second = first.replace("sales.orders", "sales.bills");
    assert_clash(
        &[CORE, ("one.yaml", &first), ("two.yaml", &second)],
        "there is another waiver `WVR-1`",
    );
}

#[test]
fn a_waiver_that_mitigates_by_nothing() {
    let text = waiver("policy: kept\napprovedBy: quality\nexpires: 2026-07-31\n")
        .replace("category: accepted", "category: mitigated # <-");
    check("mitigated-by-nothing", &[CORE, ("waiver.yaml", &text)]);
}

#[test]
fn a_waiver_for_nobody_in_particular() {
    for subject in [
        "sales.orders",
        "sales.orders@",
        "@1",
        "sales.orders@1.0.0",
        "sales.orders@01",
        "sales.orders@v1",
    ] {
        let text = waiver("policy: kept\napprovedBy: quality\nexpires: 2026-07-31\n");
        let text = text.replace("sales.orders@1", &format!("'{subject}'"));
        let found = mistakes(&[CORE, ("waiver.yaml", &text)]);
        let said: Vec<&str> = found.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(
            said,
            [format!(
                "`{subject}` names no product or contract with its major version"
            )]
        );
    }
    let text = waiver("policy: kept\napprovedBy: quality\nexpires: 2026-07-31\n");
    check(
        "no-subject",
        &[
            CORE,
            ("waiver.yaml", &text.replace("orders@1", "orders # <-")),
        ],
    );
}

#[test]
fn days_that_are_none() {
    let text = waiver(
        "policy: kept\napprovedBy: quality\ngranted: 2026-02-30 # <-\nexpires: 31.07.2026 # <-\n",
    );
    check("no-days", &[CORE, ("waiver.yaml", &text)]);
    let text = pack(
        "    require: has(contract.name)\n    rollout: {warn: 2026-1-1, newProducts: deny} # <-\n",
    );
    let found = mistakes(&[("own.yaml", &text)]);
    assert_eq!(found[0].message, "`2026-1-1` is not a day");
}

#[test]
fn a_rollout_that_gets_stricter_too_early() {
    let text = pack(
        "    require: has(contract.name)\n    rollout:\n      warn: 2027-01-01\n      deny: 2026-01-01 # <-\n",
    );
    check("stricter-too-early", &[("own.yaml", &text)]);
}

#[test]
fn a_rollout_that_never_begins() {
    let text = pack("    require: has(contract.name)\n    rollout: {newProducts: deny} # <-\n");
    check("never-begins", &[("own.yaml", &text)]);
}

#[test]
fn keys_that_there_are_none_of() {
    let text = pack("    requires: has(contract.name) # <-\n    level: deny\n");
    check("unknown-key", &[("own.yaml", &text)]);
}

#[test]
fn a_key_that_is_missing() {
    let text = pack("    level: deny\n").replace("  - id: named", "  - id: named # <-");
    check("missing-key", &[("own.yaml", &text)]);
}

#[test]
fn a_subject_that_there_is_none_of() {
    let text = pack("    require: has(contract.name)\n    level: deny\n")
        .replace("for: contract", "for: contracts # <-");
    check("unknown-subject", &[("own.yaml", &text)]);
}

#[test]
fn a_level_that_there_is_none_of() {
    let text = pack("    require: has(contract.name)\n    level: error # <-\n");
    check("unknown-level", &[("own.yaml", &text)]);
    let text = overlay("levels:\n  kept: error # <-\n");
    check("unknown-level-in-overlay", &[CORE, ("sales.yaml", &text)]);
}

#[test]
fn files_that_are_no_files_of_policies() {
    check("wrong-kind", &[("a.yaml", "kind: PolicyPacks # <-\n")]);
    check(
        "manifest",
        &[("a.yaml", "kind: DataContract # <-\nid: a\n")],
    );
    check("no-kind", &[("a.yaml", "metadata: {name: a} # <-\n")]);
    check("empty", &[("a.yaml", "# nothing yet # <-\n")]);
}

#[test]
fn what_weighs_twice_or_nothing() {
    let text = pack(
        "    require: has(contract.name)\n    level: deny # <-\n    rollout: {deny: 2026-01-01}\n",
    );
    check("level-and-rollout", &[("own.yaml", &text)]);
    let text =
        pack("    require: has(contract.name)\n").replace("  - id: named", "  - id: named # <-");
    check("neither-level-nor-rollout", &[("own.yaml", &text)]);
    let text = overlay("rules:\n  owner-missing: {why: It is so.} # <-\n");
    check("rule-without-level", &[CORE, ("sales.yaml", &text)]);
}

#[test]
fn ids_outside_of_their_namespace() {
    let policy = "for: contract, require: has(contract.name), level: deny";
    let text = overlay(&format!(
        "policies:\n  - {{id: named, {policy}}} # <-\n  - {{id: other/named, {policy}}} # <-\n  - {{id: sales/Named, {policy}}} # <-\n"
    ));
    check("ids-of-overlays", &[CORE, ("sales.yaml", &text)]);
    let text = pack("    require: has(contract.name)\n    level: deny\n")
        .replace("id: named", "id: own/named # <-");
    check("ids-of-packs", &[("own.yaml", &text)]);
}

#[test]
fn messages_that_are_no_templates() {
    let of = |message: &str| {
        pack(&format!(
            "    require: has(contract.name)\n    message: \"{message}\" # <-\n    level: deny\n"
        ))
    };
    check(
        "template-misspelt",
        &[(
            "own.yaml",
            &of("keep it for {contract.sla.retenton.days} days"),
        )],
    );
    check(
        "template-not-closed",
        &[("own.yaml", &of("keep {contract.id"))],
    );
    check(
        "template-not-opened",
        &[("own.yaml", &of("keep contract.id}"))],
    );
    check("template-empty", &[("own.yaml", &of("keep {}"))]);
    let fine = of("a {{brace}} and {contract.id}").replace(" # <-", "");
    assert_sound(&[("own.yaml", &fine)]);
}

#[test]
fn waivers_that_nobody_may_grant() {
    let text = pack(
        "    require: has(contract.name)\n    level: deny\n    waivable: {maxDays: 0, approvers: [' ']} # <-\n",
    );
    let found = mistakes(&[("own.yaml", &text)]);
    let said: Vec<&str> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(
        said,
        ["a waiver of 0 days is none", "nobody may approve a waiver"]
    );
    let text = pack("    require: has(contract.name)\n    level: deny\n    waivable: true\n");
    let found = mistakes(&[("own.yaml", &text)]);
    assert!(
        found[0]
            .message
            .starts_with("`waivable: true` does not say"),
        "{}",
        found[0].message
    );
}

#[test]
fn a_status_that_there_is_none_of() {
    let text = pack(
        "    scope: {status: [active, retird]} # <-\n    require: has(contract.name)\n    level: deny\n",
    );
    check("unknown-status", &[("own.yaml", &text)]);
}

#[test]
fn names_and_versions_that_are_none() {
    let text = "\
kind: PolicyPack
metadata:
  name: Core Pack # <-
  version: '1.2' # <-
  owner: guild
  extends: [core@one] # <-
rules:
  owner-missing: {level: deny}
";
    check("names-and-versions", &[("own.yaml", text)]);
}

#[test]
fn a_pack_that_asks_for_nothing() {
    let text = "kind: PolicyPack\nmetadata: {name: own, version: 1.0.0, owner: guild} # <-\n";
    check("asks-for-nothing", &[("own.yaml", text)]);
}

/// All that is wrong is said at once, as far as one thing does not follow from another.
#[test]
fn several_mistakes_in_several_files() {
    let one = pack(
        "    require: has(contract.purpse) # <-\n    level: deny\n    message: \"{contract.nam}\" # <-\n",
    );
    let two = waiver("policy: kept\napprovedBy: ' ' # <-\nexpires: tomorrow # <-\n");
    check("several", &[("own.yaml", &one), ("waiver.yaml", &two)]);
}
