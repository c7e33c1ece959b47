//! Names that are safe as a path segment on every file system, and how product names are derived.
//!
//! Registries are checked out on Windows and macOS too, and their paths appear in URLs. So names are lower-case ASCII:
//! nothing that a file system folds, normalises or reserves, and nothing that looks like something else. There is no
//! transliteration: a name with other letters is refused rather than guessed.

use crate::{Error, Result};

/// The longest allowed name.
pub const MAX_NAME: usize = 63;

/// The longest allowed version.
pub const MAX_VERSION: usize = 64;

/// The longest allowed name of a file or directory with policies.
pub const MAX_POLICY_NAME: usize = 128;

/// Checks a domain or product name: `[a-z][a-z0-9-]{0,62}`, no device name, no `xn--`.
///
/// # Errors
/// Says which rule the name breaks.
pub fn check_name(what: &'static str, name: &str) -> Result<()> {
    match broken_rule(name) {
        None => Ok(()),
        Some(reason) => Err(Error::InvalidName {
            what,
            name: name.to_owned(),
            reason,
        }),
    }
}

/// Whether [`check_name`] accepts the name.
pub fn is_name(name: &str) -> bool {
    broken_rule(name).is_none()
}

pub(crate) fn broken_rule(name: &str) -> Option<&'static str> {
    let Some(first) = name.bytes().next() else {
        return Some("it is empty");
    };
    if name.len() > MAX_NAME {
        Some("it is longer than 63 characters")
    } else if !first.is_ascii_lowercase() {
        Some("it does not start with a lower-case letter from a to z")
    } else if !name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        Some("only the letters a to z, digits and hyphens are allowed")
    } else if is_device_name(name) {
        Some("it is the name of a device on Windows")
    } else if name.starts_with("xn--") {
        Some("`xn--` is reserved for encoded international names")
    } else {
        None
    }
}

/// Whether Windows takes a file of this name for a device, whatever its extension.
pub(crate) fn is_device_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" | "conin$" | "conout$" => true,
        _ => stem
            .strip_prefix("com")
            .or_else(|| stem.strip_prefix("lpt"))
            .is_some_and(|number| {
                matches!(
                    number,
                    "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9"
                )
            }),
    }
}

/// Turns readable text into a name: `Sales & Marketing` becomes `sales-marketing`.
///
/// Returns `None` if the text has letters or accents beyond ASCII, or characters that nobody sees, or if nothing valid
/// remains.
pub fn slug(text: &str) -> Option<String> {
    let slug = slug_segment(text)?;
    is_name(&slug).then_some(slug)
}

/// Lower-case ASCII letters and digits, everything else as single hyphens between them.
fn slug_segment(text: &str) -> Option<String> {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() || is_unseen(c) {
            return None;
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    (!slug.is_empty()).then_some(slug)
}

/// Whether a character is an accent of the letter before it, or takes no room at all. Left out, it would make one name
/// of two that are not the same: `café` in parts would be `cafe`, where in one piece it is none.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{feff}')
}

/// The name of a domain, as it stands in registry paths.
///
/// # Errors
/// If the domain cannot be turned into a valid name.
pub fn domain_name(domain: &str) -> Result<String> {
    slug(domain).ok_or_else(|| {
        let reason = broken_rule(domain).unwrap_or("it has no usable characters");
        Error::InvalidName {
            what: "domain",
            name: domain.to_owned(),
            reason,
        }
    })
}

