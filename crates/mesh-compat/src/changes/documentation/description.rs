use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const WORDS: &[&str] = &["description"];

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
unit or the granularity as well, where the standard has a key for it.",
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
        On::Keys(Entity::Object, WORDS),
        On::Keys(Entity::Field, WORDS),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.is_added() || pair.is_removed() {
        let what = if pair.is_added() { "added" } else { "removed" };
        found.whole(format!("the description was {what}"));
        return;
    }
    for key in ["description", "purpose", "limitations", "usage"] {
        if pair.has_changed(key) {
            let subject = match pair.entity {
                Entity::Description => String::new(),
                _ => format!(" of {}", pair.subject()),
            };
            found.at(key, format!("`{key}`{subject} is worded differently"));
        }
    }
}
