use super::sla_weakened;
use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::Strength;
use crate::facts::promise::{self, Matter};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "sla-strengthened",
    group: Group::Service,
    impacts: Impacts::all(Impact::Minor),
    summary: "A service level promises more than before, or is new.",
    why: "readers gain a promise",
    help: "raise the minor version",
    docs: "\
What is more depends on what is promised, and is judged as for [sla-weakened](sla-weakened.md). A new
service level is a new promise, whatever it is about; so is a later `endOfSupport` or `endOfLife`. Of
data that is kept longer, [retention-extended](retention-extended.md) tells.",
    reverse: &["sla-weakened", "sla-removed", "end-of-support-earlier"],
    example: Example::contract(
        "\
slaProperties:
  - property: availability
    value: 99.5
    unit: percent
",
        "\
slaProperties:
  - property: availability
    value: 99.9
    unit: percent
  - property: timeToRepair
    value: 4
    unit: h
",
    ),
    on: &[
        On::Added(Entity::Sla),
        On::Keys(Entity::Sla, promise::KEYS),
        On::Keys(Entity::Contract, &["slaDefaultElement"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.entity == Entity::Contract {
        sla_weakened::default_element(pair, found, Strength::Stronger);
        return;
    }
    if pair.is_added() {
        let matter = pair.text("property").new.and_then(Matter::of);
        let amount = promise::shown(pair).new;
        let amount = amount.map_or(String::new(), |amount| format!(": {amount}"));
        let change = found.whole(format!("{} is promised{amount}", promise::subject(pair)));
        if matter.is_some_and(Matter::is_end) {
            change.because("no end was said before, and readers should hear of it");
        }
        return;
    }
    promise::report(pair, found, |judgement| {
        judgement.strength == Strength::Stronger && judgement.matter != Some(Matter::Retention)
    });
}
