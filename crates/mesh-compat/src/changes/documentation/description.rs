use mesh_spec::yaml::{NodeRef, Value};

use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::prose;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const WORDS: &[&str] = &[
    "description",
    "purpose",
    "limitations",
    "usage",
    "instructions",
    "question",
    "answer",
    "constraint",
    "context",
    "contractCreatedTs",
    "productCreatedTs",
];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "description",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::Patch),
    summary: "A description is worded differently.",
    why: "no reader depends on the words",
    help: "raise the patch version",
    docs: "\
Descriptions explain what is promised and do not promise anything themselves. If the words changed
because the data did, one of the other kinds applies, and mesh cannot see it: change the type, the
unit or the granularity as well, where the standard has a key for it.

This is also said of `context`, the guidance for automatic readers, of prose under names of one's
own in a description, and of the time at which a document was created. Where lines break does not
matter.",
    reverse: &["description"],
    example: Example::contract(
        "\
description:
  purpose: Orders of the web shop.
",
        "\
description:
  purpose: Confirmed orders of the web shop.
",
    ),
    on: &[
        On::Added(Entity::Description),
        On::Removed(Entity::Description),
        On::Keys(Entity::Description, &["purpose", "limitations", "usage"]),
        On::Added(Entity::Context),
        On::Removed(Entity::Context),
        On::Keys(Entity::Context, &["instructions"]),
        On::Added(Entity::Statement),
        On::Removed(Entity::Statement),
        On::Keys(Entity::Statement, &["question", "answer"]),
        On::Added(Entity::Constraint),
        On::Removed(Entity::Constraint),
        On::Keys(Entity::Constraint, &["constraint"]),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value", "description"]),
        On::Keys(
            Entity::Product,
            &["description", "context", "productCreatedTs"],
        ),
        On::Keys(
            Entity::Contract,
            &["description", "context", "contractCreatedTs"],
        ),
        On::Keys(Entity::OutputPort, &["description", "context"]),
        On::Keys(Entity::Object, &["description", "context"]),
        On::Keys(Entity::Field, &["description"]),
        On::Keys(Entity::ManagementPort, &["description"]),
        On::Keys(Entity::InputPort, &["description"]),
        On::Keys(Entity::Support, &["description"]),
        On::Keys(Entity::Team, &["description"]),
        On::Keys(Entity::Member, &["description"]),
        On::Keys(Entity::Link, &["description"]),
        On::Keys(Entity::Synonym, &["description"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let is_prose = pair
        .owner
        .is_some_and(|it| it.entity == Entity::Description);
    if pair.is_added() || pair.is_removed() {
        if pair.entity != Entity::Custom || is_prose {
            found.whole(told(pair));
        }
        return;
    }
    let keys = WORDS.iter().filter(|key| pair.has_changed(key));
    for key in keys.chain(&["value"]).copied() {
        // A value is prose in a description only, and what is a mapping is compared on its own.
        if key == "value" && !(is_prose && pair.entity == Entity::Custom && pair.has_changed(key))
            || is_walked(pair, key)
        {
            continue;
        }
        if reads_the_same(pair, key) {
            found.accounts_for(&[key]);
        } else {
            found.at(key, told_of(pair, key));
        }
    }
}

/// Whether the walk goes into what stands under `key` on both sides.
fn is_walked(pair: &Pair<'_>, key: &str) -> bool {
    let (old, new) = pair.at(key).split();
    matches!(key, "description" | "context")
        && [old, new]
            .into_iter()
            .flatten()
            .all(|node| node.value() == Value::Mapping)
}

fn reads_the_same(pair: &Pair<'_>, key: &str) -> bool {
    let instructions = |node: NodeRef<'_>| match node.value() {
        // A text stands for the instructions alone.
        Value::Mapping if key == "context" && node.entries().len() == 1 => {
            node.get("instructions")?.as_str().map(str::to_owned)
        }
        _ => node.as_str().map(str::to_owned),
    };
    let (old, new) = pair.at(key).map(|node| node.and_then(instructions)).split();
    old.zip(new)
        .is_some_and(|(old, new)| prose::reads_the_same(&old, &new))
}

/// As [`Pair::told`], without the words themselves where they are the name.
fn told(pair: &Pair<'_>) -> String {
    let is_of_document = pair.owner.is_some_and(|owner| owner.owner.is_none());
    match pair.entity {
        Entity::Description | Entity::Context if is_of_document => format!("the {}", pair.told()),
        _ => pair.told(),
    }
}

fn told_of(pair: &Pair<'_>, key: &str) -> String {
    if key.ends_with("CreatedTs") {
        return pair.told_of(key);
    }
    let is_of_document = pair.entity == Entity::Description || pair.owner.is_none();
    let subject = match pair.entity {
        _ if is_of_document => String::new(),
        Entity::Context => pair
            .owner
            .filter(|owner| owner.owner.is_some())
            .map_or_else(String::new, |owner| format!(" of {}", owner.subject())),
        _ => format!(" of {}", pair.subject()),
    };
    let (old, new) = pair.at(key).map(|node| node.is_some()).split();
    let what = match (old, new) {
        (false, true) => "was added",
        (true, false) => "was removed",
        _ => "is worded differently",
    };
    format!("`{key}`{subject} {what}")
}

#[cfg(test)]
mod tests {
    use crate::testing::{contract, product};

    fn told(changes: &[crate::Change]) -> Vec<String> {
        let told = |change: &crate::Change| format!("{}: {}", change.kind.id, change.message);
        changes.iter().map(told).collect()
    }

    #[test]
    fn words_are_told_of_wherever_they_stand() {
        let described = |rest: &str| format!("description:\n  purpose: Orders.\n{rest}");
        let custom = |text: &str| {
            described(&format!(
                "  customProperties: [{{property: history, value: {text}}}]\n"
            ))
        };
        assert_eq!(
            told(&contract("tags: []\n", &described(""))),
            ["description: the description was added"]
        );
        assert_eq!(
            told(&contract(&described(""), &described("  usage: Join.\n"))),
            ["description: `usage` was added"]
        );
        assert_eq!(
            told(&contract(&custom("Old."), &custom("New."))),
            [
                "description: `value` of custom property `history` of description is worded differently"
            ]
        );
        assert_eq!(
            told(&product(
                "outputPorts: [{name: o, description: Old.}]\n",
                "outputPorts: [{name: o}]\n"
            )),
            ["description: `description` of output port `o` was removed"]
        );
        assert_eq!(
            told(&product(
                "productCreatedTs: 2024-01-01T00:00:00Z\n",
                "productCreatedTs: 2025-01-01T00:00:00Z\n"
            )),
            [
                "description: `productCreatedTs` changed from `2024-01-01T00:00:00Z` to `2025-01-01T00:00:00Z`"
            ]
        );
    }

    #[test]
    fn guidance_may_be_a_text_or_a_mapping() {
        let text = "context: Sum once.\n";
        let mapping = "context: {instructions: Sum once.}\n";
        assert_eq!(contract(text, mapping)[0].kind.id, "key-order-or-comments");
        assert_eq!(
            told(&contract(text, "context: {instructions: Sum twice.}\n")),
            ["description: `context` is worded differently"]
        );
        assert_eq!(
            told(&contract(
                mapping,
                "context: {instructions: Sum once., constraints: [{constraint: No profiles}]}\n"
            )),
            ["description: constraint `No profiles` of context was added"]
        );
        // Another change beside it does not have the same told twice.
        assert_eq!(
            told(&product(
                "description: {purpose: a}\nproductCreatedTs: a\n",
                "description: {purpose: b}\nproductCreatedTs: b\n"
            ))
            .len(),
            2
        );
    }

    #[test]
    fn line_breaks_are_no_words() {
        let changes = contract(
            "description:\n  purpose: |\n    Orders of\n    the shop.\n",
            "description:\n  purpose: Orders of the shop.\n",
        );
        assert_eq!(changes[0].kind.id, "key-order-or-comments");
    }
}
