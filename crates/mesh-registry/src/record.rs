//! `record.json`: what was published, fixed for ever.

use crate::{
    Error, Result,
    approval::Approval,
    compatibility::Compatibility,
    digest,
    evidence::PolicyEvidence,
    layout,
    plan::{Prepared, Publisher, SourceRef, Summary},
};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

/// The immutable record of a published version.
///
/// The order of the fields is the order in the file: the form is canonical, so that its digest means something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The format of the record.
    pub format: u64,
    /// The id of the registry that it was published to ([`crate::Settings::id`]); nothing in records of a mesh that knew
    /// of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// The product's id in its manifest.
    pub id: String,
    /// The domain, as in the path.
    pub domain: String,
    /// The product's name, as in the path.
    pub product: String,
    /// The version, as in the path.
    pub version: Version,
    /// The digest over [`Record::files`]: equal exactly when the published content is.
    pub content: String,
    /// The published files, by path, without the record itself.
    pub files: Vec<FileDigest>,
    /// Which file holds which contract.
    #[serde(default)]
    pub contracts: Vec<ContractFile>,
    /// Where the manifest came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceRef>,
    /// Who published it.
    pub publisher: Publisher,
    /// With what.
    pub tool: String,
    /// When, by the publisher's clock. For reading only: clocks are wrong, so nothing is ordered by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// The digest of the record of the highest version that the product had before, or `null` for the first.
    pub previous: Option<String>,
    /// How it relates to the version before; nothing in records of a mesh that did not compare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility: Option<Compatibility>,
    /// By which policies it was judged; nothing in records of a mesh that knew of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyEvidence>,
    /// What search shows, derived from the manifest.
    #[serde(default)]
    pub summary: Summary,
}

/// A published file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    /// The path in the version's directory.
    pub path: String,
    /// The digest of its bytes: `sha256:<hex>`.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// A published contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFile {
    /// The contract's id.
    pub id: String,
    /// The contract's version, as written.
    pub version: String,
    /// The path in the version's directory.
    pub path: String,
}

impl Record {
    /// The record of a product that is about to be published as `product`.
    pub(crate) fn new(
        registry: Option<&str>,
        prepared: &Prepared,
        product: &str,
        publisher: &Publisher,
        tool: &str,
        previous: Option<String>,
        approval: &Approval,
    ) -> Self {
        let files: Vec<_> = prepared
            .files
            .iter()
            .map(|file| file.digest.clone())
            .collect();
        let content = content_digest(&files);
        let (id, version) = (&prepared.id, &prepared.version);
        let evidence = approval.evidence_of(id, version).cloned();
        Self {
            format: layout::FORMAT,
            registry: registry.map(str::to_owned),
            id: prepared.id.clone(),
            domain: prepared.domain.clone(),
            product: product.to_owned(),
            version: prepared.version.clone(),
            policy: evidence.map(|evidence| evidence.about(&content)),
            content,
            files,
            contracts: prepared.contracts.clone(),
            source: prepared.source.clone(),
            publisher: publisher.clone(),
            tool: tool.to_owned(),
            published_at: Some(timestamp(SystemTime::now())),
            previous,
            compatibility: approval.of(id, version).cloned(),
            summary: prepared.summary.clone(),
        }
    }

    /// The digest over the files: what [`Record::content`] has to be.
    pub fn content_digest(&self) -> String {
        content_digest(&self.files)
    }

