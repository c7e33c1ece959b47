//! Prices, and which of two is higher.

use std::cmp::Ordering;
use std::fmt;

use mesh_spec::terms::duration;
use serde_json::Value;

use crate::pair::{Both, Pair};

/// The keys of a contract that say what the data costs.
pub(crate) const KEYS: &[&str] = &["priceAmount", "priceCurrency", "priceUnit"];

/// How far two prices may be apart and still be the same, where one of them was converted: relative to
/// the higher.
const ROUNDING: f64 = 1e-9;

/// What something costs, as far as a contract says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Price<'p> {
    pub(crate) amount: f64,
    pub(crate) currency: Option<&'p str>,
    pub(crate) unit: Option<&'p str>,
}

/// How one price stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is the same, maybe in another unit.
    Same,
    /// It is higher.
    Higher,
    /// It is lower.
    Lower,
    /// It is in another currency, or for another unit: nobody knows what the reader will pay.
    Otherwise,
    /// One of them does not say what it is in or for.
    Unsaid,
}

impl fmt::Display for Price<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.amount)?;
        if let Some(currency) = self.currency {
            write!(f, " {currency}")?;
        }
        match self.unit {
            Some(unit) => write!(f, " per {unit}"),
            None => Ok(()),
        }
    }
}

/// The prices before and after, as far as they have an amount and can be read.
pub(crate) fn of<'p>(pair: &Pair<'p>) -> Both<Option<Price<'p>>> {
    let amount = pair.number("priceAmount");
    let currency = pair.text("priceCurrency");
    let unit = pair.text("priceUnit");
    let node = |key: &str| pair.at(key).map(|node| node.is_some());
    let (has_currency, has_unit) = (node("priceCurrency"), node("priceUnit"));
    let price = |amount: Option<f64>, currency: (Option<_>, bool), unit: (Option<_>, bool)| {
        // What is there and is no text says something that nobody understands.
        let is_read = currency.0.is_some() == currency.1 && unit.0.is_some() == unit.1;
        amount.filter(|_| is_read).map(|amount| Price {
            amount,
            currency: currency.0,
            unit: unit.0,
        })
    };
    Both {
        old: price(
            amount.old,
            (currency.old, has_currency.old),
            (unit.old, has_unit.old),
        ),
        new: price(
            amount.new,
            (currency.new, has_currency.new),
            (unit.new, has_unit.new),
        ),
    }
}

/// How the price of a contract changed that had one and has one, and what it was and is; `None` where
/// that cannot be read.
pub(crate) fn change<'p>(pair: &Pair<'p>) -> Option<(Change, Price<'p>, Price<'p>)> {
    if !KEYS.iter().any(|key| pair.has_changed(key)) {
        return None;
    }
    let prices = of(pair);
    let (old, new) = (prices.old?, prices.new?);
    Some((compare(old, new), old, new))
}

/// The price of a contract that had none: it did not speak of prices, or not of an amount.
pub(crate) fn first<'p>(pair: &Pair<'p>) -> Option<Price<'p>> {
    let had_none = pair.at("priceAmount").old.is_none();
    of(pair).new.filter(|_| had_none)
}

