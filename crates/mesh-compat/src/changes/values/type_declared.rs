use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::options;
use crate::facts::types::field::{self, FieldType, Verdict};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "type-declared",
    group: Group::Values,
    impacts: Impacts::all(Impact::Minor).replay(Impact::Major),
    summary: "A field has a type that was not said before.",
    why: "readers gain a promise; what was written before may not keep it",
    help: "raise the minor version",
    docs: "\
A logical or a physical type where there was none, the size of a number, or what the vectors of a field
come from. mesh takes it for a new promise and not for new values: whether the values changed with it
cannot be seen from the contract. Under the profile `replay` it is major: a reader with the new version
meets values that were written before.",
    reverse: &["logical-type-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: amount
        logicalType: number
",
        "\
schema:
  - name: orders
    properties:
      - name: amount
        logicalType: number
        physicalType: decimal(12,2)
",
    ),
    on: &[
        On::Keys(Entity::Field, field::KEYS),
        On::Keys(Entity::Options, &["format"]),
        On::Keys(Entity::Options, options::VECTOR),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.entity == Entity::Options {
        if options::are_of_same_type(pair) {
            of_options(pair, found);
        }
        return;
    }
    let field = FieldType::of(pair);
    let Some((key, noun, new)) = field.declared() else {
        return;
    };
    found.at(
        key,
        format!("the {noun} of {} is {} now", pair.subject(), quoted(new)),
    );
    found.accounts_for(&field.accounted());
}

fn of_options(pair: &Pair<'_>, found: &mut Found<'_>) {
    let subject = options::subject(pair);
    if let Some((Verdict::Declared, texts)) = field::format(pair) {
        let new = texts.new.unwrap_or_default();
        found.at(
            "format",
            format!("`format` of {subject} is {} now", quoted(new)),
        );
    }
    let is_said = |key: &str| options::vector_text(pair, key).old.is_some();
    let mut changed = options::VECTOR.iter().filter(|key| pair.has_changed(key));
    // Vectors of another space are told of as such.
    if changed.clone().any(|key| is_said(key)) {
        return;
    }
    for key in changed.by_ref() {
        if let Some(new) = pair.text(key).new
            && pair.at(key).old.is_none()
        {
            found.at(key, format!("`{key}` of {subject} is {} now", quoted(new)));
        }
    }
}
