//! Values of options that clap does not know by itself.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use mesh_compat::Profile;
use mesh_lint::{Group, Preset};
use mesh_policy::scorecard::Tier;

pub(super) fn group() -> impl TypedValueParser<Value = Group> {
    one_of(Group::ALL, Group::as_str)
}

pub(super) fn preset() -> impl TypedValueParser<Value = Preset> {
    one_of(Preset::ALL, Preset::as_str)
}

pub(super) fn profile() -> impl TypedValueParser<Value = Profile> {
    one_of(Profile::ALL, Profile::as_str)
}

pub(super) fn tier() -> impl TypedValueParser<Value = Tier> {
    one_of(Tier::ALL, Tier::as_str)
}

/// One of `all`, by its name.
fn one_of<T, const N: usize>(
    all: [T; N],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.map(name)).try_map(move |given| {
        let mut all = all.into_iter();
        all.find(|value| name(*value) == given)
            .ok_or("there is no such value")
    })
}

/// A time such as `90s`, `10m` or `2h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    const LONGEST: u64 = 7 * 24 * 3600;
    let (number, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let seconds = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let seconds = seconds
        .zip(number.parse::<u64>().ok())
        .and_then(|(unit, number)| number.checked_mul(unit))
        .ok_or_else(|| "it has to be a time such as 90s, 10m or 2h".to_owned())?;
    match seconds {
        0..=LONGEST => Ok(Duration::from_secs(seconds)),
        _ => Err("it has to be at most 168h".to_owned()),
    }
}

/// Nothing is asked for with a limit of 0: what is not there would look like what is not found.
pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it has to be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("10m", 600), ("168h", 604_800)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "10",
            "m",
            "-1m",
            "1.5h",
            "10 m",
            "1d",
            "169h",
            "99999999999999999999h",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
