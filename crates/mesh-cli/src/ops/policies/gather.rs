//! Which policies are in force: those that `mesh.yaml` names, and those of the registry.
//!
//! Whatever is missing, damaged or not understood ends the run. A policy that could not be read must not pass for one
//! that holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use mesh_diagnostics::{Diagnostic, Report, Summary, nearest};
use mesh_policy::{Origin, Policies, PolicyFile, Shipped, read, shipped};
use mesh_registry::{PolicyFiles, Snapshot, layout};
use mesh_spec::terms::dates::Day;
use semver::{Version, VersionReq};

use super::terms;
use crate::config::{FILE_NAME, Project};
use crate::failure::Failure;
use crate::ops::files;
use crate::ops::lock::{From, Lock, LockFile, LockedPack};

/// Which versions of packs are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pins {
    /// Those of `mesh.lock`, where it names a pack: the run comes to the same as the last one.
    Locked,
    /// Those that the registry has in force, and that this mesh ships.
    InForce,
}

/// Whose policies are wanted.
pub(crate) struct Request<'a> {
    /// The project, whose `mesh.yaml` names some.
    pub(crate) project: &'a Project,
    /// Files, folders and shipped packs that the command line names beside them.
    pub(crate) extra: &'a [String],
    /// The registry, if one is named.
    pub(crate) snapshot: Option<&'a Snapshot>,
    /// The day.
    pub(crate) as_of: Day,
    /// Which versions.
    pub(crate) pins: Pins,
}

/// What is in force.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// The policies.
    pub(crate) policies: Policies,
    /// The packs of the registry and of mesh, as a lock would pin them.
    pub(crate) packs: Vec<LockedPack>,
    /// The lock, if there is one.
    pub(crate) lock: Option<LockFile>,
    /// Packs that the lock holds back: the name, the version that is locked, and the one that is in force.
    pub(crate) held_back: Vec<(String, Version, Version)>,
}

/// Brings together what is in force.
pub(crate) fn gather(request: &Request<'_>) -> Result<Gathered, Failure> {
    gather_around(Vec::new(), request)
}

/// Reads what `named` names, and if it names nothing what `mesh.yaml` does; nothing else.
pub(crate) fn gather_alone(
    named: &[String],
    project: &Project,
) -> Result<Vec<PolicyFile>, Failure> {
    let mut gathering = Gathering::new(None);
    if named.is_empty() {
        gathering.add_project(project)?;
    }
    for item in named {
        gathering.add_named(item, Path::new(""), "the command line")?;
    }
    gathering.into_files()
}

/// Files that were read before once more, from the same bytes: whatever happens to them on disk meanwhile.
pub(crate) fn read_again(known: &[PolicyFile]) -> Result<Vec<PolicyFile>, Failure> {
    let mut gathering = Gathering::new(None);
    for file in known {
        let head = file.head();
        let bytes = head.source.text().as_bytes().to_vec();
        gathering.add(head.source.name(), bytes, head.origin);
    }
    gathering.into_files()
}

