use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "object-added",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor),
    summary: "An object is new.",
    why: "readers of the other objects do not see it",
    help: "raise the minor version",
    docs: "\
A new table, topic or file stands beside the others, and nobody reads it yet: that holds under every
profile. Objects are matched by name, and by `id` where the name is another. The fields of a new
object are not listed one by one.",
    reverse: &["object-removed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    physicalType: table
",
        "\
schema:
  - name: orders
    physicalType: table
  - name: returns
    physicalType: table
",
    ),
    on: &[On::Added(Entity::Object)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        found.whole(format!("{} was added", pair.subject()));
    },
};
