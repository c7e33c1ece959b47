//! The amounts that service levels promise: lengths of time, shares, days, hours of the day.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use mesh_spec::terms::dates::Moment;
use mesh_spec::terms::duration;
use serde_json::Value;

/// Something that can be more or less than another of its sort.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Amount {
    /// A length of time.
    Time {
        /// In seconds.
        seconds: f64,
        /// Whether it is counted in months or years, which are of no one length.
        is_calendar: bool,
    },
    /// Without an end.
    Endless,
    /// A share of a hundred.
    Percent(f64),
    /// A number of something that mesh does not convert; the unit in small letters, empty if none is
    /// said.
    Of(f64, String),
}

/// How far a length of time in months and one in days can be apart and may still mean the same.
const CALENDAR_SLACK: f64 = 3.0 * 86_400.0;

impl Amount {
    /// Reads `24` with the unit `h`, `99.9 %`, `PT4H`, `daily`, `forever`; `None` for anything else.
    pub(crate) fn read(value: &str, unit: Option<&str>) -> Option<Self> {
        let value = value.trim();
        let lower = value.to_lowercase();
        if [
            "unlimited",
            "forever",
            "indefinite",
            "infinite",
            "permanent",
        ]
        .contains(&lower.as_str())
        {
            return Some(Self::Endless);
        }
        if let Some(unit) = unit.map(str::trim).filter(|unit| !unit.is_empty()) {
            let number = value.trim_end_matches('%').trim_end();
            return Self::of(number, unit);
        }
        if let Some(number) = finite(value) {
            return Some(Self::Of(number, String::new()));
        }
        let (number, rest) = number_and_rest(value);
        match (number.is_empty(), rest) {
            (false, "") => None,
            (false, unit) => Self::of(number, unit),
            (true, _) => iso_duration(value).or_else(|| rhythm(&lower)),
        }
    }

    fn of(number: &str, unit: &str) -> Option<Self> {
        let amount = finite(number)?;
        let lower = unit.to_lowercase();
        if let Some(seconds) = duration::seconds(&Value::from(number), unit) {
            let is_calendar = ["mo", "q", "y"]
                .iter()
                .any(|start| lower.starts_with(start));
            return Some(Self::Time {
                seconds,
                is_calendar,
            });
        }
        Some(match lower.as_str() {
            "%" | "percent" | "percentage" | "pct" => Self::Percent(amount),
            _ => Self::Of(amount, lower),
        })
    }

    /// How this compares with `other`; `None` if that cannot be said.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Endless, Self::Endless) => Some(Equal),
            (Self::Endless, Self::Time { .. }) => Some(Greater),
            (Self::Time { .. }, Self::Endless) => Some(Less),
            (
                Self::Time {
                    seconds,
                    is_calendar,
                },
                Self::Time {
                    seconds: others,
                    is_calendar: other_is_calendar,
                },
            ) => {
                let is_mixed = is_calendar != other_is_calendar;
                let is_near = (seconds - others).abs() <= CALENDAR_SLACK;
                // Thirty days are a month, or not.
                (!(is_mixed && is_near)).then(|| near(*seconds, *others))
            }
            (Self::Percent(own), Self::Percent(others)) => Some(near(*own, *others)),
            (Self::Of(own, unit), Self::Of(others, other_unit)) if unit == other_unit => {
                Some(near(*own, *others))
            }
            _ => None,
        }
    }
}

/// Compares numbers that were calculated, so that rounding makes no difference.
fn near(own: f64, others: f64) -> Ordering {
    if (own - others).abs() <= own.abs().max(others.abs()) * 1e-9 {
        Equal
    } else {
        own.total_cmp(&others)
    }
}

fn finite(number: &str) -> Option<f64> {
    number.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

/// The number that a text starts with, and what follows it.
fn number_and_rest(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+'))
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    (number, rest.trim())
}

/// A length of time as ISO 8601 writes it: `P30D`, `PT4H`, `P1Y6M`.
fn iso_duration(text: &str) -> Option<Amount> {
    let mut rest = text.strip_prefix(['P', 'p'])?;
    let (mut total, mut days, mut months) = (0.0, false, false);
    let mut is_clock = false;
    let mut is_empty = true;
    while !rest.is_empty() {
        if let Some(clock) = rest.strip_prefix(['T', 't']).filter(|_| !is_clock) {
            (rest, is_clock) = (clock, true);
            continue;
        }
        let (number, after) = number_and_rest(rest);
        let designator = after.chars().next()?.to_ascii_uppercase();
        let unit = match (designator, is_clock) {
            ('Y', false) => "y",
            ('M', false) => "mo",
            ('W', false) => "w",
            ('D', false) => "d",
            ('H', true) => "h",
            ('M', true) => "m",
            ('S', true) => "s",
            _ => return None,
        };
        total += duration::seconds(&Value::from(number), unit)?;
        if matches!(unit, "y" | "mo") {
            months = true;
        } else {
            days = true;
        }
        is_empty = false;
        rest = &after[1..];
    }
    // Months and days in one length are of no one length in either.
    let is_mixed = months && days;
    (!is_empty && !is_mixed).then_some(Amount::Time {
        seconds: total,
        is_calendar: months,
    })
}

/// How often something happens, in a word.
fn rhythm(word: &str) -> Option<Amount> {
    let unit = match word {
        "hourly" => "h",
        "daily" => "d",
        "weekly" => "w",
        "monthly" => "mo",
        "quarterly" => "q",
        "yearly" | "annually" | "annual" => "y",
        _ => return None,
    };
    Amount::of("1", unit)
}

/// A day or a moment, as it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Date<'d> {
    text: &'d str,
    moment: Moment,
}

