//! Service levels: which of two promises more.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::amount::{Amount, Date, Hours};
use super::{Strength, names};
use crate::change::Found;
use crate::entity::Entity;
use crate::pair::{Both, Pair};
use crate::quote::quoted;

/// What a service level is about, and so what is more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matter {
    /// How old the data is when it arrives.
    Latency,
    /// How long it takes from one delivery to the next.
    Frequency,
    /// How much of the time the data can be read.
    Availability,
    /// How long the data is kept.
    Retention,
    /// How much can be read at once.
    Throughput,
    /// How many requests or records fail.
    ErrorRate,
    /// From which day on the data can be relied on.
    GeneralAvailability,
    /// Until which day somebody helps.
    EndOfSupport,
    /// Until which day the data is there.
    EndOfLife,
    /// When in the day the data is there.
    TimeOfAvailability,
    /// How long it takes to find a fault.
    TimeToDetect,
    /// How long it takes to tell of a fault.
    TimeToNotify,
    /// How long it takes to repair a fault.
    TimeToRepair,
}

use Matter::{
    Availability, EndOfLife, EndOfSupport, ErrorRate, Frequency, GeneralAvailability, Latency,
    Retention, Throughput, TimeOfAvailability, TimeToDetect, TimeToNotify, TimeToRepair,
};

/// The names of matters, letters only: those of the standard with their codes of version 2, then
/// others that are common.
const NAMES: [(Matter, &[&str]); 13] = [
    (
        Latency,
        &["latency", "ly", "freshness", "datafreshness", "timeliness"],
    ),
    (
        Frequency,
        &["frequency", "fy", "updatefrequency", "refreshfrequency"],
    ),
    (Availability, &["availability", "av", "uptime"]),
    (
        Retention,
        &["retention", "re", "retentionperiod", "dataretention"],
    ),
    (Throughput, &["throughput", "th"]),
    (ErrorRate, &["errorrate", "er"]),
    (GeneralAvailability, &["generalavailability", "ga"]),
    (EndOfSupport, &["endofsupport", "es"]),
    (EndOfLife, &["endoflife", "el"]),
    (TimeOfAvailability, &["timeofavailability", "ta"]),
    (
        TimeToDetect,
        &["timetodetect", "td", "meantimetodetect", "mttd"],
    ),
    (TimeToNotify, &["timetonotify", "tn"]),
    (
        TimeToRepair,
        &["timetorepair", "tr", "meantimetorepair", "mttr"],
    ),
];

impl Matter {
    /// What a service level with this name is about.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let letters = letters(name);
        let mut names = NAMES.iter();
        let found = names.find(|(_, names)| names.contains(&letters.as_str()));
        found.map(|(matter, _)| *matter)
    }

    /// Whether the day is told on which something ends.
    pub(crate) fn is_end(self) -> bool {
        matches!(self, EndOfSupport | EndOfLife)
    }

    /// Whether more of it promises more.
    fn is_more_better(self) -> bool {
        matches!(
            self,
            Availability | Retention | Throughput | EndOfSupport | EndOfLife
        )
    }

    /// Whether `amount` can be an amount of it.
    fn takes(self, amount: &Amount) -> bool {
        match (self, amount) {
            (
                Latency | Frequency | TimeToDetect | TimeToNotify | TimeToRepair | Retention,
                Amount::Time { .. } | Amount::Endless,
            )
            | (Availability | ErrorRate, Amount::Percent(_))
            | (ErrorRate | Throughput, Amount::Of(..)) => true,
            // Without a unit, more is more; but a frequency may be a distance or a number of times.
            (
                Latency | TimeToDetect | TimeToNotify | TimeToRepair | Retention | Availability,
                Amount::Of(_, unit),
            ) => unit.is_empty(),
            _ => false,
        }
    }
}

fn letters(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The name of a service level such that other names of the same thing are equal.
pub(crate) fn canonical(name: &str) -> String {
    let found = NAMES
        .iter()
        .find(|(_, names)| names.contains(&letters(name).as_str()));
    found.map_or_else(|| letters(name), |(_, names)| names[0].to_owned())
}

/// What is promised, as it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Level<'d> {
    value: Option<&'d str>,
    other_end: Option<&'d str>,
    unit: Option<&'d str>,
}

