//! What a new version says of itself: that its record can be read, is the one of this place, and lists what is there.

use super::{
    content,
    delta::NewVersion,
    finding::{Check, Findings, Place},
    immutable::{TOO_MANY_FILES, UNEXPECTED_FILE},
};
use crate::{
    Result, digest, error::object, index::Entry, layout, record::Record, settings::Settings,
    snapshot::PublishedProduct,
};
use git2::{Odb, Repository};
use std::{collections::BTreeMap, sync::Arc};

pub(super) static RECORD_UNREADABLE: Check = Check {
    id: "record-unreadable",
    summary: "Every version has a record that can be read.",
    docs: "\
`record.json` says what was published, by whom and how it was judged. A version without one, or with one that this mesh
cannot read, is not part of the registry for anybody: it only keeps its place from being used.",
    help: "publish with `mesh publish`, which writes records that can be read",
};

pub(super) static RECORD_ELSEWHERE: Check = Check {
    id: "record-elsewhere",
    summary: "A record stands where it says that it belongs.",
    docs: "\
A record names its domain, product and version. One that was copied from another version, signature and all, says
nothing of the files beside it.",
    help: "publish the version with `mesh publish` instead of copying another one",
};

pub(super) static RECORD_OF_ANOTHER_REGISTRY: Check = Check {
    id: "record-of-another-registry",
    summary: "A record was made for this registry.",
    docs: "\
A registry has an `id` in `mesh-registry.yaml`, and records name it, so that what was signed for one registry does not
count in another. Records of a mesh that knew of no ids name none.",
    help: "publish the version here with `mesh publish`: what was published elsewhere is no record of this registry",
};

pub(super) static DIGEST_DIFFERS: Check = Check {
    id: "digest-differs",
    summary: "Every file is what the record says, byte for byte.",
    docs: "\
The record has the SHA-256 and the size of every file. Where they differ, the file or the record was changed after it was
judged, or a git converted line endings on the way.",
    help: "publish with `mesh publish`; where only line endings differ, keep `* -text` in `.gitattributes`",
};

pub(super) static FILES_DIFFER: Check = Check {
    id: "files-differ",
    summary: "A version has the files that its record lists, and no others.",
    docs: "\
A file that is missing was promised and cannot be had. One that the record does not list was judged by nobody.",
    help: "publish with `mesh publish`, which lists every file in the record",
};

/// A version that a commit publishes: read in full, and the same as its record says.
#[derive(Debug)]
pub struct Published {
    /// As the index will know it.
    pub entry: Entry,
    /// Its record, manifest and contracts.
    pub product: PublishedProduct,
    /// The text of its record.
    pub record: Arc<str>,
}

impl Published {
    /// Where the record is in the registry.
    pub fn record_path(&self) -> String {
        format!("{}/{}", self.entry.path(), layout::RECORD)
    }

    /// The place of the first of some marks in the record.
    pub fn place(&self, marks: &[&str]) -> Place {
        Place::of(&self.record, marks)
    }
}

/// Reads a new version and checks it against its record; `None` if it is nothing that could be judged further.
pub(super) fn read(
    repo: &Repository,
    new: &NewVersion,
    settings: &Settings,
    findings: &mut Findings,
) -> Result<Option<Published>> {
    let odb = repo.odb().map_err(object("open the repository"))?;
    let path = new.path();
    let record_path = format!("{path}/{}", layout::RECORD);
    let limit = settings.limits.files_per_version;
    let contents = new
        .files
        .keys()
        .filter(|name| !is_about_record(name))
        .count();
    if contents > limit {
        let message = format!("`{path}` has {contents} files, and the limit is {limit}");
        findings.add(&TOO_MANY_FILES, path, message);
        return Ok(None);
    }
    let Some(&record) = new.files.get(layout::RECORD) else {
        let message = format!("`{path}` has no `{}`", layout::RECORD);
        findings.add(&RECORD_UNREADABLE, path, message);
        return Ok(None);
    };
    let Some(bytes) = content::read(&odb, record, &record_path, layout::MAX_RECORD, findings)?
    else {
        return Ok(None);
    };
    let text: Arc<str> = String::from_utf8_lossy(&bytes).into();
    let record = match Record::parse(&bytes) {
        Ok(record) => record,
        Err((reason, at)) => {
            let (line, column) = at.unwrap_or((1, 1));
            let message = format!("`{record_path}` cannot be read: {reason}");
            findings.add_at(
                &RECORD_UNREADABLE,
                record_path,
                message,
                Place::at(&text, line, column),
            );
            return Ok(None);
        }
    };
    if !is_of(&record, new) {
        let belongs = layout::version_dir(&record.domain, &record.product, &record.version);
        let message = format!("it is the record of `{belongs}`");
        let place = Place::of(&text, &["\"domain\"", "\"product\""]);
        findings.add_at(&RECORD_ELSEWHERE, record_path, message, place);
        return Ok(None);
    }
    check_registry(&record, settings, &record_path, &text, findings);
    if record.content != record.content_digest() {
        let message =
            "its digest of the content is not the one of the files that it lists".to_owned();
        findings.add_at(
            &DIGEST_DIFFERS,
            record_path,
            message,
            Place::of(&text, &["\"content\""]),
        );
        return Ok(None);
    }
    let files = files(&odb, new, &record, &record_path, &text, settings, findings)?;
    let Some((manifest, contracts)) = files else {
        return Ok(None);
    };
    let digests = record.contracts.iter().map(|contract| {
        let mut files = record.files.iter();
        files
            .find(|file| file.path == contract.path)
            .map(|file| file.sha256.clone())
    });
    let Some(digests) = digests.collect::<Option<Vec<_>>>() else {
        let message = "it names a contract whose file it does not list".to_owned();
        findings.add_at(
            &FILES_DIFFER,
            record_path,
            message,
            Place::of(&text, &["\"contracts\""]),
        );
        return Ok(None);
    };
    let signature = match new.files.get(layout::RECORD_SIGNATURE) {
        None => None,
        Some(id) => {
            let path = format!("{path}/{}", layout::RECORD_SIGNATURE);
            let read = content::read(&odb, *id, &path, layout::MAX_SIGNATURE, findings)?;
            // What is no text is no signature, which is told of when it is held to the record.
            let Some(read) = read else { return Ok(None) };
            Some(String::from_utf8_lossy(&read).into_owned())
        }
    };
    let entry = Entry::of(&record, digest::of(&bytes), digests);
    let product = PublishedProduct {
        record,
        record_bytes: bytes,
        signature,
        manifest,
        contracts,
    };
    Ok(Some(Published {
        entry,
        product,
        record: text,
    }))
}

