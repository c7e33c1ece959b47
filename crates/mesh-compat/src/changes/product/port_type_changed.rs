use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "port-type-changed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "An output port is of another type.",
    why: "another type of port needs another client",
    help: "offer the new type as a port of its own beside the old one",
    docs: "\
The `type` of a port is any word, such as `tables`, `files`, `topic` or `api`, so every other word
counts as another type; upper and lower case do not matter. A type that is not said any more is one
that readers cannot count on. A type that was not said before only tells more, which asks for a
patch.",
    reverse: &["port-type-changed"],
    example: Example::product(
        "\
outputPorts:
  - name: orders
    type: tables
    version: 1.0.0
    contractId: orders
",
        "\
outputPorts:
  - name: orders
    type: topic
    version: 1.0.0
    contractId: orders
",
    ),
    on: &[On::Keys(Entity::OutputPort, &["type"])],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let types = pair.at("type");
    match pair.text("type").split() {
        (Some(old), Some(new)) if old.trim().eq_ignore_ascii_case(new.trim()) => {
            found.accounts_for(&["type"]);
        }
        (Some(old), Some(new)) => {
            let subject = pair.subject();
            found.at(
                "type",
                format!(
                    "{subject} is of type {}, and was of type {}",
                    quoted(new),
                    quoted(old)
                ),
            );
        }
        (Some(old), None) if types.new.is_none() => {
            let subject = pair.subject();
            found
                .at(
                    "type",
                    format!(
                        "{subject} does not say any more that it is of type {}",
                        quoted(old)
                    ),
                )
                .because("readers cannot count on the client that they have");
        }
        (None, Some(new)) if types.old.is_none() => {
            let subject = pair.subject();
            found
                .at(
                    "type",
                    format!("{subject} says that it is of type {}", quoted(new)),
                )
                .impact_of(Impact::Patch)
                .because("readers learn what they had to find out");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::product;

    #[test]
    fn a_type_is_another_word_and_no_other_spelling() {
        let port = |of_type: &str| format!("outputPorts: [{{name: orders{of_type}}}]\n");
        for (old, new, expected) in [
            (
                ", type: tables",
                ", type: topic",
                ("port-type-changed", Impact::Major),
            ),
            (", type: tables", "", ("port-type-changed", Impact::Major)),
            ("", ", type: tables", ("port-type-changed", Impact::Patch)),
            (
                ", type: tables",
                ", type: Tables",
                ("key-order-or-comments", Impact::None),
            ),
            (
                ", type: tables",
                ", type: [topic]",
                ("needs-review", Impact::Review),
            ),
        ] {
            let changes = product(&port(old), &port(new));
            let found: Vec<_> = changes
                .iter()
                .map(|change| (change.kind.id, change.impacts.read))
                .collect();
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }
}
