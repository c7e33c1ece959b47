//! Publishing policies.

use super::{
    GateError, Outcome, PublishOptions,
    branch::Name,
    one_line,
    protocol::{Contributed, Contribution},
    with_tool,
};
use crate::{
    Error, Refusal, Result,
    authority::Area,
    digest,
    error::object,
    layout,
    plan::Publisher,
    policies::{self, PolicyFile},
    registry::Registry,
    snapshot::Snapshot,
    text, tree,
};
use git2::{ObjectType, Oid, Tree};
use semver::Version;

/// Judges policies that are about to be published against the registry as it is, as [`crate::Gate`] judges products.
pub type PolicyGate<'a> = dyn FnMut(&Snapshot) -> Result<(), GateError> + 'a;

/// What became of policies: of the files, in the order in which they were given.
pub type PolicyPublication = Contributed<Vec<PublishedPolicy>>;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPolicy {
    /// The path in the registry.
    pub path: String,
    /// What happened.
    pub outcome: Outcome,
    /// Whether another content was there before.
    pub replaced: bool,
}

/// The files, to be added.
struct Policies<'p, 'g, 'f> {
    files: &'p [PolicyFile],
    message: &'p str,
    tool: &'p str,
    gate: &'g mut PolicyGate<'f>,
    /// What was at their paths when the registry was looked at first.
    first: Option<Vec<Option<Oid>>>,
}

/// A file and its place.
struct PlacedFile<'p> {
    file: &'p PolicyFile,
    /// The content that is there, if any.
    there: Option<Oid>,
    /// Whether it is the same.
    exists: bool,
}

impl Registry {
    /// Publishes policies, all of them or none. Publishing what is there already is a success.
    ///
    /// `message` says in one line what they are about, and `tool` is the program that publishes, with its version. A
    /// version of a policy pack (see [`layout::pack_at`]) is published once. Other files are replaced, unless somebody
    /// else changed them while this tried to.
    ///
    /// # Errors
    /// See [`Error`]. [`Refusal::NotSteward`] if the registry has stewards and who publishes is none of them.
    /// [`Error::BadPolicyFile`] if a file, or whatever else would be below `policies/` then, could not be
    /// read afterwards. After every error but [`Error::OutcomeUnknown`] nothing was published by this call.
    pub fn publish_policies(
        &self,
        files: &[PolicyFile],
        message: &str,
        tool: &str,
        options: &PublishOptions,
        gate: &mut PolicyGate<'_>,
    ) -> Result<PolicyPublication> {
        policies::check(files)?;
        let mut policies = Policies {
            files,
            message,
            tool,
            gate,
            first: None,
        };
        self.contribute(&mut policies, options)
    }
}

impl<'p> Contribution for Policies<'p, '_, '_> {
    type Placed = Vec<PlacedFile<'p>>;
    type Outcomes = Vec<PublishedPolicy>;

    fn place(&mut self, snapshot: &Snapshot) -> Result<Self::Placed> {
        let root = snapshot.root()?;
        let files = self.files.iter();
        let placed = files
            .map(|file| place_file(file, snapshot, &root))
            .collect::<Result<Vec<_>>>()?;
        let there = || placed.iter().map(|placed| placed.there).collect();
        let first = self.first.get_or_insert_with(there);
        for (placed, first) in placed.iter().zip(first) {
            if !placed.exists && placed.there != *first {
                return Err(Error::PolicyChanged {
                    path: placed.file.path.clone(),
                });
            }
        }
        Ok(placed)
    }

    fn is_there(placed: &Self::Placed) -> bool {
        placed.iter().all(|placed| placed.exists)
    }

