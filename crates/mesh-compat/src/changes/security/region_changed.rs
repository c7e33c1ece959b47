use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::{environment, region};
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "region-changed",
    group: Group::Security,
    impacts: Impacts::all(Impact::Major),
    summary: "The data lies in another region.",
    why: "readers may be bound by law or contract to where the data lies",
    help: "keep a copy in the region that was said, or agree on the move with every reader",
    docs: "\
The region of a server is its `region` or `regionName`, or a custom property such as `region` or
`dataResidency`, which a contract, a product and an output port can have as well. Saying the same region
under another of these keys, or in other letters, changes nothing.

A region that is not said any more is major, since nobody promises it. It is minor where a region is said
for the first time, where both regions lie in one of the areas that the mesh has agreed on under
`vocabularies.regions` in `mesh.yaml`, and on a server for development or tests. A region that is only
part of a host name or a location is not looked for.",
    reverse: &["region-changed"],
    example: Example::contract(
        "\
servers:
  - server: lake
    type: athena
    schema: orders
    regionName: eu-central-1
",
        "\
servers:
  - server: lake
    type: athena
    schema: orders
    regionName: us-east-1
",
    ),
    on: &[
        On::Keys(Entity::Server, region::KEYS),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let (located, keys) = match (pair.entity, pair.owner) {
        (Entity::Server, _) => {
            let keys = region::KEYS.iter().copied();
            (pair, keys.filter(|key| pair.has_changed(key)).collect())
        }
        (_, Some(owner)) if region::is_located(owner.entity) && pair.is_custom(region::NAMES) => {
            let is_whole = pair.is_added() || pair.is_removed();
            (owner, vec![if is_whole { "" } else { "value" }])
        }
        _ => return,
    };
    let Some(first) = keys.first() else { return };
    let regions = region::of(located);
    let is_told_by_key = pair.entity == Entity::Custom
        && located.entity == Entity::Server
        && region::KEYS.iter().any(|key| located.has_changed(key));
    let is_said = regions.old.is_some() || regions.new.is_some();
    let is_same = match regions.split() {
        (Some(old), Some(new)) => region::is_same(old, new),
        _ => false,
    };
    if is_same || is_told_by_key {
        found.accounts_for(&keys);
        return;
    }
    if is_said {
        report(located, found, first, regions);
        found.accounts_for(&keys);
    }
}

fn report(located: &Pair<'_>, found: &mut Found<'_>, key: &str, regions: Both<Option<&str>>) {
    let subject = located.subject();
    let is_relied_on = environment::of(located).old.is_relied_on();
    let agreed = found.context().vocabularies.regions.as_ref();
    let (message, minor) = match regions.split() {
        (Some(old), Some(new)) => (
            format!(
                "the region of {subject} went from {} to {}",
                quoted(old),
                quoted(new)
            ),
            region::shared_area(agreed, old, new)
                .map(|area| format!("both regions lie in the area {}", quoted(area))),
        ),
        (Some(old), None) => (
            format!(
                "the region of {subject} is not said any more; it was {}",
                quoted(old)
            ),
            None,
        ),
        (None, new) => (
            format!(
                "the region of {subject} is said: {}",
                quoted(new.unwrap_or_default())
            ),
            Some(
                "it is said for the first time, so readers can compare it with their own rules"
                    .to_owned(),
            ),
        ),
    };
    let change = found.at(key, message);
    if let Some(why) = minor {
        change.impact_of(Impact::Minor).because(why);
    } else if !is_relied_on {
        change
            .impact_of(Impact::Minor)
            .because("the server is for development or tests, and may hold a copy of the data");
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::model::Kind;
    use mesh_spec::vocabulary::Vocabularies;

    use crate::facts::briefly;
    use crate::testing::contract;
    use crate::{Settings, compare};

    #[test]
    fn a_region_is_one_wherever_it_is_said() {
        const CUSTOM: &str = "customProperties: [{property: region, value: eu-1}]";
        for (old, new, expected) in [
            (
                "region: eu-1",
                "region: us-1",
                &["region-changed major"][..],
            ),
            ("region: eu-1", "", &["region-changed major"]),
            ("", "region: eu-1", &["region-changed minor"]),
            (
                "region: eu-1",
                "region: EU_1",
                &["key-order-or-comments none"],
            ),
            (
                "region: eu-1",
                "regionName: eu-1",
                &["key-order-or-comments none"],
            ),
            (CUSTOM, "region: eu-1", &["key-order-or-comments none"]),
            (CUSTOM, "region: us-1", &["region-changed major"]),
            (CUSTOM, "", &["region-changed major"]),
            (
                CUSTOM,
                "customProperties: [{property: region, value: us-1}]",
                &["region-changed major"],
            ),
            (
                "environment: dev, region: eu-1",
                "environment: dev, region: us-1",
                &["region-changed minor"],
            ),
        ] {
            let with = |rest: &str| format!("servers: [{{server: a, type: s3, {rest}}}]\n");
            let found = briefly(&contract(&with(old), &with(new)));
            assert_eq!(found, expected, "{old} > {new}");
        }
    }

    #[test]
    fn a_contract_says_where_its_data_lies() {
        let with = |name: &str, region: &str| {
            format!("customProperties: [{{property: {name}, value: {region}}}]\n")
        };
        for name in ["dataResidency", "mesh.region"] {
            let found = briefly(&contract(&with(name, "eu"), &with(name, "us")));
            assert_eq!(found, ["region-changed major"]);
        }
    }

    #[test]
    fn within_an_area_of_the_mesh_it_is_minor() {
        let areas = [("eu".to_owned(), vec!["eu-central-1".to_owned()])];
        let vocabularies = Vocabularies {
            regions: Some(areas.into()),
            ..Vocabularies::default()
        };
        let settings = Settings::default();
        let context = settings.context(&vocabularies);
        for (region, expected) in [("eu", "minor"), ("us-east-1", "major")] {
            let with = |region: &str| {
                let text = format!(
                    "apiVersion: v3.2.0\nkind: DataContract\nid: orders\nversion: 1.0.0\n\
                     status: active\nservers: [{{server: a, type: s3, region: {region}}}]\n"
                );
                Document::parse("a.odcs.yaml", text.into_bytes(), Some(Kind::DataContract))
            };
            let found = compare(&with("eu-central-1"), &with(region), context);
            let found = found.expect("both are contracts");
            assert_eq!(
                briefly(&found.changes),
                [format!("region-changed {expected}")]
            );
        }
    }
}
