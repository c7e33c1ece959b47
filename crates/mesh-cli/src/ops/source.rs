//! One side of a comparison: a file, a folder, a git revision, or a version in the registry.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mesh_compat::Member;
use mesh_lint::Settings;
use mesh_registry::{Error, Snapshot, files_at, names};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Loader, Role, Workspace, expected_kind, is_manifest};
use rayon::prelude::*;

use super::compat::target_documents;
use super::{check, registry, threads, workspace};
use crate::config::Project;
use crate::failure::Failure;

/// Where documents come from, as it is named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file, or the folder around products and contracts.
    Path(PathBuf),
    /// What a commit holds.
    Git {
        /// Anything that names a commit.
        revision: String,
        /// What git takes for a path after the revision; `None` for the current folder.
        path: Option<String>,
    },
    /// A published version.
    Registry {
        /// `domain/product` or an id, with or without `@version`.
        reference: String,
        /// Whether it was called a product of the registry, and not only looks like one.
        is_said: bool,
    },
}

/// What sources are looked for in: a project and its registry, which is opened once and only if it is
/// needed.
pub(crate) struct Surroundings<'a> {
    project: &'a Project,
    registry: Option<&'a str>,
    offline: bool,
    snapshot: OnceCell<Snapshot>,
}

/// The documents of a [`Source`].
#[derive(Debug)]
pub(crate) struct Set {
    /// What to call them together.
    pub(crate) label: String,
    /// Whether one file was named, rather than what may hold several.
    pub(crate) is_file: bool,
    /// The documents, each with its path within the source, in the order of these paths.
    pub(crate) members: Vec<(String, Document)>,
}

impl Source {
    /// Takes `text` for what it names. What exists on disk is meant, whatever else it may look like;
    /// `registry:` and `git:` say where to look instead.
    pub(crate) fn parse(text: &str) -> Self {
        if let Some(reference) = text.strip_prefix("registry:") {
            return Self::Registry {
                reference: reference.to_owned(),
                is_said: true,
            };
        }
        let path = Path::new(text);
        if path.symlink_metadata().is_ok() {
            return Self::Path(path.to_owned());
        }
        if let Some(named) = text.strip_prefix("git:") {
            let (revision, path) = match named.split_once(':') {
                Some((revision, path)) => (revision, Some(path.to_owned())),
                None => (named, None),
            };
            return Self::Git {
                revision: revision.to_owned(),
                path,
            };
        }
        if looks_published(text) {
            return Self::Registry {
                reference: text.to_owned(),
                is_said: false,
            };
        }
        Self::Path(path.to_owned())
    }

    /// The path on disk, if it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Git { .. } | Self::Registry { .. } => None,
        }
    }

    /// Reads the documents. Fails if there are none, or one of them cannot be read. Documents that their
    /// schema rejects are read all the same.
    pub(crate) fn load(&self, around: &Surroundings<'_>) -> Result<Set, Failure> {
        let set = match self {
            Self::Path(path) => from_disk(path)?,
            Self::Git { revision, path } => from_git(revision, path.as_deref())?,
            Self::Registry { reference, is_said } => from_registry(reference, *is_said, around)?,
        };
        if set.members.is_empty() {
            return Err(self.nothing_found(&set.label));
        }
        set.readable()
    }

    fn nothing_found(&self, label: &str) -> Failure {
        let failure = Failure::new(format!("there is no data product or contract in `{label}`"));
        match self {
            Self::Git { .. } => failure.help(
                "name the folder that held `dataproduct.yaml` then, as in `git:main:products/orders`",
            ),
            Self::Path(_) | Self::Registry { .. } => failure.help(
                "name the folder that holds `dataproduct.yaml`; files that git ignores are skipped",
            ),
        }
    }
}

/// Paths, and names of published products, told apart as the sides of `mesh diff` are.
pub(crate) fn split(subjects: &[String]) -> (Vec<PathBuf>, Vec<String>) {
    let mut paths = Vec::new();
    let mut references = Vec::new();
    for subject in subjects {
        match Source::parse(subject) {
            Source::Registry { reference, .. } => references.push(reference),
            Source::Path(_) | Source::Git { .. } => paths.push(PathBuf::from(subject)),
        }
    }
    (paths, references)
}

impl<'a> Surroundings<'a> {
    /// What is around `project`, with the registry that the command line names.
    pub(crate) fn new(project: &'a Project, registry: Option<&'a str>, offline: bool) -> Self {
        Self {
            project,
            registry,
            offline,
            snapshot: OnceCell::new(),
        }
    }

    /// The words that the mesh has agreed on: those of the registry, if one is named, before those of
    /// the project, as `mesh lint` takes them.
    pub(crate) fn vocabularies(&self) -> Result<Vocabularies, Failure> {
        let settings = self.project.lint.clone();
        let is_open = self.snapshot.get().is_some();
        if !is_open && registry::named(self.registry, self.project)?.is_none() {
            return Ok(settings.vocabularies);
        }
        Ok(workspace::with_vocabularies(settings, self.snapshot()?)?.vocabularies)
    }

