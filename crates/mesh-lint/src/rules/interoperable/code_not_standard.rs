use mesh_diagnostics::Level;
use mesh_spec::terms::words::{Words, words};
use mesh_spec::workspace::ContractRef;
use serde_json::Value;

use crate::example::{Example, Excerpt};
use crate::facts::fields::Place;
use crate::facts::iso::Code;
use crate::facts::placeholder::is_placeholder;
use crate::facts::{fields, words as wording};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "code-not-standard",
    group: Group::Interoperable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Codes of countries, currencies and languages are those of ISO.",
    docs: "\
`Germany`, `GER` and `DE` are one country to a person and three to a join. The codes of ISO are the
ones that everybody else has, and that reference data can be looked up by.

mesh looks at fields whose names end in `country_code`, `currency_code` or `language_code`, or in
`country`, `currency` or `language` where all values are as short as codes, in whatever way the
names are written. Their `examples` and `enum` must be codes of ISO 3166-1 (two or three letters, or
three digits), ISO 4217 or ISO 639 (with a region, if need be: `fr-CH`). The currency of the
contract's `price` is held to ISO 4217 as well. Dialling codes are none of these.",
    fails: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality: [{metric: duplicateValues, mustBe: 0}]
      - name: country_code
        logicalType: string
        description: Country that the goods are sent to.
        classification: internal
        examples: [DE, UK]
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality: [{metric: duplicateValues, mustBe: 0}]
      - name: country_code
        logicalType: string
        description: Country that the goods are sent to.
        classification: internal
        examples: [DE, GB]
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    for object in fields::objects(contract.model) {
        object.each(|place| {
            let (examples, allowed) = (&place.model.examples, &place.model.r#enum);
            if examples.is_empty() && allowed.is_empty() {
                return;
            }
            if let Some((code, is_certain)) = place.name().and_then(code_of) {
                check_field(contract, place, code, is_certain, findings);
            }
        });
    }
    let price = contract.model.price.as_ref();
    let currency = price.and_then(|price| price.price_currency.as_deref());
    if let Some(currency) = currency.filter(|own| is_wrong(Code::Currency, own)) {
        findings
            .at(
                contract.document,
                "/price/priceCurrency",
                format!(
                    "the currency of the price is no code of {}: {currency}",
                    Code::Currency.standard()
                ),
            )
            .help(help(Code::Currency, currency));
    }
}

fn check_field(
    contract: ContractRef<'_>,
    place: &Place<'_, '_>,
    code: Code,
    is_certain: bool,
    findings: &mut Findings<'_>,
) {
    let examples = place.model.examples.iter().enumerate();
    let examples = examples.map(|(index, value)| (Some(value), format!("/examples/{index}")));
    let allowed = place.model.r#enum.iter().enumerate();
    let allowed =
        allowed.map(|(index, entry)| (entry.value.as_ref(), format!("/enum/{index}/value")));
    // A number may be a numeric code that lost its zeros; only texts are judged.
    let values: Vec<(&str, String)> = examples
        .chain(allowed)
        .filter_map(|(value, at)| Some((value.and_then(Value::as_str)?, at)))
        .collect();
    let is_short = |(value, _): &(&str, String)| value.chars().count() <= 3;
    if !is_certain && !values.iter().all(is_short) {
        return;
    }
    let wrong: Vec<&(&str, String)> = values
        .iter()
        .filter(|(value, _)| is_wrong(code, value))
        .collect();
    let Some((first, at)) = wrong.first() else {
        return;
    };
    let (noun, verb) = match wrong.len() {
        1 => ("value", "is no code"),
        _ => ("values", "are no codes"),
    };
    let mut names: Vec<&str> = Vec::new();
    for (value, _) in &wrong {
        if !names.contains(value) {
            names.push(value);
        }
    }
    findings
        .at(
            contract.document,
            format!("{}{at}", place.pointer()),
            format!(
                "{} {noun} of `{}` {verb} of {}: {}",
                wrong.len(),
                place.path(),
                code.standard(),
                wording::listed(names),
            ),
        )
        .help(help(code, first));
}

