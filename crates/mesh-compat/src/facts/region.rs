//! Where data lies.

use std::collections::BTreeMap;

pub(crate) use mesh_spec::terms::region::is_same;
use mesh_spec::terms::region::{self, lies_in};
use mesh_spec::yaml::NodeRef;

use crate::entity::Entity;
use crate::pair::{Both, Pair};

/// Names of custom properties that say a region.
pub(crate) const NAMES: &[&str] = region::NAMES;

/// The keys of a server that say its region.
pub(crate) const KEYS: &[&str] = &region::KEYS;

/// What a custom property about regions can belong to.
pub(crate) fn is_located(entity: Entity) -> bool {
    matches!(
        entity,
        Entity::Product | Entity::OutputPort | Entity::Contract | Entity::Server
    )
}

/// The region that something says of itself, by a key of its own or a custom property.
pub(crate) fn of<'d>(pair: &Pair<'d>) -> Both<Option<&'d str>> {
    let custom = pair
        .custom(NAMES)
        .map(|value| value.and_then(NodeRef::as_str));
    let mut found: Both<Option<&str>> = Both::default();
    let stated = KEYS.iter().map(|key| pair.text(key)).chain([custom]);
    for stated in stated {
        let text = stated.map(|text| text.map(str::trim).filter(|text| !text.is_empty()));
        found = Both {
            old: found.old.or(text.old),
            new: found.new.or(text.new),
        };
    }
    found
}

/// The legal area, of those that the mesh has agreed on, that both regions lie in.
pub(crate) fn shared_area<'v>(
    agreed: Option<&'v BTreeMap<String, Vec<String>>>,
    a: &str,
    b: &str,
) -> Option<&'v str> {
    let found = agreed?
        .iter()
        .find(|(area, regions)| lies_in(a, area, regions) && lies_in(b, area, regions))?;
    Some(found.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_share_the_area_that_the_mesh_has_agreed_on() {
        let agreed = BTreeMap::from([
            (
                "eu".to_owned(),
                vec!["eu-central-1".to_owned(), "eu_west_1".to_owned()],
            ),
            ("us".to_owned(), vec!["us-east-1".to_owned()]),
        ]);
        for (a, b, expected) in [
            ("eu-central-1", "eu-west-1", Some("eu")),
            ("EU", "eu-west-1", Some("eu")),
            ("eu-central-1", "us-east-1", None),
            ("mars", "mars-2", None),
        ] {
            assert_eq!(shared_area(Some(&agreed), a, b), expected, "{a} {b}");
            assert_eq!(shared_area(None, a, b), None);
        }
    }
}
