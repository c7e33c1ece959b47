use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "contract-id-changed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "A contract has another `id`.",
    why: "ports that promise the contract, and readers who hold it, do not find it any more",
    help: "keep the `id`, whatever else changes; it is no name",
    docs: "\
The `id` is what a contract is, whatever its name, its folder or its version. Another one makes it
another contract to everybody who refers to it. mesh notices this where the file stayed at its path;
a file with another `id` and another path is a contract that was removed and one that was added.

An `id` that was not there before breaks nobody, and asks for a minor version.",
    reverse: &["contract-id-changed"],
    example: Example::contract(
        "\
id: orders
",
        "\
id: shop-orders
",
    ),
    on: &[On::Keys(Entity::Contract, &["id"])],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let is_new = pair.at("id").old.is_none();
    let change = found.at("id", pair.told_of("id"));
    if is_new {
        change
            .impact_of(Impact::Minor)
            .because("readers can refer to it now");
    }
}
