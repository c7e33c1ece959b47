use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::listed;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "examples",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::Patch),
    summary: "A field shows other examples of its values.",
    why: "examples show what there may be, and promise nothing",
    help: "raise the patch version",
    docs: "\
Examples are compared as a set. What values there can be is said by the type of a field, its
constraints and its enumeration, which are compared on their own.",
    reverse: &["examples"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: country
        logicalType: string
        examples: [DE, FR]
",
        "\
schema:
  - name: orders
    properties:
      - name: country
        logicalType: string
        examples: [DE, IT]
",
    ),
    on: &[On::Keys(Entity::Field, &["examples"])],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let changed = pair.set("examples");
    let subject = pair.subject();
    let told = listed::told(
        ("example", "examples"),
        Some(&subject),
        &changed.new,
        &changed.old,
    );
    let message = told.filter(|_| pair.is_list_of_scalars("examples"));
    // Objects and lists can be examples as well.
    let message = message.unwrap_or_else(|| format!("the examples of {subject} changed"));
    found.at("examples", message);
}
