use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::object_types::{object_type, plain};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "object-type-changed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "An object is another sort of thing in the system that stores it.",
    why: "the client that reads the object cannot read it any more",
    help: "serve the new sort of object beside the old one, through an output port of its own",
    docs: "\
What `physicalType` of an object says is compared by how the object is read. Tables and views of all
sorts are read by the same SQL, so a table that becomes a materialized view is minor, and the same
holds for a topic and a stream. Tables, streams, queues, files, documents and endpoints each need a
client of their own.

How the words are joined and capitalised does not matter: `BASE TABLE` is `base_table`. Saying it
for the first time is minor. Words that mesh does not know need review.",
    reverse: &["object-type-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    physicalType: table
",
        "\
schema:
  - name: orders
    physicalType: topic
",
    ),
    on: &[On::Keys(Entity::Object, &["physicalType"])],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let texts = pair.text("physicalType");
    let subject = pair.subject();
    match texts.split() {
        (Some(old), Some(new)) if plain(old) == plain(new) && !plain(old).is_empty() => {
            found.accounts_for(&["physicalType"]);
        }
        (Some(old), Some(new)) => {
            let (Some(old_type), Some(new_type)) = (object_type(old), object_type(new)) else {
                return;
            };
            let message = format!("{subject} went from {} to {}", quoted(old), quoted(new));
            let change = found.at("physicalType", message);
            if old_type == new_type {
                change.impact_of(Impact::Minor).because(
                    "the same client reads it; how fast, and how fresh the data is, may differ",
                );
            }
        }
        (None, Some(new)) if pair.at("physicalType").old.is_none() => {
            found
                .at(
                    "physicalType",
                    format!("{subject} is said to be a {} now", quoted(new)),
                )
                .impact_of(Impact::Minor)
                .because("readers learn which client they need");
        }
        (Some(old), None) if pair.at("physicalType").new.is_none() => {
            found
                .at(
                    "physicalType",
                    format!("{subject} is not said to be a {} any more", quoted(old)),
                )
                .because("nothing says any more which client reads the object");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::Impact;
    use crate::testing::contract;

    #[test]
    fn objects_are_compared_by_how_they_are_read() {
        for (old, new, expected) in [
            ("table", "view", Impact::Minor),
            ("view", "materialized_view", Impact::Minor),
            ("table", "file", Impact::Major),
            ("topic", "queue", Impact::Major),
            ("base_table", "BASE TABLE", Impact::None),
            ("table", "cube", Impact::Review),
            ("cube", "table", Impact::Review),
            ("", "table", Impact::Minor),
            ("table", "", Impact::Major),
            ("table", "[table]", Impact::Review),
        ] {
            let yaml = |text: &str| format!("schema: [{{name: orders, physicalType: {text}}}]\n");
            let changes = contract(&yaml(old), &yaml(new));
            assert_eq!(changes.len(), 1, "{old} to {new}");
            assert_eq!(changes[0].impacts.read, expected, "{old} to {new}");
        }
    }
}
