use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "sla-missing",
    group: Group::Trustworthy,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "A data contract makes promises about how the data is delivered.",
    docs: "\
How fresh is the data, how long is it kept, when is it there? Without an answer consumers assume
one, and are let down without anyone having broken a promise.

`slaProperties` holds the answers: `frequency` and `latency` first, then `availability` and
`retention`. A modest promise is better than none.",
    fails: Example::files(&[
        Excerpt::contract("id: commercial.orders # and no slaProperties\n")
            .without(&["slaProperties"]),
    ]),
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
    if is_missing(contract.document, "/slaProperties") {
        findings
            .at(
                contract.document,
                "/slaProperties",
                "the data contract promises no service level",
            )
            .help("add `slaProperties:`, at least `{property: frequency, value: 1, unit: d}`");
    }
}
