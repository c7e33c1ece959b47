use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::enumeration::{self, Outcome, Values, words};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "enum-value-removed",
    group: Group::Values,
    impacts: Impacts::all(Impact::Minor).replay(Impact::Major),
    summary: "A field does not have a value any more that it could have.",
    why: "readers that handle the value wait for it in vain; what was written before may have it",
    help: "raise the minor version, and tell readers what stands in place of the value",
    docs: "\
A reader that handles all values handles fewer. The lists are found in the same places as for
[enum-value-added](enum-value-added.md); a list where there was none removes all other values, and so
does a list that is not `extensible` any more. Under the
profile `replay` it is major: a reader with the new version meets the value in what was written before.",
    reverse: &["enum-value-added"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: status
        logicalType: string
        enum:
          - value: open
          - value: paid
          - value: returned
",
        "\
schema:
  - name: orders
    properties:
      - name: status
        logicalType: string
        enum:
          - value: open
          - value: paid
",
    ),
    on: &[
        On::Added(Entity::EnumValue),
        On::Removed(Entity::EnumValue),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
        On::Keys(Entity::Quality, &["arguments", "validValues"]),
        On::Keys(Entity::Field, &["enum", "physicalType", "tags"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(field) = enumeration::field(pair) else {
        return;
    };
    closed(pair, field, found);
    let Some(difference) = enumeration::difference(pair, found) else {
        return;
    };
    let subject = field.subject();
    let message = match &difference.outcome {
        Outcome::Values { removed, .. } if !removed.is_empty() => {
            format!("{subject} is never {} any more", words(removed, "or"))
        }
        Outcome::Appeared(values) => {
            format!("{subject} is only {} from now on", words(values, "or"))
        }
        _ => return,
    };
    found.at(difference.key, message);
}

/// A list to which values might have come, and will not any more.
fn closed(pair: &Pair<'_>, field: &Pair<'_>, found: &mut Found<'_>) {
    let key = match pair.entity {
        Entity::Field if pair.has_changed("tags") => "tags",
        _ if !pair.is_custom(enumeration::EXTENSIBLE) => return,
        _ if pair.is_added() || pair.is_removed() => "",
        _ => "value",
    };
    let values = Values::of(field, found);
    if values.extensible.old && !values.extensible.new && values.stay_listed() {
        let message = format!("{} gets no more values from now on", field.subject());
        found
            .at(key, message)
            .because("readers need not expect others than the listed values any more");
    }
}