impl Level<'_> {
    /// For a sentence: "`24 h`", "`1 to 3 d`".
    fn shown(&self) -> String {
        let mut text = self.value.unwrap_or_default().to_owned();
        if let Some(end) = self.other_end.filter(|end| Some(*end) != self.value) {
            text += &format!(" to {end}");
        }
        if let Some(unit) = self.unit {
            text += &format!(" {unit}");
        }
        quoted(text.trim())
    }

    fn can_read_end(&self) -> bool {
        self.other_end
            .is_some_and(|end| Amount::read(end, self.unit).is_some())
    }

    /// The two ends of the promise; the second only where one is said.
    fn ends(&self) -> Option<(Amount, Option<Amount>)> {
        let own = Amount::read(self.value?, self.unit)?;
        let Some(end) = self.other_end else {
            return Some((own, None));
        };
        let end = Amount::read(end, self.unit)?;
        let is_ordered = own.compare(&end)? != Ordering::Greater;
        Some(if is_ordered {
            (own, Some(end))
        } else {
            (end, Some(own))
        })
    }
}

/// What became of a promise about `matter`; `None` if that cannot be said.
pub(crate) fn strength(matter: Matter, levels: Both<Level<'_>>) -> Option<Strength> {
    let (mut old, mut new) = levels.split();
    match matter {
        GeneralAvailability | EndOfSupport | EndOfLife => {
            if old.other_end != new.other_end || old.unit != new.unit {
                return None;
            }
            let order = Date::read(new.value?)?.compare(Date::read(old.value?)?)?;
            Some(directed(matter, order))
        }
        TimeOfAvailability => {
            if old.unit != new.unit {
                return None;
            }
            let hours = |level: Level<'_>| Hours::read(level.value?, level.other_end);
            Some(match hours(new)?.covers(hours(old)?)? {
                (true, true) => Strength::Same,
                (true, false) => Strength::Stronger,
                // Some hour that was promised is not any more.
                (false, _) => Strength::Weaker,
            })
        }
        _ => {
            if old.other_end == new.other_end && !old.can_read_end() && !new.can_read_end() {
                // What stays the same does not matter, even if it cannot be read.
                (old.other_end, new.other_end) = (None, None);
            }
            let ((old_low, old_high), (new_low, new_high)) = (old.ends()?, new.ends()?);
            let ends = [
                Some(&old_low),
                old_high.as_ref(),
                Some(&new_low),
                new_high.as_ref(),
            ];
            if !ends.into_iter().flatten().all(|end| matter.takes(end)) {
                return None;
            }
            // The end that decides is what is promised at worst.
            let worst = |low, high: Option<Amount>| match high {
                Some(high) if !matter.is_more_better() => (high, Some(low)),
                high => (low, high),
            };
            let (old_worst, old_best) = worst(old_low, old_high);
            let (new_worst, new_best) = worst(new_low, new_high);
            match directed(matter, new_worst.compare(&old_worst)?) {
                Strength::Same => match (old_best, new_best) {
                    (None, None) => Some(Strength::Same),
                    // To say the other end as well narrows what may happen.
                    (None, Some(_)) => Some(Strength::Stronger),
                    (Some(_), None) => Some(Strength::Weaker),
                    (Some(old), Some(new)) => Some(directed(matter, new.compare(&old)?.reverse())),
                },
                decided => Some(decided),
            }
        }
    }
}

/// What it means that an amount became more or less.
fn directed(matter: Matter, order: Ordering) -> Strength {
    match order {
        Ordering::Equal => Strength::Same,
        Ordering::Greater if matter.is_more_better() => Strength::Stronger,
        Ordering::Less if !matter.is_more_better() => Strength::Stronger,
        _ => Strength::Weaker,
    }
}

/// The parts of a contract that a service level is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Elements<'d>(Vec<&'d str>);

