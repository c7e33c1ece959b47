//! What governs a registry: who changes it, that it stays readable, and that nobody publishes in the same breath.

use super::{
    attributes,
    authority::OWNERS_UNREADABLE,
    basis::{Basis, Denied},
    content,
    delta::{At, Delta, Governed},
    finding::{Check, Findings, Place},
    immutable::{self, PACK_CHANGED},
};
use crate::{
    Error, Result,
    authority::Area,
    error::object,
    layout,
    location::RegistryLocation,
    names,
    owners::{OwnerKey, Owners, Person},
    policies,
    settings::Demand,
    signing,
};
use git2::{Commit, Odb, Oid, Repository, Tree};
use jiff::civil::Date;
use std::{collections::BTreeSet, path::Path, sync::Arc};

pub(super) static MIXED_CHANGE: Check = Check {
    id: "mixed-change",
    summary: "A change governs or publishes, never both.",
    docs: "\
Owners, policies, settings and everything else outside of `products/` and `status/` decide about what is published. They
are agreed on first, in a change of their own; what is published then is judged by them. A change that does both would
hide the one behind the other.",
    help: "make two changes of it: first what governs, then, once that is merged, what is published",
};

pub(super) static GOVERNED_BY_OTHERS: Check = Check {
    id: "governed-by-others",
    summary: "Only who may changes what governs.",
    docs: "\
Owners files are changed by the owners in them and by the stewards of the registry; everything else that is not published,
such as policies and `mesh-registry.yaml`, by stewards. Without stewards it is up to the git host. Who counts is told by the
base, so nobody takes themselves in, and nobody else puts an earlier state back. Of a merge, the commits that it merges
are looked at as well: their authors, or with `signatures: required` who signed them.",
    help: "let an owner of the domain or a steward of the registry make the change",
};

pub(super) static COMMIT_NOT_SIGNED: Check = Check {
    id: "commit-not-signed",
    summary: "What governs is changed in signed commits where the registry requires signatures.",
    docs: "\
With `signatures: required`, a commit that changes owners, policies or settings has an SSH signature (git's own:
`gpg.format = ssh`, `git commit -S`) of a steward or an owner at the base. A host that squashes or rebases a pull
request makes commits of its own, which it signs with its own key or not at all: merge such a change with a merge commit.",
    help: "sign the commit with an SSH key that the owners or stewards have in the base: `git commit -S` with `gpg.format=ssh`",
};

pub(super) static SETTINGS_UNREADABLE: Check = Check {
    id: "settings-unreadable",
    summary: "`mesh-registry.yaml` can be read.",
    docs: "\
It says what the registry demands. What cannot be understood in it is not passed over by anybody, so a change that breaks
it stops every publish.",
    help: "correct `mesh-registry.yaml`",
};

pub(super) static POLICY_UNREADABLE: Check = Check {
    id: "policy-unreadable",
    summary: "Everything below `policies/` can be read.",
    docs: "\
Whoever could hide a policy could publish what it forbids. So there is nothing below `policies/` but regular YAML files of
moderate size under plain names, and a README; anything else stops every publish.",
    help: "keep nothing below `policies/` but regular YAML files of moderate size, and a README.md",
};

pub(super) static REGISTRY_ID_CHANGED: Check = Check {
    id: "registry-id-changed",
    summary: "A registry keeps its id.",
    docs: "\
Records and signatures name the registry that they were made for by its `id` in `mesh-registry.yaml`. With another id, none
of them would count any more, and those of another registry might.",
    help: "leave `id` in `mesh-registry.yaml` as it was",
};

/// A commit that is judged, with what it changed.
pub(super) struct Change<'c, 'r> {
    pub(super) repo: &'r Repository,
    pub(super) location: &'c RegistryLocation,
    pub(super) commit: &'c Commit<'r>,
    pub(super) root: &'c Tree<'r>,
    pub(super) delta: &'c Delta,
    pub(super) basis: &'c Basis,
    pub(super) day: Date,
}

