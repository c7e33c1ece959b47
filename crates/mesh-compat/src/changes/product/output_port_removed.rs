use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::ports;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "output-port-removed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "An output port is gone.",
    why: "whoever reads the port has no address any more",
    help: "keep the port and mark it `deprecated: true`, and remove it when `mesh impact` names no reader",
    docs: "\
A port is the address under which consumers read. A version of a port counts as gone when no port of
that name offers the same major version any more: offering `2.0.0` beside `1.4.0` removes nothing,
offering it in place of `1.4.0` does. Before the first major version, the minor one counts. To stop
offering `1.4.0` beside `1.5.0` is minor. A port that has a new name and kept its `id` is
[renamed](output-port-renamed.md).",
    reverse: &["output-port-added", "output-port-removed"],
    example: Example::product(
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
  - name: returns
    version: 1.0.0
    contractId: returns
",
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
",
    ),
    on: &[
        On::Removed(Entity::OutputPort),
        On::Keys(Entity::OutputPort, &["version"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.is_removed() {
        let subject = ports::subject(pair, found);
        if let Some(successor) = ports::successor(pair, found) {
            found
                .whole(format!(
                    "{subject} was removed; version {} stays",
                    quoted(successor)
                ))
                .impact_of(Impact::Minor)
                .because("readers find the same promises under the version that stays");
        } else {
            found.whole(format!("{subject} was removed"));
        }
    } else if let (Some(old), Some(new)) = pair.text("version").split()
        && ports::is_of_other_line(old, new)
    {
        found
            .at(
                "version",
                format!(
                    "{} offers version {} in place of {}",
                    pair.subject(),
                    quoted(new),
                    quoted(old)
                ),
            )
            .because("whoever reads the old version has no address any more");
    }
}

#[cfg(test)]
mod tests {
    use crate::impact::Impact;
    use crate::testing::product;

    fn ports(versions: &[&str]) -> String {
        let port = |version: &&str| format!("  - {{name: orders, version: {version}}}\n");
        format!(
            "outputPorts:\n{}",
            versions.iter().map(port).collect::<String>()
        )
    }

    fn found(old: &[&str], new: &[&str]) -> Vec<String> {
        let changes = product(&ports(old), &ports(new));
        let told = |change: &crate::Change| format!("{}: {}", change.kind.id, change.message);
        changes.iter().map(told).collect()
    }

    #[test]
    fn a_version_beside_another_removes_nothing() {
        assert_eq!(
            found(&["1.4.0"], &["1.4.0", "2.0.0"]),
            ["output-port-added: version `2.0.0` of output port `orders` was added"]
        );
        assert_eq!(
            found(&["1.4.0", "2.0.0"], &["2.0.1", "1.4.0"]),
            ["version-changed: `version` of output port `orders` changed from `2.0.0` to `2.0.1`"]
        );
    }

    #[test]
    fn a_version_that_another_covers_is_missed_by_nobody() {
        let changes = product(&ports(&["1.4.0", "1.5.0"]), &ports(&["1.5.0"]));
        assert_eq!(changes.len(), 1);
        assert_eq!(
            changes[0].message,
            "version `1.4.0` of output port `orders` was removed; version `1.5.0` stays"
        );
        assert_eq!(changes[0].impacts.read, Impact::Minor);
        let changes = product(&ports(&["1.4.0", "1.5.0"]), &ports(&["1.4.0"]));
        assert_eq!(changes[0].impacts.read, Impact::Major);
    }

    #[test]
    fn a_version_that_nobody_offers_any_more_is_gone() {
        assert_eq!(
            found(&["1.4.0", "2.0.0"], &["2.0.0"]),
            ["output-port-removed: version `1.4.0` of output port `orders` was removed"]
        );
        assert_eq!(
            found(&["1", "2"], &["2.1", "1.1"]),
            [
                "version-changed: `version` of output port `orders` changed from `2` to `2.1`",
                "version-changed: `version` of output port `orders` changed from `1` to `1.1`"
            ]
        );
        for (old, new) in [
            ("1.4.0", "2.0.0"),
            ("2.0.0", "1.4.0"),
            ("0.3.1", "0.4.0"),
            ("1", "2"),
        ] {
            assert_eq!(
                found(&[old], &[new]),
                [format!(
                    "output-port-removed: output port `orders` offers version `{new}` in place of `{old}`"
                )]
            );
        }
    }
}
