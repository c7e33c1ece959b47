//! The only part of this crate that touches the file system.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;
use rayon::prelude::*;
use thiserror::Error;

use super::{FEW, Role, Workspace, expected_kind, is_manifest};
use crate::document::Document;
use crate::model::Kind;
use crate::yaml::MAX_FILE_BYTES;

/// Why a workspace could not be loaded at all.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A path that was asked for is not there, or cannot be entered.
    #[error("cannot read `{path}`: {}", reason(.error))]
    Path {
        /// The path as it was given.
        path: String,
        /// What the operating system says.
        error: io::Error,
    },
}

impl LoadError {
    fn of(path: &Path, error: io::Error) -> Self {
        Self::Path {
            path: display_name(path),
            error,
        }
    }
}

/// Finds and reads manifests.
///
/// Folders are walked as git sees them: what `.gitignore` excludes is skipped, hidden folders too,
/// and symbolic links are not followed. A file that is named is read whatever it is called.
#[derive(Default)]
pub struct Loader<'a> {
    progress: Option<&'a (dyn Fn(Progress) + Sync)>,
}

/// How far loading is.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// This many files are going to be read.
    Found(usize),
    /// One more of them has been read.
    Read,
}

impl<'a> Loader<'a> {
    /// Calls `progress` while files are read, possibly from several threads at once.
    pub fn with_progress(progress: &'a (dyn Fn(Progress) + Sync)) -> Self {
        Self {
            progress: Some(progress),
        }
    }

    /// Reads every manifest at and below `paths`, and for each product that is named as a file the
    /// contracts of its folder, since they are part of the product.
    ///
    /// Files are read and parsed in parallel; the result does not depend on how. Fails only if one
    /// of `paths` itself cannot be read: a file that is found but cannot be read becomes a
    /// document that says so.
    pub fn load(&self, paths: &[PathBuf]) -> Result<Workspace, LoadError> {
        let mut found = Found::default();
        for path in paths {
            let metadata = fs::metadata(path).map_err(|error| LoadError::of(path, error))?;
            if metadata.is_dir() {
                let folder = fs::canonicalize(path).ok();
                for file in find(path, Strictness::Complete)? {
                    found.add_below(path, folder.as_deref(), file, Role::Target);
                }
            } else {
                found.add(path.clone(), Role::Target);
                if expected_kind(path) != Some(Kind::DataContract) {
                    for file in walk(folder_of(path), Strictness::Lenient)? {
                        if expected_kind(&file) == Some(Kind::DataContract) {
                            found.add(file, Role::Neighbour);
                        }
                    }
                }
            }
        }
        Ok(Workspace::new(self.read_all(found), None))
    }

    /// Takes `bytes` for the content of the file `path`, whether that is there or not, and reads what
    /// lies around it as [`Loader::load`] does for a file that is named.
    pub fn load_text(&self, path: &Path, bytes: Vec<u8>) -> Workspace {
        let mut found = Found::default();
        if expected_kind(path) != Some(Kind::DataContract) {
            // A folder that is not there yet holds nothing.
            for file in walk(folder_of(path), Strictness::Lenient).unwrap_or_default() {
                if expected_kind(&file) == Some(Kind::DataContract) {
                    found.add(file, Role::Neighbour);
                }
            }
        }
        found.remove(path);
        let mut documents = self.read_all(found);
        let document = Document::parse(display_name(path), bytes, expected_kind(path));
        documents.push((document, Role::Target));
        documents.sort_by(|(a, _), (b, _)| a.name().cmp(b.name()));
        Workspace::new(documents, None)
    }

    /// Adds to `workspace` the documents of the repository around it that it refers to.
    ///
    /// Does nothing when nothing is missing, so that checking one folder of a large repository
    /// costs one folder. `missing` says which contract ids are still looked for.
    pub fn add_neighbours(
        &self,
        workspace: Workspace,
        root: &Path,
        missing: impl Fn(&Workspace) -> BTreeSet<String>,
    ) -> Result<Workspace, LoadError> {
        let mut wanted = missing(&workspace);
        if wanted.is_empty() {
            return Ok(workspace);
        }
        let mut documents = workspace.into_documents();
        let known: BTreeSet<PathBuf> = documents
            .iter()
            .filter_map(|(document, _)| fs::canonicalize(document.name()).ok())
            .collect();
        let mut around = Found::default();
        for file in walk(root, Strictness::Lenient)? {
            if fs::canonicalize(&file).is_ok_and(|file| !known.contains(&file)) {
                around.add(relative(&file), Role::Neighbour);
            }
        }
        let mut candidates = self.read_all(around);
        // What is drawn in may itself refer to more: go on until nothing more is added.
        loop {
            let (drawn, rest): (Vec<_>, Vec<_>) = candidates
                .into_iter()
                .partition(|(document, _)| concerns(document, &wanted));
            candidates = rest;
            if drawn.is_empty() {
                return Ok(Workspace::new(documents, None));
            }
            documents.extend(drawn);
            let workspace = Workspace::new(documents, None);
            wanted = missing(&workspace);
            documents = workspace.into_documents();
        }
    }

    fn read_all(&self, found: Found) -> Vec<(Document, Role)> {
        let files = found.into_ordered();
        if let Some(progress) = self.progress {
            progress(Progress::Found(files.len()));
        }
        let read = |(name, path, role): (String, PathBuf, Role)| {
            let document = read(name, &path);
            if let Some(progress) = self.progress {
                progress(Progress::Read);
            }
            (document, role)
        };
        if files.len() <= FEW {
            // To start threads would take longer than the work.
            return files.into_iter().map(read).collect();
        }
        files.into_par_iter().map(read).collect()
    }
}

