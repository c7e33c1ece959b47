//! Checks of the data: which of two lets more pass.

use std::collections::BTreeSet;

use mesh_spec::yaml::{NodeRef, Value};

use super::range::{Range, Relation};
use super::{Strength, names};
use crate::change::{Change, Found};
use crate::compare::values;
use crate::entity::Entity;
use crate::impact::Impact;
use crate::pair::{Both, Pair};
use crate::quote::quoted;

/// What a library check measures, by the names that it had before ODCS v3.1.0 called it `metric`.
const RULES: [(&str, &str); 1] = [("duplicateCount", "duplicateValues")];

/// The one name of what a library check measures.
pub(crate) fn canonical_metric(rule: &str) -> &str {
    let found = RULES.iter().find(|(old, _)| *old == rule);
    found.map_or(rule, |(_, metric)| metric)
}

/// The keys that say which results are allowed.
pub(crate) const OPERATORS: [&str; 8] = mesh_spec::model::odcs::DataQuality::OPERATORS;

/// The keys of a check that promise something.
pub(crate) const KEYS: &[&str] = &[
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
    "unit",
    "severity",
    "metric",
    "rule",
    "arguments",
];

/// What is measured and how: where one of these changes, results cannot be compared.
const SUBJECT: [&str; 6] = [
    "type",
    "query",
    "engine",
    "implementation",
    "metric",
    "rule",
];

/// How bad a failure of a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Worth knowing.
    Info,
    /// Worth looking at.
    Warning,
    /// The data cannot be used. What a check means that does not say.
    Error,
}

impl Severity {
    /// Reads a word for it.
    fn of(text: Option<&str>) -> Option<Self> {
        let Some(text) = text else {
            return Some(Self::Error);
        };
        Some(match text.trim().to_lowercase().as_str() {
            "" | "error" | "critical" | "fatal" | "blocker" | "high" | "major" => Self::Error,
            "warning" | "warn" | "medium" | "moderate" => Self::Warning,
            "info" | "information" | "informational" | "notice" | "low" | "minor" => Self::Info,
            _ => return None,
        })
    }
}

/// What it means that less is promised by a check of `severity`: a severity that mesh does not know
/// may be any.
fn impact_of(severity: Option<&str>) -> Impact {
    match Severity::of(severity) {
        Some(Severity::Info | Severity::Warning) => Impact::Minor,
        Some(Severity::Error) | None => Impact::Major,
    }
}

/// What a weaker check means to readers: that depends on how bad a failure was.
pub(crate) fn impact_of_loss(pair: &Pair<'_>) -> Impact {
    impact_of(pair.text("severity").old)
}

/// What a stronger check means to those who still read what was written before: that depends on how
/// bad a failure is.
pub(crate) fn impact_on_old_records(pair: &Pair<'_>) -> Impact {
    impact_of(pair.text("severity").new)
}

/// Whether a check lists the values that a field may have, which is told of by the kinds about those.
pub(crate) fn is_enumeration(pair: &Pair<'_>) -> bool {
    let is_of_field = pair
        .owner
        .is_some_and(|owner| owner.entity == Entity::Field);
    let node = pair.nodes.new.or(pair.nodes.old);
    is_of_field && node.is_some_and(|node| metric(node) == Some("invalidValues") && lists(node))
}

fn lists(node: NodeRef<'_>) -> bool {
    let values = node.get("arguments").and_then(|all| all.get("validValues"));
    values.is_some_and(|values| values.value() == Value::Sequence)
}

/// What a check measures, if the standard has a name for it.
fn metric(node: NodeRef<'_>) -> Option<&str> {
    let named = node.get("metric").or_else(|| node.get("rule"))?;
    named.as_str().map(canonical_metric)
}

/// Something that was found about a check.
struct Judgement {
    strength: Strength,
    keys: Vec<&'static str>,
    message: String,
}

/// Reports what became of `wanted` strength, and accounts for what means the same as before.
pub(crate) fn report(
    pair: &Pair<'_>,
    found: &mut Found<'_>,
    wanted: Strength,
    mut finish: impl FnMut(&mut Change),
) {
    for judgement in judgements(pair) {
        if judgement.strength == Strength::Same {
            found.accounts_for(&judgement.keys);
        } else if judgement.strength == wanted {
            finish(found.at(judgement.keys[0], judgement.message.as_str()));
            found.accounts_for(&judgement.keys);
        }
    }
}