/// Brings together what is in force with `candidates`, each of which takes the place of what has its name.
pub(crate) fn gather_around(
    candidates: Vec<PolicyFile>,
    request: &Request<'_>,
) -> Result<Gathered, Failure> {
    let names: BTreeSet<String> = candidates
        .iter()
        .map(|file| file.head().name.clone())
        .collect();
    let lock = LockFile::of(request.project)?;
    let of_run = lock.as_ref().map(|file| &file.lock);
    let of_run = of_run.filter(|_| request.pins == Pins::Locked);
    let mut gathering = Gathering::new(of_run);
    gathering.add_project(request.project)?;
    for item in request.extra {
        gathering.add_named(item, Path::new(""), "the command line")?;
    }
    let of_registry = match request.snapshot {
        Some(snapshot) => Some(snapshot.policies()?),
        None => None,
    };
    if let Some(found) = &of_registry {
        gathering.add_registry(found)?;
    }
    gathering
        .files
        .retain(|file| !names.contains(&file.head().name));
    gathering.files.extend(candidates);
    gathering.add_extended(of_registry.as_ref())?;
    let Gathering {
        files,
        mistakes,
        mut packs,
        held_back,
        ..
    } = gathering;
    if !mistakes.is_empty() {
        return Err(unusable(mistakes));
    }
    packs.sort_by(|a, b| a.name.cmp(&b.name));
    packs.dedup_by(|a, b| a.name == b.name);
    let policies = terms(request.as_of, |terms| Policies::new(files, terms));
    let policies = policies.map_err(|mistakes| match held_back.first() {
        None => unusable(mistakes),
        // What does not go together may well go together with what the lock holds back.
        Some((name, locked, newer)) => unusable(mistakes).help(format!(
            "mesh.lock pins `{name}` {locked}, and {newer} is in force: move it with `mesh policy update`, or correct \
             what is marked above"
        )),
    })?;
    Ok(Gathered {
        policies,
        packs,
        lock,
        held_back,
    })
}

impl Gathered {
    /// What is in force in another version than `mesh.lock` pins, in a sentence each.
    pub(crate) fn outdated(&self) -> Vec<String> {
        let locked = self.lock.iter().flat_map(|file| &file.lock.policies);
        let differing = locked.filter_map(|locked| {
            let now = self.packs.iter().find(|pack| pack.name == locked.name)?;
            (now.version != locked.version).then(|| {
                format!(
                    "mesh.lock pins `{}` {}, and {} is in force: `mesh policy update` shows what changes",
                    locked.name, locked.version, now.version
                )
            })
        });
        differing.collect()
    }
}

/// What a registry has in force by itself, and packs that come with mesh.
pub(crate) fn of_registry(
    found: &PolicyFiles,
    shipped: &[Shipped],
    as_of: Day,
) -> Result<Policies, Failure> {
    let mut gathering = Gathering::new(None);
    gathering.add_registry(found)?;
    for pack in shipped {
        gathering.add_shipped(pack.name, "a record")?;
    }
    gathering.add_extended(Some(found))?;
    let files = gathering.into_files()?;
    terms(as_of, |terms| Policies::new(files, terms)).map_err(unusable)
}

/// Whether a registry has no policies in force.
pub(crate) fn are_none(found: &PolicyFiles) -> bool {
    let is_empty = found.pins.as_ref().is_some_and(Vec::is_empty);
    let is_pack = |path: &str| layout::pack_at(path).is_some();
    found.files.is_empty() || is_empty && found.files.iter().all(|file| is_pack(&file.path))
}

/// The failure to make sense of policies.
pub(crate) fn unusable(mistakes: Vec<Diagnostic>) -> Failure {
    Failure::new("the policies cannot be used, and nothing was judged")
        .help("correct what is marked above")
        .report(Report::new(Summary::default(), mistakes))
}

struct Gathering<'l> {
    lock: Option<&'l Lock>,
    files: Vec<PolicyFile>,
    mistakes: Vec<Diagnostic>,
    packs: Vec<LockedPack>,
    held_back: Vec<(String, Version, Version)>,
}

impl<'l> Gathering<'l> {
    fn new(lock: Option<&'l Lock>) -> Self {
        Self {
            lock,
            files: Vec::new(),
            mistakes: Vec::new(),
            packs: Vec::new(),
            held_back: Vec::new(),
        }
    }

    /// What was read, if all of it could be.
    fn into_files(self) -> Result<Vec<PolicyFile>, Failure> {
        if self.mistakes.is_empty() {
            Ok(self.files)
        } else {
            Err(unusable(self.mistakes))
        }
    }

    /// Adds what `mesh.yaml` names.
    fn add_project(&mut self, project: &Project) -> Result<(), Failure> {
        let base = project.folder.as_deref().unwrap_or(Path::new("."));
        for item in &project.config.policies {
            self.add_named(item, base, FILE_NAME)?;
        }
        Ok(())
    }

