use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::ports;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "version-changed",
    group: Group::Product,
    impacts: Impacts::all(Impact::None),
    summary: "A product, a port or a contract has another version number.",
    why: "nothing by itself: the number says what the other changes mean",
    help: "choose the number by the gravest of the other changes",
    docs: "\
Whether the number fits what changed is judged by `mesh breaking`; here it is only told. `v1.2.0`
and `1.2.0` are the same version. A port that offers another major version in place of the one that
it had is [removed](output-port-removed.md) for those who read the old one. A port whose version
cannot be compared, or is not said any more, [needs review](needs-review.md).",
    reverse: &["version-changed", "needs-review"],
    example: Example::product(
        "\
version: 1.0.0
",
        "\
version: 1.1.0
",
    ),
    on: &[
        On::Keys(Entity::Product, &["version"]),
        On::Keys(Entity::Contract, &["version"]),
        On::Keys(Entity::OutputPort, &["version"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let text = pair.text("version");
    if let (Some(old), Some(new)) = text.split()
        && ports::is_same_version(old, new)
    {
        found.accounts_for(&["version"]);
        return;
    }
    let is_told = match text.split() {
        _ if pair.entity != Entity::OutputPort => true,
        (Some(old), Some(new)) => ports::is_of_same_line(old, new),
        (None, Some(_)) => pair.at("version").old.is_none(),
        (_, None) => false,
    };
    if is_told {
        found.at("version", pair.told_of("version"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{contract, product};

    #[test]
    fn a_number_is_told_where_it_can_be_compared() {
        let port = |version: &str| format!("outputPorts: [{{name: orders{version}}}]\n");
        let of = |version: &str| format!("version: {version}\n");
        for (old, new, expected) in [
            (of("1.0.0"), of("v1.0.0"), "key-order-or-comments"),
            (of("1.0.0"), of("2.0.0"), KIND.id),
            (of("one"), of("two"), KIND.id),
            (of("1.0.0"), of(""), KIND.id),
            (port(", version: 1.0.0"), port(", version: 1.1.0"), KIND.id),
            (port(""), port(", version: 1.1.0"), KIND.id),
            (port(", version: 1.1.0"), port(""), "needs-review"),
            (
                port(", version: one"),
                port(", version: two"),
                "needs-review",
            ),
        ] {
            let found: Vec<_> = product(&old, &new)
                .iter()
                .map(|change| change.kind.id)
                .collect();
            assert_eq!(found, [expected], "{old} > {new}");
        }
        let found = contract("version: 1.0.0\n", "version: 1.0.1\n");
        assert_eq!(found[0].impacts, KIND.impacts);
    }
}