    /// The project that it is all about.
    pub(crate) fn project(&self) -> &'a Project {
        self.project
    }

    /// Whether a registry is named, on the command line or in `mesh.yaml`.
    pub(crate) fn names_registry(&self) -> Result<bool, Failure> {
        Ok(registry::named(self.registry, self.project)?.is_some())
    }

    /// The registry as it is now, or was when it was first asked for.
    pub(crate) fn snapshot(&self) -> Result<&Snapshot, Failure> {
        if self.snapshot.get().is_none() {
            let location = registry::named_or_embedded(self.registry, self.project)?;
            let opened = registry::open(location, self.offline)?;
            // Nobody else can have set it since.
            let _ = self.snapshot.set(opened);
        }
        self.snapshot
            .get()
            .ok_or_else(|| Failure::new("the registry is not open"))
    }
}

impl Set {
    /// The documents as they are compared.
    pub(crate) fn members(&self) -> Vec<Member<'_>> {
        members(&self.members)
    }

    fn readable(self) -> Result<Self, Failure> {
        if self.members.iter().all(|(_, document)| is_known(document)) {
            return Ok(self);
        }
        let documents = self
            .members
            .into_iter()
            .map(|(_, document)| (document, Role::Target));
        let files = Workspace::new(documents.collect(), None);
        expect_readable(&files).map(|()| Self {
            members: Vec::new(),
            ..self
        })
    }
}

/// Documents with their paths, as they are compared.
pub(super) fn members(documents: &[(String, Document)]) -> Vec<Member<'_>> {
    let documents = documents.iter();
    documents
        .map(|(path, document)| Member { document, path })
        .collect()
}

/// Whether it can be told what a document is, and so what became of it.
pub(super) fn is_known(document: &Document) -> bool {
    document.tree.is_some() && document.kind().is_some()
}

/// Fails if one of the targets of `files` cannot be understood at all, with what is wrong as `mesh lint`
/// says it.
pub(crate) fn expect_readable(files: &Workspace) -> Result<(), Failure> {
    let broken: Vec<&Document> = target_documents(files)
        .filter(|document| !is_known(document))
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = broken
        .iter()
        .map(|document| format!("`{}`", document.name()))
        .collect();
    let help = if broken.iter().any(|document| !document.problems.is_empty()) {
        "correct what is shown above"
    } else {
        "a data product says `kind: DataProduct`, and a data contract `kind: DataContract`"
    };
    let options = check::on(check::as_of(None)?, Settings::default());
    let report = check::check(files, &options)?;
    let report = report.tolerating(|found| {
        let is_of = |document: &&Document| Arc::ptr_eq(&document.source, &found.source);
        !broken.iter().any(is_of)
    });
    let verb = if names.len() == 1 { "is" } else { "are" };
    Err(Failure::new(format!(
        "{} {verb} no data product or contract that can be read",
        names.join(", ")
    ))
    .help(help)
    .report(report))
}

/// Whether `text` can only be meant as a product in the registry, or at least is written like one:
/// `domain/product`, and anything with `@version`.
fn looks_published(text: &str) -> bool {
    let (name, version) = match text.rsplit_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    };
    let is_version = |version: &str| !version.is_empty() && !version.contains('/');
    version.is_none_or(is_version)
        && match name.split_once('/') {
            Some((domain, product)) => names::is_name(domain) && names::is_name(product),
            None => version.is_some() && !name.is_empty(),
        }
}

fn from_disk(path: &Path) -> Result<Set, Failure> {
    threads::ready(usize::MAX);
    let documents = Loader::default()
        .load(&[path.to_owned()])?
        .into_documents()
        .into_iter();
    let is_file = !path.is_dir();
    let label = path.display().to_string();
    let members = documents
        // Whoever names a file means it, and not the contracts around it.
        .filter(|(_, role)| *role == Role::Target)
        .map(|(document, _)| (within(document.name(), path), document));
    Ok(Set {
        is_file,
        members: members.collect(),
        label,
    })
}

/// The name of a document as seen from `folder`; that of a file, if it was named itself.
pub(super) fn within(name: &str, folder: &Path) -> String {
    let below = Path::new(name).strip_prefix(clean(folder));
    let below = below.ok().filter(|path| !path.as_os_str().is_empty());
    let below = below.map(|path| path.to_string_lossy().into_owned());
    below.unwrap_or_else(|| {
        let name = name.rsplit('/').next().unwrap_or(name);
        name.to_owned()
    })
}

/// `path` without its `.`s, as documents are named.
pub(super) fn clean(path: &Path) -> PathBuf {
    let parts = path.components();
    parts
        .filter(|part| *part != std::path::Component::CurDir)
        .collect()
}

