use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::{names, presence};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "required-added",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor).replay(Impact::Major),
    summary: "A field that could be empty always has a value.",
    why: "readers gain a promise; what was written before may not keep it",
    help: "raise the minor version",
    docs: "\
A reader that coped with nulls copes without them. Under the profile `replay` it is major: a reader
with the new version meets records that were written before, and they may lack the value.

A property of an object field is required by itself, or by the `required` of the object's
`logicalTypeOptions`: saying the same in the other place, or in both, changes nothing.",
    reverse: &["required-removed"],
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
        required: true
",
    ),
    on: &[
        On::Keys(Entity::Field, REQUIRED),
        On::Keys(Entity::Options, REQUIRED),
    ],
    judge,
};

const REQUIRED: &[&str] = &["required"];

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.entity == Entity::Options {
        return of_object(pair, found);
    }
    let flag = pair.flag("required");
    if flag.old || !flag.new || !pair.is_flag("required") {
        return;
    }
    if presence::is_required(pair, found).old {
        found.accounts_for(REQUIRED);
    } else {
        found.at("required", format!("{} is required now", pair.subject()));
    }
}

/// The properties that the constraints of an object field require now.
fn of_object(options: &Pair<'_>, found: &mut Found<'_>) {
    if !options.is_list_of_scalars("required") {
        return;
    }
    let raised = presence::raised(options);
    if let Some(owner) = options.owner
        && !raised.names.is_empty()
    {
        let are = if raised.names.len() == 1 { "is" } else { "are" };
        let names = names::listed(raised.names);
        found.at(
            "required",
            format!("{names} of {} {are} required now", owner.subject()),
        );
    } else if raised.differ {
        found.accounts_for(REQUIRED);
    }
}
