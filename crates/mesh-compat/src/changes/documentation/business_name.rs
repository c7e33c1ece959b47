use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "business-name",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::Patch),
    summary: "Something is called otherwise by people.",
    why: "no reader addresses anything by this name",
    help: "raise the patch version",
    docs: "\
The `name` of a product or contract, which are addressed by their `id`; the `businessName` of an
object or a field, which are addressed by their `name`; and the `dataProduct` of a contract. Names
under which data is read are not of this kind.",
    reverse: &["business-name"],
    example: Example::contract(
        "\
schema:
  - name: orders
    businessName: Orders
",
        "\
schema:
  - name: orders
    businessName: Customer orders
",
    ),
    on: &[
        On::Keys(Entity::Product, &["name"]),
        On::Keys(Entity::Contract, &["name", "dataProduct"]),
        On::Keys(Entity::Object, &["businessName"]),
        On::Keys(Entity::Field, &["businessName"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let keys: &[&str] = match pair.entity {
        Entity::Product | Entity::Contract => &["name", "dataProduct"],
        _ => &["businessName"],
    };
    for key in keys.iter().filter(|key| pair.has_changed(key)) {
        found.at(key, pair.told_of(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{contract, product};

    #[test]
    fn a_name_by_which_data_is_read_is_no_label() {
        let changes = product("name: Orders\n", "name: Sales orders\n");
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].kind.id, KIND.id);
        assert_eq!(
            changes[0].message,
            "`name` changed from `Orders` to `Sales orders`"
        );
        let object = |name: &str| format!("schema: [{{id: a, name: {name}}}]\n");
        let changes = contract(&object("orders"), &object("sales"));
        assert!(changes.iter().all(|change| change.kind.id != KIND.id));
        assert!(!changes.is_empty());
    }
}
