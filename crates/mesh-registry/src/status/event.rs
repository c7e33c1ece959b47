//! What is said about a version after it was published.

use crate::{
    Error, Result, digest, layout, names,
    plan::Publisher,
    record::timestamp,
    snapshot::{exact, requirement},
};
use jiff::civil::Date;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// The longest reason, in characters.
pub const MAX_REASON: usize = 1_000;

/// What an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// Nobody should begin to rely on the version.
    Yank,
    /// A yank does not stand any more.
    Unyank,
    /// The version is supported until a day, and no longer.
    Deprecate,
    /// A deprecation does not stand any more.
    Undeprecate,
}

/// An event: a file that is added and never changed.
///
/// The order of the fields is the order in the file: the form is canonical, and the file is called by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// The format of the event.
    pub format: u64,
    /// The id of the registry that it was made for; nothing in registries that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// What it says.
    pub kind: EventKind,
    /// The domain, as in the path.
    pub domain: String,
    /// The product's name, as in the path.
    pub product: String,
    /// The version, as in the path.
    pub version: Version,
    /// The digest of the version's record: `sha256:<hex>`.
    pub record: String,
    /// The digests of the events that were the newest, in ascending order: what its author knew of.
    pub after: Vec<String>,
    /// Why, in one line. Every yank has a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day on which a deprecated version is supported. Every deprecation has one, nothing else has.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "day")]
    pub end_of_support: Option<Date>,
    /// What to use instead of a deprecated version: `domain/product`, with or without `@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Who says so.
    pub by: Publisher,
    /// With what.
    pub tool: String,
    /// When, by the author's clock. For reading only: clocks are wrong, so nothing is ordered by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// What to say about a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// That nobody should begin to rely on it.
    Yank {
        /// Why.
        reason: String,
    },
    /// That it may be relied on again.
    Unyank {
        /// Why.
        reason: Option<String>,
    },
    /// That it will not be supported for ever.
    Deprecate {
        /// The last day on which it is.
        end_of_support: Date,
        /// What to use instead: `domain/product`, with or without `@version`.
        replaced_by: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// That it will be supported again.
    Undeprecate {
        /// Why.
        reason: Option<String>,
    },
}

impl Withdrawal {
    /// The kind of event that says it.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Yank { .. } => EventKind::Yank,
            Self::Unyank { .. } => EventKind::Unyank,
            Self::Deprecate { .. } => EventKind::Deprecate,
            Self::Undeprecate { .. } => EventKind::Undeprecate,
        }
    }

    /// Why.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Yank { reason } => Some(reason),
            Self::Unyank { reason }
            | Self::Undeprecate { reason }
            | Self::Deprecate { reason, .. } => reason.as_deref(),
        }
    }

    /// The last day on which it is supported, if that is what is said.
    pub fn end_of_support(&self) -> Option<Date> {
        match self {
            Self::Deprecate { end_of_support, .. } => Some(*end_of_support),
            _ => None,
        }
    }

    /// What to use instead.
    pub fn replaced_by(&self) -> Option<&str> {
        match self {
            Self::Deprecate { replaced_by, .. } => replaced_by.as_deref(),
            _ => None,
        }
    }
}

impl EventKind {
    /// The word in files: `yank`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yank => "yank",
            Self::Unyank => "unyank",
            Self::Deprecate => "deprecate",
            Self::Undeprecate => "undeprecate",
        }
    }
}

/// The version that an event is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) domain: &'a str,
    pub(crate) product: &'a str,
    pub(crate) version: &'a Version,
    /// The digest of its record.
    pub(crate) record: &'a str,
    /// The id of the registry.
    pub(crate) registry: Option<&'a str>,
}

impl Event {
    pub(crate) fn new(
        said: &Withdrawal,
        subject: Subject<'_>,
        after: Vec<String>,
        by: &Publisher,
        tool: &str,
    ) -> Self {
        let end_of_support = match said {
            Withdrawal::Deprecate { end_of_support, .. } => Some(*end_of_support),
            _ => None,
        };
        Self {
            format: layout::FORMAT,
            registry: subject.registry.map(str::to_owned),
            kind: said.kind(),
            domain: subject.domain.to_owned(),
            product: subject.product.to_owned(),
            version: subject.version.clone(),
            record: subject.record.to_owned(),
            after,
            reason: said.reason().map(str::to_owned),
            end_of_support,
            replaced_by: said.replaced_by().map(str::to_owned),
            by: by.clone(),
            tool: tool.to_owned(),
            at: Some(timestamp(SystemTime::now())),
        }
    }

