//! Days and moments, as documents write them.

use std::fmt;

use jiff::civil::Date;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day of a date (`YYYY-MM-DD`) or of a timestamp that starts with one, by its own clock.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, rest) = text.split_at_checked(10)?;
        let is_cut = rest.starts_with(|c: char| c.is_ascii_digit());
        Self::exactly(date).filter(|_| !is_cut)
    }

    /// The day that `date` (`YYYY-MM-DD`) is, and nothing else.
    pub fn exactly(date: &str) -> Option<Self> {
        let mut parts = date.split('-');
        let year = number(parts.next()?, 4)?;
        let month = number(parts.next()?, 2)?;
        let day = number(parts.next()?, 2)?;
        if parts.next().is_some() {
            return None;
        }
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        date.ok().map(Self)
    }

    /// How many days there are from `earlier` to this day; negative if it is the later one.
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from((self.0 - earlier.0).get_days())
    }

    /// So many days later; the last day there is, if that is beyond it.
    #[must_use]
    pub fn days_later(self, days: u32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }

    /// The same day so many months later; the last of that month, if it has no such day.
    #[must_use]
    pub fn months_later(self, months: i8) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().months(months)))
    }
}

impl fmt::Display for Day {
    /// As `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A day, or a moment of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    day: Day,
    /// Seconds since the day began in UTC, which an offset may put before it or beyond it; `None` if
    /// only the day is known.
    second: Option<i64>,
}

impl Moment {
    /// Reads `2026-03-01`, or `2026-03-01T09:30:00` with or without fraction and offset. `None` for
    /// anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, time) = match text.find(['T', 't', ' ']) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let day = Day::exactly(date)?;
        let second = match time {
            Some(time) => Some(parse_time(time)?),
            None => None,
        };
        Some(Self { day, second })
    }

    /// Whether this is certainly later than `other`. A day is not later than a moment within it.
    pub fn is_after(self, other: Self) -> bool {
        match (self.second, other.second) {
            (Some(own), Some(others)) => self.day.days_since(other.day) * 86_400 + own > others,
            _ => self.day > other.day,
        }
    }
}

/// The seconds since midnight in UTC; beyond a day where the offset makes it so.
fn parse_time(text: &str) -> Option<i64> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, "Z"),
    };
    let clock = clock.trim_end();
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let offset = match offset.strip_prefix(['+', '-']) {
        Some(amount) if offset.starts_with('-') => -clock_seconds(amount)?,
        Some(amount) => clock_seconds(amount)?,
        None if matches!(offset, "Z" | "z") => 0,
        None => return None,
    };
    Some(clock_seconds(clock)? - offset)
}

/// The seconds of `hh:mm` or `hh:mm:ss`.
fn clock_seconds(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hours = number(parts.next()?, 2)?;
    let minutes = number(parts.next()?, 2)?;
    let seconds = parts.next().map_or(Some(0), |part| number(part, 2))?;
    let is_clock = hours < 25 && minutes < 60 && seconds < 61 && parts.next().is_none();
    is_clock.then(|| i64::from(hours) * 3_600 + i64::from(minutes) * 60 + i64::from(seconds))
}

/// The number that `text` writes with exactly `digits` digits.
fn number(text: &str, digits: usize) -> Option<i16> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: &str, to: &str) -> Option<i64> {
        Some(Day::parse(to)?.days_since(Day::parse(from)?))
    }

    #[test]
    fn days_are_counted_through_the_calendar() {
        for (from, to, expected) in [
            ("2026-06-30", "2026-06-30", 0),
            ("2026-06-30", "2026-07-01", 1),
            ("2026-01-01", "2025-12-31", -1),
            ("2024-02-28", "2024-03-01", 2),
            ("2025-02-28", "2025-03-01", 1),
            ("1900-02-28", "1900-03-01", 1),
            ("2000-01-01", "2001-01-01", 366),
            ("1970-01-01", "2026-06-30", 20634),
        ] {
            assert_eq!(days(from, to), Some(expected), "{from} {to}");
        }
    }

    #[test]
    fn a_timestamp_has_the_day_it_starts_with() {
        for text in [
            "2026-02-02",
            " 2026-02-02 ",
            "2026-02-02T09:00:00Z",
            "2026-02-02 09:00",
        ] {
            assert_eq!(days("2026-02-01", text), Some(1), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "TODO",
            "2026",
            "2026-13-01",
            "2026-00-10",
            "2025-02-29",
            "2026-02-30",
            "02.02.2026",
            "2026/02/02",
            "2026-02-021",
            "2026-+2-02",
            "20260202T0900",
            "2026-02-0é",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn months_are_as_long_as_the_calendar_has_them() {
        for (day, months, expected) in [
            ("2025-12-30", 6, "2026-06-30"),
            ("2025-08-31", 6, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
        ] {
            let later = Day::parse(day).map(|day| day.months_later(months));
            assert_eq!(later, Day::parse(expected), "{day}");
        }
    }

    #[test]
    fn days_and_moments_are_put_in_order() {
        for (earlier, later) in [
            ("2025-12-31", "2026-01-01"),
            ("2024-02-28", "2024-02-29"),
            ("2024-02-29", "2024-03-01"),
            ("1999-12-31", "2000-03-01"),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"),
            ("2026-03-02T00:30:00+05:00", "2026-03-01T20:00:00Z"),
            ("2026-03-01T20:00:00.5-08:00", "2026-03-02T04:00:01Z"),
            ("2026-03-01", "2026-03-02T00:00:00Z"),
        ] {
            let (a, b) = (Moment::parse(earlier), Moment::parse(later));
            let (a, b) = (a.expect("it is a moment"), b.expect("it is a moment"));
            assert!(b.is_after(a) && !a.is_after(b), "{earlier}, {later}");
        }
    }

    #[test]
    fn a_day_is_not_later_than_its_hours() {
        let day = Moment::parse("2026-03-01").expect("it is a day");
        let noon = Moment::parse("2026-03-01T12:00:00Z").expect("it is a moment");
        assert!(!day.is_after(noon) && !noon.is_after(day));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "soon",
            "2026",
            "2026-13-01",
            "2026-02-30",
            "2026-1-1",
            "01.03.2026",
            "2026-03-01T",
            "2026-03-01T9",
            "2026-03-01Tnoon",
            "2026-03-01T09:30Zx",
            "2026-03-01T09:30:00.x",
            "2026-03-01T09:30:00.Z",
            "2026-03-01-01",
            "+026-03-01",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
