use mesh_spec::terms::personal;
use mesh_spec::yaml::NodeRef;

use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::enumeration::{self, Values};
use crate::facts::listed;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const SYNONYM: &[&str] = &["synonym", "locale", "source", "status"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "tags",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::Patch),
    summary: "Something is found by other words.",
    why: "no reader depends on the words by which data is found",
    help: "raise the patch version",
    docs: "\
`tags` wherever they may stand, synonyms, and what sort of product it is: `type`, or a custom
property `archetype`. Lists are compared without regard to their order.

Tags that say whether values are personal, such as `pii` and `non-personal`, are no mere words: they
are told of as [personal-tag-added](personal-tag-added.md) or
[personal-tag-removed](personal-tag-removed.md). Nor is `extensible`, where a field lists its values: it
is told of as [enum-value-added](enum-value-added.md) or [enum-value-removed](enum-value-removed.md).",
    reverse: &["tags"],
    example: Example::contract(
        "\
tags: [orders, web]
",
        "\
tags: [orders, shop]
",
    ),
    on: &[
        On::Keys(Entity::Product, &["tags", "type"]),
        On::Keys(Entity::InputPort, &["tags"]),
        On::Keys(Entity::OutputPort, &["tags"]),
        On::Keys(Entity::ManagementPort, &["tags"]),
        On::Keys(Entity::Sbom, &["tags"]),
        On::Keys(Entity::Contract, &["tags"]),
        On::Keys(Entity::Object, &["tags"]),
        On::Keys(Entity::Field, &["tags"]),
        On::Keys(Entity::Quality, &["tags"]),
        On::Keys(Entity::EnumValue, &["tags"]),
        On::Keys(Entity::Team, &["tags"]),
        On::Keys(Entity::Member, &["tags"]),
        On::Keys(Entity::Support, &["tags"]),
        On::Keys(Entity::Statement, &["tags"]),
        On::Keys(Entity::Constraint, &["tags"]),
        On::Added(Entity::Synonym),
        On::Removed(Entity::Synonym),
        On::Keys(Entity::Synonym, SYNONYM),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    match pair.entity {
        Entity::Custom => archetype(pair, found),
        Entity::Synonym => synonym(pair, found),
        _ => {
            if pair.has_changed("tags") {
                tags(pair, found);
            }
            if pair.entity == Entity::Product && pair.has_changed("type") {
                found.at("type", pair.told_of("type"));
            }
        }
    }
}

fn archetype(pair: &Pair<'_>, found: &mut Found<'_>) {
    let is_of_product = pair.owner.is_some_and(|it| it.entity == Entity::Product);
    if !is_of_product || !pair.is_custom(&["archetype"]) {
        return;
    }
    if pair.is_added() || pair.is_removed() {
        found.whole(pair.told());
    } else {
        found.at("value", pair.told_of("value"));
    }
}

fn synonym(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.is_added() || pair.is_removed() {
        found.whole(pair.told());
        return;
    }
    for key in SYNONYM.iter().filter(|key| pair.has_changed(key)) {
        found.at(key, pair.told_of(key));
    }
}

fn tags(pair: &Pair<'_>, found: &mut Found<'_>) {
    if !pair.is_list_of_scalars("tags") {
        return;
    }
    // Elsewhere a tag speaks of people or of documents, not of values.
    let may_mark = matches!(
        pair.entity,
        Entity::Product
            | Entity::InputPort
            | Entity::OutputPort
            | Entity::Contract
            | Entity::Object
            | Entity::Field
    );
    let may_open = pair.entity == Entity::Field && Values::of(pair, found).stay_listed();
    let marks = |tag: &NodeRef<'_>| {
        let text = tag.key_text();
        may_mark && personal::says_personal(text).is_some()
            || may_open && enumeration::says_extensible(text)
    };
    let changed = pair.set("tags");
    let has_marks = changed.old.iter().chain(&changed.new).any(marks);
    let ordinary = changed.map(|mut tags| {
        tags.retain(|tag| !marks(tag));
        tags
    });
    let whose = pair.owner.map(|_| pair.subject());
    let told = listed::told(
        ("tag", "tags"),
        whose.as_deref(),
        &ordinary.new,
        &ordinary.old,
    );
    let Some(message) = told else {
        return;
    };
    if has_marks {
        found.part_of("tags", message);
    } else {
        found.at("tags", message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{contract, product};

    fn told(changes: &[crate::Change]) -> Vec<&str> {
        let own = changes.iter().filter(|change| change.kind.id == KIND.id);
        own.map(|change| change.message.as_str()).collect()
    }

    #[test]
    fn tags_that_mark_personal_data_are_left_to_others() {
        let object = |tags: &str| format!("schema: [{{name: orders, tags: [{tags}]}}]\n");
        let changes = contract(&object("a"), &object("a, b, c"));
        assert_eq!(
            told(&changes),
            ["tags `b` and `c` were added to object `orders`"]
        );
        assert_eq!(changes.len(), 1);
        let changes = contract(&object("a"), &object("b, pii"));
        assert_eq!(
            told(&changes),
            ["tag `b` was added to object `orders`, and `a` was removed"]
        );
        assert!(changes.len() > 1, "nothing hides the other tag");
        let changes = contract(&object("a"), &object("a, pii"));
        assert!(told(&changes).is_empty() && !changes.is_empty());
    }

    #[test]
    fn a_team_may_be_about_personal_data() {
        let team = |tags: &str| format!("team: {{name: privacy, tags: [{tags}]}}\n");
        let changes = product(&team(""), &team("gdpr"));
        assert_eq!(told(&changes), ["tag `gdpr` was added to team `privacy`"]);
        assert_eq!(changes.len(), 1);
    }

    #[test]
    fn lists_of_something_else_need_review() {
        let changes = contract("tags: [a]\n", "tags: [{a: b}]\n");
        assert_eq!(changes[0].kind.id, "needs-review");
    }

    #[test]
    fn sorts_of_products_and_synonyms_are_words() {
        assert_eq!(
            told(&product("type: aggregate\n", "type: sourceAligned\n")),
            ["`type` changed from `aggregate` to `sourceAligned`"]
        );
        assert_eq!(
            told(&product("synonyms: []\n", "synonyms: [{synonym: sales}]\n")),
            ["synonym `sales` was added"]
        );
        let custom =
            |value: &str| format!("customProperties: [{{property: archetype, value: {value}}}]\n");
        assert_eq!(told(&product(&custom("a"), &custom("b"))).len(), 1);
    }
}
