//! `mesh.lock`: the versions that a repository has agreed to: of the packs that it is held to, and of the data
//! products that it consumes.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mesh_diagnostics::Span;
use mesh_spec::settings::{self, Mistakes};
use mesh_spec::workspace::{bare_version, same_version};
use mesh_spec::yaml::{Tree, Value};
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::config::{FILE_NAME as CONFIG, Project, not_valid};
use crate::failure::Failure;
use crate::ops::files;

/// The name of the file.
pub const FILE_NAME: &str = "mesh.lock";

/// The id under which mistakes in it are reported.
const MISTAKE: &str = "mesh-lock";

/// What is written above it.
const HEADER: &str = "# Written by mesh. Commit it, and do not edit it.\n";

/// What git leaves at the start of a line where two branches changed the same.
const CONFLICT: [&str; 3] = ["<<<<<<< ", "||||||| ", ">>>>>>> "];

/// What to do about a lock that cannot be understood.
const AGAIN: &str = "restore the file, or remove it and run `mesh policy update` and `mesh fetch`";

/// What a repository has pinned. Commands of mesh write it; it is committed and not edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lock {
    /// The version of the format: 2 where inputs are pinned, else 1.
    pub version: u32,
    /// The packs that products are held to, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<LockedPack>,
    /// What the input ports of products draw from, by product and port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<LockedInput>,
}

/// A pack that is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockedPack {
    /// Its name.
    pub name: String,
    /// Its version.
    #[schemars(with = "String")]
    pub version: Version,
    /// The digest of its text: `sha256:` and hexadecimal digits.
    pub digest: String,
    /// Where it is from.
    pub from: From,
}

/// An input port that is pinned: to a published version of a product, and to the contract that it offers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockedInput {
    /// The id of the product that consumes.
    pub product: String,
    /// The name of its input port.
    pub port: String,
    /// The id of the contract that the port names.
    pub contract: String,
    /// The version of the contract, as it is published.
    pub contract_version: String,
    /// The digest of the contract's text: `sha256:` and hexadecimal digits.
    pub contract_digest: String,
    /// The product that offers the contract, as `domain/product` in the registry.
    pub from: String,
    /// The version of that product.
    #[schemars(with = "String")]
    pub version: Version,
    /// The digest of that version's record.
    pub record: String,
}

/// Where a pack is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", expecting = "one of `registry`, `mesh`")]
pub enum From {
    /// The registry.
    Registry,
    /// It comes with mesh.
    Mesh,
}

/// A lock as it stands in its file.
#[derive(Debug, Default)]
pub(crate) struct LockFile {
    /// What it says; nothing if there is no file.
    pub(crate) lock: Lock,
    /// Its text, for findings that point into it.
    tree: Option<Tree>,
}

impl fmt::Display for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registry => "registry",
            Self::Mesh => "mesh",
        })
    }
}

impl LockedInput {
    /// Whether it pins a port of this name that names this contract, in this version if it names one.
    pub(crate) fn fits(&self, port: &str, contract: &str, version: Option<&str>) -> bool {
        self.port == port
            && self.contract == contract
            && version.is_none_or(|version| same_version(version, &self.contract_version))
    }

    /// What it is pinned to, for a sentence: `sales/orders 1.2.0`.
    pub(crate) fn provider(&self) -> String {
        format!("{} {}", self.from, self.version)
    }
}

impl Default for Lock {
    /// A lock that pins nothing, in the one form that it has.
    fn default() -> Self {
        Self {
            version: 1,
            policies: Vec::new(),
            inputs: Vec::new(),
        }
    }
}

impl Lock {
    /// The newest version of the format.
    const VERSION: u32 = 2;

    /// Whether nothing is pinned.
    pub(crate) fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.inputs.is_empty()
    }

    /// This with other packs.
    pub(crate) fn with_policies(mut self, packs: &[LockedPack]) -> Self {
        self.policies = packs.to_vec();
        self.in_order()
    }

    /// This with other inputs.
    pub(crate) fn with_inputs(mut self, inputs: Vec<LockedInput>) -> Self {
        self.inputs = inputs;
        self.in_order()
    }

    /// The one form for what it says. The version is the lowest that can say it, so that an older mesh reads what
    /// it can.
    fn in_order(mut self) -> Self {
        self.inputs.sort();
        self.inputs.dedup();
        self.version = if self.inputs.is_empty() { 1 } else { 2 };
        self
    }

    /// Where the lock of a project is.
    pub(crate) fn path(project: &Project) -> PathBuf {
        let folder = project.folder.as_deref().unwrap_or(Path::new(""));
        folder.join(FILE_NAME)
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        let yaml = serde_yaml::to_string(self).unwrap_or_default();
        format!("{HEADER}{yaml}")
    }

    /// Writes it for a project. Where nothing is pinned, there is no file.
    pub(crate) fn write(&self, project: &Project) -> Result<PathBuf, Failure> {
        let path = Self::path(project);
        let written = if self.is_empty() {
            fs::remove_file(&path).or_else(|error| match error.kind() {
                io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })
        } else {
            files::write(&path, self.text().as_bytes())
        };
        written.map_err(|error| {
            Failure::new(format!("cannot write `{}`: {error}", path.display()))
                .help("check that you may write there")
        })?;
        Ok(path)
    }
}

