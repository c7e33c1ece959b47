use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "field-added",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor).strict(Impact::Major),
    summary: "A field is new.",
    why: "readers who name the fields they want do not see it; readers by position do",
    help: "raise the minor version",
    docs: "\
A new field is an addition, required or not: it is the provider who has to fill it. Readers who copy all
columns, or read them by position, do notice: hold such a port to the profile `strict`. Under `replay`, a
required field is major, because what was written before does not have it.",
    reverse: &["field-removed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
      - name: coupon
        logicalType: string
",
    ),
    on: &[On::Added(Entity::Field)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let is_required = pair.flag("required").new;
    let change = found.whole(format!("{} was added", pair.subject()));
    if is_required {
        change
            .impact_of(KIND.impacts.replay(Impact::Major))
            .because("what was written before does not have it, although it is required");
    }
}
