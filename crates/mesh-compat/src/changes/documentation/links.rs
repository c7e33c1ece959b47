use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const KEYS: &[&str] = &["type", "url", "invitationUrl"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "links",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::Patch),
    summary: "A link leads elsewhere.",
    why: "no reader of the data depends on where it leads",
    help: "raise the patch version",
    docs: "\
Authoritative definitions, wherever they may stand; bills of materials; the addresses of support
channels; and the code and infrastructure of a product, which mesh keeps in the custom property
`components`. The addresses at which data is read are not of this kind.",
    reverse: &["links"],
    example: Example::contract(
        "\
authoritativeDefinitions:
  - type: businessDefinition
    url: https://wiki.example.com/orders
",
        "\
authoritativeDefinitions:
  - type: businessDefinition
    url: https://glossary.example.com/orders
",
    ),
    on: &[
        On::Added(Entity::Link),
        On::Removed(Entity::Link),
        On::Keys(Entity::Link, KEYS),
        On::Added(Entity::Sbom),
        On::Removed(Entity::Sbom),
        On::Keys(Entity::Sbom, KEYS),
        On::Keys(Entity::Support, KEYS),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.entity == Entity::Custom {
        let is_of_product = pair.owner.is_some_and(|it| it.entity == Entity::Product);
        if !is_of_product || !pair.is_custom_of_mesh("components") {
            return;
        }
    }
    if pair.is_added() || pair.is_removed() {
        found.whole(pair.told());
        return;
    }
    if pair.entity == Entity::Custom {
        found.at("value", "the code or infrastructure of the product changed");
        return;
    }
    for key in KEYS.iter().filter(|key| pair.has_changed(key)) {
        found.at(key, pair.told_of(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{contract, product};

    #[test]
    fn links_are_told_of_wherever_they_stand() {
        let components = |url: &str| {
            format!(
                "customProperties: [{{vendor: mesh, property: components, value: {{code: [{{name: etl, url: {url}}}]}}}}]\n"
            )
        };
        let sbom = |url: &str| format!("outputPorts: [{{name: o, sbom: [{{url: {url}}}]}}]\n");
        let support = |url: &str| format!("support: [{{channel: help, url: {url}}}]\n");
        let kinds = |changes: &[crate::Change]| {
            changes
                .iter()
                .map(|change| change.kind.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            kinds(&product(&components("a"), &components("b"))),
            [KIND.id]
        );
        assert_eq!(
            kinds(&product(&sbom("https://a"), &sbom("https://b"))),
            [KIND.id, KIND.id]
        );
        assert_eq!(
            kinds(&contract(&support("https://a"), &support("https://b"))),
            [KIND.id]
        );
    }

    #[test]
    fn components_of_somebody_else_need_review() {
        let custom = |name: &str, value: &str| {
            format!("customProperties: [{{property: {name}, value: {value}}}]\n")
        };
        let acme = "vendor: acme, property: components";
        for changes in [
            contract(
                &custom("mesh.components", "a"),
                &custom("mesh.components", "b"),
            ),
            product(&custom("components", "a"), &custom("components", "b")),
            product(
                &custom("acme.components", "a"),
                &custom("acme.components", "b"),
            ),
            product(
                &custom("components", "a").replace("property: components", acme),
                &custom("components", "b").replace("property: components", acme),
            ),
        ] {
            assert_eq!(changes[0].kind.id, "needs-review");
        }
        let changes = product(
            &custom("mesh.components", "a"),
            &custom("mesh.components", "b"),
        );
        assert_eq!(changes[0].kind.id, KIND.id);
    }
}