impl LockFile {
    /// The lock of a project as it stands in its file, if there is one.
    ///
    /// One that is there and cannot be read is a failure, never taken for none.
    pub(crate) fn of(project: &Project) -> Result<Option<Self>, Failure> {
        if project.folder.is_none() {
            return Ok(None);
        }
        let path = Lock::path(project);
        let name = files::shown(&path);
        let bytes = match files::read_regular(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
                return Ok(None);
            }
            Err(error) => {
                return Err(Failure::new(format!("cannot read `{name}`: {error}"))
                    .help("check that you may read it"));
            }
        };
        Self::read(&name, bytes).map(Some)
    }

    /// As [`LockFile::of`], for commands that pin something; nothing is pinned where there is no file.
    ///
    /// # Errors
    /// Also if there is no `mesh.yaml` that the file could stand beside.
    pub(crate) fn to_write(project: &Project) -> Result<Self, Failure> {
        if project.folder.is_none() {
            return Err(Failure::new(format!(
                "there is no {CONFIG} that {FILE_NAME} could stand beside"
            ))
            .help("write one in the root of the repository; it may be empty"));
        }
        Ok(Self::of(project)?.unwrap_or_default())
    }

    fn read(name: &str, bytes: Vec<u8>) -> Result<Self, Failure> {
        let refuse = |mistakes: Mistakes| not_valid(mistakes, "lock").help(AGAIN);
        if let Some(failure) = unresolved(name, &bytes) {
            return Err(failure);
        }
        let (source, tree) = settings::tree(MISTAKE, name, bytes).map_err(refuse)?;
        let Some(tree) = tree else {
            let mut mistakes = Mistakes::new(MISTAKE);
            mistakes.add(&source, Span::new(0, 0), "it says nothing", None);
            return Err(refuse(mistakes));
        };
        // First the version alone: what a newer mesh wrote need not fit this one's idea of the rest.
        if let Some(version) = newer_version(&tree) {
            return Err(Failure::new(format!(
                "`{name}` has format {version}, and this mesh reads formats up to {}: a newer mesh wrote it",
                Lock::VERSION
            ))
            .help("use a newer mesh; the one that CI uses should be as new"));
        }
        let lock: Lock = settings::model(MISTAKE, &tree).map_err(refuse)?;
        let file = Self {
            lock,
            tree: Some(tree),
        };
        let mistakes = file.mistakes();
        if !mistakes.is_empty() {
            return Err(refuse(mistakes));
        }
        Ok(file)
    }

    /// What no command can have written.
    fn mistakes(&self) -> Mistakes {
        let mut mistakes = Mistakes::new(MISTAKE);
        let Some(tree) = &self.tree else {
            return mistakes;
        };
        if self.lock.version == 0 {
            let span = tree.span_at("/version");
            mistakes.add(tree.source(), span, "there is no format 0", None);
        }
        let mut seen: BTreeMap<_, usize> = BTreeMap::new();
        for (index, input) in self.lock.inputs.iter().enumerate() {
            let at = |key: &str| format!("/inputs/{index}/{key}");
            for (key, digest) in [
                ("contractDigest", &input.contract_digest),
                ("record", &input.record),
            ] {
                if !is_digest(digest) {
                    mistakes.add(
                        tree.source(),
                        tree.span_at(&at(key)),
                        format!("`{digest}` is no digest"),
                        Some("a digest is `sha256:` with 64 hexadecimal digits".to_owned()),
                    );
                }
            }
            let version = bare_version(&input.contract_version);
            let key = (&input.product, &input.port, &input.contract, version);
            let first = *seen.entry(key).or_insert(index);
            if first != index {
                mistakes.add(
                    tree.source(),
                    tree.span_at(&at("port")),
                    format!(
                        "input port `{}` of `{}` is pinned twice",
                        input.port, input.product
                    ),
                    Some("remove one of the two".to_owned()),
                );
                let span = tree.span_at(&format!("/inputs/{first}/port"));
                mistakes.see(tree.source(), span, "the first");
            }
        }
        mistakes
    }

    /// Its tree, unless there is no file.
    pub(crate) fn tree(&self) -> Option<&Tree> {
        self.tree.as_ref()
    }
}

