//! What a commit changed, gone through once: names and kinds of everything that is new, and where what it published and
//! governed is.

use super::{
    finding::{Check, Findings},
    immutable::{
        self, EVENT_CHANGED, FILE_DIRECTORY_CONFLICT, PUBLISHED_VERSION_CHANGED, TOO_MANY_FILES,
        UNEXPECTED_FILE,
    },
    modes,
    names::{self, NAME_INVALID, Role, TREE_MALFORMED, joined},
};
use crate::{Result, error::object, layout, names::parse_version, tree::DIRECTORY};
use git2::{Oid, Repository, Tree, TreeEntry};
use semver::Version;
use std::{cmp::Ordering, collections::BTreeMap};

/// The most entries of directories that one commit may change.
const MOST_ENTRIES: usize = 5_000_000;
/// The most directories within each other.
const DEEPEST: usize = 32;

/// What a commit changed.
#[derive(Debug, Default)]
pub(super) struct Delta {
    /// The directories of versions that are new, by their paths.
    pub(super) versions: Vec<NewVersion>,
    /// The events that are new.
    pub(super) events: Vec<NewEvent>,
    /// The files outside of `products/` and `status/` that are new, changed or gone.
    pub(super) governed: Vec<Governed>,
    /// Whether anything below `products/` or `status/` is not as it was.
    pub(super) publishes: bool,
}

/// The directory of a version that is new.
#[derive(Debug)]
pub(super) struct NewVersion {
    pub(super) domain: String,
    pub(super) product: String,
    pub(super) version: Version,
    pub(super) tree: Oid,
    /// Its files, by their paths within.
    pub(super) files: BTreeMap<String, Oid>,
}

/// An event that is new, or the signature of one.
#[derive(Debug)]
pub(super) struct NewEvent {
    pub(super) domain: String,
    pub(super) product: String,
    pub(super) version: Version,
    /// The name of the file.
    pub(super) name: String,
    pub(super) blob: Oid,
}

/// A file that governs, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Governed {
    pub(super) path: String,
    pub(super) was: Option<At>,
    pub(super) is: Option<At>,
}

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) mode: i32,
    pub(super) id: Oid,
}

impl At {
    fn of(entry: &TreeEntry<'_>) -> Self {
        Self {
            mode: entry.filemode_raw(),
            id: entry.id(),
        }
    }

    fn is_directory(self) -> bool {
        self.mode == DIRECTORY
    }
}

impl NewVersion {
    pub(super) fn path(&self) -> String {
        layout::version_dir(&self.domain, &self.product, &self.version)
    }
}

impl Governed {
    /// The regular file that is there now.
    pub(super) fn file(&self) -> Option<Oid> {
        self.is
            .filter(|at| at.mode & 0o170_000 == 0o100_000)
            .map(|at| at.id)
    }
}

/// Compares the trees of a commit and of the one before it. Directories that are the same are skipped by their id, so
/// the cost is that of what changed.
///
/// # Errors
/// If what was there before cannot be read.
pub(super) fn of(
    repo: &Repository,
    old: Option<&Tree<'_>>,
    new: &Tree<'_>,
    findings: &mut Findings,
) -> Result<Delta> {
    let mut tour = Tour {
        repo,
        findings,
        delta: Delta::default(),
        entries: 0,
        failed: None,
    };
    tour.root(old, new);
    match tour.failed {
        Some(error) => Err(object("read a directory of the registry")(error)),
        None => Ok(tour.delta),
    }
}

struct Tour<'t, 'r> {
    repo: &'r Repository,
    findings: &'t mut Findings,
    delta: Delta,
    entries: usize,
    failed: Option<git2::Error>,
}

/// A name under which two directories do not have the same.
struct Difference {
    name: Vec<u8>,
    was: Option<At>,
    is: Option<At>,
}

/// Two directories at one path, of which one may not be there.
struct Pair<'r> {
    path: String,
    old: Option<Tree<'r>>,
    new: Option<Tree<'r>>,
}

/// One of the two directories in which published files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Products,
    Status,
}