/// What is known about the changes of a check. What cannot be compared is left out.
fn judgements(pair: &Pair<'_>) -> Vec<Judgement> {
    let mut found = Vec::new();
    let same = |keys| Judgement {
        strength: Strength::Same,
        keys,
        message: String::new(),
    };
    found.extend(severity(pair));
    let is_renamed = (pair.has_changed("metric") || pair.has_changed("rule")) && {
        let metrics = pair.nodes.map(|node| node.and_then(metric));
        metrics.old.is_some() && !metrics.differ()
    };
    if is_renamed {
        found.push(same(vec!["metric", "rule"]));
    }
    let is_another = SUBJECT.into_iter().any(|key| {
        let is_name = matches!(key, "metric" | "rule");
        pair.has_changed(key) && !(is_name && is_renamed)
    });
    let arguments = arguments(pair);
    let is_measured_otherwise =
        pair.has_changed("arguments") && arguments.is_none() && !is_enumeration(pair);
    if !is_another && !is_measured_otherwise {
        found.extend(results(pair));
    }
    if !is_another {
        found.extend(arguments);
    }
    found
}

fn severity(pair: &Pair<'_>) -> Option<Judgement> {
    if !pair.has_changed("severity") {
        return None;
    }
    let texts = pair.text("severity");
    let severities = texts.map(Severity::of);
    let (old, new) = (severities.old?, severities.new?);
    let shown = |text: Option<&str>| text.map_or("not said".to_owned(), quoted);
    Some(Judgement {
        strength: strength(new.cmp(&old)),
        keys: vec!["severity"],
        message: format!(
            "the severity of {} is {} now, and was {}",
            pair.subject(),
            shown(texts.new),
            shown(texts.old)
        ),
    })
}

fn strength(order: std::cmp::Ordering) -> Strength {
    match order {
        std::cmp::Ordering::Less => Strength::Weaker,
        std::cmp::Ordering::Equal => Strength::Same,
        std::cmp::Ordering::Greater => Strength::Stronger,
    }
}

/// What a number is a number of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Unit {
    Rows,
    Percent,
    Other(String),
    Unsaid,
}

fn unit(node: NodeRef<'_>) -> Unit {
    let text = node.get("unit").and_then(NodeRef::as_str);
    let is_library = metric(node).is_some();
    match text.map(|text| text.trim().to_lowercase()).as_deref() {
        Some("percent" | "%" | "percentage" | "pct") => Unit::Percent,
        Some("row" | "rows" | "record" | "records") => Unit::Rows,
        // What the standard measures, it counts in rows unless told otherwise.
        None | Some("") if is_library => Unit::Rows,
        None | Some("") => Unit::Unsaid,
        Some(other) => Unit::Other(other.to_owned()),
    }
}

fn results(pair: &Pair<'_>) -> Option<Judgement> {
    let mut keys: Vec<_> = OPERATORS
        .into_iter()
        .filter(|key| pair.has_changed(key))
        .collect();
    let is_other_unit = pair.has_changed("unit");
    if keys.is_empty() && !is_other_unit {
        return None;
    }
    if is_other_unit {
        keys.push("unit");
    }
    let (old, new) = (pair.nodes.old?, pair.nodes.new?);
    let (old_unit, new_unit) = (unit(old), unit(new));
    let ranges = Both {
        old: allowed(old)?,
        new: allowed(new)?,
    };
    // None is none, of whatever.
    let is_none = |range: &Range| *range == Range::only(0.0);
    if old_unit != new_unit && !(is_none(&ranges.old) && is_none(&ranges.new)) {
        return None;
    }
    let of_metric = |node, unit: &Unit, range: Range| match (metric(node), unit) {
        (Some(_), Unit::Rows) => range.and(&Range::at_least(0.0)).whole_numbers(),
        (Some(_), Unit::Percent) => range.and(&Range::between(0.0, 100.0)),
        _ => range,
    };
    let relation = if is_none(&ranges.old) && is_none(&ranges.new) {
        Relation::Same
    } else {
        of_metric(new, &new_unit, ranges.new).relation_to(&of_metric(old, &old_unit, ranges.old))
    };
    Some(Judgement {
        strength: match relation {
            Relation::Same => Strength::Same,
            Relation::Subset => Strength::Stronger,
            // Some result passes that did not.
            Relation::Superset | Relation::Overlap => Strength::Weaker,
        },
        keys,
        message: format!(
            "the result of {} {} now, and {}",
            pair.subject(),
            demand(new, "must be", "may be anything"),
            demand(old, "had to be", "could be anything")
        ),
    })
}