/// Checks what a commit changed of what governs.
pub(super) fn check(change: &Change<'_, '_>, findings: &mut Findings) -> Result<()> {
    let governed = &change.delta.governed;
    if governed.is_empty() {
        return Ok(());
    }
    let id = change.basis.settings().id.as_deref();
    check_content(&After::of(change), &change.delta.governed, id, findings)?;
    // The first commit of all starts the registry: there is nobody who could have said who may.
    if change.commit.parent_count() == 0 {
        return Ok(());
    }
    if change.delta.publishes {
        mixed(&governed[0].path, findings);
    }
    check_authority(change, findings)
}

/// Notes that a change governs, at `path`, and publishes.
pub(super) fn mixed(path: &str, findings: &mut Findings) {
    let message = format!("it changes `{path}`, which governs, and publishes as well");
    findings.add(&MIXED_CHANGE, path, message);
}

/// Checks that everything in a tree that governs can be read.
pub(super) fn check_all(
    repo: &Repository,
    location: &RegistryLocation,
    root: &Tree<'_>,
    delta: &Delta,
    findings: &mut Findings,
) -> Result<()> {
    let after = After {
        repo,
        location,
        root,
    };
    check_content(&after, &delta.governed, None, findings)?;
    if delta
        .governed
        .iter()
        .all(|file| file.path != layout::ATTRIBUTES_FILE)
    {
        attributes::missing(findings);
    }
    Ok(())
}

/// The tree in which everything that governs has to be readable.
struct After<'a, 'r> {
    repo: &'r Repository,
    location: &'a RegistryLocation,
    root: &'a Tree<'r>,
}

impl<'a, 'r> After<'a, 'r> {
    fn of(change: &Change<'a, 'r>) -> Self {
        Self {
            repo: change.repo,
            location: change.location,
            root: change.root,
        }
    }
}

