//! A version as the index knows it, and as it stands in a line.

use crate::{
    Error, Result, digest,
    error::object,
    layout,
    plan::Summary,
    record::{ContractFile, Record},
    snapshot::bare_version,
    tree,
};
use git2::{Oid, Repository};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeSet};

/// A published version, as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The product's id in its manifest.
    pub id: String,
    /// The domain in the path.
    pub domain: String,
    /// The product's name in the path.
    pub product: String,
    /// The version.
    pub version: Version,
    /// The digest of the version's record.
    pub record_digest: String,
    /// The digest of the published content.
    pub content: String,
    /// The published contracts.
    pub contracts: Vec<ContractFile>,
    /// The digests of their files, in the same order.
    pub(crate) digests: Vec<String>,
    /// What search shows.
    pub summary: Summary,
}

impl Entry {
    /// `domain/product`, the name by which people refer to it.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.domain, self.product)
    }

    /// The version's directory in the registry.
    pub fn path(&self) -> String {
        layout::version_dir(&self.domain, &self.product, &self.version)
    }

    /// The digest of the text of a contract, as the record has it; `None` if the version holds no such contract.
    pub fn contract_digest(&self, id: &str, version: &str) -> Option<&str> {
        let is_meant = |contract: &ContractFile| {
            contract.id == id && bare_version(&contract.version) == bare_version(version)
        };
        let at = self.contracts.iter().position(is_meant)?;
        self.digests.get(at).map(String::as_str)
    }

    /// Reads the record in the directory of a version, which stands at `path` in the registry with the id `registry`.
    pub(crate) fn read(
        repo: &Repository,
        version: Oid,
        path: &str,
        registry: Option<&str>,
    ) -> Result<Self> {
        let directory = repo
            .find_tree(version)
            .map_err(object("read a directory of the registry"))?;
        let path = format!("{path}/{}", layout::RECORD);
        let Some(bytes) = tree::file(repo, &directory, layout::RECORD, &path, layout::MAX_RECORD)?
        else {
            return Err(Error::Damaged {
                path,
                reason: "it is missing".to_owned(),
            });
        };
        let record = Record::from_bytes(&path, &bytes)?;
        record.check_registry(registry)?;
        let digest_of = |contract: &ContractFile| {
            let mut files = record.files.iter();
            let file = files.find(|file| file.path == contract.path);
            file.map(|file| file.sha256.clone())
        };
        let digests: Option<Vec<_>> = record.contracts.iter().map(digest_of).collect();
        let Some(digests) = digests else {
            return Err(Error::Damaged {
                path,
                reason: "it names a contract whose file it does not list".to_owned(),
            });
        };
        Ok(Self::of(&record, digest::of(&bytes), digests))
    }

    /// The entry of a record with these digests: its own, and those of the files of its contracts.
    pub(crate) fn of(record: &Record, record_digest: String, digests: Vec<String>) -> Self {
        Self {
            id: record.id.clone(),
            domain: record.domain.clone(),
            product: record.product.clone(),
            version: record.version.clone(),
            record_digest,
            content: record.content.clone(),
            contracts: record.contracts.clone(),
            digests,
            summary: record.summary.clone(),
        }
    }

    /// The entry of a version whose reference, version and JSON stand in a line. The digest of the line was checked, so
    /// `None` is not expected.
    pub(super) fn parse(reference: &str, version: &str, json: &str) -> Option<Self> {
        let row: Row<'_> = serde_json::from_str(json).ok()?;
        let (domain, product) = reference.split_once('/')?;
        Some(Self {
            id: row.id.into_owned(),
            domain: domain.to_owned(),
            product: product.to_owned(),
            version: Version::parse(version).ok()?,
            record_digest: row.record.into_owned(),
            content: row.content.into_owned(),
            contracts: row.contracts.into_owned(),
            digests: row.digests.into_owned(),
            summary: row.summary.into_owned(),
        })
    }

    /// The JSON of this entry, in one line.
    pub(super) fn json(&self) -> Result<String> {
        let row = Row {
            id: (&self.id).into(),
            record: (&self.record_digest).into(),
            content: (&self.content).into(),
            contracts: (&self.contracts).into(),
            digests: (&self.digests).into(),
            summary: Cow::Borrowed(&self.summary),
        };
        serde_json::to_string(&row).map_err(|error| Error::Damaged {
            path: format!("{}/{}", self.path(), layout::RECORD),
            reason: error.to_string(),
        })
    }

    /// Whether it has an output port with this contract.
    pub(super) fn provides(&self, contract: &str) -> bool {
        let mut ports = self.summary.output_ports.iter();
        ports.any(|port| port.contract_id.as_deref() == Some(contract))
    }

    /// Whether it has an input port with this contract.
    pub(super) fn consumes(&self, contract: &str) -> bool {
        let mut ports = self.summary.input_ports.iter();
        ports.any(|port| port.contract_id.as_deref() == Some(contract))
    }
}