/// What is wrong with a lock in which git left two versions side by side.
fn unresolved(name: &str, bytes: &[u8]) -> Option<Failure> {
    let text = String::from_utf8_lossy(bytes);
    let is_mark = |line: &&str| CONFLICT.iter().any(|mark| line.starts_with(mark));
    let mut offset = 0;
    let line = text.split_inclusive('\n').find(|line| {
        let found = is_mark(line);
        offset += if found { 0 } else { line.len() };
        found
    })?;
    let start = u32::try_from(offset).ok()?;
    let end = u32::try_from(offset + line.trim_end().len()).ok()?;
    let source = std::sync::Arc::new(mesh_diagnostics::Source::new(name, text.clone()));
    let mut mistakes = Mistakes::new(MISTAKE);
    mistakes.add(
        &source,
        Span::new(start, end),
        "two branches pinned something here, and git could not tell which is meant",
        None,
    );
    Some(not_valid(mistakes, "lock").help(
        "take either side of each conflict, or of the whole file (`git checkout --ours mesh.lock`), and run `mesh \
         fetch`, which pins what is missing; `mesh policy update` does so for packs",
    ))
}

/// The version that a lock gives itself, if it is one that this mesh does not know.
fn newer_version(tree: &Tree) -> Option<&str> {
    match tree.at("/version")?.value() {
        Value::Number(text) => {
            let version: u64 = text.parse().ok()?;
            (version > u64::from(Lock::VERSION)).then_some(text)
        }
        _ => None,
    }
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64
            && hex
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(product: &str, port: &str, version: &str) -> LockedInput {
        LockedInput {
            product: product.to_owned(),
            port: port.to_owned(),
            contract: "sales.orders".to_owned(),
            contract_version: version.to_owned(),
            contract_digest: format!("sha256:{}", "a".repeat(64)),
            from: "sales/orders".to_owned(),
            version: Version::new(1, 0, 0),
            record: format!("sha256:{}", "b".repeat(64)),
        }
    }

    fn read(text: &str) -> Result<LockFile, String> {
        LockFile::read("mesh.lock", text.as_bytes().to_vec())
            .map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn a_lock_is_read_back_as_it_was_written_and_has_one_form() {
        let inputs = vec![
            input("b", "orders", "1.0"),
            input("a", "prices", "2.0.0"),
            input("a", "orders", "2.0.0"),
            input("a", "orders", "1.0.0"),
            input("a", "orders", "1.0.0"),
        ];
        let lock = Lock::default().with_inputs(inputs.clone());
        let order: Vec<_> = lock
            .inputs
            .iter()
            .map(|it| (&*it.product, &*it.port, &*it.contract_version))
            .collect();
        let expected = [
            ("a", "orders", "1.0.0"),
            ("a", "orders", "2.0.0"),
            ("a", "prices", "2.0.0"),
            ("b", "orders", "1.0"),
        ];
        assert_eq!(order, expected);
        let again = read(&lock.text()).expect("a lock").lock;
        assert_eq!(again, lock);
        let reversed = inputs.into_iter().rev().collect();
        assert_eq!(Lock::default().with_inputs(reversed).text(), lock.text());
    }

    #[test]
    fn what_an_older_mesh_can_read_is_written_so_that_it_can() {
        let pack = LockedPack {
            name: "core".to_owned(),
            version: Version::new(1, 0, 0),
            digest: "sha256:00".to_owned(),
            from: From::Mesh,
        };
        let lock = Lock::default().with_policies(std::slice::from_ref(&pack));
        assert!(
            lock.text().contains("version: 1\npolicies:\n"),
            "{}",
            lock.text()
        );
        assert!(!lock.text().contains("inputs"));
        let both = lock.clone().with_inputs(vec![input("a", "b", "1.0.0")]);
        assert!(both.text().contains("version: 2\n"));
        assert_eq!(both.clone().with_inputs(Vec::new()), lock);
        assert_eq!(both.with_policies(&[pack]).inputs.len(), 1);
    }

    #[test]
    fn what_no_mesh_wrote_is_refused() {
        let lock = Lock::default().with_inputs(vec![input("a", "b", "1.0.0")]);
        let text = lock.text();
        let (_, entry) = text.split_once("inputs:\n").expect("inputs");
        for (text, words) in [
            (String::new(), "says nothing"),
            (text.replace("version: 2\n", "version: 3\n"), "a newer mesh"),
            (
                text.replace("version: 2\n", "version: 3\nmore: 1\n"),
                "a newer mesh",
            ),
            (text.replace("version: 2\n", "version: 0\n"), "no format 0"),
            (text.replace("port:", "prot:"), "no setting `prot`"),
            (text.replace(&"a".repeat(64), "abc"), "is no digest"),
            (
                format!(
                    "{text}{}",
                    entry.replace("contractVersion: ", "contractVersion: v")
                ),
                "pinned twice",
            ),
            (
                format!("version: 2\n<<<<<<< HEAD\ninputs: []\n=======\n>>>>>>> other\n{text}"),
                "two branches",
            ),
        ] {
            let refused = read(&text).expect_err(words);
            assert!(refused.contains(words), "{refused}");
        }
    }
}