    /// Adds what `item` names, as `whose` has it: a pack that comes with mesh, a file, or all files of a folder.
    fn add_named(&mut self, item: &str, base: &Path, whose: &str) -> Result<(), Failure> {
        if let Some(name) = item.strip_prefix(shipped::PREFIX) {
            return self.add_shipped(name, whose);
        }
        let path = base.join(item);
        let found = policy_files(&path).map_err(|error| {
            Failure::new(format!(
                "cannot read `{item}`, which {whose} names: {error}"
            ))
            .help(
                "correct the path, or take it out; packs that come with mesh are named `mesh/core`",
            )
        })?;
        if found.is_empty() {
            return Err(Failure::new(format!(
                "there is no policy in `{item}`, which {whose} names"
            ))
            .help("put packs, overlays or waivers there as `.yaml` files, or take it out"));
        }
        for file in found {
            let bytes = files::read_regular(&file).map_err(|error| {
                Failure::new(format!("cannot read `{}`: {error}", file.display()))
                    .help("check that you may read it")
            })?;
            self.add(&files::shown(&file), bytes, Origin::Local);
        }
        Ok(())
    }

    fn add(&mut self, name: &str, bytes: Vec<u8>, origin: Origin) -> Option<&PolicyFile> {
        match read(name, bytes, origin) {
            Ok(file) => {
                self.files.push(file);
                self.files.last()
            }
            Err(mistakes) => {
                self.mistakes.extend(mistakes.into_findings());
                None
            }
        }
    }

