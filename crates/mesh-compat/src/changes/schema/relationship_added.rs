use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::joins;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "relationship-added",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor),
    summary: "Fields refer to others.",
    why: "readers gain a join that finds its match",
    help: "raise the minor version",
    docs: "\
A relationship promises that every value is found where it leads, which nobody relied on before.
What is compared, and what counts as the same, is written at
[relationship-removed](relationship-removed.md). The relationships of a field that is new are not
reported one by one.",
    reverse: &["relationship-removed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: customer_id
        logicalType: string
  - name: customers
    properties:
      - name: id
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: customer_id
        logicalType: string
    relationships:
      - from: orders.customer_id
        to: customers.id
  - name: customers
    properties:
      - name: id
        logicalType: string
",
    ),
    on: &[
        On::Added(Entity::Relationship),
        On::Keys(Entity::Relationship, &["from", "to"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(fate) = joins::fate(pair, found) else {
        if pair.is_added() {
            found.whole(format!("{} was added", pair.subject()));
        }
        return;
    };
    if !fate.is_new {
        if pair.is_added() {
            // It was written elsewhere, or came with one of its fields.
            found.accounts_for(&[""]);
        }
        return;
    }
    let Some(join) = fate.joins.new else {
        return;
    };
    let message = format!("the relationship {} was added", join.course());
    if pair.is_added() {
        found.whole(message);
    } else if !fate.is_lost {
        let key = if pair.has_changed("from") {
            "from"
        } else {
            "to"
        };
        found.at(key, message);
    }
}