    /// The canonical bytes: this field order, two spaces, one final newline.
    ///
    /// # Errors
    /// If the event is larger than a registry accepts.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|error| Error::Damaged {
            path: self.directory(),
            reason: error.to_string(),
        })?;
        bytes.push(b'\n');
        if bytes.len() as u64 > layout::MAX_EVENT {
            let what = format!(
                "the event about `{}/{}` {}",
                self.domain, self.product, self.version
            );
            return Err(Error::TooLarge {
                what,
                size: bytes.len() as u64,
                limit: layout::MAX_EVENT,
            });
        }
        Ok(bytes)
    }

    /// Reads an event that stands at `path` in a registry.
    ///
    /// What it says of the registry and of the version's record, only the registry can tell; see `Event::belongs_to`.
    ///
    /// # Errors
    /// If it is not an event, is of a newer format, is not called by the digest of its bytes, is not in the directory of
    /// the version that it is about, or is written otherwise than mesh does.
    pub fn from_bytes(path: &str, bytes: &[u8]) -> Result<Self> {
        // First the format alone: a newer event need not fit this version's idea of the rest.
        #[derive(Deserialize)]
        struct Format {
            format: u64,
        }
        let damaged = |reason: String| Error::Damaged {
            path: path.to_owned(),
            reason,
        };
        let Format { format } =
            serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if format != layout::FORMAT {
            return Err(damaged(format!(
                "it has format {format}, this mesh reads format {}",
                layout::FORMAT
            )));
        }
        let event: Self =
            serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        let name = format!("{}{}", digest::hex(bytes), layout::EVENT_SUFFIX);
        if path.rsplit('/').next() != Some(&name) {
            return Err(damaged(
                "it is not called by the digest of its bytes".to_owned(),
            ));
        }
        if path != format!("{}/{name}", event.directory()) {
            return Err(damaged(format!(
                "it is about `{}/{}` {}",
                event.domain, event.product, event.version
            )));
        }
        if let Some(reason) = event.contradiction() {
            return Err(damaged(reason));
        }
        // One form only: what two programs could read differently means nothing.
        if event.to_bytes().ok().as_deref() != Some(bytes) {
            return Err(damaged("it is not written as mesh writes it".to_owned()));
        }
        Ok(event)
    }

    /// Checks that the event is about the version with a record, in the registry with an id.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it was made for another record, or for another registry.
    pub(crate) fn belongs_to(
        &self,
        path: &str,
        record: &str,
        registry: Option<&str>,
    ) -> Result<()> {
        let damaged = |reason: &str| {
            Err(Error::Damaged {
                path: path.to_owned(),
                reason: reason.to_owned(),
            })
        };
        if self.record != record {
            return damaged("it is about another record of the version");
        }
        // An event without an id is from before the registry had one.
        if self.registry.is_some() && self.registry.as_deref() != registry {
            return damaged("it was made for another registry");
        }
        Ok(())
    }

    /// What in it does not go together.
    pub(crate) fn contradiction(&self) -> Option<String> {
        if let Some(reason) = broken_reason(self.kind, self.reason.as_deref()) {
            return Some(reason.to_owned());
        }
        let deprecates = self.kind == EventKind::Deprecate;
        if deprecates != self.end_of_support.is_some() {
            let reason = if deprecates {
                "it deprecates the version and does not say until when it is supported"
            } else {
                "it has an end of support and does not deprecate the version"
            };
            return Some(reason.to_owned());
        }
        if let Some(replacement) = &self.replaced_by {
            if !deprecates {
                return Some("it has a replacement and does not deprecate the version".to_owned());
            }
            if let Some(reason) = broken_replacement(replacement) {
                return Some(reason);
            }
        }
        if !self.after.is_sorted_by(|a, b| a < b) || !self.after.iter().all(|name| is_digest(name))
        {
            return Some("`after` is not a list of digests in ascending order".to_owned());
        }
        None
    }

    fn directory(&self) -> String {
        layout::status_dir(&self.domain, &self.product, &self.version)
    }
}

/// What is wrong with the reason of an event.
pub(crate) fn broken_reason(kind: EventKind, reason: Option<&str>) -> Option<&'static str> {
    let Some(reason) = reason else {
        return (kind == EventKind::Yank).then_some("a yank needs a reason");
    };
    match reason {
        reason if reason.trim() != reason || reason.is_empty() => {
            Some("the reason is empty, or has spaces around it")
        }
        reason if reason.chars().any(char::is_control) => {
            Some("the reason is more than one line of text")
        }
        reason if reason.chars().count() > MAX_REASON => {
            Some("the reason is longer than 1000 characters")
        }
        _ => None,
    }
}

/// What is wrong with the form of `domain/product`, with or without `@version`.
pub(crate) fn broken_replacement(replacement: &str) -> Option<String> {
    let (name, wanted) = match replacement.split_once('@') {
        Some((name, wanted)) => (name, Some(wanted)),
        None => (replacement, None),
    };
    let is_product = name
        .split_once('/')
        .is_some_and(|(domain, product)| names::is_name(domain) && names::is_name(product));
    let is_version = wanted.is_none_or(|wanted| {
        wanted.trim() == wanted
            && wanted.len() <= names::MAX_VERSION
            && (exact(wanted).is_some() || requirement(wanted).is_some())
    });
    (!is_product || !is_version).then(|| {
        format!(
            "the replacement `{}` is not a product such as `sales/orders` or `sales/orders@2`",
            replacement.escape_debug()
        )
    })
}

