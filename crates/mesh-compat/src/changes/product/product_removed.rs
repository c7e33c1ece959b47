use crate::change::{ChangeKind, Group, On};
use crate::entity::Entity;
use crate::example::{Example, NOTHING};
use crate::facts::lifecycle;
use crate::impact::{Impact, Impacts};

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "product-removed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "A data product is gone.",
    why: "every port is gone, and whoever reads one has no address any more",
    help: "set `status: deprecated` and then `status: retired` first, and remove it when `mesh impact` names no reader",
    docs: "\
A data product is the one that it was if it has the same `id`, or else stands at the same path. One
that was `retired` is over already, and one that was a draft or a proposal promised nothing yet: to
remove it is a patch. A status that mesh does not know, or none, is one that readers may rely on.",
    reverse: &["product-added"],
    example: Example::product(
        "\
status: active
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
",
        NOTHING,
    ),
    on: &[On::Removed(Entity::Product)],
    judge: lifecycle::judge_gone,
};
