use mesh_spec::yaml::NodeRef;

use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::names;
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "transform-changed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor),
    summary: "The values of a field are computed otherwise.",
    why: "values may shift, within what the contract promises of them",
    help: "say in the description what shifts; if the values mean something else now, add a field instead",
    docs: "\
mesh compares `transformSourceObjects`, whatever their order, and `transformLogic`, except for
spaces at the ends of lines, and reports one change for the field. It does not judge what the logic
computes: if the unit, the granularity or the allowed values change with it, say so where the
standard has a key for it.

`transformDescription` explains and does not compute: if it changed alone, that is a patch.",
    reverse: &["transform-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: net_amount
        logicalType: number
        transformSourceObjects: [erp.orders]
        transformLogic: amount - tax
",
        "\
schema:
  - name: orders
    properties:
      - name: net_amount
        logicalType: number
        transformSourceObjects: [erp.orders, erp.discounts]
        transformLogic: amount - tax - discount
",
    ),
    on: &[On::Keys(Entity::Field, KEYS)],
    judge,
};

const SOURCES: &str = "transformSourceObjects";
const LOGIC: &str = "transformLogic";
const WORDS: &str = "transformDescription";
const KEYS: &[&str] = &[SOURCES, LOGIC, WORDS];

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let mut told = Vec::new();
    let sources = if pair.is_list_of_scalars(SOURCES) {
        pair.set(SOURCES)
    } else {
        Both::default()
    };
    let sources = sources.map(|nodes| {
        let names: Vec<_> = nodes.into_iter().filter_map(NodeRef::as_str).collect();
        (!names.is_empty()).then(|| names::listed(names))
    });
    match sources.split() {
        (Some(old), Some(new)) => told.push(format!("from {new} in place of {old}")),
        (Some(old), None) => told.push(format!("without {old}")),
        (None, Some(new)) => told.push(format!("from {new} as well")),
        (None, None) => {}
    }
    let mut key = (!told.is_empty()).then_some(SOURCES);
    if pair.has_changed(LOGIC) {
        let texts = pair.text(LOGIC);
        let written = pair.at(LOGIC).map(|node| node.is_some());
        let is_text = texts.old.is_some() == written.old && texts.new.is_some() == written.new;
        if is_text && texts.old.map(lines) == texts.new.map(lines) {
            found.accounts_for(&[LOGIC]);
        } else if is_text {
            key = Some(key.unwrap_or(LOGIC));
            told.push("by other logic".to_owned());
            found.accounts_for(&[LOGIC]);
        }
    }
    let subject = pair.subject();
    if let Some(key) = key {
        found.accounts_for(&[WORDS]);
        found.at(
            key,
            format!("{subject} is computed {}", told.join(", and ")),
        );
    } else if pair.has_changed(WORDS) {
        found
            .at(
                WORDS,
                format!("`{WORDS}` of {subject} is worded differently"),
            )
            .impact_of(Impact::Patch)
            .because("no reader depends on the words");
    }
}

/// What is compared of code: its lines, without spaces at their ends and without empty ones around them.
fn lines(code: &str) -> Vec<&str> {
    code.trim().lines().map(str::trim_end).collect()
}

#[cfg(test)]
mod tests {
    use crate::Impact;
    use crate::testing::contract;

    #[test]
    fn one_change_says_all_of_it() {
        let told = |old: &str, new: &str| -> Vec<_> {
            let yaml = |keys: &str| {
                format!("schema: [{{name: orders, properties: [{{name: net{keys}}}]}}]\n")
            };
            let changes = contract(&yaml(old), &yaml(new)).into_iter();
            changes
                .map(|change| (change.impacts.read, change.message))
                .collect()
        };
        let minor = |text: &str| {
            [(
                Impact::Minor,
                format!("field `orders.net` is computed {text}"),
            )]
        };
        let sources = |names: &str| format!(", transformSourceObjects: [{names}]");
        assert_eq!(
            told(&sources("a, b"), &sources("b, c")),
            minor("from `c` in place of `a`")
        );
        assert_eq!(told(&sources("a, b"), &sources("b")), minor("without `a`"));
        assert_eq!(told("", &sources("a")), minor("from `a` as well"));
        let logic =
            |text: &str| format!(", transformLogic: {text:?}, transformDescription: {text:?}");
        assert_eq!(told(&logic("a"), &logic("b")), minor("by other logic"));
        assert_eq!(
            told(
                &logic("a  \nb\n").replace(", transformDescription: \"a  \\nb\\n\"", ""),
                ", transformLogic: \"a\\nb\""
            ),
            [(
                Impact::None,
                "the files differ, and the documents do not".to_owned()
            )]
        );
        assert_eq!(
            told(", transformDescription: a", ", transformDescription: b"),
            [(
                Impact::Patch,
                "`transformDescription` of field `orders.net` is worded differently".to_owned()
            )]
        );
        assert_eq!(told("", ", transformLogic: [a]")[0].0, Impact::Review);
        let unreadable = ", transformSourceObjects: {a: b}";
        assert_eq!(told(&sources("a"), unreadable)[0].0, Impact::Review);
    }
}
