//! The generated index: every published version of one tip, in one file that loads quickly.
//!
//! It is a text file. The first line is a header with the tip it belongs to and the digest of the rest; every other line
//! is a version, `<domain>/<product> TAB <version> TAB <search text> TAB <entry as JSON>`, ordered by product and then by
//! semantic version. Loading only splits lines. Search compares the third column and parses the entries of its hits;
//! whoever needs to find entries by id or contract pays for parsing all of them once.
//!
//! A new tip is indexed by comparing trees, so the cost is that of what is new. The file is a cache: if its digest does
//! not match, or it belongs to another format or tip, it is made again.

use crate::{
    Error, Result, cache, digest,
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
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fs,
    ops::Range,
    path::Path,
    sync::OnceLock,
};

/// Increased whenever the meaning of the file changes.
const FORMAT: u32 = 2;
/// Enough to show; a registry with more has a problem of another kind.
const MAX_PROBLEMS: usize = 100;

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
}

/// Something under `products/` that is not what a publish writes. It is left out of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The path in the registry.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
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

#[derive(Serialize, Deserialize)]
struct Header {
    mesh_index: u32,
    tip: String,
    /// The id of the registry: with another one, other records count.
    #[serde(default)]
    registry: Option<String>,
    sha256: String,
    problems: Vec<Problem>,
}

/// All versions of one tip.
#[derive(Debug, Default)]
pub(crate) struct Index {
    body: String,
    lines: Vec<Range<usize>>,
    problems: Vec<Problem>,
    lookups: OnceLock<Lookups>,
}

/// Line numbers by what people look for.
#[derive(Debug, Default)]
struct Lookups {
    ids: HashMap<String, Vec<usize>>,
    provided: HashMap<String, Vec<usize>>,
    consumed: HashMap<String, Vec<usize>>,
}

/// A line, split.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) reference: &'a str,
    pub(crate) version: &'a str,
    /// Lower-case text to search in; empty for versions that search does not show.
    pub(crate) text: &'a str,
    json: &'a str,
}

impl Index {
    /// The index of `tip` of the registry with the id `registry`: from the file if that is sound and current, else made,
    /// and written there.
    pub(crate) fn open(
        repo: &Repository,
        tip: Oid,
        registry: Option<&str>,
        file: &Path,
        indexing: impl FnOnce(usize),
    ) -> Result<Self> {
        let (old, base) = match load(file, registry) {
            Some((indexed, index)) if indexed == tip => return Ok(index),
            // An older index is a start, if its tip still is in the cache.
            Some((indexed, index)) => match tree::root(repo, indexed) {
                Ok(tree) => (Some(tree), index),
                Err(_) => (None, Self::default()),
            },
            None => (None, Self::default()),
        };
        let changes = tree::changes(repo, old.as_ref(), &tree::root(repo, tip)?)?;
        indexing(changes.versions.len());
        let index = base.updated(repo, changes, registry)?;
        index.save(tip, registry, file)?;
        Ok(index)
    }

    /// The index of `tip`, of which nothing is kept.
    pub(crate) fn made(
        repo: &Repository,
        tip: Oid,
        registry: Option<&str>,
        indexing: impl FnOnce(usize),
    ) -> Result<Self> {
        let changes = tree::changes(repo, None, &tree::root(repo, tip)?)?;
        indexing(changes.versions.len());
        Self::default().updated(repo, changes, registry)
    }