    /// Adds the pack `name`, or `name@version`, that comes with mesh.
    fn add_shipped(&mut self, name: &str, whose: &str) -> Result<(), Failure> {
        let (name, version) = match name.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (name, None),
        };
        let Some(pack) = Shipped::named(name) else {
            let names = shipped::ALL.map(|pack| pack.name);
            let help = match nearest(name, names) {
                Some(meant) => format!("did you mean `mesh/{meant}`?"),
                None => format!("use one of `mesh/{}`", names.join("`, `mesh/")),
            };
            return Err(Failure::new(format!(
                "no pack `mesh/{name}` comes with mesh, and {whose} names it"
            ))
            .help(help));
        };
        let wanted = match version {
            Some(text) => Some(VersionReq::parse(text).map_err(|_| {
                Failure::new(format!("`{text}` is no version, in `mesh/{name}@{text}`"))
                    .help("write a version such as `1` or `1.2.0`")
            })?),
            None => None,
        };
        let file = self.add(&pack.source_name(), pack.text.into(), Origin::Shipped);
        let Some((version, digest)) = file.and_then(identity) else {
            return Ok(());
        };
        if let Some(wanted) = wanted
            && !wanted.matches(&version)
        {
            return Err(Failure::new(format!(
                "{whose} asks for `{name}` {wanted}, and this mesh ships {version}"
            ))
            .help("ask for the version that is shipped, or use a mesh that ships the other"));
        }
        if let Some(locked) = self.locked(name, From::Mesh)
            && locked.digest != digest
        {
            return Err(Failure::new(format!(
                "mesh.lock pins `mesh/{name}` {}, and this mesh ships {version}",
                locked.version
            ))
            .help("look at what changes with `mesh policy update --dry-run`, and accept it with `mesh policy update`"));
        }
        self.packs.push(LockedPack {
            name: name.to_owned(),
            version,
            digest,
            from: From::Mesh,
        });
        Ok(())
    }

    fn locked(&self, name: &str, from: From) -> Option<&LockedPack> {
        let mut packs = self.lock?.policies.iter();
        packs.find(|pack| pack.name == name && pack.from == from)
    }

    /// Adds the overlays and waivers of the registry, and of each pack the version that is in force.
    fn add_registry(&mut self, found: &PolicyFiles) -> Result<(), Failure> {
        let versions = Versions::of(found);
        let in_force: BTreeMap<&str, Version> = match &found.pins {
            None => versions.highest(),
            Some(pins) => pins
                .iter()
                .map(|pin| (pin.name.as_str(), pin.version.clone()))
                .collect(),
        };
        for (name, version) in in_force {
            let wanted = match self.locked(name, From::Registry) {
                Some(locked) => locked.version.clone(),
                None => version.clone(),
            };
            self.add_published(name, &wanted, &versions)?;
            if wanted != version {
                self.held_back.push((name.to_owned(), wanted, version));
            }
        }
        for file in &found.files {
            if layout::pack_at(&file.path).is_none() {
                self.add(
                    &registry_name(&file.path),
                    file.bytes.clone(),
                    Origin::Registry,
                );
            }
        }
        // Packs may also lie elsewhere below `policies/`; of those, the newest is in force.
        self.keep_newest()
    }

    /// Adds a version of a pack from the registry.
    fn add_published(
        &mut self,
        name: &str,
        version: &Version,
        versions: &Versions<'_>,
    ) -> Result<(), Failure> {
        let Some((path, bytes)) = versions.get(name, version) else {
            return Err(self.not_there(name, version));
        };
        let file = self.add(&registry_name(path), bytes.to_vec(), Origin::Registry);
        let Some((read, digest)) = file.and_then(identity) else {
            return Ok(());
        };
        if read != *version {
            return Err(Failure::new(format!(
                "`{path}` of the registry says that it is version {read}"
            ))
            .help("correct the registry: the name of the file has to be the version"));
        }
        if let Some(locked) = self.locked(name, From::Registry)
            && locked.digest != digest
        {
            return Err(changed(name, version));
        }
        self.packs.push(LockedPack {
            name: name.to_owned(),
            version: read,
            digest,
            from: From::Registry,
        });
        Ok(())
    }

    /// Of each pack of the registry, keeps the version that is locked, else the newest, wherever it stands.
    fn keep_newest(&mut self) -> Result<(), Failure> {
        let mut versions: BTreeMap<String, BTreeMap<Version, String>> = BTreeMap::new();
        for file in &self.files {
            let head = file.head();
            if let Some(version) = file.version()
                && head.origin == Origin::Registry
            {
                let of_pack = versions.entry(head.name.clone()).or_default();
                of_pack.insert(version.clone(), head.digest.clone());
            }
        }
        for (name, of_pack) in versions {
            let Some(newest) = of_pack.keys().next_back() else {
                continue;
            };
            let locked = self.locked(&name, From::Registry).cloned();
            let wanted = locked.as_ref().map_or(newest, |locked| &locked.version);
            let Some(digest) = of_pack.get(wanted) else {
                return Err(self.not_there(&name, wanted));
            };
            if locked
                .as_ref()
                .is_some_and(|locked| locked.digest != *digest)
            {
                return Err(changed(&name, wanted));
            }
            self.files.retain(|file| {
                let head = file.head();
                let is_version = head.origin == Origin::Registry && head.name == name;
                !is_version || file.version().is_none_or(|version| version == wanted)
            });
            if !self
                .packs
                .iter()
                .any(|pack| pack.name == name && pack.from == From::Registry)
            {
                if wanted != newest {
                    self.held_back
                        .push((name.clone(), wanted.clone(), newest.clone()));
                }
                self.packs.push(LockedPack {
                    name,
                    version: wanted.clone(),
                    digest: digest.clone(),
                    from: From::Registry,
                });
            }
        }
        Ok(())
    }

    /// The failure to find a version of a pack in the registry.
    fn not_there(&self, name: &str, version: &Version) -> Failure {
        Failure::new(format!("the pack `{name}` {version} is not in the registry")).help(
            match self.locked(name, From::Registry) {
                Some(_) => "mesh.lock pins it: run `mesh policy update`, or bring the version back",
                None => "mesh-registry.yaml pins it: publish it with `mesh policy publish`, or correct the pin",
            },
        )
    }

    /// Adds the packs that others extend and nobody has named: from the registry, else those that come with mesh.
    fn add_extended(&mut self, found: Option<&PolicyFiles>) -> Result<(), Failure> {
        let versions = found.map(Versions::of).unwrap_or_default();
        let mut tried: BTreeSet<String> = BTreeSet::new();
        loop {
            let have: BTreeSet<&str> = self
                .files
                .iter()
                .map(|file| file.head().name.as_str())
                .collect();
            let mut missing = self.files.iter().flat_map(PolicyFile::extends);
            let missing = missing.find(|wanted| {
                !have.contains(wanted.name.as_str()) && !tried.contains(&wanted.name)
            });
            let Some(wanted) = missing.cloned() else {
                return Ok(());
            };
            tried.insert(wanted.name.clone());
            let fits = |version: &Version| {
                wanted
                    .versions
                    .as_ref()
                    .is_none_or(|versions| versions.matches(version))
            };
            if let Some(version) = versions.newest(&wanted.name, fits) {
                let version = version.clone();
                self.add_published(&wanted.name, &version, &versions)?;
            } else if Shipped::named(&wanted.name).is_some() {
                self.add_shipped(&wanted.name, "what extends it")?;
            }
        }
    }
}

