//! Fields without a name of their own: the elements of an array, the keys and the values of a map.

use crate::entity::Entity;
use crate::pair::Pair;

/// The field that `pair` is a part of; nothing for what has a name.
pub(crate) fn whole<'a, 'p>(pair: &'a Pair<'p>) -> Option<&'a Pair<'p>> {
    if pair.is_part() || pair.entity == Entity::MapTypes {
        let mut around = pair.outwards().skip(1);
        around.find(|pair| pair.entity == Entity::Field)
    } else {
        None
    }
}

/// What to call a part, or both of a map.
pub(crate) fn noun(pair: &Pair<'_>) -> &'static str {
    match pair.key {
        "items" => "the elements",
        "key" => "the keys",
        "value" => "the values",
        _ => "the keys and values",
    }
}

/// Whether a field is of another type than before, which is told of it and not of its parts.
pub(crate) fn is_of_another_type(field: &Pair<'_>) -> bool {
    let logical = field.at("logicalType");
    let is_unsaid = logical.old.is_none() && logical.new.is_none();
    field.has_changed("logicalType") || is_unsaid && field.has_changed("physicalType")
}