    /// Everything under `products/` that was left out.
    pub(crate) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// All lines, by product and version.
    pub(crate) fn lines(&self) -> impl ExactSizeIterator<Item = Line<'_>> {
        self.lines.iter().map(|range| self.line(range))
    }

    /// The versions of one product in ascending order.
    pub(crate) fn product(&self, reference: &str) -> Vec<Entry> {
        let lines = self.lines[self.lines_of(reference)].iter();
        lines.filter_map(|range| self.line(range).entry()).collect()
    }

    /// The versions that stand for their products, as far as `is_wanted` says so of their lines.
    pub(crate) fn shown(&self, is_wanted: impl Fn(Line<'_>) -> bool) -> Vec<Entry> {
        self.lines()
            .filter(|line| !line.text.is_empty() && is_wanted(*line))
            .filter_map(Line::entry)
            .collect()
    }

    /// The versions that were published with this product id.
    pub(crate) fn with_id(&self, id: &str) -> Vec<Entry> {
        self.entries(self.lookups().ids.get(id))
    }

    /// Whether any version was published with this product id.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.lookups().ids.contains_key(id)
    }

    /// The versions with an output port that has this contract.
    pub(crate) fn providing(&self, contract: &str) -> Vec<Entry> {
        self.entries(self.lookups().provided.get(contract))
    }

    /// The versions with an input port that has this contract.
    pub(crate) fn consuming(&self, contract: &str) -> Vec<Entry> {
        self.entries(self.lookups().consumed.get(contract))
    }

    /// As [`Index::consuming`], of each product only the version that stands for it.
    pub(crate) fn consuming_now(&self, contract: &str) -> Vec<Entry> {
        let lines = self.lookups().consumed.get(contract).into_iter().flatten();
        lines
            .map(|&at| self.line(&self.lines[at]))
            .filter(|line| !line.text.is_empty())
            .filter_map(Line::entry)
            .collect()
    }

    fn entries(&self, lines: Option<&Vec<usize>>) -> Vec<Entry> {
        lines
            .into_iter()
            .flatten()
            .filter_map(|&at| self.line(&self.lines[at]).entry())
            .collect()
    }

    fn lookups(&self) -> &Lookups {
        self.lookups.get_or_init(|| {
            let mut lookups = Lookups::default();
            for (at, line) in self.lines().enumerate() {
                let Ok(keys) = serde_json::from_str::<Keys<'_>>(line.json) else {
                    continue;
                };
                lookups
                    .ids
                    .entry(keys.id.into_owned())
                    .or_default()
                    .push(at);
                let ports = [
                    (&mut lookups.provided, keys.summary.output_ports),
                    (&mut lookups.consumed, keys.summary.input_ports),
                ];
                for (map, ports) in ports {
                    for contract in ports.into_iter().filter_map(|port| port.contract_id) {
                        let lines = map.entry(contract.into_owned()).or_default();
                        // Several ports of a product may share a contract.
                        if lines.last() != Some(&at) {
                            lines.push(at);
                        }
                    }
                }
            }
            lookups
        })
    }

    fn line(&self, range: &Range<usize>) -> Line<'_> {
        let mut columns = self.body[range.clone()].splitn(4, '\t');
        let mut next = || columns.next().unwrap_or_default();
        Line {
            reference: next(),
            version: next(),
            text: next(),
            json: next(),
        }
    }

    /// This index with the changed versions read again. The lines of all other products are copied as they are.
    fn updated(
        self,
        repo: &Repository,
        changes: tree::Changes,
        registry: Option<&str>,
    ) -> Result<Self> {
        let strange = changes.strange.into_iter();
        let mut problems: Vec<Problem> = strange
            .map(|(path, reason)| Problem { path, reason })
            .collect();
        let mut checked = changes.compared;
        // By reference, because that is the order of the lines; the order of trees is by domain first.
        let mut products: BTreeMap<String, Vec<tree::Change>> = BTreeMap::new();
        for change in changes.versions {
            let reference = format!("{}/{}", change.domain, change.product);
            products.entry(reference).or_default().push(change);
        }
        let mut body = String::with_capacity(self.body.len() + 1024);
        let mut done = 0;
        for (reference, changes) in products {
            let old = self.lines_of(&reference);
            body.push_str(self.text_of(done..old.start));
            done = old.end;
            let lines = self.lines[old].iter().map(|range| self.line(range));
            let mut rows: BTreeMap<Version, Cow<'_, str>> = lines
                .filter_map(|line| Some((Version::parse(line.version).ok()?, line.json.into())))
                .collect();
            for change in changes {
                let path = layout::version_dir(&change.domain, &change.product, &change.version);
                rows.remove(&change.version);
                let read =
                    |id| Entry::read(repo, id, &path, registry).and_then(|entry| row(&entry));
                match change.tree.map(read) {
                    None => {}
                    Some(Ok(json)) => drop(rows.insert(change.version, json.into())),
                    Some(Err(Error::Damaged { path, reason })) => {
                        problems.push(Problem { path, reason });
                    }
                    Some(Err(error)) => return Err(error),
                }
                checked.push(path);
            }
            write_lines(&mut body, &reference, &rows);
        }
        body.push_str(self.text_of(done..self.lines.len()));

        // What was wrong in directories that did not change still is.
        checked.sort_unstable();
        problems.extend(self.problems.into_iter().filter(|problem| {
            let parent = problem
                .path
                .rsplit_once('/')
                .map_or("", |(parent, _)| parent);
            checked
                .binary_search_by(|path| path.as_str().cmp(parent))
                .is_err()
        }));
        problems.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        problems.truncate(MAX_PROBLEMS);
        let lines = split(&body);
        Ok(Self {
            body,
            lines,
            problems,
            lookups: OnceLock::new(),
        })
    }

    /// The numbers of the lines of a product.
    fn lines_of(&self, reference: &str) -> Range<usize> {
        let start = self
            .lines
            .partition_point(|range| self.line(range).reference < reference);
        let count =
            self.lines[start..].partition_point(|range| self.line(range).reference == reference);
        start..start + count
    }

    /// Some consecutive lines as they stand in the file.
    fn text_of(&self, lines: Range<usize>) -> &str {
        let offset = |line: usize| {
            self.lines
                .get(line)
                .map_or(self.body.len(), |range| range.start)
        };
        &self.body[offset(lines.start)..offset(lines.end)]
    }

    fn save(&self, tip: Oid, registry: Option<&str>, file: &Path) -> Result<()> {
        let header = Header {
            mesh_index: FORMAT,
            tip: tip.to_string(),
            registry: registry.map(str::to_owned),
            sha256: digest::hex(self.body.as_bytes()),
            problems: self.problems.clone(),
        };
        let header = serde_json::to_vec(&header).unwrap_or_default();
        cache::write_atomically(file, &[&header, b"\n", self.body.as_bytes()])
    }
}

