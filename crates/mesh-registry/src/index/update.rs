//! From the index of one commit to that of another, by what differs between their trees.

use super::{
    Problem,
    ahead::Ahead,
    entry::{self, Entry, latest},
    file::{Manifest, Reader, Writer},
    table::{Edit, Kind, Table},
};
use crate::{Error, Result, layout, tree};
use git2::{Oid, Repository};
use semver::Version;
use std::{borrow::Cow, collections::BTreeMap, mem};

/// Enough to show; a registry with more has a problem of another kind.
const MAX_PROBLEMS: usize = 100;

/// An index to start from.
pub(super) struct Base<'b> {
    pub(super) manifest: &'b Manifest,
    pub(super) reader: &'b Reader,
}

/// Writes what the index is after some versions have changed. The lines of all other products stay as they are.
///
/// # Errors
/// [`Error::CacheDamaged`] if the base cannot be read, and whatever else reading records and writing lines may bring.
pub(super) fn update(
    repo: &Repository,
    (tip, registry): (Oid, Option<&str>),
    base: Option<Base<'_>>,
    changes: tree::Changes,
    mut to: Writer,
) -> Result<Manifest> {
    let strange = changes.strange.into_iter();
    let mut versions = Versions {
        repo,
        ahead: Ahead::new(repo, changes.versions.len()),
        registry,
        // By reference, because that is the order of the lines; the order of trees is by domain first.
        products: BTreeMap::new(),
        problems: strange
            .map(|(path, reason)| Problem { path, reason })
            .collect(),
        compared: changes.compared,
        current: Lines::default(),
        keys: Lines::default(),
        before: 0,
        after: 0,
    };
    for change in changes.versions {
        let key = format!("{}/{}\t", change.domain, change.product);
        versions.products.entry(key).or_default().push(change);
    }
    let nothing = Kind::ALL.map(Table::new);
    let (old, reader) = match &base {
        Some(base) => (&base.manifest.tables, Some(base.reader)),
        None => (&nothing, None),
    };
    let [old_versions, old_current, old_keys] = old;
    let tables = [
        old_versions.edited(reader, &mut versions, &mut to)?,
        old_current.edited(reader, &mut versions.current, &mut to)?,
        old_keys.edited(reader, &mut versions.keys, &mut to)?,
    ];
    let mut made = Manifest::new(tip, registry, tables);
    let old = base.map(|base| base.manifest);
    made.versions = old.map_or(0, |old| old.versions) + versions.after - versions.before;
    made.problems = versions.problems_after(old.map_or(&[], |old| &old.problems));
    to.finish(made)
}

/// The versions that changed, by product; and what follows for the other tables.
struct Versions<'r> {
    repo: &'r Repository,
    ahead: Ahead,
    registry: Option<&'r str>,
    products: BTreeMap<String, Vec<tree::Change>>,
    problems: Vec<Problem>,
    /// Directories of which all problems are known.
    compared: Vec<String>,
    current: Lines,
    keys: Lines,
    /// How many versions the products had.
    before: usize,
    /// How many they have now.
    after: usize,
}

/// Lines by their keys; no text where there is none any more.
#[derive(Default)]
struct Lines(BTreeMap<String, String>);

impl Edit for Lines {
    fn keys(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn lines(&mut self, key: &str, _: &str) -> Result<String> {
        Ok(self.0.remove(key).unwrap_or_default())
    }
}

/// The versions of one product, as JSON.
type Rows<'a> = BTreeMap<Version, Cow<'a, str>>;

impl Edit for Versions<'_> {
    fn keys(&self) -> Vec<String> {
        self.products.keys().cloned().collect()
    }

    fn lines(&mut self, key: &str, old: &str) -> Result<String> {
        let reference = key.trim_end_matches('\t');
        let old: Rows<'_> = old
            .lines()
            .filter_map(|line| {
                let mut columns = line.splitn(3, '\t').skip(1);
                let version = Version::parse(columns.next()?).ok()?;
                Some((version, columns.next()?.into()))
            })
            .collect();
        let mut rows = old.clone();
        // Keys come in order, so what was read ahead is used up before the next is read.
        if self.ahead.is_used_up() {
            let next = self.products.values().flatten();
            self.ahead.fill(next, self.registry);
        }
        for change in self.products.remove(key).unwrap_or_default() {
            self.change(&mut rows, change)?;
        }
        self.before += old.len();
        self.after += rows.len();
        let mut lines = String::new();
        for (version, json) in &rows {
            lines += &format!("{reference}\t{version}\t{json}\n");
        }
        let current = current(reference, &rows);
        self.current.0.insert(key.to_owned(), current);
        let (old, new) = (keys(reference, &old), keys(reference, &rows));
        for gone in old.difference(&new) {
            self.keys.0.insert(gone.clone(), String::new());
        }
        for added in new.difference(&old) {
            self.keys.0.insert(added.clone(), format!("{added}\n"));
        }
        Ok(lines)
    }
}

impl Versions<'_> {
    fn change(&mut self, rows: &mut Rows<'_>, change: tree::Change) -> Result<()> {
        let path = layout::version_dir(&change.domain, &change.product, &change.version);
        rows.remove(&change.version);
        let ahead = &mut self.ahead;
        let mut read = |id| match ahead.take(&path) {
            Some(json) => Ok(json),
            None => Entry::read(self.repo, id, &path, self.registry)?.json(),
        };
        match change.tree.map(&mut read) {
            None => {}
            Some(Ok(json)) => drop(rows.insert(change.version, json.into())),
            Some(Err(Error::Damaged { path, reason })) => {
                self.problems.push(Problem { path, reason });
            }
            Some(Err(error)) => return Err(error),
        }
        self.compared.push(path);
        Ok(())
    }

    /// What is wrong now: what was found, and what was wrong in directories that did not change.
    fn problems_after(&mut self, old: &[Problem]) -> Vec<Problem> {
        self.compared.sort_unstable();
        let mut problems = mem::take(&mut self.problems);
        let is_as_it_was = |problem: &&Problem| {
            let parent = problem.path.rsplit_once('/');
            let parent = parent.map_or("", |(parent, _)| parent);
            let compared = &self.compared;
            compared
                .binary_search_by(|path| path.as_str().cmp(parent))
                .is_err()
        };
        problems.extend(old.iter().filter(is_as_it_was).cloned());
        problems.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        problems.truncate(MAX_PROBLEMS);
        problems
    }
}

fn shown<'a>(rows: &'a Rows<'_>) -> Option<(&'a Version, &'a str)> {
    let at = latest(rows.keys())?;
    rows.iter()
        .nth(at)
        .map(|(version, json)| (version, json.as_ref()))
}

/// The line of the version that stands for a product.
fn current(reference: &str, rows: &Rows<'_>) -> String {
    shown(rows).map_or_else(String::new, |(version, json)| {
        let text = entry::search_text(reference, json);
        format!("{reference}\t{}\t{version}\t{text}\t{json}\n", rows.len())
    })
}

fn keys(reference: &str, rows: &Rows<'_>) -> std::collections::BTreeSet<String> {
    let shown = shown(rows).map(|(_, json)| json);
    entry::keys(reference, rows.values().map(AsRef::as_ref), shown)
}
