use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::ports;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const KEYS: &[&str] = &["name", "version", "contractId", "id"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "input-port-changed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Minor),
    summary: "A product reads something else, or another version of it.",
    why: "where the data comes from changes, and with it what may be in it",
    help: "raise the minor version, and check that what the contracts of the output ports promise still holds",
    docs: "\
An input port that was added or removed, or of which `name`, `id`, `version` or `contractId`
changed; an input contract of an output port; and what mesh keeps with an input port as the custom
properties `upstream` (where it comes from) and `purpose`. This is lineage: readers are not promised
where the data comes from, but it may explain what they see. To give a port an `id` where it had
none is a patch. The property `declassified` [needs review](needs-review.md): it decides under which
label data leaves.",
    reverse: &["input-port-changed"],
    example: Example::product(
        "\
inputPorts:
  - name: payments
    version: 1.0.0
    contractId: payments
",
        "\
inputPorts:
  - name: payments
    version: 2.0.0
    contractId: payments
",
    ),
    on: &[
        On::Added(Entity::InputPort),
        On::Removed(Entity::InputPort),
        On::Keys(Entity::InputPort, KEYS),
        On::Added(Entity::InputContract),
        On::Removed(Entity::InputContract),
        On::Keys(Entity::InputContract, KEYS),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let keys = match pair.entity {
        Entity::Custom => {
            let is_of_input = pair.owner.is_some_and(|it| it.entity == Entity::InputPort);
            let mut names = ["upstream", "purpose"].into_iter();
            if !is_of_input || !names.any(|name| pair.is_custom_of_mesh(name)) {
                return;
            }
            &["value"]
        }
        _ => KEYS,
    };
    if pair.is_added() || pair.is_removed() {
        found.whole(pair.told());
        return;
    }
    for key in keys.iter().filter(|key| pair.has_changed(key)) {
        if let ("version", (Some(old), Some(new))) = (*key, pair.text(key).split())
            && ports::is_same_version(old, new)
        {
            found.accounts_for(&[key]);
        } else {
            let is_first_id = *key == "id" && pair.at(key).old.is_none();
            let change = found.at(key, pair.told_of(key));
            if is_first_id {
                change
                    .impact_of(Impact::Patch)
                    .because("references can be made of it now, and the data is the same");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::product;

    #[test]
    fn lineage_is_told_wherever_it_is_written() {
        let input =
            |rest: &str| format!("inputPorts:\n  - name: payments\n    version: 1.0.0\n{rest}");
        let custom = |name: &str, value: &str| {
            input(&format!(
                "    customProperties: [{{vendor: mesh, property: {name}, value: {value}}}]\n"
            ))
        };
        for (old, new, expected) in [
            (
                input("    contractId: a\n"),
                input("    contractId: b\n"),
                KIND.id,
            ),
            ("tags: []\n".to_owned(), input(""), KIND.id),
            (
                custom("upstream", "{product: a}"),
                custom("upstream", "{product: b}"),
                KIND.id,
            ),
            (custom("purpose", "billing"), input(""), KIND.id),
            (custom("declassified", "summed"), input(""), "needs-review"),
            (
                "outputPorts: [{name: o, inputContracts: [{id: a, version: 1.0.0}]}]\n".to_owned(),
                "outputPorts: [{name: o, inputContracts: [{id: a, version: 1.1.0}]}]\n".to_owned(),
                KIND.id,
            ),
            (
                input(""),
                input("").replace("1.0.0", "v1.0.0"),
                "key-order-or-comments",
            ),
        ] {
            let found: Vec<_> = product(&old, &new)
                .iter()
                .map(|change| change.kind.id)
                .collect();
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }
}