/// Whether this is a bare digest, as events are called.
pub(crate) fn is_digest(name: &str) -> bool {
    name.len() == 64
        && name
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// A day, as `2027-03-31`.
mod day {
    use jiff::civil::Date;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "how serde calls it"
    )]
    pub(super) fn serialize<S: Serializer>(day: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => to.collect_str(day),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Date>, D::Error> {
        let text = String::deserialize(from)?;
        let day = text.parse::<Date>();
        day.map(Some)
            .map_err(|_| D::Error::custom(format_args!("`{text}` is not a day such as 2027-03-31")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "sha256:00";

    fn event(said: &Withdrawal) -> Result<Event, Box<dyn std::error::Error>> {
        let version = Version::parse("1.2.0")?;
        let by = Publisher {
            name: "Anna".to_owned(),
            email: "anna@example.com".to_owned(),
        };
        let subject = Subject {
            domain: "sales",
            product: "orders",
            version: &version,
            record: RECORD,
            registry: Some("5f0c9d"),
        };
        Ok(Event::new(said, subject, Vec::new(), &by, "mesh 0.1.0"))
    }

    fn place(bytes: &[u8]) -> String {
        format!("status/sales/orders/1.2.0/{}.json", digest::hex(bytes))
    }

    fn deprecation() -> Withdrawal {
        Withdrawal::Deprecate {
            end_of_support: jiff::civil::date(2027, 3, 31),
            replaced_by: Some("sales/orders@2".to_owned()),
            reason: None,
        }
    }

    #[test]
    fn what_is_written_is_read() -> Result<(), Box<dyn std::error::Error>> {
        let said = [
            Withdrawal::Yank {
                reason: "wrong totals".to_owned(),
            },
            Withdrawal::Unyank { reason: None },
            deprecation(),
            Withdrawal::Undeprecate {
                reason: Some("still needed".to_owned()),
            },
        ];
        for said in said {
            let event = event(&said)?;
            let bytes = event.to_bytes()?;
            let text = String::from_utf8(bytes.clone())?;
            assert!(text.contains(&format!("\"kind\": \"{}\"", said.kind().word())));
            assert_eq!(Event::from_bytes(&place(&bytes), &bytes)?, event);
            assert!(event.belongs_to("", RECORD, Some("5f0c9d")).is_ok());
            assert!(event.belongs_to("", "sha256:01", Some("5f0c9d")).is_err());
            assert!(event.belongs_to("", RECORD, Some("5f0c9e")).is_err());
            assert!(event.belongs_to("", RECORD, None).is_err());
        }
        Ok(())
    }

    #[test]
    fn another_place_or_form_is_no_event() -> Result<(), Box<dyn std::error::Error>> {
        let good = event(&deprecation())?.to_bytes()?;
        let text = String::from_utf8(good.clone())?;
        for path in [
            place(b""),
            place(&good).replace("1.2.0", "1.3.0"),
            place(&good).replace("sales", "hr"),
            place(&good).replace(".json", ".json.sig"),
            place(&good).replacen("status", "products", 1),
        ] {
            assert!(Event::from_bytes(&path, &good).is_err(), "{path}");
        }
        for (from, to) in [
            ("\"format\": 1", "\"format\": 2"),
            ("\"format\": 1", "\"format\": 1, \"force\": true"),
            ("\"format\": 1", "\"format\": 1,\n  \"format\": 1"),
            ("\n  \"kind\"", "\n \"kind\""),
            ("\"deprecate\"", "\"yank\""),
            ("\"deprecate\"", "\"delete\""),
            ("2027-03-31", "2027-02-31"),
            ("2027-03-31", "20270331"),
            ("2027-03-31", "2027-03-31T10:00:00"),
            ("\"endOfSupport\": \"2027-03-31\",", ""),
            ("sales/orders@2", "orders"),
            ("sales/orders@2", "sales/../orders"),
            ("sales/orders@2", "sales/orders@latest"),
            ("sales/orders@2", "sales/orders@ 2"),
            ("\"after\": []", "\"after\": [\"00\"]"),
            ("Z\"\n}\n", "Z\"\n}"),
        ] {
            let bad = text.replacen(from, to, 1).into_bytes();
            assert_ne!(bad, good, "{from}");
            let read = Event::from_bytes(&place(&bad), &bad);
            assert!(matches!(read, Err(Error::Damaged { .. })), "{to}: {read:?}");
        }
        Ok(())
    }

    #[test]
    fn a_reason_is_one_line() {
        let long = "x".repeat(MAX_REASON + 1);
        for bad in ["", " ", " a", "a\nb", "a\u{1b}[2J", &long] {
            assert!(
                broken_reason(EventKind::Unyank, Some(bad)).is_some(),
                "{bad:?}"
            );
        }
        assert!(broken_reason(EventKind::Yank, None).is_some());
        assert!(broken_reason(EventKind::Unyank, None).is_none());
        assert!(broken_reason(EventKind::Yank, Some("größer als 10 €")).is_none());
    }
}