impl<'d> Elements<'d> {
    /// Reads a list with commas; without one, the service level is about everything.
    pub(crate) fn read(text: Option<&'d str>) -> Self {
        let parts = text.into_iter().flat_map(|text| text.split(','));
        Self(
            parts
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .collect(),
        )
    }

    /// Whether all that `other` is about is covered.
    pub(crate) fn cover(&self, other: &Elements<'_>) -> bool {
        let own: HashSet<&str> = self.0.iter().copied().collect();
        let covers = |part: &str| {
            let mut around = part.match_indices(['.', '[']).map(|(end, _)| &part[..end]);
            own.contains(part) || around.any(|around| own.contains(around))
        };
        self.0.is_empty() || !other.0.is_empty() && other.0.iter().all(|part| covers(part))
    }

    /// For a sentence: "everything", "`orders`".
    pub(crate) fn shown(&self) -> String {
        if self.0.is_empty() {
            return "everything".to_owned();
        }
        names::listed(self.0.iter().copied())
    }
}

/// Something that was found about a service level.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// What became of the promise.
    pub(crate) strength: Strength,
    /// What the promise is about, where the promised amount is what changed.
    pub(crate) matter: Option<Matter>,
    /// Where to report it, and which other keys it covers.
    keys: Vec<&'static str>,
    message: String,
}

/// "service level `latency` of `orders`".
pub(crate) fn subject(pair: &Pair<'_>) -> String {
    let elements = pair.text("element");
    match elements.old.or(elements.new) {
        Some(elements) => format!(
            "{} of {}",
            pair.subject(),
            Elements::read(Some(elements)).shown()
        ),
        None => pair.subject(),
    }
}

const AMOUNT: [&str; 3] = ["value", "valueExt", "unit"];

/// What is known about the changes of a service level. What cannot be compared is left out.
fn judgements(pair: &Pair<'_>) -> Vec<Judgement> {
    let mut found = Vec::new();
    let (old, new) = pair.text("property").split();
    let (Some(old), Some(new)) = (old, new) else {
        return found;
    };
    if canonical(old) != canonical(new) {
        return found;
    }
    if old != new {
        found.push(Judgement {
            strength: Strength::Same,
            matter: None,
            keys: vec!["property"],
            message: String::new(),
        });
    }
    found.extend(elements(pair));
    found.extend(amount(pair, Matter::of(new)));
    found
}

fn elements(pair: &Pair<'_>) -> Option<Judgement> {
    let stated = pair.text("element");
    if stated.old == stated.new {
        return None;
    }
    let general = pair.document().text("slaDefaultElement");
    let elements = Both {
        old: Elements::read(stated.old.or(general.old)),
        new: Elements::read(stated.new.or(general.new)),
    };
    let strength = covering(&elements);
    Some(Judgement {
        strength,
        matter: None,
        keys: vec!["element"],
        message: format!(
            "{} covers {} now, and covered {}",
            pair.subject(),
            elements.new.shown(),
            elements.old.shown()
        ),
    })
}

/// What it means that a promise is about other elements.
pub(crate) fn covering(elements: &Both<Elements<'_>>) -> Strength {
    match (
        elements.new.cover(&elements.old),
        elements.old.cover(&elements.new),
    ) {
        (true, true) => Strength::Same,
        (true, false) => Strength::Stronger,
        (false, _) => Strength::Weaker,
    }
}

fn amount(pair: &Pair<'_>, matter: Option<Matter>) -> Option<Judgement> {
    let keys: Vec<_> = AMOUNT
        .into_iter()
        .filter(|key| pair.has_changed(key))
        .collect();
    if keys.is_empty() {
        return None;
    }
    let levels = level(pair);
    let is_readable = |key: &str| {
        let (texts, nodes) = (pair.text(key), pair.at(key));
        texts.old.is_some() == nodes.old.is_some() && texts.new.is_some() == nodes.new.is_some()
    };
    if !AMOUNT.iter().all(|key| is_readable(key)) {
        return None;
    }
    let subject = subject(pair);
    let (strength, message) = match (levels.old.value, levels.new.value) {
        (None, None) => return None,
        (None, Some(_)) => (
            Strength::Stronger,
            format!("{subject} says how much: {}", levels.new.shown()),
        ),
        (Some(_), None) => (
            Strength::Weaker,
            format!(
                "{subject} does not say how much any more; it was {}",
                levels.old.shown()
            ),
        ),
        (Some(_), Some(_)) => (
            strength(matter?, levels)?,
            format!(
                "{subject} went from {} to {}",
                levels.old.shown(),
                levels.new.shown()
            ),
        ),
    };
    Some(Judgement {
        strength,
        matter,
        keys,
        message,
    })
}

