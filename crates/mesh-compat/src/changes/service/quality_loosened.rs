use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::{Strength, quality};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "quality-loosened",
    group: Group::Service,
    impacts: Impacts::all(Impact::Major),
    summary: "A check of the data lets more pass, or is gone.",
    why: "readers meet data that the check kept from them",
    help: "keep the check as strict as it was, or serve the change under a new major version",
    docs: "\
All operators of a check hold together, and mesh compares the results that they allow: `mustBeLessThan:
5` and `mustBeLessOrEqualTo: 4` are the same for a metric that counts rows, and so are `mustBe: 0` rows
and `mustBe: 0` percent. If some result passes that did not, the check is looser, even if others do not
pass any more. It is looser as well if a failure is less severe, if more values count as valid, or if
the check is gone.

It is minor if a failure was no more than a warning, and major if it was an error or nothing is said.

Results in other units, and a check with another metric, query, engine or implementation, cannot be
compared and need review. The list of values that a field may have is no check, but belongs to
the field.",
    reverse: &["quality-tightened", "quality-loosened"],
    example: Example::contract(
        "\
schema:
  - name: orders
    quality:
      - metric: rowCount
        mustBeGreaterOrEqualTo: 1000
",
        "\
schema:
  - name: orders
    quality:
      - metric: rowCount
        mustBeGreaterThan: 0
",
    ),
    on: &[
        On::Removed(Entity::Quality),
        On::Keys(Entity::Quality, quality::KEYS),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let impact = quality::impact_of_loss(pair);
    if pair.is_removed() {
        if !quality::is_enumeration(pair) {
            found
                .whole(format!("{} is gone", pair.subject()))
                .impact_of(impact);
        }
        return;
    }
    quality::report(pair, found, Strength::Weaker, |change| {
        change.impact_of(impact);
    });
}

#[cfg(test)]
mod tests {
    use crate::facts::briefly;
    use crate::testing::contract;

    fn found(old: &str, new: &str) -> Vec<String> {
        let with = |check: &str| format!("schema:\n  - name: orders\n    quality: [{check}]\n");
        briefly(&contract(&with(old), &with(new)))
    }

    #[test]
    fn checks_are_compared_by_what_passes() {
        const SAME: &[&str] = &["key-order-or-comments none"];
        const LOOSER: &[&str] = &["quality-loosened major"];
        const TIGHTER: &[&str] = &["quality-tightened minor"];
        const REVIEW: &[&str] = &["needs-review review"];
        for (old, new, expected) in [
            (
                "{metric: nullValues, mustBeLessThan: 5}",
                "{metric: nullValues, mustBeLessThan: 10}",
                LOOSER,
            ),
            (
                "{metric: nullValues, mustBeLessThan: 5}",
                "{metric: nullValues, mustBeLessOrEqualTo: 4, unit: rows}",
                SAME,
            ),
            (
                "{metric: nullValues, mustBeLessThan: 1, unit: percent}",
                "{metric: nullValues, mustBeLessOrEqualTo: 0, unit: '%'}",
                TIGHTER,
            ),
            (
                "{metric: nullValues, mustBe: 0, unit: rows}",
                "{metric: nullValues, mustBe: 0, unit: percent}",
                SAME,
            ),
            (
                "{metric: nullValues, mustBeLessThan: 5, unit: rows}",
                "{metric: nullValues, mustBeLessThan: 5, unit: percent}",
                REVIEW,
            ),
            (
                "{metric: rowCount, mustBeBetween: [1, 5]}",
                "{metric: rowCount, mustBeBetween: [2, 6]}",
                LOOSER,
            ),
            (
                "{rule: duplicateCount, mustBe: 0}",
                "{metric: duplicateValues, mustBe: 0}",
                SAME,
            ),
            (
                "{metric: rowCount, mustBe: 1, severity: warning}",
                "{metric: rowCount, mustBeGreaterThan: 0, severity: warning}",
                &["quality-loosened minor"],
            ),
            (
                "{metric: rowCount, mustBe: 1, severity: error}",
                "{metric: rowCount, mustBe: 1, severity: warning}",
                LOOSER,
            ),
            (
                "{metric: rowCount, mustBe: 1, severity: error}",
                "{metric: rowCount, mustBe: 1}",
                SAME,
            ),
            (
                "{metric: rowCount, mustBe: 1, severity: error}",
                "{metric: rowCount, mustBe: 1, severity: purple}",
                REVIEW,
            ),
            (
                "{metric: invalidValues, mustBe: 0, arguments: {validValues: [a, b]}}",
                "{metric: invalidValues, mustBe: 0, arguments: {validValues: [c, b, a]}}",
                LOOSER,
            ),
            (
                "{metric: invalidValues, mustBe: 0, arguments: {validValues: [a, b]}}",
                "{metric: invalidValues, mustBe: 0, arguments: {validValues: [b]}}",
                TIGHTER,
            ),
            (
                "{metric: missingValues, mustBe: 0, arguments: {missingValues: [a]}}",
                "{metric: missingValues, mustBe: 0, arguments: {missingValues: [a, b]}}",
                REVIEW,
            ),
            (
                "{name: a, metric: rowCount, mustBe: 1, severity: info}",
                "",
                &["quality-loosened minor"],
            ),
            ("", "{name: a, metric: rowCount, mustBe: 1}", TIGHTER),
            (
                "{metric: rowCount, mustBeLessThan: 9}, {metric: rowCount, mustBeGreaterThan: 1}",
                "{metric: rowCount, mustBeGreaterThan: 1}, {metric: rowCount, mustBeLessThan: 9}",
                SAME,
            ),
        ] {
            assert_eq!(found(old, new), expected, "{old} {new}");
        }
    }

    #[test]
    fn another_check_is_not_compared() {
        const REVIEW: &[&str] = &["needs-review review"];
        for (old, new, expected) in [
            (
                "{name: a, type: sql, query: select 1, mustBe: 1}",
                "{name: a, type: sql, query: select 2, mustBe: 1}",
                REVIEW,
            ),
            (
                "{name: a, type: sql, query: select 1, mustBe: 1}",
                "{name: a, type: sql, query: select 2, mustBe: 2}",
                &["needs-review review", "needs-review review"],
            ),
            (
                "{name: a, type: text, description: Names are real}",
                "{name: a, type: text, description: Names are made up}",
                REVIEW,
            ),
            (
                "{name: a, metric: rowCount, mustBe: 1, description: Counts}",
                "{name: a, metric: rowCount, mustBe: 1, description: Counts rows}",
                &["service-described patch"],
            ),
        ] {
            assert_eq!(found(old, new), expected, "{old} {new}");
        }
    }
}
