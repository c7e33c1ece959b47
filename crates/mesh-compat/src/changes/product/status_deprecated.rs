use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::lifecycle::{self, Step};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "status-deprecated",
    group: Group::Product,
    impacts: Impacts::all(Impact::Minor),
    summary: "Something will end, and says so.",
    why: "nothing yet: readers are told to move away",
    help: "raise the minor version, and say until when it is there: `endOfSupport` in the contract",
    docs: "\
A product or contract says so by `status: deprecated`, and a product, port, object or field by
`deprecated: true`. Both together are one announcement, and writing the one beside or in place of
the other is none.",
    reverse: &["status-advanced", "status-retired"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: coupon
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: coupon
        logicalType: string
        deprecated: true
",
    ),
    on: &[
        On::Keys(Entity::Product, &["status", "deprecated"]),
        On::Keys(Entity::Contract, &["status"]),
        On::Keys(Entity::InputPort, &["deprecated"]),
        On::Keys(Entity::OutputPort, &["deprecated"]),
        On::Keys(Entity::ManagementPort, &["deprecated"]),
        On::Keys(Entity::Object, &["deprecated"]),
        On::Keys(Entity::Field, &["deprecated"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(turn) = lifecycle::turn(pair).filter(|turn| turn.step == Step::Deprecated) else {
        return;
    };
    found.accounts_for(turn.keys);
    let message = match turn.key {
        "status" => lifecycle::told(pair),
        _ => format!("{} is deprecated", pair.subject()),
    };
    found.at(turn.key, message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{contract, product};

    #[test]
    fn one_announcement_is_told_once() {
        let kinds = |changes: Vec<crate::Change>| {
            changes
                .iter()
                .map(|change| change.kind.id)
                .collect::<Vec<_>>()
        };
        let both = "status: deprecated\ndeprecated: true\n";
        assert_eq!(kinds(product("status: active\n", both)), [KIND.id]);
        assert_eq!(
            kinds(product("deprecated: true\n", "status: deprecated\n")),
            ["key-order-or-comments"]
        );
        assert_eq!(
            kinds(product("status: deprecated\n", both)),
            ["key-order-or-comments"]
        );
        assert_eq!(
            kinds(product(
                "status: active\n",
                "status: deprecated\ndeprecated: maybe\n"
            )),
            ["needs-review", KIND.id]
        );
        assert_eq!(
            kinds(contract("status: active\n", "status: deprecated\n")),
            [KIND.id]
        );
        assert_eq!(
            kinds(product(
                "status: live\n",
                "status: living\ndeprecated: true\n"
            )),
            ["needs-review", KIND.id]
        );
    }
}
