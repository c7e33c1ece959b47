use mesh_spec::yaml::NodeRef;

use crate::change::{Change, ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::granularity::{self, Granularity};
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "granularity-changed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "A record stands for something else.",
    why: "sums and counts change without an error",
    help: "add an object with the new granularity beside the old one until the next major version",
    docs: "\
What one record stands for is said by `dataGranularityDescription`, or by a custom property
`granularity`, `grain` or `dataGranularity`. mesh compares the words and not what they mean: any
other wording counts, except upper and lower case, spaces and a full stop at the end. A list of
fields has no order. Saying it for the first time is minor, and so is moving it from the custom
property to the standard's key.

A field that becomes a measure, by `semanticType`, or stops being one, changes what its values are
about as well: a measure is an aggregate, computed when it is asked for. Between `column` and
`dimension` the values stay as they are, and that is minor.",
    reverse: &["granularity-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    dataGranularityDescription: One row per order.
",
        "\
schema:
  - name: orders
    dataGranularityDescription: One row per order line.
",
    ),
    on: &[
        On::Keys(Entity::Object, &[DESCRIPTION]),
        On::Keys(Entity::Field, &["semanticType"]),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
    ],
    judge,
};

const DESCRIPTION: &str = "dataGranularityDescription";

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    match pair.entity {
        Entity::Field => semantic_type(pair, found),
        Entity::Custom if pair.is_custom(granularity::CUSTOM) => custom(pair, found),
        Entity::Object => description(pair, found),
        _ => {}
    }
}

fn description(pair: &Pair<'_>, found: &mut Found<'_>) {
    let said = pair.at(DESCRIPTION);
    let custom = pair.custom(granularity::CUSTOM);
    let nodes = Both {
        old: said.old.or(custom.old),
        new: said.new.or(custom.new),
    };
    report(pair, nodes, DESCRIPTION, found);
}

fn custom(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(owner) = pair.owner else { return };
    let value = pair.at("value");
    if !pair.is_added() && !pair.is_removed() {
        report(owner, value, "value", found);
        return;
    }
    // Where one takes the place of the other, or both say the same, the standard's key tells of it.
    let said = owner.at(DESCRIPTION);
    let (own, beside, other) = if pair.is_added() {
        (value.new, said.new, said.old)
    } else {
        (value.old, said.old, said.new)
    };
    let takes_its_place = beside.is_none() && other.is_some();
    if takes_its_place
        || own
            .and_then(Granularity::of)
            .is_some_and(|own| own.is_said_by(beside))
    {
        found.accounts_for(&[""]);
        return;
    }
    let nodes = Both {
        old: value.old.or(said.old),
        new: value.new.or(said.new),
    };
    report(owner, nodes, "", found);
}

/// Reports what `subject` says of its granularity, under `key`.
fn report(subject: &Pair<'_>, nodes: Both<Option<NodeRef<'_>>>, key: &str, found: &mut Found<'_>) {
    let read = nodes.map(|node| node.map(Granularity::of));
    let message = match read.split() {
        (Some(Some(old)), Some(Some(new))) if old.is(&new) => {
            found.accounts_for(&[key]);
            return;
        }
        (Some(Some(old)), Some(Some(new))) => {
            format!(
                "the granularity of {} went from {} to {}",
                subject.subject(),
                quoted(old.text),
                quoted(new.text)
            )
        }
        (None, Some(Some(new))) => {
            let message = format!(
                "the granularity of {} is said now: {}",
                subject.subject(),
                quoted(new.text)
            );
            put(found, key, message)
                .impact_of(Impact::Minor)
                .because("readers learn what a record stands for");
            return;
        }
        (Some(Some(old)), None) => format!(
            "the granularity of {} is not said any more; it was {}",
            subject.subject(),
            quoted(old.text)
        ),
        _ => return,
    };
    put(found, key, message);
}

fn put<'f>(found: &'f mut Found<'_>, key: &str, message: String) -> &'f mut Change {
    match key {
        "" => found.whole(message),
        key => found.at(key, message),
    }
}