/// The key by which a change of price is told: the amount, if it changed.
pub(crate) fn first_changed(pair: &Pair<'_>) -> &'static str {
    let mut changed = KEYS.iter().copied().filter(|key| pair.has_changed(key));
    changed.next().unwrap_or("priceAmount")
}

/// How the price `new` stands to `old`.
pub(crate) fn compare(old: Price<'_>, new: Price<'_>) -> Change {
    // Nothing is nothing in any currency.
    if old.amount == 0.0 || new.amount == 0.0 {
        return by_amount(old.amount, new.amount);
    }
    let currency = match (old.currency, new.currency) {
        (Some(old), Some(new)) => old.trim().eq_ignore_ascii_case(new.trim()),
        (None, None) => true,
        _ => return Change::Unsaid,
    };
    let scales = match (old.unit, new.unit) {
        (Some(old), Some(new)) if singular(old) == singular(new) => Some((1.0, 1.0)),
        (Some(old), Some(new)) => scales(old, new),
        (None, None) => Some((1.0, 1.0)),
        _ => return Change::Unsaid,
    };
    match scales {
        Some((before, after)) if currency => by_amount(old.amount / before, new.amount / after),
        _ => Change::Otherwise,
    }
}

fn by_amount(old: f64, new: f64) -> Change {
    if (old - new).abs() <= ROUNDING * old.abs().max(new.abs()) {
        return Change::Same;
    }
    match old.partial_cmp(&new) {
        Some(Ordering::Less) => Change::Higher,
        Some(Ordering::Greater) => Change::Lower,
        _ => Change::Otherwise,
    }
}

/// How large two units are beside each other, if both are of time or both of volume.
fn scales(old: &str, new: &str) -> Option<(f64, f64)> {
    // A single letter may be a minute, a month or a million.
    let time = |unit: &str| {
        let is_word = unit.trim().chars().count() > 1;
        is_word.then(|| duration::seconds(&Value::from(1), unit))?
    };
    let times = time(old).zip(time(new));
    times.or_else(|| bytes(old).zip(bytes(new)))
}

/// How many bytes a unit of volume has.
fn bytes(unit: &str) -> Option<f64> {
    Some(match singular(unit).as_str() {
        "byte" => 1.0,
        "kb" | "kilobyte" => 1e3,
        "mb" | "megabyte" => 1e6,
        "gb" | "gigabyte" => 1e9,
        "tb" | "terabyte" => 1e12,
        "pb" | "petabyte" => 1e15,
        "kib" | "kibibyte" => 1024.0,
        "mib" | "mebibyte" => 1_048_576.0,
        "gib" | "gibibyte" => 1_073_741_824.0,
        "tib" | "tebibyte" => 1_099_511_627_776.0,
        _ => return None,
    })
}

/// A unit by one name: `Requests` is `request`.
fn singular(unit: &str) -> String {
    let unit = unit.trim().to_lowercase();
    match unit.strip_suffix('s') {
        Some(stem) if stem.len() > 2 => stem.to_owned(),
        _ => unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(text: &str) -> Price<'_> {
        let mut words = text.split(' ');
        Price {
            amount: words
                .next()
                .and_then(|amount| amount.parse().ok())
                .expect("an amount"),
            currency: words.next().filter(|word| *word != "-"),
            unit: words.next().filter(|word| *word != "-"),
        }
    }

    #[test]
    fn prices_are_compared_in_one_unit() {
        for (old, new, expected) in [
            ("5 EUR request", "5.0 eur Requests", Change::Same),
            ("5 EUR request", "6 EUR request", Change::Higher),
            ("5 - -", "4 - -", Change::Lower),
            ("5 EUR request", "5 USD request", Change::Otherwise),
            ("5 EUR request", "1 EUR row", Change::Otherwise),
            ("5 EUR request", "1 EUR megabyte", Change::Otherwise),
            ("0.01 EUR megabyte", "10 EUR GB", Change::Same),
            ("0.01 EUR megabyte", "9 EUR gigabyte", Change::Lower),
            ("10 EUR gb", "10 EUR GiB", Change::Lower),
            ("10 EUR month", "120 EUR year", Change::Same),
            ("10 EUR month", "121 EUR year", Change::Higher),
            ("10 EUR m", "10 EUR month", Change::Otherwise),
            ("0 EUR month", "0 USD request", Change::Same),
            ("0 EUR month", "1 USD request", Change::Higher),
            ("5 EUR month", "0 USD request", Change::Lower),
            ("5 - month", "5 EUR month", Change::Unsaid),
            ("5 EUR month", "5 EUR -", Change::Unsaid),
        ] {
            assert_eq!(compare(price(old), price(new)), expected, "{old} > {new}");
            let back = match expected {
                Change::Higher => Change::Lower,
                Change::Lower => Change::Higher,
                same => same,
            };
            assert_eq!(compare(price(new), price(old)), back, "{new} > {old}");
        }
    }
}