impl<'d> Date<'d> {
    pub(crate) fn read(text: &'d str) -> Option<Self> {
        let moment = Moment::parse(text)?;
        Some(Self { text, moment })
    }

    /// Which of the two is later; `None` for a day and a moment within it.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        let says_when = |date: Self| date.text.contains(':');
        if self.moment.is_after(other.moment) {
            Some(Greater)
        } else if other.moment.is_after(self.moment) {
            Some(Less)
        } else {
            // Fractions of a second are not read.
            let has_fraction = self.text.contains('.') || other.text.contains('.');
            let is_exact = !has_fraction || self.text.trim() == other.text.trim();
            (says_when(self) == says_when(other) && is_exact).then_some(Equal)
        }
    }
}

/// When in a day something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hours {
    /// From a minute of the day, with the offset of the clock if one is said.
    From(i32, Option<i32>),
    /// From one minute of the day to another, which is on the next day if it is not the later one.
    Window(i32, i32),
    /// `09:00-08:00`: from a minute of the day at an offset, or to another minute.
    Either(i32, i32),
}

const DAY: i32 = 24 * 60;

impl Hours {
    /// Reads `08:00`, `08:00Z`, `08:00+02:00`, `08:00 - 18:00`, or the two ends of a window.
    pub(crate) fn read(value: &str, end: Option<&str>) -> Option<Self> {
        if let Some(end) = end {
            return Some(Self::Window(clock(value)?, clock(end)?));
        }
        let value = value.trim();
        if let Some(at) = clock(value) {
            return Some(Self::From(at, None));
        }
        if let Some(at) = value.strip_suffix(['Z', 'z']) {
            return Some(Self::From(clock(at)?, Some(0)));
        }
        if let Some((at, offset)) = value.split_once('+') {
            return Some(Self::From(clock(at)?, Some(clock(offset)?)));
        }
        for between in [" - ", " – ", "–", " to ", " until ", "/"] {
            if let Some((from, to)) = value.split_once(between) {
                return Some(Self::Window(clock(from)?, clock(to)?));
            }
        }
        let (from, to) = value.split_once('-')?;
        let (from, to) = (clock(from)?, clock(to)?);
        // No clock of the world is more than twelve hours behind.
        Some(if to > 12 * 60 || to % 15 != 0 {
            Self::Window(from, to)
        } else {
            Self::Either(from, to)
        })
    }

    /// Whether all that other promises is promised still, and the other way round; `None` if that
    /// cannot be said.
    pub(crate) fn covers(self, other: Self) -> Option<(bool, bool)> {
        match (self, other) {
            (Self::From(own, offset), Self::From(others, other_offset)) => {
                let (own, others) = match (offset, other_offset) {
                    (None, None) => (own, others),
                    (Some(a), Some(b)) => (own - a, others - b),
                    _ => return None,
                };
                Some((own <= others, others <= own))
            }
            (Self::Window(a, b), Self::Window(c, d)) => {
                Some((holds((a, b), (c, d)), holds((c, d), (a, b))))
            }
            // Earlier is more in either reading, as long as the rest stays.
            (Self::Either(own, a), Self::Either(others, b)) if a == b => {
                Some((own <= others, others <= own))
            }
            _ => None,
        }
    }
}

/// Whether one window of the day holds another.
fn holds((start, end): (i32, i32), (other_start, other_end): (i32, i32)) -> bool {
    let length = |start: i32, end: i32| match (end - start).rem_euclid(DAY) {
        0 => DAY,
        length => length,
    };
    let own = length(start, end);
    let lead = (other_start - start).rem_euclid(DAY);
    own == DAY || lead + length(other_start, other_end) <= own
}