fn semantic_type(pair: &Pair<'_>, found: &mut Found<'_>) {
    let (Some(old), Some(new)) = pair.text("semanticType").split() else {
        return;
    };
    let is_known = |role: &str| matches!(role, "column" | "dimension" | "measure");
    if !is_known(old) || !is_known(new) {
        return;
    }
    let message = format!("{} went from {old} to {new}", pair.subject());
    let change = found.at("semanticType", message);
    if old == "measure" || new == "measure" {
        change.because("a measure is an aggregate, so the values are about something else");
    } else {
        change
            .impact_of(Impact::Minor)
            .because("the values stay as they are, and the field is for another use");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::contract;
    use crate::{Change, Impact};

    fn told(old: &str, new: &str) -> Vec<Change> {
        let yaml = |keys: &str| format!("schema: [{{name: orders{keys}}}]\n");
        contract(&yaml(old), &yaml(new))
    }

    fn kinds(old: &str, new: &str) -> Vec<(&'static str, Impact)> {
        let changes = told(old, new).into_iter();
        changes
            .map(|change| (change.kind.id, change.impacts.read))
            .collect()
    }

    const SAME: [(&str, Impact); 1] = [("key-order-or-comments", Impact::None)];

    #[test]
    fn the_custom_property_says_it_as_well() {
        let custom = |value: &str| {
            format!(
                ", customProperties: [{{property: mesh.dataGrain, value: x}}, {{property: grain, value: {value}}}]"
            )
        };
        let key = |text: &str| format!(", dataGranularityDescription: {text}");
        let changed = |impact| [("granularity-changed", impact)];
        let (daily, monthly) = (custom("daily"), custom("monthly"));
        assert_eq!(kinds(&daily, &monthly), changed(Impact::Major));
        assert_eq!(kinds(&daily, &custom("Daily")), SAME);
        assert_eq!(kinds("", &key("daily")), changed(Impact::Minor));
        assert_eq!(kinds(&key("daily"), ""), changed(Impact::Major));
        let other = ", customProperties: [{property: mesh.dataGrain, value: x}]";
        assert_eq!(kinds(other, &daily), changed(Impact::Minor));
        assert_eq!(kinds(&daily, other), changed(Impact::Major));
        // From the custom property to the key of the standard.
        let both = |text: &str| format!("{other}{}", key(text));
        assert_eq!(kinds(&daily, &both("Daily.")), SAME);
        assert_eq!(kinds(&both("daily"), &daily), SAME);
        assert_eq!(kinds(&daily, &both("hourly")), changed(Impact::Major));
        // Beside the key of the standard.
        let beside = |text: &str| format!("{daily}{}", key(text));
        assert_eq!(kinds(&both("daily"), &beside("daily")), SAME);
        assert_eq!(kinds(&beside("daily"), &both("daily")), SAME);
        assert_eq!(kinds(other, &beside("daily")), changed(Impact::Minor));
        assert_eq!(
            kinds(&both("hourly"), &beside("hourly")),
            changed(Impact::Major)
        );
    }

    #[test]
    fn what_cannot_be_read_needs_review() {
        let custom =
            |value: &str| format!(", customProperties: [{{property: grain, value: {value}}}]");
        let review = [("needs-review", Impact::Review)];
        assert_eq!(kinds(&custom("daily"), &custom("{unit: day}")), review);
    }

    #[test]
    fn a_measure_is_about_something_else() {
        let field = |role: &str| format!(", properties: [{{name: amount{role}}}]");
        let of = |role: &str| field(&format!(", semanticType: {role}"));
        let changed = |impact| [("granularity-changed", impact)];
        assert_eq!(kinds(&field(""), &of("measure")), changed(Impact::Major));
        assert_eq!(
            kinds(&of("measure"), &of("dimension")),
            changed(Impact::Major)
        );
        assert_eq!(kinds(&field(""), &of("dimension")), changed(Impact::Minor));
        assert_eq!(
            kinds(&field(""), &of("entity")),
            [("needs-review", Impact::Review)]
        );
        assert_eq!(
            told(&field(""), &of("measure"))[0].message,
            "field `orders.amount` went from column to measure"
        );
    }
}
