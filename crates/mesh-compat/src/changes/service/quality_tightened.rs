use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::{Strength, quality};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "quality-tightened",
    group: Group::Service,
    impacts: Impacts::all(Impact::Minor).replay(Impact::Major),
    summary: "A check of the data lets less pass, or is new.",
    why: "readers gain a promise; what was written before may not keep it",
    help: "raise the minor version",
    docs: "\
The results that a check allows are compared as for [quality-loosened](quality-loosened.md): nothing
passes that did not, and something does not pass that did. A new check, one whose failure is more
severe, and one that takes fewer values for valid, are tighter as well.

Under the profile `replay` it is major if a failure is an error or nothing is said: what was written
before was not held to the check.",
    reverse: &["quality-loosened"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        quality:
          - metric: nullValues
            mustBeLessThan: 5
            unit: percent
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        quality:
          - metric: nullValues
            mustBeLessThan: 1
            unit: percent
",
    ),
    on: &[
        On::Added(Entity::Quality),
        On::Keys(Entity::Quality, quality::KEYS),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let impacts = Impacts::all(Impact::Minor).replay(quality::impact_on_old_records(pair));
    if pair.is_added() {
        if !quality::is_enumeration(pair) {
            found
                .whole(format!("{} is new", pair.subject()))
                .impact_of(impacts);
        }
        return;
    }
    quality::report(pair, found, Strength::Stronger, |change| {
        change.impact_of(impacts);
    });
}