fn from_git(revision: &str, path: Option<&str>) -> Result<Set, Failure> {
    let found = files_at(Path::new("."), revision, path, is_manifest)?;
    let label = match path {
        Some(path) => format!("git:{revision}:{path}"),
        None => format!("git:{revision}"),
    };
    let below = |path: &Path| match path.strip_prefix(&found.path) {
        Ok(below) if !found.is_file => slashed(below),
        _ => {
            let name = slashed(path);
            name.rsplit('/').next().unwrap_or(&name).to_owned()
        }
    };
    Ok(Set {
        label,
        is_file: found.is_file,
        members: parsed(revision, found.files, below),
    })
}

/// The files of a commit as documents, each with what `name` calls it by its path there.
pub(super) fn parsed(
    revision: &str,
    files: Vec<(PathBuf, Vec<u8>)>,
    name: impl Fn(&Path) -> String + Sync,
) -> Vec<(String, Document)> {
    threads::ready(files.len());
    let parse = |(path, bytes): (PathBuf, Vec<u8>)| {
        let kind = expected_kind(&path);
        // What `git show` prints as well, without the prefix.
        let shown = format!("git:{revision}:{}", slashed(&path));
        (name(&path), Document::parse(shown, bytes, kind))
    };
    files.into_par_iter().map(parse).collect()
}

/// A path with `/` between its parts on every system.
pub(super) fn slashed(path: &Path) -> String {
    let parts = path.iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

fn from_registry(
    reference: &str,
    is_said: bool,
    around: &Surroundings<'_>,
) -> Result<Set, Failure> {
    // It may as well be a path that is misspelt.
    let no_path = |error: Failure| {
        if is_said {
            return error;
        }
        error.within(format!(
            "`{reference}` is no file or folder here, and no product that can be found"
        ))
    };
    let snapshot = around.snapshot().map_err(no_path)?;
    let entry = match snapshot.resolve(reference, None) {
        Err(error @ Error::UnknownProduct { .. }) => return Err(no_path(error.into())),
        found => found?,
    };
    let product = snapshot.read(&entry)?;
    let label = format!("{}@{}", entry.reference(), entry.version);
    let parse = |path: String, bytes, kind| {
        let name = format!("registry:{label}/{path}");
        (path, Document::parse(name, bytes, Some(kind)))
    };
    let manifest = parse(
        mesh_registry::layout::MANIFEST.to_owned(),
        product.manifest,
        Kind::DataProduct,
    );
    let contracts = product.contracts.into_iter();
    let contracts = contracts.map(|(path, bytes)| parse(path, bytes, Kind::DataContract));
    let members = std::iter::once(manifest).chain(contracts).collect();
    Ok(Set {
        members,
        label,
        is_file: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_side_is_stands_before_it_or_is_seen() {
        let git = |revision: &str, path: Option<&str>| Source::Git {
            revision: revision.to_owned(),
            path: path.map(str::to_owned),
        };
        let published = |reference: &str, is_said| Source::Registry {
            reference: reference.to_owned(),
            is_said,
        };
        let on_disk = |path: &str| Source::Path(path.into());
        for (text, expected) in [
            ("git:main", git("main", None)),
            ("git:HEAD~1:", git("HEAD~1", Some(""))),
            ("git:v1:products/a", git("v1", Some("products/a"))),
            ("git:origin/main:./a", git("origin/main", Some("./a"))),
            ("sales/orders", published("sales/orders", false)),
            ("sales/orders@1.2", published("sales/orders@1.2", false)),
            ("orders@1.2.0", published("orders@1.2.0", false)),
            ("registry:sales.orders", published("sales.orders", true)),
            // This crate has both of them.
            ("src/ops", on_disk("src/ops")),
            ("Cargo.toml", on_disk("Cargo.toml")),
            ("registry:src/ops", published("src/ops", true)),
            // There is nothing of the sort, and reading it will say so.
            ("./sales/orders", on_disk("./sales/orders")),
            ("sales/orders.odcs.yaml", on_disk("sales/orders.odcs.yaml")),
            ("a/b/c", on_disk("a/b/c")),
            ("orders", on_disk("orders")),
            ("sales/team@example/x", on_disk("sales/team@example/x")),
        ] {
            assert_eq!(Source::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_commit_may_hold_what_a_folder_may() {
        assert_eq!(
            mesh_registry::MAX_COMMITTED,
            mesh_spec::yaml::MAX_FILE_BYTES
        );
    }

    #[test]
    fn documents_are_known_by_their_path_within_the_source() {
        for (name, folder, expected) in [
            ("a/b/c.odcs.yaml", "a", "b/c.odcs.yaml"),
            ("a/c.odcs.yaml", "./a/", "c.odcs.yaml"),
            ("c.odcs.yaml", ".", "c.odcs.yaml"),
            ("../a/c.odcs.yaml", "../a", "c.odcs.yaml"),
            ("/x/c.odcs.yaml", "/x", "c.odcs.yaml"),
            ("a/c.odcs.yaml", "a/c.odcs.yaml", "c.odcs.yaml"),
        ] {
            assert_eq!(within(name, Path::new(folder)), expected, "{name}");
        }
    }
}
