//! Personal data: what says so, and what looks like it.
//!
//! A name proves nothing, so only what is marked counts as personal; a name that tells is a reason
//! to ask for the mark.

use mesh_spec::model::odcs::{DataContract, LogicalType, SchemaObject, SchemaProperty};
use mesh_spec::model::{CustomProperty, StringOrList};
use mesh_spec::terms::personal::{in_property, says_personal};
use mesh_spec::terms::words::{ends_with, words};

use super::fields::{self, Object, Place};

/// What a name says about the values, which are personal if they are a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Email,
    Phone,
    Birth,
    PersonName,
    NationalId,
    BankAccount,
    Card,
    NetworkAddress,
    HomeAddress,
}

impl Kind {
    /// The kind for a sentence.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number",
            Self::Birth => "a date or place of birth",
            Self::PersonName => "the name of a person",
            Self::NationalId => "an identity number",
            Self::BankAccount => "a bank account",
            Self::Card => "a payment card",
            Self::NetworkAddress => "an IP address",
            Self::HomeAddress => "a home address",
        }
    }
}

/// The last words of names that tell, in the singular: what comes before the last, and the last.
const TELLING: [(&str, &str, Kind); 54] = [
    ("", "email", Kind::Email),
    ("e", "mail", Kind::Email),
    ("", "emailaddress", Kind::Email),
    ("mail", "address", Kind::Email),
    ("", "phone", Kind::Phone),
    ("", "telephone", Kind::Phone),
    ("", "phonenumber", Kind::Phone),
    ("", "cellphone", Kind::Phone),
    ("mobile", "phone", Kind::Phone),
    ("mobile", "number", Kind::Phone),
    ("cell", "number", Kind::Phone),
    ("fax", "number", Kind::Phone),
    ("", "msisdn", Kind::Phone),
    ("birth", "date", Kind::Birth),
    ("date of", "birth", Kind::Birth),
    ("", "birthdate", Kind::Birth),
    ("", "birthday", Kind::Birth),
    ("birth", "day", Kind::Birth),
    ("", "dob", Kind::Birth),
    ("place of", "birth", Kind::Birth),
    ("birth", "place", Kind::Birth),
    ("", "birthplace", Kind::Birth),
    ("first", "name", Kind::PersonName),
    ("", "firstname", Kind::PersonName),
    ("last", "name", Kind::PersonName),
    ("", "lastname", Kind::PersonName),
    ("", "surname", Kind::PersonName),
    ("given", "name", Kind::PersonName),
    ("family", "name", Kind::PersonName),
    ("maiden", "name", Kind::PersonName),
    ("full", "name", Kind::PersonName),
    ("person", "name", Kind::PersonName),
    ("patient", "name", Kind::PersonName),
    ("employee", "name", Kind::PersonName),
    ("driver", "name", Kind::PersonName),
    ("physician", "name", Kind::PersonName),
    ("doctor", "name", Kind::PersonName),
    ("contact", "name", Kind::PersonName),
    ("contact", "person", Kind::PersonName),
    ("", "ssn", Kind::NationalId),
    ("social", "security", Kind::NationalId),
    ("national", "id", Kind::NationalId),
    ("national", "insurance", Kind::NationalId),
    ("", "passport", Kind::NationalId),
    ("identity", "card", Kind::NationalId),
    ("driver", "license", Kind::NationalId),
    ("driving", "license", Kind::NationalId),
    ("driving", "licence", Kind::NationalId),
    ("", "iban", Kind::BankAccount),
    ("bank", "account", Kind::BankAccount),
    ("credit", "card", Kind::Card),
    ("ip", "address", Kind::NetworkAddress),
    ("home", "address", Kind::HomeAddress),
    ("residential", "address", Kind::HomeAddress),
];

/// Words that may follow without the values becoming something else: `phone_number`, `email_2`.
const QUALIFIERS: [&str; 14] = [
    "address",
    "number",
    "no",
    "nr",
    "num",
    "value",
    "text",
    "raw",
    "primary",
    "secondary",
    "hash",
    "hashed",
    "encrypted",
    "masked",
];

/// Words before that say that it is not a person's: `support_email`, `product_family_name`.
const IMPERSONAL: [&str; 40] = [
    "support",
    "helpdesk",
    "service",
    "company",
    "organisation",
    "organization",
    "org",
    "business",
    "team",
    "department",
    "office",
    "store",
    "shop",
    "branch",
    "hotel",
    "site",
    "plant",
    "warehouse",
    "supplier",
    "vendor",
    "merchant",
    "product",
    "material",
    "item",
    "brand",
    "font",
    "file",
    "table",
    "column",
    "repository",
    "class",
    "system",
    "server",
    "host",
    "device",
    "router",
    "gateway",
    "node",
    "is",
    "has",
];

/// What the name of a field gives away about a person.
pub(crate) fn named(name: &str) -> Option<Kind> {
    let words = words(name);
    let mut tail: &[&str] = &words;
    loop {
        if let Some(kind) = telling(tail) {
            let is_impersonal = IMPERSONAL.iter().any(|word| words.has(word));
            return (!is_impersonal).then_some(kind);
        }
        let (last, rest) = tail.split_last()?;
        let is_count = last.bytes().all(|b| b.is_ascii_digit());
        if rest.is_empty() || !(is_count || is_one_of(last, &QUALIFIERS)) {
            return None;
        }
        tail = rest;
    }
}

