use mesh_diagnostics::Level;
use mesh_spec::terms::promise::Promise;
use mesh_spec::terms::status;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{is_missing, is_sound};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "retention-missing",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "A data contract says how long the data is kept.",
    docs: "\
Where nobody has said how long data is kept, it is kept for ever, until somebody tidies up. The
first is a problem with the law as soon as people are in the data; the second is one for every
consumer who compares this year with the last.

Promise a `retention` in `slaProperties`, with a `unit`: `{property: retention, value: 3, unit: y}`.
Names of one's own such as `retentionPeriod` count as well. Contracts that are retired are left
alone, and one without any service level is reported by `sla-missing`.",
    fails: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: y
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let document = contract.document;
    if Promise::Retention.is_in(contract.model)
        || status::is(contract.model.status.as_deref(), "retired")
        || is_missing(document, "/slaProperties")
        || !is_sound(document, "/slaProperties")
    {
        return;
    }
    findings
        .at(
            document,
            "/slaProperties",
            "the data contract does not say how long the data is kept",
        )
        .help("add `{property: retention, value: …, unit: y}` to `slaProperties`");
}
