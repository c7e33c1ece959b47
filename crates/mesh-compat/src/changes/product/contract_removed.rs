use crate::change::{ChangeKind, Group, On};
use crate::entity::Entity;
use crate::example::{Example, NOTHING};
use crate::facts::lifecycle;
use crate::impact::{Impact, Impacts};

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "contract-removed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "A contract is gone.",
    why: "nothing is promised any more of what the reader relied on",
    help: "set `status: deprecated` and then `status: retired` first, and remove it when `mesh impact` names no reader",
    docs: "\
A contract is the one that it was if it has the same `id`, or else stands at the same path. One that
was `retired` is over already, and one that was a draft or a proposal promised nothing yet: to
remove it is a patch. A status that mesh does not know, or none, is one that readers may rely on.

A contract that goes with the only port that names it is told of by [the
port](output-port-removed.md).",
    reverse: &["contract-added"],
    example: Example::contract(
        "\
status: active
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
        NOTHING,
    ),
    on: &[On::Removed(Entity::Contract)],
    judge: lifecycle::judge_gone,
};
