//! Days and moments as manifests write them.

/// A day, or a moment of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since the first of January of the year 0.
    day: i64,
    /// Seconds since then, in UTC; `None` if only the day is known.
    second: Option<i64>,
}

impl Moment {
    /// Reads `2026-03-01`, or `2026-03-01T09:30:00` with or without fraction and offset. `None` for
    /// anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, time) = match text.find(['T', 't', ' ']) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let day = parse_day(date)?;
        let second = match time {
            Some(time) => Some(day * 86_400 + parse_time(time)?),
            None => None,
        };
        Some(Self { day, second })
    }

    /// Whether this is certainly later than `other`. A day is not later than a moment within it.
    pub(crate) fn is_after(self, other: Self) -> bool {
        match (self.second, other.second) {
            (Some(own), Some(others)) => own > others,
            _ => self.day > other.day,
        }
    }
}

/// The number of a day, for one that the calendar has.
fn parse_day(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    if parts.next().is_some() || !(1..=12).contains(&month) {
        return None;
    }
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March end with the leap day, which makes the months regular.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(365 * year + leap_days + (153 * month + 2) / 5 + day)
}

/// The seconds since midnight in UTC; beyond a day where the offset makes it so.
fn parse_time(text: &str) -> Option<i64> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, "Z"),
    };
    let clock = clock.trim_end();
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let offset = match offset.strip_prefix(['+', '-']) {
        Some(amount) if offset.starts_with('-') => -clock_seconds(amount)?,
        Some(amount) => clock_seconds(amount)?,
        None => 0,
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
    is_clock.then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// The number that `text` writes with exactly `digits` digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "2026-03-01-01",
            "+026-03-01",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