/// Files to read, each once however many paths lead to it.
#[derive(Default)]
struct Found(BTreeMap<PathBuf, (PathBuf, Role)>);

impl Found {
    /// Adds a file under the path it was found by, unless it is there; being asked for wins over
    /// being near.
    fn add(&mut self, path: PathBuf, role: Role) {
        // A path that leads nowhere stands for itself, and is reported when it is read.
        let file = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        self.add_as(file, path, role);
    }

    /// As [`add`](Self::add), for what was found by walking `folder`, whose canonical path is
    /// `canonical`: a walk follows no links, so below it only the file itself can be one.
    fn add_below(&mut self, folder: &Path, canonical: Option<&Path>, file: Walked, role: Role) {
        let below = file.path.strip_prefix(folder).ok();
        match canonical.zip(below).filter(|_| !file.is_link) {
            Some((canonical, below)) => self.add_as(canonical.join(below), file.path, role),
            None => self.add(file.path, role),
        }
    }

    fn add_as(&mut self, file: PathBuf, path: PathBuf, role: Role) {
        let entry = self.0.entry(file).or_insert((path, role));
        entry.1 = entry.1.min(role);
    }

    /// Leaves a file out.
    fn remove(&mut self, path: &Path) {
        if let Ok(file) = fs::canonicalize(path) {
            self.0.remove(&file);
        }
    }

    /// The files with the names they are shown by, in the order of these names.
    fn into_ordered(self) -> Vec<(String, PathBuf, Role)> {
        let mut files: Vec<_> = self
            .0
            .into_values()
            .map(|(path, role)| (display_name(&path), path, role))
            .collect();
        files.sort();
        files
    }
}

/// Whether `document` is or promises one of the contracts in `wanted`.
fn concerns(document: &Document, wanted: &BTreeSet<String>) -> bool {
    let is_wanted = |id: &Option<String>| id.as_ref().is_some_and(|id| wanted.contains(id));
    match (document.product(), document.contract()) {
        (Some(product), _) => product
            .output_ports
            .iter()
            .any(|port| is_wanted(&port.contract_id)),
        (_, Some(contract)) => is_wanted(&contract.id),
        _ => false,
    }
}

fn read(name: String, path: &Path) -> Document {
    match read_bytes(path) {
        Ok(bytes) => Document::parse(name, bytes, expected_kind(path)),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Document::unreadable(
            name,
            format!("the file is larger than {} MiB", MAX_FILE_BYTES >> 20),
            "split it: no contract of that size is read by people or tools",
        ),
        Err(error) => Document::unreadable(
            name,
            format!("the file cannot be read: {}", reason(&error)),
            "make it readable, or remove it",
        ),
    }
}

/// Reads a regular file, at most [`MAX_FILE_BYTES`] of it; anything else is an error, so that a
/// pipe or a device cannot hang or flood a run.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    // Asked before opening: opening a pipe would wait for a writer.
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let file = File::open(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// What a walk does about a folder that it cannot enter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// The folder was asked for, and may hide manifests: that is no clean run.
    Complete,
    /// Only what is referred to matters, and what is not found will be missed.
    Lenient,
}

/// A manifest that was found by walking a folder.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Walked {
    path: PathBuf,
    /// Whether it is a symbolic link.
    is_link: bool,
}

/// The manifests below `folder`, in a stable order.
fn walk(folder: &Path, strictness: Strictness) -> Result<Vec<PathBuf>, LoadError> {
    let found = find(folder, strictness)?.into_iter();
    Ok(found.map(|file| file.path).collect())
}

/// As [`walk`], with what the walk has seen of each file.
fn find(folder: &Path, strictness: Strictness) -> Result<Vec<Walked>, LoadError> {
    let mut files = Vec::new();
    let walk = WalkBuilder::new(folder)
        .require_git(false)
        .ignore(false)
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(_) if strictness == Strictness::Lenient => continue,
            Err(error) => {
                let path = path_of(&error).unwrap_or(folder).to_owned();
                let error = error
                    .into_io_error()
                    .unwrap_or_else(|| io::Error::other("it could not be walked"));
                return Err(LoadError::of(&path, error));
            }
        };
        let is_file = entry.file_type().is_some_and(|kind| !kind.is_dir());
        if is_file && is_manifest(entry.path()) {
            files.push(Walked {
                is_link: entry.path_is_symlink(),
                path: entry.into_path(),
            });
        }
    }
    files.sort();
    Ok(files)
}

/// The path that an error of a walk is about.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// `path` as seen from the current folder, if it lies below it.
fn relative(path: &Path) -> PathBuf {
    std::env::current_dir()
        .ok()
        .and_then(|current| path.strip_prefix(current).ok().map(Path::to_owned))
        .unwrap_or_else(|| path.to_owned())
}

/// A path as it is shown: without `./`, with `/` between its parts on every system.
fn display_name(path: &Path) -> String {
    let mut name = String::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::RootDir => name.push('/'),
            other => {
                if !name.is_empty() && !name.ends_with('/') {
                    name.push('/');
                }
                push_name(&mut name, other.as_os_str());
            }
        }
    }
    name
}

/// Appends a file name; bytes that are no UTF-8 are written as `\xE9`, so that different names stay
/// different.
fn push_name(text: &mut String, name: &OsStr) {
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
}

/// What the operating system says, in a few plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            match text.find(" (os error") {
                Some(end) => text[..end].to_lowercase(),
                None => text,
            }
        }
    }
}
