//! Units and time zones: which are the same, although they are written differently.

/// Spellings of one unit each.
const UNITS: &[&[&str]] = &[
    &["%", "percent", "per cent", "pct"],
    &["kg", "kilogram", "kilograms"],
    &["g", "gram", "grams"],
    &["t", "tonne", "tonnes", "metric ton"],
    &["km", "kilometre", "kilometres", "kilometer", "kilometers"],
    &["m", "metre", "metres", "meter", "meters"],
    &[
        "cm",
        "centimetre",
        "centimetres",
        "centimeter",
        "centimeters",
    ],
    &[
        "mm",
        "millimetre",
        "millimetres",
        "millimeter",
        "millimeters",
    ],
    &["l", "L", "litre", "litres", "liter", "liters"],
    &["s", "sec", "second", "seconds"],
    &["ms", "millisecond", "milliseconds"],
    &["min", "minute", "minutes"],
    &["h", "hr", "hour", "hours"],
    &["d", "day", "days"],
    &["°C", "degC", "Cel", "celsius", "degrees celsius"],
    &["°F", "degF", "fahrenheit", "degrees fahrenheit"],
    &["K", "kelvin"],
    &["EUR", "€", "euro", "euros"],
    &["GBP", "£", "pound sterling"],
    &["kWh", "kilowatt hour", "kilowatt hours"],
];

/// Names of the time that all other zones are measured by.
const UTC: [&str; 8] = [
    "utc", "etc/utc", "z", "zulu", "etc/zulu", "etc/uct", "uct", "+00:00",
];

/// Whether two units are the same. Symbols keep their case: `mW` is not `MW`.
pub(crate) fn are_same_units(old: &str, new: &str) -> bool {
    let (old, new) = (old.trim(), new.trim());
    let is = |spelling: &str, text: &str| {
        spelling == text || text.len() > 3 && spelling.eq_ignore_ascii_case(text)
    };
    old == new
        || UNITS.iter().any(|spellings| {
            [old, new]
                .iter()
                .all(|text| spellings.iter().any(|spelling| is(spelling, text)))
        })
}

/// Whether two currencies are the same.
pub(crate) fn are_same_currencies(old: &str, new: &str) -> bool {
    old.trim().eq_ignore_ascii_case(new.trim()) || are_same_units(old, new)
}

/// Whether two time zones are the same.
pub(crate) fn are_same_zones(old: &str, new: &str) -> bool {
    let (old, new) = (old.trim(), new.trim());
    let is_utc = |zone: &str| UTC.iter().any(|utc| utc.eq_ignore_ascii_case(zone));
    old.eq_ignore_ascii_case(new) || is_utc(old) && is_utc(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_the_same_in_all_their_spellings() {
        assert!(are_same_units("kg", " Kilograms "));
        assert!(are_same_units("%", "percent"));
        assert!(are_same_units("widgets", "widgets"));
        assert!(!are_same_units("kg", "g"));
        assert!(!are_same_units("mW", "MW"));
        assert!(!are_same_units("k", "K"));
        assert!(are_same_currencies("chf", "CHF"));
        assert!(are_same_currencies("€", "EUR"));
        assert!(!are_same_currencies("EUR", "USD"));
    }

    #[test]
    fn zones_are_the_same_in_all_their_names() {
        assert!(are_same_zones("UTC", "Etc/UTC"));
        assert!(are_same_zones("europe/zurich", "Europe/Zurich"));
        assert!(!are_same_zones("Europe/Zurich", "Europe/Berlin"));
        assert!(!are_same_zones("UTC", "Europe/London"));
    }

    #[test]
    fn no_spelling_is_of_two_units() {
        let all: Vec<&str> = UNITS
            .iter()
            .flat_map(|units| units.iter().copied())
            .collect();
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "{one}");
        }
    }
}