impl<'r> Tour<'_, 'r> {
    fn root(&mut self, old: Option<&Tree<'r>>, new: &Tree<'r>) {
        let pair = Pair {
            path: String::new(),
            old: old.cloned(),
            new: Some(new.clone()),
        };
        for difference in self.differences(&pair) {
            let (was, is) = (difference.was, difference.is);
            let kind = match difference.name.as_slice() {
                name if name == layout::PRODUCTS.as_bytes() => Kind::Products,
                name if name == layout::STATUS.as_bytes() => Kind::Status,
                _ => {
                    self.governed(&pair, &difference, 0);
                    continue;
                }
            };
            self.delta.publishes = true;
            let path = self.named(&pair, &difference, Role::Other, true);
            let altered = match kind {
                Kind::Products => &PUBLISHED_VERSION_CHANGED,
                Kind::Status => &EVENT_CHANGED,
            };
            if let Some(below) = self.descend(&path, was, is, altered) {
                self.published(&below, kind, &mut Vec::new());
            }
        }
    }

    /// Goes through domains, then products, then versions; `above` are the names on the way.
    fn published(&mut self, pair: &Pair<'r>, kind: Kind, above: &mut Vec<String>) {
        const ROLES: [Role; 3] = [Role::Name("domain"), Role::Name("product"), Role::Version];
        let altered = match kind {
            Kind::Products => &PUBLISHED_VERSION_CHANGED,
            Kind::Status => &EVENT_CHANGED,
        };
        let role = ROLES[above.len()];
        for difference in self.differences(pair) {
            let (was, is) = (difference.was, difference.is);
            let before = self.findings.count();
            let path = self.named(pair, &difference, role, true);
            let is_named_well = self.findings.count() == before;
            let Some(below) = self.descend(&path, was, is, altered) else {
                continue;
            };
            // What is below a name that nobody can have is nothing that was published.
            if !is_named_well {
                continue;
            }
            above.push(String::from_utf8_lossy(&difference.name).into_owned());
            match (above.len(), kind) {
                (3, Kind::Products) => self.version(&below, above, is),
                (3, Kind::Status) => self.events(&below, above),
                _ => self.published(&below, kind, above),
            }
            above.pop();
        }
    }

    /// What is to be gone through below a name where a directory belongs; `None` if there is nothing.
    fn descend(
        &mut self,
        path: &str,
        was: Option<At>,
        is: Option<At>,
        altered: &'static Check,
    ) -> Option<Pair<'r>> {
        let was = was.filter(|at| at.is_directory());
        match (was, is) {
            // Also what was never published and is in the way of nothing: it is no change that publishes.
            (_, None) => {
                immutable::altered(altered, path, false, self.findings);
                None
            }
            (was, Some(is)) if !is.is_directory() => {
                if was.is_some() {
                    immutable::altered(altered, path, false, self.findings);
                }
                self.findings.add(
                    &FILE_DIRECTORY_CONFLICT,
                    path,
                    format!("`{path}` is a file, and what is published there needs a directory"),
                );
                None
            }
            (was, Some(is)) => {
                let new = self.tree(is.id, path);
                let old = was.and_then(|was| self.old(was.id));
                new.map(|new| Pair {
                    path: path.to_owned(),
                    old,
                    new: Some(new),
                })
            }
        }
    }

    /// The directory of a version: new as a whole, or else changed.
    fn version(&mut self, pair: &Pair<'r>, names: &[String], is: Option<At>) {
        if pair.old.is_some() {
            return self.altered_version(pair);
        }
        let [domain, product, version] = names else {
            return;
        };
        let (Some(version), Some(is)) = (parse_version(version), is) else {
            return;
        };
        let mut files = BTreeMap::new();
        for difference in self.differences(pair) {
            let Some(at) = difference.is else { continue };
            let path = self.named(pair, &difference, Role::Other, true);
            let name = String::from_utf8_lossy(&difference.name).into_owned();
            match (name.as_str(), at.is_directory()) {
                (layout::CONTRACTS, true) => {
                    if let Some(contracts) = self.tree(at.id, &path) {
                        self.contracts(&contracts, path, &mut files);
                    }
                }
                (layout::MANIFEST | layout::RECORD | layout::RECORD_SIGNATURE, false) => {
                    files.insert(name, at.id);
                }
                (
                    layout::CONTRACTS
                    | layout::MANIFEST
                    | layout::RECORD
                    | layout::RECORD_SIGNATURE,
                    _,
                ) => {
                    let (is, needs) = if at.is_directory() {
                        ("directory", "file")
                    } else {
                        ("file", "directory")
                    };
                    let message = format!("`{path}` is a {is}, and has to be a {needs}");
                    self.findings.add(&FILE_DIRECTORY_CONFLICT, path, message);
                }
                _ => self.unexpected(path),
            }
        }
        self.delta.versions.push(NewVersion {
            domain: domain.clone(),
            product: product.clone(),
            version,
            tree: is.id,
            files,
        });
    }

    fn contracts(&mut self, contracts: &Tree<'r>, path: String, files: &mut BTreeMap<String, Oid>) {
        let pair = Pair {
            path,
            old: None,
            new: Some(contracts.clone()),
        };
        for difference in self.differences(&pair) {
            let Some(at) = difference.is else { continue };
            let path = self.named(&pair, &difference, Role::Contract, true);
            if at.is_directory() {
                self.unexpected(path);
                continue;
            }
            let name = String::from_utf8_lossy(&difference.name);
            files.insert(format!("{}/{name}", layout::CONTRACTS), at.id);
        }
    }

    /// A version that was published before, and has other files now.
    fn altered_version(&mut self, pair: &Pair<'r>) {
        for difference in self.differences(pair) {
            let (was, is) = (difference.was, difference.is);
            let path = self.named(pair, &difference, Role::Other, true);
            match (was, is) {
                (Some(was), Some(is)) if was.is_directory() && is.is_directory() => {
                    if let (Some(old), Some(new)) = (self.old(was.id), self.tree(is.id, &path)) {
                        let below = Pair {
                            path,
                            old: Some(old),
                            new: Some(new),
                        };
                        for difference in self.differences(&below) {
                            let path = self.named(&below, &difference, Role::Other, true);
                            self.altered(&path, &difference);
                        }
                    }
                }
                _ => self.altered(&path, &difference),
            }
        }
    }

    fn altered(&mut self, path: &str, difference: &Difference) {
        match difference.was {
            Some(_) => {
                immutable::altered(
                    &PUBLISHED_VERSION_CHANGED,
                    path,
                    difference.is.is_some(),
                    self.findings,
                );
            }
            None => immutable::added_to(path, self.findings),
        }
    }

    /// The events about a version.
    fn events(&mut self, pair: &Pair<'r>, names: &[String]) {
        let [domain, product, version] = names else {
            return;
        };
        let Some(version) = parse_version(version) else {
            return;
        };
        for difference in self.differences(pair) {
            let before = self.findings.count();
            let path = self.named(pair, &difference, Role::Event, true);
            match (difference.was, difference.is) {
                (Some(_), is) => {
                    immutable::altered(&EVENT_CHANGED, &path, is.is_some(), self.findings);
                }
                (None, Some(is)) if is.is_directory() => self.unexpected(path),
                (None, Some(is)) if self.findings.count() == before => {
                    self.delta.events.push(NewEvent {
                        domain: domain.clone(),
                        product: product.clone(),
                        version: version.clone(),
                        name: String::from_utf8_lossy(&difference.name).into_owned(),
                        blob: is.id,
                    });
                }
                (None, _) => {}
            }
        }
    }

    /// Whatever is not published: files, and directories of them.
    fn governed(&mut self, pair: &Pair<'r>, difference: &Difference, depth: usize) {
        let (was, is) = (difference.was, difference.is);
        let path = joined(&pair.path, &String::from_utf8_lossy(&difference.name));
        self.named(pair, difference, Role::Other, is_data(&path));
        if depth == 0 && is.is_some_and(|is| is.is_directory() != is_directory_at_root(&path, is)) {
            let message = format!(
                "`{path}` is {}",
                if is.is_some_and(At::is_directory) {
                    "a directory, and has to be a file"
                } else {
                    "a file, and has to be a directory"
                }
            );
            self.findings
                .add(&FILE_DIRECTORY_CONFLICT, path.clone(), message);
        }
        let directory = |at: Option<At>| at.filter(|at| at.is_directory());
        let file = |at: Option<At>| at.filter(|at| !at.is_directory());
        if file(was) != file(is) {
            self.delta.governed.push(Governed {
                path: path.clone(),
                was: file(was),
                is: file(is),
            });
        }
        let (was, is) = (directory(was), directory(is));
        if was == is {
            return;
        }
        if depth >= DEEPEST {
            let message = format!("`{path}` is in more than {DEEPEST} directories");
            self.findings.add(&TOO_MANY_FILES, path, message);
            return;
        }
        let new = match is {
            Some(is) => self.tree(is.id, &path),
            None => None,
        };
        let old = was.and_then(|was| self.old(was.id));
        let below = Pair { path, old, new };
        for difference in self.differences(&below) {
            self.governed(&below, &difference, depth + 1);
        }
    }

    fn unexpected(&mut self, path: String) {
        let message = format!("`{path}` is nothing that a publish writes");
        self.findings.add(&UNEXPECTED_FILE, path, message);
    }

    /// Checks the name and the kind of what is new, and gives its path.
    fn named(
        &mut self,
        pair: &Pair<'r>,
        difference: &Difference,
        role: Role,
        is_data: bool,
    ) -> String {
        let name = String::from_utf8_lossy(&difference.name);
        let path = joined(&pair.path, &name);
        let Some(is) = difference.is else { return path };
        if difference.was.is_none() {
            if let Some(reason) = names::broken_rule(&difference.name, role) {
                self.findings.add(
                    &NAME_INVALID,
                    path.clone(),
                    format!("`{name}` cannot be a name here: {reason}"),
                );
            }
            if let Some(new) = &pair.new {
                names::check_collision(new, &pair.path, &difference.name, self.findings);
            }
        }
        if difference.was.is_none_or(|was| was.mode != is.mode) {
            modes::check(is.mode, &path, is_data, self.findings);
        }
        path
    }

    /// The names under which two directories differ, in order.
    fn differences(&mut self, pair: &Pair<'r>) -> Vec<Difference> {
        if let Some(new) = &pair.new {
            names::check_order(new, &pair.path, self.findings);
            self.entries += new.len();
        }
        if self.entries > MOST_ENTRIES {
            if self.entries != usize::MAX {
                self.entries = usize::MAX;
                let message =
                    format!("the commit changes more than {MOST_ENTRIES} entries of directories");
                self.findings
                    .add(&TOO_MANY_FILES, pair.path.clone(), message);
            }
            return Vec::new();
        }
        differences(pair.old.as_ref(), pair.new.as_ref())
    }

    /// A directory as it was. Without it, what is there now would pass for new, so that it has to be readable.
    fn old(&mut self, id: Oid) -> Option<Tree<'r>> {
        match self.repo.find_tree(id) {
            Ok(tree) => Some(tree),
            Err(error) => {
                self.failed.get_or_insert(error);
                None
            }
        }
    }

    fn tree(&mut self, id: Oid, path: &str) -> Option<Tree<'r>> {
        match self.repo.find_tree(id) {
            Ok(tree) => Some(tree),
            Err(error) => {
                let message = format!(
                    "`{path}` cannot be read as a directory: {}",
                    error.message()
                );
                self.findings.add(&TREE_MALFORMED, path, message);
                None
            }
        }
    }
}