/// The packs of a registry at their places, by name and version.
#[derive(Default)]
struct Versions<'f>(BTreeMap<(&'f str, Version), (&'f str, &'f [u8])>);

impl<'f> Versions<'f> {
    fn of(found: &'f PolicyFiles) -> Self {
        let packs = found.files.iter().filter_map(|file| {
            let key = layout::pack_at(&file.path)?;
            Some((key, (file.path.as_str(), file.bytes.as_slice())))
        });
        Self(packs.collect())
    }

    fn get(&self, name: &'f str, version: &Version) -> Option<(&'f str, &'f [u8])> {
        self.0.get(&(name, version.clone())).copied()
    }

    fn highest(&self) -> BTreeMap<&'f str, Version> {
        // In ascending order, so that the last of a name stays.
        self.0
            .keys()
            .map(|(name, version)| (*name, version.clone()))
            .collect()
    }

    fn newest(&self, name: &str, fits: impl Fn(&Version) -> bool) -> Option<&Version> {
        let versions = self.0.keys().filter(|(known, _)| *known == name);
        versions
            .map(|(_, version)| version)
            .filter(|version| fits(version))
            .max()
    }
}

/// The version and digest of a pack.
fn identity(file: &PolicyFile) -> Option<(Version, String)> {
    Some((file.version()?.clone(), file.head().digest.clone()))
}

/// The failure that a version of a pack is not what it was.
fn changed(name: &str, version: &Version) -> Failure {
    Failure::new(format!(
        "the pack `{name}` {version} of the registry is not the one that mesh.lock pins"
    ))
    .help(
        "a published version never changes: find out who changed it, then run `mesh policy update`",
    )
}

/// How a file of the registry is shown.
fn registry_name(path: &str) -> String {
    format!("registry:{path}")
}

/// The YAML files at `path`, in order: itself, or all below it.
pub(crate) fn policy_files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    const DEEPEST: usize = 8;
    let mut found = Vec::new();
    if fs::metadata(path)?.is_dir() {
        collect(path, DEEPEST, &mut found)?;
        found.sort();
    } else {
        found.push(path.to_owned());
    }
    Ok(found)
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden {
            continue;
        }
        // Links count as what they lead to; one that leads nowhere is an error.
        if fs::metadata(&path)?.is_dir() {
            if depth == 0 {
                return Err(std::io::Error::other("the folders are nested too deeply"));
            }
            collect(&path, depth - 1, found)?;
        } else if path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml")
        {
            found.push(path);
        }
    }
    Ok(())
}
