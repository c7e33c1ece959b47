use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::bounds::{self, Direction};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "bounds-tightened",
    group: Group::Values,
    impacts: Impacts::all(Impact::Minor).replay(Impact::Major),
    summary: "A field has narrower bounds than before.",
    why: "readers gain a promise; what was written before may not keep it",
    help: "raise the minor version",
    docs: "\
A reader that coped with all values copes with fewer. The same keys are compared in the same way as
for [bounds-loosened](bounds-loosened.md); a bound that is new is tightened. Under the profile `replay`
it is major: a reader with the new version meets values that were written before.",
    reverse: &["bounds-loosened", "bounds-tightened"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: coupon
        logicalType: string
        logicalTypeOptions:
          maxLength: 64
",
        "\
schema:
  - name: orders
    properties:
      - name: coupon
        logicalType: string
        logicalTypeOptions:
          maxLength: 20
",
    ),
    on: &[On::Keys(Entity::Options, bounds::KEYS)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        for shift in bounds::shifts(pair) {
            if shift.direction == Direction::Tightened {
                found.at(shift.key, shift.message);
            }
        }
    },
};