/// The minute of the day of `08:00` or `8:00:00`.
fn clock(text: &str) -> Option<i32> {
    let mut parts = text.trim().split(':');
    let mut part = |limit: i32| {
        let digits = parts.next()?;
        let is_number =
            (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let number: i32 = digits.parse().ok().filter(|_| is_number)?;
        (number < limit).then_some(number)
    };
    let minutes = part(25)? * 60 + part(60)?;
    match parts.next() {
        None | Some("00") => (parts.next().is_none() && minutes <= DAY).then_some(minutes),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compared(a: (&str, &str), b: (&str, &str)) -> Option<Ordering> {
        let read = |(value, unit): (&str, &str)| Amount::read(value, Some(unit));
        read(a)?.compare(&read(b)?)
    }

    #[test]
    fn amounts_are_compared_across_units() {
        for (a, b, expected) in [
            (("24", "h"), ("1", "d"), Some(Equal)),
            (("24", "hours"), ("2", "days"), Some(Less)),
            (("12", "mo"), ("1", "y"), Some(Equal)),
            (("3", "months"), ("1", "quarter"), Some(Equal)),
            (("365", "d"), ("1", "y"), None),
            (("30", "d"), ("1", "month"), None),
            (("90", "d"), ("1", "y"), Some(Less)),
            (("PT24H", ""), ("1", "d"), Some(Equal)),
            (("P1Y6M", ""), ("18", "mo"), Some(Equal)),
            (("P1M2D", ""), ("32", "d"), None),
            (("24h", ""), ("1 d", ""), Some(Equal)),
            (("daily", ""), ("24", "h"), Some(Equal)),
            (("weekly", ""), ("daily", ""), Some(Greater)),
            (("99.9 %", ""), ("99.9", "percent"), Some(Equal)),
            (("99.9", ""), ("99.9", "percent"), None),
            (("99.9", ""), ("99.5", ""), Some(Greater)),
            (("5", "MB/s"), ("7", "mb/s"), Some(Less)),
            (("5", "MB/s"), ("7", "GB/s"), None),
            (("forever", ""), ("10", "y"), Some(Greater)),
            (("unlimited", "y"), ("Forever", ""), Some(Equal)),
            (("0 10 * * *", "cron"), ("0 12 * * *", "cron"), None),
            (("soon", ""), ("1", "d"), None),
            (("NaN", "d"), ("1", "d"), None),
            (("P", ""), ("1", "d"), None),
        ] {
            assert_eq!(compared(a, b), expected, "{a:?} {b:?}");
            assert_eq!(
                compared(b, a),
                expected.map(Ordering::reverse),
                "{b:?} {a:?}"
            );
        }
    }

    #[test]
    fn dates_are_compared_where_they_can_be() {
        for (a, b, expected) in [
            ("2026-01-01", "2026-01-02", Some(Less)),
            ("2026-01-01", "2026-01-01", Some(Equal)),
            ("2026-01-01", "2026-01-01T12:00:00Z", None),
            (
                "2026-01-01T12:00:00Z",
                "2026-01-01T13:00:00+01:00",
                Some(Equal),
            ),
            (
                "2026-01-01T12:00:00Z",
                "2026-01-01T12:00:00+01:00",
                Some(Greater),
            ),
        ] {
            let date = |text| Date::read(text).expect("it is a date");
            assert_eq!(date(a).compare(date(b)), expected, "{a} {b}");
        }
        assert!(Date::read("next year").is_none());
    }

    #[test]
    fn hours_of_the_day_are_compared_as_windows() {
        let hours = |text: &str| Hours::read(text, None);
        for (a, b, expected) in [
            ("08:00", "09:00", Some((true, false))),
            ("08:00", "8:00:00", Some((true, true))),
            ("08:00Z", "10:00+02:00", Some((true, true))),
            ("08:00Z", "08:00", None),
            ("08:00 - 18:00", "09:00-17:00", Some((true, false))),
            ("08:00 to 18:00", "09:00-19:00", Some((false, false))),
            ("22:00 - 06:00", "23:00 - 05:00", Some((true, false))),
            ("22:00 - 06:00", "05:00 - 07:00", Some((false, false))),
            ("00:00 - 24:00", "22:00 - 06:00", Some((true, false))),
            ("08:00-08:00", "09:00-08:00", Some((true, false))),
            ("08:00-08:00", "08:00-07:00", None),
            ("08:00", "08:00 - 18:00", None),
        ] {
            let covers = hours(a).and_then(|own| own.covers(hours(b)?));
            assert_eq!(covers, expected, "{a} {b}");
        }
        assert_eq!(Hours::read("08:00", Some("18:00")), hours("08:00 - 18:00"));
        for text in [
            "", "8", "25:00", "08:60", "08:00:30", "morning", "-", "24:30",
        ] {
            assert_eq!(hours(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_is_not(value in ".{0,12}", unit in ".{0,6}") {
            let amount = Amount::read(&value, Some(&unit));
            if let Some(amount) = &amount {
                prop_assert_eq!(amount.compare(amount), Some(Equal));
            }
            let _ = Hours::read(&value, Some(&unit));
            let _ = Hours::read(&value, None);
        }

        #[test]
        fn comparing_the_other_way_round_gives_the_opposite(
            a in 0..5000u32, b in 0..5000u32,
            x in prop::sample::select(vec!["s", "h", "d", "w", "mo", "q", "y", "percent", ""]),
            y in prop::sample::select(vec!["s", "h", "d", "w", "mo", "q", "y", "percent", ""]),
        ) {
            let (a, b) = (a.to_string(), b.to_string());
            let (a, b) = ((a.as_str(), x), (b.as_str(), y));
            prop_assert_eq!(compared(a, b), compared(b, a).map(Ordering::reverse));
        }
    }
}
