use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::lifecycle::{self, Step};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "status-retired",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "A product or a contract is retired, or is no longer promised.",
    why: "what the reader uses is over, or is no longer meant to be used",
    help: "set `status: deprecated` first, give `endOfSupport` a date, and retire it when `mesh impact` names no reader",
    docs: "\
A product or contract that says `retired` is over. One that was `active` or `deprecated` and says
`draft` or `proposed` takes back what it promised. A status that was not said counts as one that
readers rely on.

What was a draft or a proposal promised nothing, so giving it up is a patch. A status that mesh does
not know [needs review](needs-review.md), unless the new one says `retired`.",
    reverse: &["status-advanced", "status-deprecated", "needs-review"],
    example: Example::product(
        "\
status: deprecated
",
        "\
status: retired
",
    ),
    on: &[
        On::Keys(Entity::Product, &["status"]),
        On::Keys(Entity::Contract, &["status"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(turn) = lifecycle::turn(pair) else {
        return;
    };
    if !matches!(turn.step, Step::Retired | Step::Withdrawn) {
        return;
    }
    found.accounts_for(turn.keys);
    let change = found.at(turn.key, lifecycle::told(pair));
    if turn.step == Step::Withdrawn {
        change.because("what the reader uses is no longer meant to be used");
    }
    if turn.old.is_some_and(|old| !old.is_promised()) {
        change
            .impact_of(Impact::Patch)
            .because("nothing was promised yet");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::product;

    #[test]
    fn what_was_promised_is_not_given_up_lightly() {
        for (old, new, expected) in [
            ("active", "retired", (KIND.id, Impact::Major)),
            ("deprecated", "Retired", (KIND.id, Impact::Major)),
            ("sunset", "retired", (KIND.id, Impact::Major)),
            ("active", "draft", (KIND.id, Impact::Major)),
            ("active", "proposed", (KIND.id, Impact::Major)),
            ("draft", "retired", (KIND.id, Impact::Patch)),
            ("draft", "proposed", (KIND.id, Impact::Patch)),
            ("active", "sunset", ("needs-review", Impact::Review)),
            ("sunset", "draft", ("needs-review", Impact::Review)),
            ("active", "[retired]", ("needs-review", Impact::Review)),
            ("active", "", ("needs-review", Impact::Review)),
            ("", "draft", (KIND.id, Impact::Major)),
        ] {
            let changes = product(&format!("status: {old}\n"), &format!("status: {new}\n"));
            let found: Vec<_> = changes
                .iter()
                .map(|change| (change.kind.id, change.impacts.read))
                .collect();
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }
}
