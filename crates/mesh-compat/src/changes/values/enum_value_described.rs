use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::enumeration;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

const KEYS: &[&str] = &["label", "description", "tags"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "enum-value-described",
    group: Group::Values,
    impacts: Impacts::all(Impact::Patch),
    summary: "A value of a field is labelled or described differently.",
    why: "the value itself is the same",
    help: "raise the patch version",
    docs: "\
The label, the description and the tags of a value explain it. If the value means something else now,
mesh cannot see it: remove it and add another, which is [major](enum-value-added.md).",
    reverse: &["enum-value-described"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: status
        logicalType: string
        enum:
          - value: open
            label: Open
",
        "\
schema:
  - name: orders
    properties:
      - name: status
        logicalType: string
        enum:
          - value: open
            label: Not yet paid
",
    ),
    on: &[On::Keys(Entity::EnumValue, KEYS)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let subject = enumeration::field(pair)
        .map_or_else(String::new, |field| format!(" of {}", field.subject()));
    let value = pair.name().unwrap_or("?");
    for key in KEYS.iter().filter(|key| pair.has_changed(key)) {
        let what = match *key {
            "label" => match pair.text("label").split() {
                (Some(old), Some(new)) => {
                    format!("label went from {} to {}", quoted(old), quoted(new))
                }
                (None, Some(new)) => format!("label is {} now", quoted(new)),
                _ => "label was removed".to_owned(),
            },
            "tags" => "tags are others".to_owned(),
            _ => "description is worded differently".to_owned(),
        };
        let verb = format!("the {what}");
        found.at(key, format!("value {}{subject}: {verb}", quoted(value)));
    }
}