    fn outcomes(placed: &Self::Placed, if_missing: Outcome) -> Self::Outcomes {
        let outcome = |placed: &PlacedFile<'_>| PublishedPolicy {
            path: placed.file.path.clone(),
            outcome: if placed.exists {
                Outcome::AlreadyPublished
            } else {
                if_missing
            },
            replaced: !placed.exists && placed.there.is_some(),
        };
        placed.iter().map(outcome).collect()
    }

    fn areas<'c>(&'c self, placed: &'c Self::Placed) -> Vec<Area<'c>> {
        let missing = placed.iter().filter(|placed| !placed.exists);
        missing.map(|placed| Area::of(&placed.file.path)).collect()
    }

    fn write(
        &mut self,
        snapshot: &Snapshot,
        placed: &Self::Placed,
        who: &Publisher,
    ) -> Result<Oid> {
        (self.gate)(snapshot).map_err(Error::Gate)?;
        let missing = placed.iter().filter(|placed| !placed.exists);
        let files: Vec<(String, &[u8])> = missing
            .map(|placed| (placed.file.path.clone(), placed.file.bytes.as_slice()))
            .collect();
        let list: String = files
            .iter()
            .map(|(path, _)| format!("- {path}\n"))
            .collect();
        let message = format!("{}\n\n{list}", one_line(self.message));
        let repo = &snapshot.repo;
        let message = with_tool(message, self.tool);
        let commit = tree::commit(repo, Some(snapshot.tip), &files, who, &message)?;
        // What nobody could read would stop everybody.
        policies::read(repo, &tree::root(repo, commit)?, &snapshot.location)?;
        Ok(commit)
    }

    fn name(&self, _: &Self::Placed) -> Name {
        let directory = format!("{}/", layout::POLICIES);
        let subject = |file: &PolicyFile| {
            let inside = file.path.strip_prefix(&directory).unwrap_or(&file.path);
            let mut suffixes = layout::POLICY_SUFFIXES.iter();
            let stem = suffixes.find_map(|suffix| inside.strip_suffix(suffix));
            stem.unwrap_or(inside).to_owned()
        };
        // In whatever order they are given.
        let mut files: Vec<&PolicyFile> = self.files.iter().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let line = |file: &&PolicyFile| format!("{}\0{}\n", file.path, digest::of(&file.bytes));
        Name {
            kind: layout::POLICIES,
            subjects: files.iter().map(|file| subject(file)).collect(),
            content: files.iter().map(line).collect(),
        }
    }
}

/// Finds out what is at the place of a file, and checks that it may be there.
fn place_file<'p>(
    file: &'p PolicyFile,
    snapshot: &Snapshot,
    root: &Tree<'_>,
) -> Result<PlacedFile<'p>> {
    let repo = &snapshot.repo;
    let (directory, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let mut placed = PlacedFile {
        file,
        there: None,
        exists: false,
    };
    let Some(tree) = tree::directory_for(repo, root, directory)? else {
        return Ok(placed);
    };
    tree::check_case(&tree, directory, name)?;
    let pack = layout::pack_at(&file.path);
    if let Some((pack, version)) = &pack {
        check_twin(pack, version, &tree, directory, name)?;
    }
    let Some(entry) = tree.get_name(name) else {
        return Ok(placed);
    };
    if !tree::is_file(&entry) {
        return Err(Error::BadPolicyFile {
            path: file.path.clone(),
            reason: "the registry has something there that is not a regular file".to_owned(),
        });
    }
    let id = Oid::hash_object(ObjectType::Blob, &file.bytes).map_err(object("hash a file"))?;
    placed.there = Some(entry.id());
    placed.exists = entry.id() == id;
    match pack {
        Some((pack, version)) if !placed.exists => {
            // Only for the message, so whatever cannot be read simply differs.
            let there = tree::blob(repo, entry.id(), &file.path, layout::MAX_FILE);
            Err(Error::Refusal(Refusal::PackImmutable {
                pack: pack.to_owned(),
                version: version.to_string(),
                path: file.path.clone(),
                line_endings: there
                    .is_ok_and(|there| text::differs_in_line_endings(&there, &file.bytes)),
            }))
        }
        _ => Ok(placed),
    }
}

/// Checks that a version of a pack is not there under another end of its name.
fn check_twin(
    pack: &str,
    version: &Version,
    tree: &Tree<'_>,
    directory: &str,
    name: &str,
) -> Result<()> {
    let names = layout::POLICY_SUFFIXES.map(|suffix| format!("{version}{suffix}"));
    let is_twin = |twin: &&String| *twin != name && tree.get_name(twin).is_some();
    match names.iter().find(is_twin) {
        None => Ok(()),
        Some(twin) => Err(Error::Refusal(Refusal::PackImmutable {
            pack: pack.to_owned(),
            version: version.to_string(),
            path: format!("{directory}/{twin}"),
            line_endings: false,
        })),
    }
}