fn telling(tail: &[&str]) -> Option<Kind> {
    let (last, before) = tail.split_last()?;
    let singular = last.strip_suffix('s').filter(|word| word.len() > 2);
    TELLING.iter().find_map(|(head, end, kind)| {
        let is_last = last.eq_ignore_ascii_case(end)
            || singular.is_some_and(|last| last.eq_ignore_ascii_case(end));
        (is_last && (head.is_empty() || ends_with(before, head))).then_some(*kind)
    })
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// What a document says about whether values are personal: `None` if nothing.
pub(crate) fn marking_of_field(field: &SchemaProperty) -> Option<bool> {
    if field.tags.is_empty() && field.classification.is_none() && field.custom_properties.is_empty()
    {
        return None;
    }
    marking_in(
        &field.tags,
        field.classification.as_ref(),
        &field.custom_properties,
    )
}

/// The same of a schema object.
pub(crate) fn marking_of_object(object: &SchemaObject) -> Option<bool> {
    marking_in(&object.tags, None, &object.custom_properties)
}

/// The same of a contract.
pub(crate) fn marking_of_contract(contract: &DataContract) -> Option<bool> {
    marking_in(&contract.tags, None, &contract.custom_properties)
}

/// What holds for a field: what it says itself, else what is said around it, from the innermost.
pub(crate) fn marking(
    place: &Place<'_, '_>,
    object: &SchemaObject,
    contract: &DataContract,
) -> Option<bool> {
    place
        .outwards()
        .find_map(|around| marking_of_field(around.model))
        .or_else(|| marking_of_object(object))
        .or_else(|| marking_of_contract(contract))
}

/// JSON Pointer of the first place of a contract that is marked as personal.
pub(crate) fn first_marked(contract: &DataContract) -> Option<String> {
    if marking_of_contract(contract) == Some(true) {
        return Some(mark_at("", &contract.tags));
    }
    fields::objects(contract).find_map(|object| first_marked_in(&object))
}

/// JSON Pointer of what marks a contract or an object at `owner` as personal.
pub(crate) fn mark_at(owner: &str, tags: &[String]) -> String {
    let by_tag = tags.iter().any(|tag| says_personal(tag) == Some(true));
    let key = if by_tag { "tags" } else { "customProperties" };
    format!("{owner}/{key}")
}

fn first_marked_in(object: &Object<'_>) -> Option<String> {
    if marking_of_object(object.model) == Some(true) {
        return Some(mark_at(&object.pointer(), &object.model.tags));
    }
    let mut found = None;
    object.each(|place| {
        if found.is_none() && marking_of_field(place.model) == Some(true) {
            found = Some(place.pointer());
        }
    });
    found
}

fn marking_in(
    tags: &[String],
    labels: Option<&StringOrList>,
    properties: &[CustomProperty],
) -> Option<bool> {
    let tags = tags.iter().chain(labels.into_iter().flat_map(|l| l.iter()));
    let said = tags.filter_map(|tag| says_personal(tag));
    let properties = properties.iter().filter_map(in_property);
    // Where it says both, it holds some: a list of tags is about all values.
    said.chain(properties).reduce(|a, b| a || b)
}

/// Whether a field can hold what its name tells: a flag or a count cannot.
pub(crate) fn can_hold(kind: Kind, logical_type: Option<LogicalType>) -> bool {
    match logical_type {
        Some(LogicalType::Boolean | LogicalType::Vector) => false,
        Some(LogicalType::Date | LogicalType::Timestamp | LogicalType::Time) => kind == Kind::Birth,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_by_its_last_words() {
        for (name, expected) in [
            ("email", Some(Kind::Email)),
            ("customer_contact_email", Some(Kind::Email)),
            ("EmailAddress", Some(Kind::Email)),
            ("e_mail", Some(Kind::Email)),
            ("emails", Some(Kind::Email)),
            ("email_2", Some(Kind::Email)),
            ("email_hash", Some(Kind::Email)),
            ("phoneNumber", Some(Kind::Phone)),
            ("MOBILE_PHONE", Some(Kind::Phone)),
            ("date_of_birth", Some(Kind::Birth)),
            ("birthDate", Some(Kind::Birth)),
            ("dob", Some(Kind::Birth)),
            ("last_name", Some(Kind::PersonName)),
            ("patientName", Some(Kind::PersonName)),
            ("ssn", Some(Kind::NationalId)),
            ("passport_no", Some(Kind::NationalId)),
            ("iban", Some(Kind::BankAccount)),
            ("credit_card_number", Some(Kind::Card)),
            ("ip_address", Some(Kind::NetworkAddress)),
            // What is about one, or only sounds like one.
            ("email_sent_at", None),
            ("email_count", None),
            ("email_template_id", None),
            ("is_email", None),
            ("has_phone", None),
            ("microphone", None),
            ("headphone_model", None),
            ("phone_country_code", None),
            ("name", None),
            ("product_name", None),
            ("account_name", None),
            ("product_family_name", None),
            ("support_email", None),
            ("server_ip_address", None),
            ("address", None),
            ("shipping_address", None),
            ("number", None),
            ("passage", None),
            ("urban", None),
            ("iban_required_flag", None),
            ("birth_count", None),
            ("passportal", None),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(named(name), expected, "{name}");
        }
    }
}