/// The name under which a product is published for the first time, and from then on for ever.
///
/// It is the id if that is a name, else the last segment of the id (`commercial.sales-order`,
/// `urn:dataproduct:commercial:sales-order:v1`), else, as for a UUID, the slug of the readable name.
///
/// # Errors
/// If neither the id nor the name can be turned into a valid name.
pub fn product_name(id: &str, name: Option<&str>) -> Result<String> {
    if is_name(id) {
        return Ok(id.to_owned());
    }
    if !is_uuid(id.rsplit(':').next().unwrap_or(id)) {
        let last = id
            .split(['.', ':', '/', '#'])
            .rev()
            .find(|segment| !segment.is_empty() && !is_version_like(segment));
        if let Some(slug) = last.and_then(slug) {
            return Ok(slug);
        }
    }
    if let Some(slug) = name.and_then(slug) {
        return Ok(slug);
    }
    let shown = name.unwrap_or(id);
    let reason = broken_rule(shown).unwrap_or("it has no usable characters");
    Err(Error::InvalidName {
        what: "product name",
        name: shown.to_owned(),
        reason,
    })
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// `1`, `v2`, `1-0`: the tail of a URN that names a version, not a product.
fn is_version_like(segment: &str) -> bool {
    let digits = segment.strip_prefix(['v', 'V']).unwrap_or(segment);
    !digits.is_empty()
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// Checks that a version can be a path segment: strict semver, no build metadata, not overlong.
///
/// # Errors
/// Says which rule the version breaks.
pub fn check_version(product: &str, version: &semver::Version) -> Result<()> {
    let text = version.to_string();
    let reason = if !version.build.is_empty() {
        "build metadata (`+…`) is ignored when versions are compared, so it cannot tell them apart"
    } else if text.len() > MAX_VERSION {
        "it is longer than 64 characters"
    } else {
        return Ok(());
    };
    Err(Error::InvalidVersion {
        product: product.to_owned(),
        version: text,
        reason,
    })
}

/// Reads a version from a path segment; anything that [`check_version`] would refuse is `None`.
pub(crate) fn parse_version(segment: &str) -> Option<semver::Version> {
    let version = semver::Version::parse(segment).ok()?;
    (version.build.is_empty() && segment.len() <= MAX_VERSION).then_some(version)
}

/// A safe stem for the file of a contract. Contract ids are free text, often UUIDs: what cannot be kept is hashed.
pub(crate) fn contract_stem(id: &str) -> String {
    const LONGEST: usize = 80;
    let unique = || format!("contract-{}", &crate::digest::hex(id.as_bytes())[..12]);
    match slug_segment(id) {
        Some(stem) if stem.len() <= LONGEST && !is_device_name(&stem) => stem,
        _ => unique(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_follow_the_rules() {
        let longest = "a".repeat(MAX_NAME);
        for good in [
            "a",
            "sales-order",
            "a1",
            "a--b",
            "a-",
            "com",
            "com10",
            "console",
            "nul-value",
            "x-n--",
            &longest,
        ] {
            assert!(is_name(good), "{good}");
        }
        let too_long = "a".repeat(MAX_NAME + 1);
        for bad in [
            "", "-a", "1a", "Sales", "a_b", "a.b", "a/b", "a\\b", "..", ".", "a ", "a\n", "é",
            "ａ", "a\u{301}", "con", "nul", "aux", "prn", "com1", "com0", "lpt9", "xn--a", "а",
            &too_long,
        ] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn what_nobody_sees_is_not_left_out_of_a_name() {
        for text in [
            "caf\u{e9}",
            "cafe\u{301}",
            "ca\u{200b}fe",
            "\u{feff}cafe",
            "ca\u{ad}fe",
        ] {
            assert_eq!(slug(text), None, "{text:?}");
        }
        assert_eq!(
            slug("Sales \u{2013} Marketing").as_deref(),
            Some("sales-marketing")
        );
    }

    #[test]
    fn product_names_come_from_the_id_then_from_the_name() {
        let uuid = "3F2504E0-4f89-11d3-9a0c-0305e82c3301";
        for (id, name, expected) in [
            ("sales-order", None, "sales-order"),
            ("commercial.sales-order", None, "sales-order"),
            (
                "urn:dataproduct:commercial:sales_order",
                None,
                "sales-order",
            ),
            (
                "urn:dataproduct:commercial:sales-order:v1",
                None,
                "sales-order",
            ),
            (
                "urn:dataproduct:commercial:sales-order:1.2.0",
                None,
                "sales-order",
            ),
            (
                "https://example.com/products/Sales Order/",
                None,
                "sales-order",
            ),
            (uuid, Some("Sales Order"), "sales-order"),
            (
                "urn:uuid:3f2504e0-4f89-11d3-9a0c-0305e82c3301",
                Some("Sales (Order)"),
                "sales-order",
            ),
            ("42", Some("Answers"), "answers"),
        ] {
            assert_eq!(
                product_name(id, name).ok().as_deref(),
                Some(expected),
                "{id}"
            );
        }
        assert!(product_name(uuid, None).is_err());
        assert!(product_name(uuid, Some("Продажи")).is_err());
        assert!(product_name("con", None).is_err());
    }

    #[test]
    fn domains_are_slugged_but_never_transliterated() {
        assert_eq!(
            domain_name("Sales & Marketing").ok().as_deref(),
            Some("sales-marketing")
        );
        for bad in ["", "Zürich", "3rd party", "NUL", "---"] {
            assert!(domain_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn versions_are_strict() {
        for good in ["1.0.0", "0.0.1-rc.1", "1.0.0-RC1"] {
            assert!(parse_version(good).is_some(), "{good}");
        }
        for bad in [
            "1",
            "1.0",
            "v1.0.0",
            "1.0.0+build",
            "01.0.0",
            "1.0.0-",
            "..",
            "1.0.0 ",
            "",
        ] {
            assert!(parse_version(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn contract_stems_are_safe_and_kept_where_possible() {
        assert_eq!(contract_stem("urn:orders/v1"), "urn-orders-v1");
        assert_eq!(contract_stem("3f2504e0-4f89-11d3"), "3f2504e0-4f89-11d3");
        for hashed in ["CON", "données", "", "..", &"x".repeat(200)] {
            assert!(contract_stem(hashed).starts_with("contract-"), "{hashed}");
        }
    }

    proptest! {
        #[test]
        fn a_slug_is_a_name_and_its_own_slug(text in "\\PC{0,80}") {
            if let Some(slugged) = slug(&text) {
                prop_assert!(is_name(&slugged));
                prop_assert_eq!(slug(&slugged), Some(slugged));
            }
        }

        #[test]
        fn whatever_the_id_the_product_name_is_a_name(id in "\\PC{0,80}", name in proptest::option::of("\\PC{0,80}")) {
            if let Ok(product) = product_name(&id, name.as_deref()) {
                prop_assert!(is_name(&product));
            }
        }

        #[test]
        fn contract_stems_never_leave_their_folder(id in "\\PC{0,200}") {
            let stem = contract_stem(&id);
            prop_assert!(stem.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!stem.is_empty() && stem.len() <= 80 && !is_device_name(&stem));
        }
    }
}