fn is_about_record(name: &str) -> bool {
    matches!(name, layout::RECORD | layout::RECORD_SIGNATURE)
}

fn is_of(record: &Record, new: &NewVersion) -> bool {
    record.domain == new.domain && record.product == new.product && record.version == new.version
}

fn check_registry(
    record: &Record,
    settings: &Settings,
    path: &str,
    text: &Arc<str>,
    findings: &mut Findings,
) {
    if record.registry.is_some() && record.registry != settings.id {
        let message = match &settings.id {
            Some(id) => format!("it was made for another registry, and this one has the id {id}"),
            None => "it was made for another registry, and this one has no id".to_owned(),
        };
        let place = Place::of(text, &["\"registry\""]);
        findings.add_at(&RECORD_OF_ANOTHER_REGISTRY, path, message, place);
    }
}

type Contents = (Vec<u8>, Vec<(String, Vec<u8>)>);

/// The manifest and the contracts; `None` if one of them is not what the record says.
fn files(
    odb: &Odb<'_>,
    new: &NewVersion,
    record: &Record,
    record_path: &str,
    text: &Arc<str>,
    settings: &Settings,
    findings: &mut Findings,
) -> Result<Option<Contents>> {
    let before = findings.count();
    let path = new.path();
    let mut there: BTreeMap<&str, _> = new
        .files
        .iter()
        .map(|(name, id)| (name.as_str(), *id))
        .collect();
    there.retain(|name, _| !is_about_record(name));
    let mut manifest = None;
    let mut contracts = Vec::new();
    for file in &record.files {
        let mark = format!("\"{}\"", file.path);
        let Some(id) = there.remove(file.path.as_str()) else {
            let message = format!("`{path}/{}` is missing, and the record lists it", file.path);
            findings.add_at(
                &FILES_DIFFER,
                record_path,
                message,
                Place::of(text, &[&mark]),
            );
            continue;
        };
        let path = format!("{path}/{}", file.path);
        let limit = settings.limits.file_bytes;
        let Some(bytes) = content::read(odb, id, &path, limit, findings)? else {
            continue;
        };
        let found = digest::of(&bytes);
        if found != file.sha256 || bytes.len() as u64 != file.bytes {
            let message = format!(
                "`{path}` has {} bytes and the digest {found}, and the record says {} and {}",
                bytes.len(),
                file.bytes,
                file.sha256
            );
            findings.add_at(
                &DIGEST_DIFFERS,
                record_path,
                message,
                Place::of(text, &[&mark]),
            );
        } else if file.path == layout::MANIFEST {
            manifest = Some(bytes);
        } else {
            contracts.push((file.path.clone(), bytes));
        }
    }
    for name in there.keys() {
        let message = format!("`{path}/{name}` is not in the record");
        findings.add(&UNEXPECTED_FILE, format!("{path}/{name}"), message);
    }
    if manifest.is_none() && findings.count() == before {
        let message = format!("the record lists no `{}`", layout::MANIFEST);
        findings.add_at(
            &FILES_DIFFER,
            record_path,
            message,
            Place::of(text, &["\"files\""]),
        );
    }
    let is_same = findings.count() == before;
    Ok(manifest
        .filter(|_| is_same)
        .map(|manifest| (manifest, contracts)))
}
