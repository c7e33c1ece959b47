use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::{environment, server};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "server-type-or-format-changed",
    group: Group::Service,
    impacts: Impacts::all(Impact::Major),
    summary: "The data is read by another protocol, or in another format.",
    why: "the client that readers have cannot read it",
    help: "add a server of the new type or format beside the old one",
    docs: "\
mesh compares `type`, `format`, `encoding` and `delimiter` of a server. Names of one type (`postgres` and
`postgresql`), upper and lower case of formats, and spellings of an encoding (`UTF-8`, `utf8`) are the
same. The address that changes with the type is not told of again.

It is a patch on a server for development or tests, as for [server-moved](server-moved.md), and minor
where a format, an encoding or a delimiter is said for the first time.",
    reverse: &["server-type-or-format-changed"],
    example: Example::contract(
        "\
servers:
  - server: lake
    type: s3
    location: s3://sales/orders/*.csv
    format: csv
",
        "\
servers:
  - server: lake
    type: s3
    location: s3://sales/orders/*.csv
    format: parquet
",
    ),
    on: &[On::Keys(Entity::Server, server::FORM)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let is_relied_on = environment::of(pair).old.is_relied_on();
    let impact = if is_relied_on {
        Impact::Major
    } else {
        Impact::Patch
    };
    let mut changed = Vec::new();
    for key in server::FORM.iter().filter(|key| pair.has_changed(key)) {
        let (texts, nodes) = (pair.text(key), pair.at(key));
        if texts.map(|text| text.is_some()) != nodes.map(|node| node.is_some()) {
            continue;
        }
        found.accounts_for(&[key]);
        if server::value(pair, key).differ() {
            changed.push(*key);
        }
    }
    let Some(first) = changed.first() else { return };
    let went: Vec<_> = changed.iter().map(|key| server::went(pair, key)).collect();
    let is_new = changed
        .iter()
        .all(|key| *key != "type" && server::value(pair, key).old.is_none());
    let message = format!("{}: {}", pair.subject(), went.join(", "));
    let change = found.at(first, message);
    if is_new {
        change
            .impact_of(impact.min(Impact::Minor))
            .because("it is said for the first time, and readers had to know it before");
    } else {
        change.impact_of(impact);
    }
}
