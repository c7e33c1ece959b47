use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const ID: &[&str] = &["id"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "stable-id-changed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "An entry has another `id`.",
    why: "references by `id`, from relationships, service levels and other documents, lead nowhere",
    help: "keep the `id`, whatever else changes; it is there to outlive names",
    docs: "\
The `id` of an object or a field is the part of it that stays, and references of other contracts are
made of it. To change or remove one is major; to give one where there was none is a patch.

The other entries of a document have an `id` as well: ports, servers, service levels, quality
checks, members and so on. Nothing that a reader depends on is addressed by it, so any change to one
is a patch. The `id` of an input port is [lineage](input-port-changed.md), and those of
[products](product-id-changed.md) and [contracts](contract-id-changed.md) are kinds of their own.",
    reverse: &["stable-id-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - id: order_number
        name: order_id
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - id: order_key
        name: order_id
        logicalType: string
",
    ),
    on: &[
        On::Keys(Entity::OutputPort, ID),
        On::Keys(Entity::ManagementPort, ID),
        On::Keys(Entity::Sbom, ID),
        On::Keys(Entity::Object, ID),
        On::Keys(Entity::Field, ID),
        On::Keys(Entity::Quality, ID),
        On::Keys(Entity::Relationship, ID),
        On::Keys(Entity::EnumValue, ID),
        On::Keys(Entity::Server, ID),
        On::Keys(Entity::Role, ID),
        On::Keys(Entity::Sla, ID),
        On::Keys(Entity::Price, ID),
        On::Keys(Entity::Team, ID),
        On::Keys(Entity::Member, ID),
        On::Keys(Entity::Support, ID),
        On::Keys(Entity::Link, ID),
        On::Keys(Entity::Custom, ID),
        On::Keys(Entity::Synonym, ID),
        On::Keys(Entity::Statement, ID),
        On::Keys(Entity::Constraint, ID),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let is_new = pair.at("id").old.is_none();
    let is_referred_to = matches!(pair.entity, Entity::Object | Entity::Field);
    let change = found.at("id", pair.told_of("id"));
    if !is_referred_to {
        change
            .impact_of(Impact::Patch)
            .because("nothing that a reader depends on is addressed by it");
    } else if is_new {
        change
            .impact_of(Impact::Patch)
            .because("references can be made of it now");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::contract;

    #[test]
    fn only_ids_that_are_referred_to_matter() {
        let object = |id: &str| format!("schema: [{{name: orders{id}}}]\n");
        let server = |id: &str| format!("servers: [{{server: prod, type: custom{id}}}]\n");
        for (old, new, impact) in [
            (object(", id: a"), object(", id: b"), Impact::Major),
            (object(", id: a"), object(""), Impact::Major),
            (object(""), object(", id: a"), Impact::Patch),
            (server(", id: a"), server(", id: b"), Impact::Patch),
            (server(", id: a"), server(""), Impact::Patch),
        ] {
            let found: Vec<_> = contract(&old, &new)
                .iter()
                .map(|change| (change.kind.id, change.impacts.read))
                .collect();
            assert_eq!(found, [(KIND.id, impact)], "{old} > {new}");
        }
    }
}
