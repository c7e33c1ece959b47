//! Lengths of time as service levels give them: a value and a unit.

use serde_json::Value;

use crate::model::odcs::SlaProperty;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const YEAR: f64 = 365.25 * DAY;

/// The length of time that a service level promises, in seconds; `None` where it promises none.
pub fn of_sla(sla: &SlaProperty) -> Option<f64> {
    seconds(sla.value.as_ref()?, sla.unit.as_deref()?)
}

/// `value` times `unit`, in seconds; `None` for anything but an amount of a known unit of time.
pub fn seconds(value: &Value, unit: &str) -> Option<f64> {
    let amount = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let seconds = amount * unit_seconds(unit)?;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

/// The length of a unit of time. A month is a twelfth of a year.
fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit.trim().to_lowercase().as_str() {
        "ms" | "millisecond" | "milliseconds" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "wk" | "week" | "weeks" => 7.0 * DAY,
        "mo" | "mon" | "month" | "months" => YEAR / 12.0,
        "q" | "quarter" | "quarters" => YEAR / 4.0,
        "y" | "yr" | "yrs" | "year" | "years" => YEAR,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spellings_of_a_unit_mean_the_same() {
        for spellings in [
            ["s", "sec", "second", "Seconds"],
            ["m", "min", "minute", "minutes"],
            ["h", "hr", "hour", "hours"],
            ["d", "D", "day", " days "],
            ["w", "wk", "week", "weeks"],
            ["mo", "mon", "month", "months"],
            ["y", "yr", "year", "YEARS"],
        ] {
            let lengths = spellings.map(|unit| seconds(&json!(1), unit));
            assert!(lengths[0].is_some(), "{spellings:?}");
            assert!(
                lengths.iter().all(|length| *length == lengths[0]),
                "{spellings:?}"
            );
        }
    }

    #[test]
    fn units_relate_as_they_should() {
        let same = |a: (u32, &str), b: (u32, &str)| {
            assert_eq!(
                seconds(&json!(a.0), a.1),
                seconds(&json!(b.0), b.1),
                "{a:?} {b:?}"
            );
        };
        same((60, "s"), (1, "m"));
        same((60, "m"), (1, "h"));
        same((24, "h"), (1, "d"));
        same((7, "d"), (1, "w"));
        same((12, "mo"), (1, "y"));
        same((4, "q"), (1, "y"));
    }

    #[test]
    fn longer_amounts_are_longer_in_every_unit() {
        for unit in ["ms", "s", "m", "h", "d", "w", "mo", "q", "y"] {
            let lengths: Vec<_> = (0..50)
                .map(|amount| seconds(&json!(amount), unit))
                .collect();
            assert!(lengths.is_sorted_by(|a, b| a < b), "{unit}");
        }
    }

    #[test]
    fn a_number_may_be_written_as_text() {
        assert_eq!(seconds(&json!("1.5"), "h"), Some(5400.0));
    }

    #[test]
    fn what_is_no_length_of_time_has_none() {
        for (value, unit) in [
            (json!(99), "percent"),
            (json!("0 10 * * *"), "cron"),
            (json!("daily"), "d"),
            (json!(-1), "d"),
            (json!("NaN"), "d"),
            (json!(true), "d"),
            (json!(1), ""),
        ] {
            assert_eq!(seconds(&value, unit), None, "{value} {unit}");
        }
    }
}