    /// Whether another record says the same about the version: whoever published it, when, with what and from which
    /// commit. The day as of which it was judged makes no difference as long as the same comes of it.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let essence = |record: &Self| {
            let mut record = record.clone();
            record.source = None;
            record.publisher = self.publisher.clone();
            record.tool.clear();
            record.published_at = None;
            if let Some(policy) = &mut record.policy {
                policy.as_of.clear();
            }
            record
        };
        essence(self) == essence(other)
    }

    /// The canonical bytes: this field order, two spaces, one final newline.
    ///
    /// # Errors
    /// If the record is larger than a registry accepts.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let damaged = |error: serde_json::Error| Error::Damaged {
            path: self.path(),
            reason: error.to_string(),
        };
        let mut bytes = serde_json::to_vec_pretty(self).map_err(damaged)?;
        bytes.push(b'\n');
        if bytes.len() as u64 > layout::MAX_RECORD {
            let what = format!("the record of `{}/{}`", self.domain, self.product);
            return Err(Error::TooLarge {
                what,
                size: bytes.len() as u64,
                limit: layout::MAX_RECORD,
            });
        }
        Ok(bytes)
    }

    /// Checks that it was published to the registry with an id: a record that names another one was copied here.
    pub(crate) fn check_registry(&self, registry: Option<&str>) -> Result<()> {
        if self.registry.is_none() || self.registry.as_deref() == registry {
            return Ok(());
        }
        Err(Error::Damaged {
            path: self.path(),
            reason: "it is the record of another registry".to_owned(),
        })
    }

    /// Reads a record that stands at `path` in a registry.
    ///
    /// # Errors
    /// If it is not a record, is of a newer format, or contradicts itself or the path.
    pub fn from_bytes(path: &str, bytes: &[u8]) -> Result<Self> {
        let damaged = |reason: String| Error::Damaged {
            path: path.to_owned(),
            reason,
        };
        let record = Self::parse(bytes).map_err(|(reason, _)| damaged(reason))?;
        if record.path() != path {
            return Err(damaged(format!("it is the record of `{}`", record.path())));
        }
        if record.content != record.content_digest() {
            return Err(damaged(
                "its content digest does not match its files".to_owned(),
            ));
        }
        Ok(record)
    }

    /// Reads a record, whatever it is the record of; or says why it is none, and in which line and column.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, (String, Option<(usize, usize)>)> {
        // First the format alone: a newer record need not fit this version's idea of the rest.
        #[derive(Deserialize)]
        struct Format {
            format: u64,
        }
        let failed = |error: serde_json::Error| {
            let at = (error.line(), error.column());
            (error.to_string(), Some(at))
        };
        let Format { format } = serde_json::from_slice(bytes).map_err(failed)?;
        if format != layout::FORMAT {
            let supported = layout::FORMAT;
            let reason = format!("it has format {format}, this mesh reads format {supported}");
            return Err((reason, None));
        }
        serde_json::from_slice(bytes).map_err(failed)
    }

    /// Where the record stands.
    fn path(&self) -> String {
        format!(
            "{}/{}",
            layout::version_dir(&self.domain, &self.product, &self.version),
            layout::RECORD
        )
    }
}

/// One digest for a set of files. Sizes are left out: the digests imply them.
pub(crate) fn content_digest<'f>(files: impl IntoIterator<Item = &'f FileDigest>) -> String {
    let mut lines: Vec<_> = files
        .into_iter()
        .map(|file| format!("{}\0{}\n", file.path, file.sha256))
        .collect();
    lines.sort_unstable();
    digest::of(lines.concat().as_bytes())
}

/// RFC 3339 in UTC, to the second.
pub(crate) fn timestamp(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days since 1970 to a date, in eras of 400 years that start in March: leap days come last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn timestamps_are_rfc_3339() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(
                timestamp(UNIX_EPOCH + Duration::from_secs(seconds)),
                expected
            );
        }
    }

    #[test]
    fn the_content_digest_is_over_paths_and_bytes_in_any_order() {
        let file = |path: &str, bytes: &[u8]| FileDigest {
            path: path.into(),
            sha256: digest::of(bytes),
            bytes: 0,
        };
        let content_digest = |files: &[FileDigest]| content_digest(files);
        let digest = content_digest(&[file("a", b"1"), file("b", b"2")]);
        assert_eq!(digest, content_digest(&[file("b", b"2"), file("a", b"1")]));
        assert_ne!(digest, content_digest(&[file("a", b"2"), file("b", b"1")]));
        assert_ne!(digest, content_digest(&[file("a", b"1")]));
    }
}
