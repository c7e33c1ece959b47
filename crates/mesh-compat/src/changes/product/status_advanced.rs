use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::lifecycle::{self, Step};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "status-advanced",
    group: Group::Product,
    impacts: Impacts::all(Impact::Minor),
    summary: "Something can be relied upon that could not be, or will not end after all.",
    why: "readers gain a promise",
    help: "raise the minor version",
    docs: "\
From `proposed` or `draft` to `active`, from `deprecated` or `retired` back to `active`, and
`deprecated: true` that is taken back. A status that was not said before and is `active` now counts
as well.

A step that still promises nothing, such as from `proposed` to `draft`, is a patch. The same word in
upper and lower case is the same status, and so are `status: deprecated` and an active product with
`deprecated: true`.",
    reverse: &["status-deprecated", "status-retired", "needs-review"],
    example: Example::product(
        "\
status: draft
",
        "\
status: active
",
    ),
    on: &[
        On::Keys(Entity::Product, &["status", "deprecated"]),
        On::Keys(Entity::Contract, &["status"]),
        On::Keys(Entity::InputPort, &["deprecated"]),
        On::Keys(Entity::OutputPort, &["deprecated"]),
        On::Keys(Entity::ManagementPort, &["deprecated"]),
        On::Keys(Entity::Object, &["deprecated"]),
        On::Keys(Entity::Field, &["deprecated"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(turn) = lifecycle::turn(pair) else {
        return;
    };
    match turn.step {
        Step::Same => found.accounts_for(turn.keys),
        Step::Advanced => {
            found.accounts_for(turn.keys);
            let message = match turn.key {
                "status" => lifecycle::told(pair),
                _ => format!("{} is not deprecated any more", pair.subject()),
            };
            let change = found.at(turn.key, message);
            if turn.new.is_some_and(|new| !new.is_promised()) {
                change
                    .impact_of(Impact::Patch)
                    .because("nothing is promised yet");
            }
        }
        Step::Deprecated | Step::Retired | Step::Withdrawn => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::product;

    #[test]
    fn steps_forward_are_told_by_what_they_promise() {
        for (old, new, expected) in [
            ("status: draft", "status: active", (KIND.id, Impact::Minor)),
            (
                "status: retired",
                "status: deprecated",
                (KIND.id, Impact::Minor),
            ),
            (
                "status: deprecated",
                "status: active",
                (KIND.id, Impact::Minor),
            ),
            (
                "status: proposed",
                "status: draft",
                (KIND.id, Impact::Patch),
            ),
            ("status: retired", "status: draft", (KIND.id, Impact::Patch)),
            ("status:", "status: active", (KIND.id, Impact::Minor)),
            (
                "deprecated: true",
                "deprecated: false",
                (KIND.id, Impact::Minor),
            ),
            (
                "status: active",
                "status: Active",
                ("key-order-or-comments", Impact::None),
            ),
            (
                "status: draft",
                "status: live",
                ("needs-review", Impact::Review),
            ),
        ] {
            let changes = product(&format!("{old}\n"), &format!("{new}\n"));
            let found: Vec<_> = changes
                .iter()
                .map(|change| (change.kind.id, change.impacts.read))
                .collect();
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }
}
