//! What a plain scalar means: the YAML 1.2 core schema (section 10.3.2).

/// The type that a scalar's text resolves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Number,
    String,
}

/// Resolves an untagged plain scalar.
pub(super) fn resolve(text: &str) -> Resolved {
    let Some(&first) = text.as_bytes().first() else {
        return Resolved::Null;
    };
    match first {
        b'0'..=b'9' | b'+' | b'-' | b'.' if is_number(text) => Resolved::Number,
        b'~' | b'n' | b'N' if matches!(text, "~" | "null" | "Null" | "NULL") => Resolved::Null,
        b't' | b'T' if matches!(text, "true" | "True" | "TRUE") => Resolved::Bool(true),
        b'f' | b'F' if matches!(text, "false" | "False" | "FALSE") => Resolved::Bool(false),
        _ => Resolved::String,
    }
}

/// Whether `text` is an integer or a float of the core schema. `.inf` and `.nan` are not: JSON has
/// no such numbers, and neither standard asks for one.
fn is_number(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|b| matches!(b, b'0'..=b'7'));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

/// A number as JSON writes it.
///
/// Integers beyond 64 bits become the nearest float, as they do in every JSON tool.
pub(super) fn number(text: &str) -> Option<serde_json::Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(Into::into);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(Into::into);
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    if let Ok(n) = plain.parse::<i64>() {
        return Some(n.into());
    }
    if let Ok(n) = plain.parse::<u64>() {
        return Some(n.into());
    }
    serde_json::Number::from_f64(plain.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema() {
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve(text), Resolved::Null, "{text}");
        }
        for text in [
            "0", "-1", "+7", "010", "1.10", ".5", "5.", "1e3", "-1.5E-7", "0x1F", "0o17",
        ] {
            assert_eq!(resolve(text), Resolved::Number, "{text}");
            assert!(number(text).is_some(), "{text}");
        }
        for text in [
            "no",
            "yes",
            "on",
            "1_000",
            "12:30",
            "1.0.0",
            "v1",
            ".",
            "-",
            "+",
            "e3",
            "1e",
            "0x",
            "2024-01-01",
            ".inf",
            ".nan",
            "nUll",
            "tRue",
        ] {
            assert_eq!(resolve(text), Resolved::String, "{text}");
        }
    }
}
