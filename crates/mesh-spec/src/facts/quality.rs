//! The quality checks of a schema object, and what they can find.

use serde_json::Value;

use super::fields::Object;
use crate::model::odcs::{DataQuality, Dimension, Metric, QualityType};

/// How the data of an object is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Not at all.
    None,
    /// In words, which only people can follow.
    InWords,
    /// By at least one check that a machine can run.
    Executable,
}

/// How `object` and the fields in it are checked.
pub fn coverage(object: Object<'_>) -> Coverage {
    let mut coverage = of(&object.model.quality);
    object.each(|place| {
        if place.is_known() {
            coverage = stronger(coverage, of(&place.model.quality));
        }
    });
    coverage
}

fn of(checks: &[DataQuality]) -> Coverage {
    if checks.is_empty() {
        Coverage::None
    } else if checks.iter().any(is_executable) {
        Coverage::Executable
    } else {
        Coverage::InWords
    }
}

fn stronger(a: Coverage, b: Coverage) -> Coverage {
    match (a, b) {
        (Coverage::Executable, _) | (_, Coverage::Executable) => Coverage::Executable,
        (Coverage::InWords, _) | (_, Coverage::InWords) => Coverage::InWords,
        (Coverage::None, Coverage::None) => Coverage::None,
    }
}

/// Whether a machine can run `check`: it says what is measured or executed, or links to code that
/// does so. Without a `type`, a check that has nothing of the kind is a remark.
pub fn is_executable(check: &DataQuality) -> bool {
    let is_linked = check.authoritative_definitions.iter().any(|link| {
        let kind = link.r#type.as_deref().unwrap_or_default();
        kind == "implementation" || kind == "transformationImplementation"
    });
    is_linked
        || match check.r#type {
            Some(kind) => kind != QualityType::Text,
            None => {
                check.metric.is_some()
                    || check.rule.is_some()
                    || check.query.is_some()
                    || check.implementation.is_some()
            }
        }
}

/// Whether `check` would notice a record that is there twice.
///
/// The standard has a metric for it. Of queries and of the checks of other engines it takes the
/// declared dimension or a telling word: `count(distinct …)`, `duplicate_count`,
/// `expect_column_values_to_be_unique`.
pub fn finds_duplicates(check: &DataQuality) -> bool {
    if !is_executable(check) {
        return false;
    }
    check.metric == Some(Metric::DuplicateValues)
        || check.dimension == Some(Dimension::Uniqueness)
        || check.rule.as_deref().is_some_and(is_about_duplicates)
        || check.query.as_deref().is_some_and(is_about_duplicates)
        || match &check.implementation {
            Some(Value::String(text)) => is_about_duplicates(text),
            Some(other) => is_about_duplicates(&other.to_string()),
            None => false,
        }
}

fn is_about_duplicates(text: &str) -> bool {
    let text = text.to_lowercase();
    let is_grouped = text.contains("group by") && text.contains("count(");
    is_grouped
        || ["duplicate", "distinct", "unique"]
            .iter()
            .any(|word| text.contains(word))
}

/// The fields that a check of a whole object looks at together, where it names them.
pub fn named_fields(check: &DataQuality) -> impl Iterator<Item = &str> {
    let arguments = check.arguments.as_ref();
    let named = arguments.and_then(|arguments| arguments.get("properties"));
    let named = named.and_then(Value::as_array).into_iter().flatten();
    named.filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use crate::document::Document;

    use super::*;
    use crate::facts::fields;

    /// The first check of an object, and the coverage of that object.
    fn look(check: &str) -> (DataQuality, Coverage) {
        let text = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: a\nschema: [{{name: o, quality: [{check}]}}]\n"
        );
        let document = Document::parse("a.odcs.yaml", text.into(), None);
        let contract = document.contract().expect("it is a contract");
        let object = fields::objects(contract).next().expect("there is one");
        (object.model.quality[0].clone(), coverage(object))
    }

    #[test]
    fn checks_in_words_are_told_from_those_that_run() {
        for (check, is_run) in [
            ("{type: text, description: plausible}", false),
            ("{description: plausible}", false),
            ("{metric: rowCount, mustBeGreaterThan: 0}", true),
            ("{type: sql, query: select 1, mustBe: 1}", true),
            ("{type: custom, engine: soda, implementation: x}", true),
            (
                "{type: text, description: x, authoritativeDefinitions: [{type: implementation, url: 'https://a.example'}]}",
                true,
            ),
        ] {
            let (found, coverage) = look(check);
            assert_eq!(is_executable(&found), is_run, "{check}");
            let expected = if is_run {
                Coverage::Executable
            } else {
                Coverage::InWords
            };
            assert_eq!(coverage, expected, "{check}");
        }
    }

    #[test]
    fn the_checks_of_nested_fields_count() {
        let text = "\
apiVersion: v3.2.0
kind: DataContract
id: a
schema:
  - name: o
    properties:
      - name: lines
        logicalType: array
        items:
          logicalType: string
          quality: [{metric: nullValues, mustBe: 0}]
  - name: p
    properties: [{name: a, quality: [{type: text, description: x}]}]
  - name: q
    properties: [{name: a}]
";
        let document = Document::parse("a.odcs.yaml", text.into(), None);
        let contract = document.contract().expect("it is a contract");
        let found: Vec<_> = fields::objects(contract).map(coverage).collect();
        assert_eq!(
            found,
            [Coverage::Executable, Coverage::InWords, Coverage::None]
        );
    }

    #[test]
    fn checks_that_find_duplicates_are_recognised() {
        for (check, finds) in [
            ("{metric: duplicateValues, mustBe: 0}", true),
            ("{metric: nullValues, mustBe: 0}", false),
            ("{type: library, rule: duplicateCount, mustBe: 0}", true),
            (
                "{type: text, dimension: uniqueness, description: unique}",
                false,
            ),
            (
                "{type: sql, dimension: uniqueness, query: select f(), mustBe: 0}",
                true,
            ),
            (
                "{type: sql, query: 'SELECT COUNT(*) - COUNT(DISTINCT id) FROM o', mustBe: 0}",
                true,
            ),
            (
                "{type: sql, query: 'select id from o group by id having count(*) > 1', mustBe: 0}",
                true,
            ),
            (
                "{type: sql, query: 'select count(*) from o where x < 0', mustBe: 0}",
                false,
            ),
            (
                "{type: custom, engine: soda, implementation: 'duplicate_count(id) = 0'}",
                true,
            ),
            (
                "{type: custom, engine: greatExpectations, implementation: {type: expect_column_values_to_be_unique}}",
                true,
            ),
            (
                "{type: custom, engine: soda, implementation: 'missing_count(id) = 0'}",
                false,
            ),
        ] {
            assert_eq!(finds_duplicates(&look(check).0), finds, "{check}");
        }
    }

    #[test]
    fn a_check_names_the_fields_it_looks_at_together() {
        let (check, _) =
            look("{metric: duplicateValues, mustBe: 0, arguments: {properties: [a, b]}}");
        assert_eq!(named_fields(&check).collect::<Vec<_>>(), ["a", "b"]);
        let (check, _) = look("{metric: duplicateValues, mustBe: 0}");
        assert_eq!(named_fields(&check).count(), 0);
    }
}