/// The part of an entry that is not in the columns.
#[derive(Serialize, Deserialize)]
struct Row<'a> {
    id: Cow<'a, str>,
    record: Cow<'a, str>,
    content: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    contracts: Cow<'a, [ContractFile]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    digests: Cow<'a, [String]>,
    summary: Cow<'a, Summary>,
}

/// What products are looked for by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lookup<'a> {
    /// The id of one of its versions.
    Id(&'a str),
    /// A contract that one of its versions provides.
    Provided(&'a str),
    /// A contract that one of its versions consumes.
    Consumed(&'a str),
    /// The readable name of the version that stands for it, in lower case.
    Name(&'a str),
}

impl Lookup<'_> {
    /// The beginning of the keys of all products that are found by this, and perhaps of some others.
    pub(super) fn key(self) -> String {
        let (kind, text) = match self {
            Self::Id(text) => ('i', text),
            Self::Provided(text) => ('p', text),
            Self::Consumed(text) => ('c', text),
            Self::Name(text) => ('n', text),
        };
        let mut key = String::with_capacity(text.len() + 2);
        key.push(kind);
        key.extend(text.chars().map(printable));
        key.push('\t');
        key
    }
}

/// The keys of a product: by its versions as JSON, and that of the version that stands for it.
pub(super) fn keys<'a>(
    reference: &str,
    rows: impl Iterator<Item = &'a str>,
    shown: Option<&str>,
) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut add = |lookup: Lookup<'_>| {
        let mut key = lookup.key();
        key.push_str(reference);
        keys.insert(key);
    };
    for json in rows {
        let Ok(found) = serde_json::from_str::<Keys<'_>>(json) else {
            continue;
        };
        add(Lookup::Id(&found.id));
        let contract = |port: &'_ KeyPort<'a>| port.contract_id.clone();
        for id in found.summary.output_ports.iter().filter_map(contract) {
            add(Lookup::Provided(&id));
        }
        for id in found.summary.input_ports.iter().filter_map(contract) {
            add(Lookup::Consumed(&id));
        }
        if shown == Some(json)
            && let Some(name) = &found.summary.name
        {
            add(Lookup::Name(&name.to_lowercase()));
        }
    }
    keys
}

/// What [`keys`] needs of a row; the rest is skipped without being stored.
#[derive(Deserialize)]
struct Keys<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    summary: KeySummary<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeySummary<'a> {
    #[serde(default, borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    output_ports: Vec<KeyPort<'a>>,
    #[serde(default, borrow)]
    input_ports: Vec<KeyPort<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyPort<'a> {
    #[serde(default, borrow)]
    contract_id: Option<Cow<'a, str>>,
}

/// Everything that search looks at, lower-case, without the characters that separate columns and lines.
pub(super) fn search_text(reference: &str, json: &str) -> String {
    let Ok(row) = serde_json::from_str::<Row<'_>>(json) else {
        return String::new();
    };
    let summary = &row.summary;
    let mut text = format!("{reference} {}", row.id);
    let optional = [&summary.name, &summary.purpose].into_iter().flatten();
    let ports = summary.output_ports.iter().map(|port| &port.name);
    for part in optional.chain(&summary.tags).chain(ports) {
        text.push(' ');
        text.push_str(part);
    }
    text.to_lowercase().chars().map(printable).collect()
}

/// Control characters separate columns and lines.
fn printable(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

/// The position of the version that stands for a product: the highest release, or the highest pre-release if there is
/// no release. The versions are in ascending order.
pub(crate) fn latest<'a>(versions: impl Iterator<Item = &'a Version>) -> Option<usize> {
    let mut best: Option<(bool, usize)> = None;
    for (at, version) in versions.enumerate() {
        best = best.max(Some((version.pre.is_empty(), at)));
    }
    best.map(|(_, at)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_stand_before_pre_releases() {
        let latest = |versions: &[&str]| {
            let versions: Vec<_> = versions
                .iter()
                .filter_map(|text| Version::parse(text).ok())
                .collect();
            super::latest(versions.iter())
        };
        assert_eq!(latest(&[]), None);
        assert_eq!(latest(&["1.0.0", "2.0.0-rc.1"]), Some(0));
        assert_eq!(latest(&["1.0.0-a", "1.0.0-b"]), Some(1));
        assert_eq!(latest(&["1.0.0", "1.1.0", "1.2.0-rc.1"]), Some(1));
    }

    #[test]
    fn no_id_breaks_out_of_its_key() {
        let keys = keys(
            "d/p",
            [r#"{"id":"a\tb\nc","record":"","content":"","summary":{}}"#].into_iter(),
            None,
        );
        assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["ia b c\td/p"]);
        assert_eq!(Lookup::Id("a\tb\nc").key(), "ia b c\t");
    }
}
