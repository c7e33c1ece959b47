use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const PROPERTY: &[&str] = &["vendor", "property"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "standard-version-changed",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::Patch),
    summary: "A document follows another version of its standard.",
    why: "nothing by itself: what the document says is compared as the versions mean it",
    help: "raise the patch version",
    docs: "\
Versions of a standard differ in how a document is written: a team as the list of its members, or
the vendor of a custom property as a prefix of its name. mesh reads what either means, so such
differences are not reported. Everything that the document says otherwise is compared on its own.",
    reverse: &["standard-version-changed"],
    example: Example::contract(
        "\
apiVersion: v3.1.0
",
        "\
apiVersion: v3.2.0
",
    ),
    on: &[
        On::Keys(Entity::Product, &["apiVersion"]),
        On::Keys(Entity::Contract, &["apiVersion"]),
        On::Keys(Entity::Custom, PROPERTY),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    // Entries are matched by vendor and name together, so what differs is how the two are written.
    if pair.entity == Entity::Custom {
        found.accounts_for(PROPERTY);
    } else {
        found.at("apiVersion", pair.told_of("apiVersion"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::product;

    #[test]
    fn a_vendor_may_be_a_prefix() {
        let old =
            "apiVersion: v1.0.0\ncustomProperties: [{property: mesh.retentionClass, value: A}]\n";
        let new = "apiVersion: v1.1.0\ncustomProperties: [{vendor: mesh, property: retentionClass, value: A}]\n";
        let kinds = |changes: Vec<crate::Change>| {
            changes
                .iter()
                .map(|change| change.kind.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(product(old, new)), [KIND.id]);
        assert_eq!(
            kinds(product(old, &new.replace("mesh,", "other,"))),
            ["needs-review", "needs-review", KIND.id]
        );
    }
}
