//! Days, as documents write them.

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(i64);

impl Day {
    /// The day of a date (`YYYY-MM-DD`) or of a timestamp that starts with one, by its own clock.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, rest) = (text.get(..10)?, &text[10..]);
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let number = |from: usize, to: usize| -> Option<i64> {
            let digits = &date[from..to];
            let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
            are_digits.then(|| digits.parse().ok()).flatten()
        };
        if !date.is_ascii() || &date[4..5] != "-" || &date[7..8] != "-" {
            return None;
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let exists = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        exists.then(|| Self(count(year, month, day)))
    }

    /// How many days there are from `earlier` to this day; negative if it is the later one.
    pub(crate) fn days_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days up to a date, counted as if the calendar had always been the present one.
fn count(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let years =
        before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    years + months + day
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
}