fn help(code: Code, wrong: &str) -> String {
    match code.meant_by(wrong) {
        Some(right) => format!("write `{right}`"),
        None => format!(
            "use the codes of {}, such as {}",
            code.standard(),
            code.examples()
        ),
    }
}

/// What the codes of a field stand for, by its name, and whether they must be codes.
fn code_of(name: &str) -> Option<(Code, bool)> {
    const SUBJECTS: [(&str, Code); 5] = [
        ("country", Code::Country),
        ("cntry", Code::Country),
        ("currency", Code::Currency),
        ("language", Code::Language),
        ("lang", Code::Language),
    ];
    let words = words(name);
    let (last, before) = words.split_last()?;
    let is_code = ["code", "cd", "iso"]
        .iter()
        .any(|word| last.eq_ignore_ascii_case(word));
    let subject = if is_code { before.last()? } else { last };
    let (_, code) = SUBJECTS
        .iter()
        .find(|(word, _)| subject.eq_ignore_ascii_case(word))
        .or_else(|| {
            // `countrycode`
            let bare = subject.len().checked_sub(4).filter(|_| !is_code)?;
            let (head, tail) = (subject.get(..bare)?, subject.get(bare..)?);
            tail.eq_ignore_ascii_case("code").then(|| {
                SUBJECTS
                    .iter()
                    .find(|(word, _)| head.eq_ignore_ascii_case(word))
            })?
        })?;
    let is_certain = !SUBJECTS
        .iter()
        .any(|(word, _)| last.eq_ignore_ascii_case(word));
    (!is_of_something_else(&words)).then_some((*code, is_certain))
}

/// Whether a name speaks of telephones, or of languages that no people speaks.
fn is_of_something_else(words: &Words<'_>) -> bool {
    const OTHERS: [&str; 9] = [
        "phone",
        "telephone",
        "mobile",
        "fax",
        "dial",
        "dialling",
        "dialing",
        "calling",
        "programming",
    ];
    OTHERS.iter().any(|word| words.has(word))
}

/// Whether a value is there, and no code; `+49` and `N/A` are something else.
fn is_wrong(code: Code, value: &str) -> bool {
    let value = value.trim();
    let is_absent = ["", "n/a", "na", "none", "null", "unknown", "-"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    !code.lists(value)
        && !is_absent
        && !value.starts_with('+')
        && !value.contains('{')
        && !is_placeholder(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_which_codes_a_field_has() {
        for (name, expected) in [
            ("country_code", Some((Code::Country, true))),
            ("supplierCountryCode", Some((Code::Country, true))),
            ("rcvr_cntry_code", Some((Code::Country, true))),
            ("countrycode", Some((Code::Country, true))),
            ("country", Some((Code::Country, false))),
            ("COUNTRY_ISO", Some((Code::Country, true))),
            ("price_currency_code", Some((Code::Currency, true))),
            ("currency", Some((Code::Currency, false))),
            ("language_code", Some((Code::Language, true))),
            ("country_region_code", None),
            ("phone_country_code", None),
            ("country_name", None),
            ("programming_language", None),
            ("code", None),
            ("barcode", None),
            ("postcode", None),
            ("", None),
        ] {
            assert_eq!(code_of(name), expected, "{name}");
        }
    }

    #[test]
    fn a_value_that_is_none_is_not_wrong() {
        for value in ["", "N/A", "+49", "TODO", "<code>", "unknown"] {
            assert!(!is_wrong(Code::Country, value), "{value}");
        }
        for value in ["UK", "Germany", "de"] {
            assert!(is_wrong(Code::Country, value), "{value}");
        }
        assert!(is_wrong(Code::Currency, "US$"));
    }
}