/// Checks that the files of `governed` can be read, and that the registry keeps its `id`.
fn check_content(
    after: &After<'_, '_>,
    governed: &[Governed],
    id: Option<&str>,
    findings: &mut Findings,
) -> Result<()> {
    let odb = after.repo.odb().map_err(object("open the repository"))?;
    let mut has_policies = false;
    for file in governed {
        let path = file.path.as_str();
        let first = path.split('/').next().unwrap_or(path);
        if layout::pack_at(path).is_some() && file.was.is_some() {
            immutable::altered(&PACK_CHANGED, path, file.is.is_some(), findings);
        }
        has_policies |= matches!(first, layout::POLICIES | layout::FORMAT_FILE);
        if attributes::is_attributes(path) {
            match file.file() {
                Some(id) => {
                    if let Some(bytes) =
                        content::read(&odb, id, path, layout::MAX_FORMAT_FILE, findings)?
                    {
                        attributes::check(path, &bytes, findings);
                    }
                }
                None if path == layout::ATTRIBUTES_FILE => attributes::missing(findings),
                None => {}
            }
        }
        if path == layout::FORMAT_FILE {
            check_settings(&odb, file, id, findings)?;
        }
        if first == layout::OWNERS {
            check_owners(&odb, path, file, findings)?;
        }
        if let (layout::VOCABULARIES, Some(id)) = (path, file.file()) {
            content::read(&odb, id, path, layout::MAX_FILE, findings)?;
        }
    }
    if has_policies {
        let read = policies::read(after.repo, after.root, after.location);
        match read {
            Err(error @ Error::BadPolicyFile { .. }) => {
                let Error::BadPolicyFile { path, .. } = &error else {
                    return Ok(());
                };
                findings.add(&POLICY_UNREADABLE, path.clone(), error.to_string());
            }
            // What is wrong with the format file is told of already.
            Ok(_)
            | Err(
                Error::BadFormatFile { .. } | Error::NewerFormat { .. } | Error::Damaged { .. },
            ) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn check_settings(
    odb: &Odb<'_>,
    file: &Governed,
    before: Option<&str>,
    findings: &mut Findings,
) -> Result<()> {
    let path = layout::FORMAT_FILE;
    let Some(id) = file.file() else {
        findings.add(
            &SETTINGS_UNREADABLE,
            path,
            format!("`{path}` is removed, and without it this is no registry"),
        );
        return Ok(());
    };
    let Some(bytes) = content::read(odb, id, path, layout::MAX_FORMAT_FILE, findings)? else {
        return Ok(());
    };
    let text: Arc<str> = String::from_utf8_lossy(&bytes).into();
    let read = layout::settings(path, &bytes).and_then(|settings| {
        layout::policy_pins(path, &bytes)?;
        Ok(settings)
    });
    match read {
        Ok(settings) => {
            if before.is_some() && settings.id.as_deref() != before {
                let message = "the id of the registry is not the one that it had".to_owned();
                findings.add_at(
                    &REGISTRY_ID_CHANGED,
                    path,
                    message,
                    Place::of(&text, &["id:"]),
                );
            }
        }
        Err(Error::BadFormatFile { reason, .. }) => {
            let message = format!("`{path}` cannot be read: {reason}");
            findings.add_at(&SETTINGS_UNREADABLE, path, message, Place::of(&text, &[]));
        }
        Err(error @ Error::NewerFormat { .. }) => {
            let message = error.to_string();
            findings.add_with(
                &SETTINGS_UNREADABLE,
                path,
                message,
                error.help(),
                Some(Place::of(&text, &["format"])),
            );
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn check_owners(odb: &Odb<'_>, path: &str, file: &Governed, findings: &mut Findings) -> Result<()> {
    let Some(id) = file.file() else { return Ok(()) };
    let name = path
        .strip_prefix(layout::OWNERS)
        .unwrap_or(path)
        .trim_start_matches('/');
    if name == layout::README_FILE {
        return Ok(());
    }
    let domain = name.strip_suffix(layout::OWNERS_SUFFIX);
    if domain.is_none_or(|domain| !names::is_name(domain)) {
        let message = format!(
            "`{path}` is no owners file: those are called `{}/<domain>{}`",
            layout::OWNERS,
            layout::OWNERS_SUFFIX
        );
        findings.add(&OWNERS_UNREADABLE, path, message);
        return Ok(());
    }
    if let Some(bytes) = content::read(odb, id, path, layout::MAX_OWNERS_FILE, findings)?
        && let Err(error) = Owners::from_bytes(path, &bytes)
    {
        let text: Arc<str> = String::from_utf8_lossy(&bytes).into();
        let place = match Owners::broken_at(&text) {
            Some((line, column)) => Place::at(&text, line, column),
            None => Place::of(&text, &[]),
        };
        findings.add_at(&OWNERS_UNREADABLE, path, error.to_string(), place);
    }
    Ok(())
}

/// Checks that everybody who changed what governs might.
fn check_authority(change: &Change<'_, '_>, findings: &mut Findings) -> Result<()> {
    let mut left: BTreeSet<&str> = change
        .delta
        .governed
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    // Of a merge, what it merges was done by others; what is in none of them it did itself.
    if change.commit.parent_count() > 1 {
        let is = |path: &str| {
            let mut governed = change.delta.governed.iter();
            governed
                .find(|file| file.path == path)
                .and_then(|file| file.is)
        };
        for id in merged(change)? {
            let commit = change.repo.find_commit(id).map_err(object(READ))?;
            let of_it = introduced(&commit, &change.delta.governed)?;
            for path in &of_it {
                allowed(change, &commit, path, findings)?;
            }
            let tree = commit.tree().map_err(object(READ))?;
            for path in of_it {
                if at(&tree, path) == is(path) {
                    left.remove(path);
                }
            }
        }
    }
    for path in left {
        allowed(change, change.commit, path, findings)?;
    }
    Ok(())
}

const READ: &str = "read the registry's history";

/// The commits that a merge brings, without itself and without those that the branch had.
fn merged(change: &Change<'_, '_>) -> Result<Vec<Oid>> {
    let walk = || {
        let mut walk = change.repo.revwalk()?;
        for parent in change.commit.parent_ids().skip(1) {
            walk.push(parent)?;
        }
        walk.hide(change.commit.parent_id(0)?)?;
        walk.collect::<Result<Vec<_>, _>>()
    };
    walk().map_err(object(READ))
}

/// Those of the paths of `governed` at which a commit has what none of its parents has.
fn introduced<'g>(commit: &Commit<'_>, governed: &'g [Governed]) -> Result<Vec<&'g str>> {
    let tree = commit.tree().map_err(object(READ))?;
    let parents = commit.parents().map(|parent| parent.tree());
    let parents: Vec<_> = parents.collect::<Result<_, _>>().map_err(object(READ))?;
    let is_new = |path: &str| {
        parents
            .iter()
            .all(|parent| at(parent, path) != at(&tree, path))
    };
    let paths = governed.iter().map(|file| file.path.as_str());
    Ok(paths.filter(|path| is_new(path)).collect())
}

fn at(tree: &Tree<'_>, path: &str) -> Option<At> {
    let entry = tree.get_path(Path::new(path)).ok()?;
    Some(At {
        mode: entry.filemode_raw(),
        id: entry.id(),
    })
}

/// Checks that a commit might change what governs at `path`.
fn allowed(
    change: &Change<'_, '_>,
    commit: &Commit<'_>,
    path: &str,
    findings: &mut Findings,
) -> Result<()> {
    let area = Area::of(path);
    let whose = || {
        if commit.id() == change.commit.id() {
            String::new()
        } else {
            format!(
                ", in the merged commit {}",
                crate::reading::short(commit.id())
            )
        }
    };
    if change.basis.settings().signatures == Demand::Required {
        let people = people(change, area);
        if people.is_empty() {
            // Nobody was named who could sign; who may change it is up to the host, as without signatures.
            return Ok(());
        }
        if let Some(wrong) = unsigned(change, commit, &people)? {
            findings.add(
                &COMMIT_NOT_SIGNED,
                path,
                format!("`{path}` is changed{}, and {wrong}", whose()),
            );
        }
        return Ok(());
    }
    let author = commit.author();
    let email = String::from_utf8_lossy(author.email_bytes());
    match change.basis.check(change.repo, area, &email) {
        Denied::No => {}
        // Who may put an owners file right that nobody can read: the stewards, or whoever the host lets.
        Denied::Unreadable(message, help) => {
            let stewards = &change.basis.settings().stewards;
            if !stewards.is_empty() && stewards.person(&email).is_none() {
                findings.add_with(
                    &GOVERNED_BY_OTHERS,
                    path,
                    format!("{message}{}", whose()),
                    help,
                    None,
                );
            }
        }
        Denied::Yes(error) => {
            let message = format!("{error}{}", whose());
            findings.add_with(&GOVERNED_BY_OTHERS, path, message, error.help(), None);
        }
    }
    Ok(())
}

/// Those who may change an area, by the base.
fn people(change: &Change<'_, '_>, area: Area<'_>) -> Vec<Person> {
    let mut people: Vec<Person> = change.basis.settings().stewards.people().cloned().collect();
    if let Area::Owners(domain) = area
        && let Ok(Some(owners)) = change.basis.owners(change.repo, domain).as_ref()
    {
        people.extend(owners.people().cloned());
    }
    people
}

/// Why the signature of a commit is not one of `people`; nothing if it is.
fn unsigned(
    change: &Change<'_, '_>,
    commit: &Commit<'_>,
    people: &[Person],
) -> Result<Option<String>> {
    let (signature, content) = match change.repo.extract_signature(&commit.id(), None) {
        Ok(signed) => signed,
        Err(error) if error.code() == git2::ErrorCode::NotFound => {
            return Ok(Some("the commit is not signed".to_owned()));
        }
        Err(error) => return Err(object(READ)(error)),
    };
    let keys: Vec<&OwnerKey> = people.iter().flat_map(|person| &person.keys).collect();
    let signature = String::from_utf8_lossy(&signature);
    let wrong = match signing::verify(&signature, signing::COMMIT_NAMESPACE, &content, keys) {
        Ok(Some(key)) if key.is_valid_on(change.day) => return Ok(None),
        Ok(Some(key)) => format!(
            "its key {} does not count on {}",
            key.fingerprint(),
            change.day
        ),
        Ok(None) => match signing::fingerprint(&signature) {
            Ok(key) => format!("its key {key} is of nobody who may change it"),
            Err(error) => error.to_string(),
        },
        Err(error) => error.to_string(),
    };
    Ok(Some(format!(
        "the signature of the commit does not count: {wrong}"
    )))
}
