use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const KEYS: &[&str] = &["domain", "tenant"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "domain-changed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "A product or a contract belongs to another domain or tenant.",
    why: "the address moves, and so does the team that answers for it",
    help: "announce the move under a new major version, and keep the product in its old domain until readers have followed",
    docs:
        "\
`domain` and `tenant` say where a product is found and who answers for it; roles, policies and costs
follow them. A domain or tenant that is not said any more counts as left. One that was not said
before is minor: nothing moves.

Tenants are compared without regard to upper and lower case, as the standard says; domains are not.",
    reverse: &["domain-changed"],
    example: Example::product(
        "\
domain: sales
",
        "\
domain: logistics
",
    ),
    on: &[
        On::Keys(Entity::Product, KEYS),
        On::Keys(Entity::Contract, KEYS),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    for key in KEYS.iter().filter(|key| pair.has_changed(key)) {
        let text = pair.text(key);
        if let (Some(old), Some(new)) = text.split()
            && is_same(key, old, new)
        {
            found.accounts_for(&[key]);
            continue;
        }
        let is_new = pair.at(key).old.is_none();
        let change = found.at(key, pair.told_of(key));
        if is_new {
            change
                .impact_of(Impact::Minor)
                .because("readers learn where it belongs, and nothing moves");
        }
    }
}

fn is_same(key: &str, old: &str, new: &str) -> bool {
    match key {
        "tenant" => old.trim().to_lowercase() == new.trim().to_lowercase(),
        _ => old.trim() == new.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{contract, product};

    #[test]
    fn tenants_have_no_case_and_domains_do() {
        let kinds = |changes: Vec<crate::Change>| {
            changes
                .iter()
                .map(|change| (change.kind.id, change.impacts.read))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            kinds(product("tenant: Shop\n", "tenant: SHOP\n")),
            [("key-order-or-comments", Impact::None)]
        );
        assert_eq!(
            kinds(product("domain: sales\n", "domain: Sales\n")),
            [(KIND.id, Impact::Major)]
        );
        assert_eq!(
            kinds(contract("tags: []\n", "domain: sales\ntenant: shop\n")),
            [(KIND.id, Impact::Minor), (KIND.id, Impact::Minor)]
        );
        assert_eq!(
            kinds(contract("domain: sales\n", "tags: []\n")),
            [(KIND.id, Impact::Major)]
        );
    }
}