/// What a service level promised and promises.
fn level<'d>(pair: &Pair<'d>) -> Both<Level<'d>> {
    let (value, other_end, unit) = (pair.text("value"), pair.text("valueExt"), pair.text("unit"));
    Both {
        old: Level {
            value: value.old,
            other_end: other_end.old,
            unit: unit.old,
        },
        new: Level {
            value: value.new,
            other_end: other_end.new,
            unit: unit.new,
        },
    }
}

/// The promised amount before and after, for a sentence; nothing where none is said.
pub(crate) fn shown(pair: &Pair<'_>) -> Both<Option<String>> {
    level(pair).map(|level| level.value.map(|_| level.shown()))
}

/// The keys of a service level that promise something.
pub(crate) const KEYS: &[&str] = &["property", "value", "valueExt", "unit", "element"];

/// Reports what is known about the changes of a service level and of interest here, and accounts for
/// what means the same as before.
pub(crate) fn report(
    pair: &Pair<'_>,
    found: &mut Found<'_>,
    is_wanted: impl Fn(&Judgement) -> bool,
) {
    debug_assert_eq!(pair.entity, Entity::Sla);
    for judgement in judgements(pair) {
        if judgement.strength == Strength::Same {
            found.accounts_for(&judgement.keys);
        } else if is_wanted(&judgement) {
            found.at(judgement.keys[0], judgement.message.as_str());
            found.accounts_for(&judgement.keys);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn level(text: &str) -> Level<'_> {
        let mut parts = text
            .split('|')
            .map(|part| (!part.is_empty()).then_some(part));
        Level {
            value: parts.next().flatten(),
            unit: parts.next().flatten(),
            other_end: parts.next().flatten(),
        }
    }

    fn judged(matter: &str, old: &str, new: &str) -> Option<Strength> {
        let levels = Both {
            old: level(old),
            new: level(new),
        };
        strength(Matter::of(matter).expect("it is known"), levels)
    }

    #[test]
    fn each_matter_has_its_direction() {
        use Strength::{Same, Stronger, Weaker};
        // Value, unit, other end.
        for (matter, old, new, expected) in [
            ("latency", "24|h", "2|d", Some(Weaker)),
            ("ly", "24|h", "1|d", Some(Same)),
            ("latency", "3", "5", Some(Weaker)),
            ("latency", "3", "5|d", None),
            ("latency", "3|ticks", "5|ticks", None),
            ("frequency", "1|d", "1|h", Some(Stronger)),
            ("frequency", "daily", "weekly", Some(Weaker)),
            ("frequency", "1", "7", None),
            ("fy", "0 10 * * *|cron", "0 12 * * *|cron", None),
            ("availability", "99.9|percent", "99.5|%", Some(Weaker)),
            (
                "availability",
                "99.9|percent",
                "99.95 %|percent",
                Some(Stronger),
            ),
            ("availability", "30|m", "40|m", None),
            ("retention", "1|y", "6|mo", Some(Weaker)),
            ("retention", "10|y", "unlimited", Some(Stronger)),
            ("throughput", "5|MB/s", "10|MB/s", Some(Stronger)),
            ("throughput", "5|s", "10|s", None),
            ("errorRate", "1|percent", "2|percent", Some(Weaker)),
            ("er", "1|per million", "0.5|per million", Some(Stronger)),
            ("timeToRepair", "4|h", "2|h", Some(Stronger)),
            ("TimeToDetect", "4|h", "8|h", Some(Weaker)),
            ("time_to_notify", "4|h", "240|m", Some(Same)),
            ("ga", "2026-01-01", "2026-02-01", Some(Weaker)),
            ("endOfSupport", "2026-01-01", "2026-02-01", Some(Stronger)),
            ("el", "2026-02-01", "2026-01-01", Some(Weaker)),
            ("el", "2026-02-01", "soon", None),
            ("timeOfAvailability", "09:00", "08:00", Some(Stronger)),
            (
                "timeOfAvailability",
                "08:00||18:00",
                "09:00||19:00",
                Some(Weaker),
            ),
            ("timeOfAvailability", "08:00|CET", "08:00|EST", None),
            // Ranges: what is promised at worst decides, then how narrow the range is.
            ("latency", "1|d|3", "1|d|4", Some(Weaker)),
            ("latency", "1|d|3", "2|d|3", Some(Stronger)),
            ("latency", "3|d|1", "1|d|3", Some(Same)),
            ("latency", "3|d", "1|d|3", Some(Stronger)),
            ("latency", "1|d|3", "3|d", Some(Weaker)),
            ("retention", "1|y|3", "2|y|3", Some(Stronger)),
            ("retention", "1|y|3", "1|y|2", Some(Stronger)),
            // What cannot be read and stays does not matter; what cannot be read and changes does.
            (
                "availability",
                "99.9|%|monthly",
                "99.5|%|monthly",
                Some(Weaker),
            ),
            ("availability", "99.9|%|monthly", "99.9|%|yearly", None),
        ] {
            assert_eq!(judged(matter, old, new), expected, "{matter} {old} {new}");
            let is_shift = matter == "timeOfAvailability" && new.contains("19:00");
            let back = judged(matter, new, old);
            if is_shift {
                assert_eq!(back, expected);
            } else {
                assert_eq!(
                    back,
                    expected.map(Strength::reversed),
                    "{matter} {new} {old}"
                );
            }
        }
    }

    #[test]
    fn names_of_one_matter_are_one() {
        for (name, expected) in [
            ("ly", "latency"),
            ("Latency", "latency"),
            ("end_of_life", "endoflife"),
            ("MTTR", "timetorepair"),
            ("Service hours", "servicehours"),
        ] {
            assert_eq!(canonical(name), expected);
        }
        assert_eq!(Matter::of("serviceHours"), None);
        for (matter, names) in NAMES {
            for name in names {
                assert_eq!(Matter::of(name), Some(matter));
            }
        }
    }

    #[test]
    fn an_object_covers_its_fields() {
        for (own, others, expected) in [
            (None, Some("orders"), true),
            (Some("orders"), None, false),
            (None, None, true),
            (Some("orders"), Some("orders.amount"), true),
            (Some("orders.amount"), Some("orders"), false),
            (Some("orders"), Some("orders_old"), false),
            (
                Some("orders, returns"),
                Some("returns,orders.lines[].sku"),
                true,
            ),
            (Some("orders,returns"), Some("orders,items"), false),
        ] {
            let covers = Elements::read(own).cover(&Elements::read(others));
            assert_eq!(covers, expected, "{own:?} {others:?}");
        }
    }

    proptest! {
        #[test]
        fn the_opposite_change_is_the_opposite(
            at in 0..NAMES.len(),
            a in 0..50u32, b in 0..50u32, c in prop::option::of(0..50u32), d in prop::option::of(0..50u32),
            x in prop::sample::select(vec!["s", "h", "d", "y", "percent", ""]),
            y in prop::sample::select(vec!["s", "h", "d", "y", "percent", ""]),
        ) {
            let matter = NAMES[at].0;
            let [a, b] = [a, b].map(|n| n.to_string());
            let [c, d] = [c, d].map(|n| n.map(|n| n.to_string()));
            let old = Level { value: Some(&a), other_end: c.as_deref(), unit: Some(x) };
            let new = Level { value: Some(&b), other_end: d.as_deref(), unit: Some(y) };
            let forth = strength(matter, Both { old, new });
            let back = strength(matter, Both { old: new, new: old });
            prop_assert_eq!(forth, back.map(Strength::reversed));
        }
    }
}