/// The results that a check allows: all its operators hold together. `None` if one of them is about
/// something else than numbers.
fn allowed(check: NodeRef<'_>) -> Option<Range> {
    let mut range = Range::all();
    for operator in OPERATORS {
        let Some(node) = check
            .get(operator)
            .filter(|node| node.value() != Value::Null)
        else {
            continue;
        };
        let one = || number(node);
        let two = || {
            let mut ends = node.items().map(number);
            let (Some(a), Some(b), None) = (ends.next()?, ends.next()?, ends.next()) else {
                return None;
            };
            Some(Range::between(a, b))
        };
        let part = match operator {
            "mustBe" => Range::only(one()?),
            "mustNotBe" => Range::only(one()?).complement(),
            "mustBeGreaterThan" => Range::above(one()?),
            "mustBeGreaterOrEqualTo" => Range::at_least(one()?),
            "mustBeLessThan" => Range::below(one()?),
            "mustBeLessOrEqualTo" => Range::at_most(one()?),
            "mustBeBetween" => two()?,
            _ => two()?.complement(),
        };
        range = range.and(&part);
    }
    Some(range)
}

fn number(node: NodeRef<'_>) -> Option<f64> {
    match node.value() {
        Value::Number(text) | Value::String(text) => {
            text.trim().parse().ok().filter(|n: &f64| n.is_finite())
        }
        _ => None,
    }
}

/// The operators of a check in words: "must be at least `5` and below `10` percent".
fn demand(check: NodeRef<'_>, must_be: &str, anything: &str) -> String {
    let shown = |node: NodeRef<'_>| match node.value() {
        Value::Sequence => names::listed(node.items().map(NodeRef::key_text)),
        _ => quoted(node.raw()),
    };
    let parts: Vec<String> = OPERATORS
        .into_iter()
        .filter_map(|operator| {
            let value = shown(check.get(operator)?);
            Some(match operator {
                "mustBe" => value,
                "mustNotBe" => format!("other than {value}"),
                "mustBeGreaterThan" => format!("above {value}"),
                "mustBeGreaterOrEqualTo" => format!("at least {value}"),
                "mustBeLessThan" => format!("below {value}"),
                "mustBeLessOrEqualTo" => format!("at most {value}"),
                "mustBeBetween" => format!("between {value}"),
                _ => format!("not between {value}"),
            })
        })
        .collect();
    if parts.is_empty() {
        return anything.to_owned();
    }
    let unit = check.get("unit").and_then(NodeRef::as_str);
    let unit = unit.map_or(String::new(), |unit| format!(" {unit}"));
    format!("{must_be} {}{unit}", parts.join(" and "))
}

/// What it means that a check of an object takes other values for valid.
fn arguments(pair: &Pair<'_>) -> Option<Judgement> {
    if !pair.has_changed("arguments") || is_enumeration(pair) {
        return None;
    }
    let (old, new) = (pair.at("arguments").old?, pair.at("arguments").new?);
    let names: BTreeSet<&str> = [old, new]
        .into_iter()
        .flat_map(NodeRef::entries)
        .map(|(key, _)| key.key_text())
        .collect();
    let is_same = |name: &str| match (old.get(name), new.get(name)) {
        (Some(old), Some(new)) => values::same(old, new),
        (old, new) => old.is_none() && new.is_none(),
    };
    if names
        .into_iter()
        .any(|name| name != "validValues" && !is_same(name))
    {
        return None;
    }
    let before = values::scalars(old.get("validValues")?)?;
    let after = values::scalars(new.get("validValues")?)?;
    let (lost, gained) = (
        values::without(&before, &after),
        values::without(&after, &before),
    );
    let listed = |nodes: &[NodeRef<'_>]| names::listed(nodes.iter().map(|node| node.key_text()));
    let subject = pair.subject();
    let (strength, message) = match (lost.is_empty(), gained.is_empty()) {
        (true, true) => (Strength::Same, String::new()),
        (false, true) => (
            Strength::Stronger,
            format!(
                "{subject} does not take {} for valid any more",
                listed(&lost)
            ),
        ),
        (_, false) => (
            Strength::Weaker,
            format!("{subject} also takes {} for valid", listed(&gained)),
        ),
    };
    Some(Judgement {
        strength,
        keys: vec!["arguments"],
        message,
    })
}
