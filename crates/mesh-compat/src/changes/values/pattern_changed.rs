use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::options;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

const KEYS: &[&str] = &["pattern", "format"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "pattern-changed",
    group: Group::Values,
    impacts: Impacts::all(Impact::Major),
    summary: "The values of a field are written differently.",
    why: "a parser made for the old notation fails, or reads something else",
    help: "keep the notation, and add a field with the new one",
    docs: "\
`pattern` and `format` of `logicalTypeOptions` say how texts, dates and times are written. mesh does not
work out whether one regular expression allows what another does: a different one is a change. So is
one that is gone. One that is new is a promise and minor, and major under the profile `replay`, since
what was written before may not keep it.

The `format` of an integer or a number is its size, and one of the kinds of
[type](type-narrowed.md). Where the logical type is another, only [that](logical-type-changed.md) is
reported.",
    reverse: &["pattern-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        logicalTypeOptions:
          pattern: ^O-[0-9]{6}$
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        logicalTypeOptions:
          pattern: ^[A-Z]{2}-[0-9]{8}$
",
    ),
    on: &[On::Keys(Entity::Options, KEYS)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if !options::are_of_same_type(pair) {
        return;
    }
    let logical = pair.owner.map(|owner| owner.text("logicalType").new);
    let is_number = matches!(logical, Some(Some("integer" | "number")));
    let subject = options::subject(pair);
    for &key in KEYS {
        if !pair.has_changed(key) || key == "format" && is_number {
            continue;
        }
        match pair.text(key).split() {
            (Some(old), Some(new)) => {
                let message = format!(
                    "`{key}` of {subject} went from {} to {}",
                    quoted(old),
                    quoted(new)
                );
                found.at(key, message);
            }
            (None, Some(new)) if pair.at(key).old.is_none() => {
                found
                    .at(key, format!("`{key}` of {subject} is {} now", quoted(new)))
                    .impact_of(Impacts::all(Impact::Minor).replay(Impact::Major))
                    .because("readers gain a promise; what was written before may not keep it");
            }
            (Some(old), None) if pair.at(key).new.is_none() => {
                found
                    .at(
                        key,
                        format!("{subject} has no `{key}` any more; it was {}", quoted(old)),
                    )
                    .because("a parser meets values in any other notation");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::field;

    #[test]
    fn a_notation_that_is_new_is_a_promise() {
        let options = |options: &str| format!("logicalType: date, {options}");
        let (bare, said) = (
            options("description: d"),
            options("description: d, logicalTypeOptions: {format: yyyy-MM-dd}"),
        );
        let added = ["pattern-changed minor: `format` of field `t.x` is `yyyy-MM-dd` now"];
        assert_eq!(field("[]", &bare, &said), added);
        let removed =
            ["pattern-changed major: field `t.x` has no `format` any more; it was `yyyy-MM-dd`"];
        assert_eq!(field("[]", &said, &bare), removed);
    }
}