/// Compares two directories side by side; nothing is kept of what they have in common.
fn differences(old: Option<&Tree<'_>>, new: Option<&Tree<'_>>) -> Vec<Difference> {
    let mut found: BTreeMap<Vec<u8>, (Option<At>, Option<At>)> = BTreeMap::new();
    let keep_old = |found: &mut BTreeMap<Vec<u8>, (Option<At>, Option<At>)>,
                    entry: &TreeEntry<'_>| {
        found.entry(entry.name_bytes().to_vec()).or_default().0 = Some(At::of(entry));
    };
    let mut old = old.into_iter().flatten().peekable();
    for entry in new.into_iter().flatten() {
        while let Some(gone) = old.next_if(|old| order(old, &entry).is_lt()) {
            keep_old(&mut found, &gone);
        }
        let same = old.next_if(|old| order(old, &entry).is_eq());
        if same
            .as_ref()
            .is_some_and(|same| At::of(same) == At::of(&entry))
        {
            continue;
        }
        if let Some(was) = same {
            keep_old(&mut found, &was);
        }
        found.entry(entry.name_bytes().to_vec()).or_default().1 = Some(At::of(&entry));
    }
    for gone in old {
        keep_old(&mut found, &gone);
    }
    let found = found.into_iter().filter(|(_, (was, is))| was != is);
    found
        .map(|(name, (was, is))| Difference { name, was, is })
        .collect()
}

/// The order in trees, where the names of directories end with a slash.
fn order(a: &TreeEntry<'_>, b: &TreeEntry<'_>) -> Ordering {
    let end = |entry: &TreeEntry<'_>| (entry.filemode_raw() == DIRECTORY).then_some(&b'/');
    let (a_end, b_end) = (end(a), end(b));
    a.name_bytes()
        .iter()
        .chain(a_end)
        .cmp(b.name_bytes().iter().chain(b_end))
}

/// Whether a path is of what governs or is read by mesh, and not of what a host or people want there.
fn is_data(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    matches!(
        first,
        layout::POLICIES
            | layout::OWNERS
            | layout::FORMAT_FILE
            | layout::VOCABULARIES
            | layout::ATTRIBUTES_FILE
    )
}

/// Whether a directory belongs at a path at the root; of what mesh does not know, whatever is there.
fn is_directory_at_root(path: &str, is: At) -> bool {
    match path {
        layout::POLICIES | layout::OWNERS => true,
        layout::FORMAT_FILE | layout::VOCABULARIES | layout::ATTRIBUTES_FILE => false,
        _ => is.is_directory(),
    }
}