impl Line<'_> {
    /// The whole entry. The digest of the file was checked, so `None` is not expected.
    pub(crate) fn entry(self) -> Option<Entry> {
        let row: Row<'_> = serde_json::from_str(self.json).ok()?;
        let (domain, product) = self.reference.split_once('/')?;
        Some(Entry {
            id: row.id.into_owned(),
            domain: domain.to_owned(),
            product: product.to_owned(),
            version: Version::parse(self.version).ok()?,
            record_digest: row.record.into_owned(),
            content: row.content.into_owned(),
            contracts: row.contracts.into_owned(),
            digests: row.digests.into_owned(),
            summary: row.summary.into_owned(),
        })
    }
}

/// What [`Lookups`] needs of a row; the rest is skipped without being stored.
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

/// The position of the version that stands for a product: the highest release, or the highest pre-release if there is
/// no release. The versions are in ascending order.
pub(crate) fn latest<'a>(versions: impl Iterator<Item = &'a Version>) -> Option<usize> {
    let mut best: Option<(bool, usize)> = None;
    for (at, version) in versions.enumerate() {
        best = best.max(Some((version.pre.is_empty(), at)));
    }
    best.map(|(_, at)| at)
}

/// Writes the lines of one product, with the search text at the version that stands for it.
fn write_lines(body: &mut String, reference: &str, rows: &BTreeMap<Version, Cow<'_, str>>) {
    let shown = latest(rows.keys());
    for (at, (version, json)) in rows.iter().enumerate() {
        let text = if Some(at) == shown {
            search_text(reference, json)
        } else {
            String::new()
        };
        let columns = [reference, &version.to_string(), &text, json].join("\t");
        body.push_str(&columns);
        body.push('\n');
    }
}

/// The JSON column of an entry.
fn row(entry: &Entry) -> Result<String> {
    let row = Row {
        id: (&entry.id).into(),
        record: (&entry.record_digest).into(),
        content: (&entry.content).into(),
        contracts: (&entry.contracts).into(),
        digests: (&entry.digests).into(),
        summary: Cow::Borrowed(&entry.summary),
    };
    serde_json::to_string(&row).map_err(|error| Error::Damaged {
        path: format!("{}/{}", entry.path(), layout::RECORD),
        reason: error.to_string(),
    })
}

/// Everything that search looks at, lower-case, without the characters that separate columns and lines.
fn search_text(reference: &str, json: &str) -> String {
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
    let lower = text.to_lowercase();
    if lower.contains(char::is_control) {
        lower.replace(char::is_control, " ")
    } else {
        lower
    }
}

/// Reads the index file of a registry. Whatever is wrong with it, it is as if there were none.
fn load(file: &Path, registry: Option<&str>) -> Option<(Oid, Index)> {
    let mut content = fs::read_to_string(file).ok()?;
    let end = content.find('\n')?;
    let header: Header = serde_json::from_str(&content[..end]).ok()?;
    if header.mesh_index != FORMAT || header.registry.as_deref() != registry {
        return None;
    }
    let tip = Oid::from_str(&header.tip).ok()?;
    content.drain(..=end);
    if digest::hex(content.as_bytes()) != header.sha256 {
        return None;
    }
    let lines = split(&content);
    Some((
        tip,
        Index {
            body: content,
            lines,
            problems: header.problems,
            lookups: OnceLock::new(),
        },
    ))
}

fn split(body: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in body.split_inclusive('\n') {
        lines.push(start..start + line.trim_end_matches('\n').len());
        start += line.len();
    }
    lines
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
    fn a_damaged_index_file_is_no_index() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("index");
        assert!(load(&file, Some("id")).is_none());
        let index = Index {
            body: "a/b\t1.0.0\t\t{}\n".to_owned(),
            ..Index::default()
        };
        let tip = Oid::from_str("0123456789012345678901234567890123456789")?;
        index.save(tip, Some("id"), &file)?;
        assert_eq!(
            load(&file, Some("id")).map(|(of, index)| (of, index.lines.len())),
            Some((tip, 1))
        );
        assert!(load(&file, Some("another")).is_none());
        let good = fs::read(&file)?;
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            fs::write(&file, &bad)?;
            // A flipped bit in the tip or the problems is not noticed by the digest, but it cannot hide a change of the
            // body, and a tip that does not exist is indexed from scratch.
            if load(&file, Some("id")).is_some_and(|(of, _)| of == tip) {
                assert_eq!(
                    bad[good.len() - index.body.len()..],
                    good[good.len() - index.body.len()..],
                    "byte {at}"
                );
            }
        }
        fs::write(&file, &good[..good.len() - 1])?;
        assert!(load(&file, Some("id")).is_none());
        Ok(())
    }
}
