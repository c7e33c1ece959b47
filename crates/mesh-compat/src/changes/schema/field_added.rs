use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::{parts, presence};
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
A new field is an addition, required or not: it is the provider who has to fill it. Readers who copy
all columns, or read them by position, do notice: hold such a port to the profile `strict`. Under
`replay`, a required field is major, because what was written before does not have it.

The elements of an array, or the keys and values of a map, that are described for the first time
were there before: that is minor under every profile. Where they came with another `logicalType` of
their field, that [change of type](logical-type-changed.md) is all that is reported.",
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
    on: &[On::Added(Entity::Field), On::Added(Entity::MapTypes)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if let Some(field) = parts::whole(pair) {
        if parts::is_of_another_type(field) {
            found.accounts_for(&[""]);
            return;
        }
        let message = format!(
            "{} of {} are described now",
            parts::noun(pair),
            field.subject()
        );
        found
            .whole(message)
            .impact_of(Impact::Minor)
            .because("readers learn what was there already");
        return;
    }
    let is_required = presence::is_required(pair, found).new;
    let change = found.whole(format!("{} was added", pair.subject()));
    if is_required {
        change
            .impact_of(KIND.impacts.replay(Impact::Major))
            .because("what was written before does not have it, although it is required");
    }
}
