//! The generated index: every published version of one tip, of which a question reads only a part.
//!
//! It is three tables of lines ([`table`]): all versions, the version that stands for each product with the text to
//! search in, and what products are looked for by. Tables are cut into blocks, each with a digest, and a question reads
//! the blocks that it needs: a publish some tens of kilobytes, a search what it searches in. The index of a new tip is
//! made by comparing trees, and writes the blocks that change ([`update`]). How it lies on disk is described in [`file`].
//!
//! It is a cache. What is missing, of another format or another commit is made again; and so is what has changed on
//! disk since it was written, whenever that turns up.

mod ahead;
mod entry;
mod file;
mod table;
mod update;

pub use entry::Entry;
pub(crate) use entry::latest;

use crate::{
    Error, Result,
    error::{io, object},
    tree,
};
use entry::Lookup;
use file::{Manifest, Reader, Writer};
use git2::{Oid, Repository, Tree};
use serde::{Deserialize, Serialize};
use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};
use table::{Kind, Table};
use update::Base;

/// So many bytes of blocks are kept in memory for the next question.
const KEPT: usize = 32 << 20;

/// Something under `products/` that is not what a publish writes. It is left out of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The path in the registry.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

/// All versions of one tip.
///
/// What was opened stays readable, and the same, whatever becomes of its files.
#[derive(Debug)]
pub(crate) struct Index {
    made: Made,
    /// Made when `made` turns out to be damaged.
    again: OnceCell<Made>,
    file: PathBuf,
    /// The repository that has the tip.
    repo: PathBuf,
    kept: RefCell<Kept>,
}

/// An index on disk.
#[derive(Debug)]
struct Made {
    manifest: Manifest,
    reader: Reader,
}

/// Blocks in memory, by table and number.
#[derive(Debug, Default)]
struct Kept {
    blocks: HashMap<(usize, usize), Rc<str>>,
    bytes: usize,
}

/// The version that stands for a product, as it stands in its line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Current<'a> {
    pub(crate) reference: &'a str,
    /// How many versions the product has.
    pub(crate) versions: usize,
    /// Lower-case text to search in.
    pub(crate) text: &'a str,
    version: &'a str,
    json: &'a str,
}

impl<'a> Current<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut columns = line.splitn(5, '\t');
        Some(Self {
            reference: columns.next()?,
            versions: columns.next()?.parse().ok()?,
            version: columns.next()?,
            text: columns.next()?,
            json: columns.next()?,
        })
    }

    /// The whole entry.
    pub(crate) fn entry(self) -> Option<Entry> {
        Entry::parse(self.reference, self.version, self.json)
    }
}

impl Index {
    /// The index of `tip` of the registry with the id `registry`: from the file if that is sound and current, else made,
    /// and written there. Next to the file there is another one, with a number at its end. Nobody else may be writing
    /// them.
    pub(crate) fn open(
        repo: &Repository,
        tip: Oid,
        registry: Option<&str>,
        file: &Path,
        indexing: impl Fn(usize),
    ) -> Result<Self> {
        let old = Made::open(file, registry);
        let made = match old {
            Some(old) if old.manifest.tip == tip => old,
            old => Made::update(repo, tip, registry, file, old, indexing)?,
        };
        Ok(Self::of(made, file, repo.path()))
    }

    /// The index of a registry in which nothing is.
    pub(crate) fn empty() -> Self {
        let made = Made {
            manifest: Manifest::new(Oid::ZERO_SHA1, None, Kind::ALL.map(Table::new)),
            reader: Reader::of_nothing(),
        };
        Self::of(made, Path::new(""), Path::new(""))
    }

    /// The index of `tip`, of which nothing is kept: its files are gone with it.
    pub(crate) fn made(
        repo: &Repository,
        tip: Oid,
        registry: Option<&str>,
        indexing: impl Fn(usize),
    ) -> Result<Self> {
        let directory = tempfile::tempdir().map_err(io("write in", &std::env::temp_dir()))?;
        // Nobody else writes there, and what is open stays readable when the directory is gone.
        Self::open(
            repo,
            tip,
            registry,
            &directory.path().join("index"),
            indexing,
        )
    }

    fn of(made: Made, file: &Path, repo: &Path) -> Self {
        Self {
            made,
            again: OnceCell::new(),
            file: file.to_owned(),
            repo: repo.to_owned(),
            kept: RefCell::default(),
        }
    }

    /// Removes an index.
    pub(crate) fn remove(file: &Path) -> std::io::Result<()> {
        file::remove_others(file, None);
        match fs::remove_file(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    /// Everything under `products/` that was left out.
    pub(crate) fn problems(&self) -> &[Problem] {
        &self.made.manifest.problems
    }

    /// The number of versions.
    pub(crate) fn len(&self) -> usize {
        self.made.manifest.versions
    }

    /// All versions, by product and version.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<Entry>> {
        let blocks = 0..self.made.manifest.tables[VERSIONS].blocks.len();
        blocks.flat_map(|at| match self.read(VERSIONS, at) {
            Ok(text) => text.lines().filter_map(version).map(Ok).collect(),
            Err(error) => vec![Err(error)],
        })
    }

    /// The versions of one product in ascending order.
    pub(crate) fn product(&self, reference: &str) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        self.with(VERSIONS, &format!("{reference}\t"), |line| {
            entries.extend(version(line));
        })?;
        Ok(entries)
    }

    /// Shows the versions that stand for their products, by reference.
    pub(crate) fn each_current(&self, mut show: impl FnMut(Current<'_>)) -> Result<()> {
        for at in 0..self.made.manifest.tables[CURRENT].blocks.len() {
            let text = self.read(CURRENT, at)?;
            text.lines().filter_map(Current::parse).for_each(&mut show);
        }
        Ok(())
    }

    /// The version that stands for a product.
    pub(crate) fn current(&self, reference: &str) -> Result<Option<Entry>> {
        let mut found = None;
        self.with(CURRENT, &format!("{reference}\t"), |line| {
            found = Current::parse(line).and_then(Current::entry);
        })?;
        Ok(found)
    }

    /// The versions that were published with this product id.
    pub(crate) fn with_id(&self, id: &str) -> Result<Vec<Entry>> {
        self.all_versions(Lookup::Id(id), |entry| entry.id == id)
    }

    /// The versions with an output port that has this contract.
    pub(crate) fn providing(&self, contract: &str) -> Result<Vec<Entry>> {
        let provides = |entry: &Entry| entry.provides(contract);
        self.all_versions(Lookup::Provided(contract), provides)
    }

    /// The versions with an input port that has this contract.
    pub(crate) fn consuming(&self, contract: &str) -> Result<Vec<Entry>> {
        let consumes = |entry: &Entry| entry.consumes(contract);
        self.all_versions(Lookup::Consumed(contract), consumes)
    }

    /// As [`Index::consuming`], of each product only the version that stands for it.
    pub(crate) fn consuming_now(&self, contract: &str) -> Result<Vec<Entry>> {
        let consumes = |entry: &Entry| entry.consumes(contract);
        self.all_current(Lookup::Consumed(contract), consumes)
    }

    /// The versions that stand for products with this name in whatever case; it is given in lower case.
    pub(crate) fn named(&self, name: &str) -> Result<Vec<Entry>> {
        self.all_current(Lookup::Name(name), |entry| {
            let is = entry.summary.name.as_ref();
            is.is_some_and(|is| is.to_lowercase() == name)
        })
    }

    fn all_versions(&self, by: Lookup<'_>, fits: impl Fn(&Entry) -> bool) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for reference in self.references(by)? {
            entries.extend(self.product(&reference)?.into_iter().filter(&fits));
        }
        Ok(entries)
    }

    fn all_current(&self, by: Lookup<'_>, fits: impl Fn(&Entry) -> bool) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for reference in self.references(by)? {
            entries.extend(self.current(&reference)?.filter(&fits));
        }
        Ok(entries)
    }

    /// The products that may be what is looked for, in ascending order.
    fn references(&self, by: Lookup<'_>) -> Result<Vec<String>> {
        let mut references = Vec::new();
        let key = by.key();
        self.with(KEYS, &key, |line| {
            references.push(line[key.len()..].to_owned());
        })?;
        Ok(references)
    }

    /// Shows the lines of a table with this beginning, which is at least a key long.
    fn with(&self, table: usize, prefix: &str, mut show: impl FnMut(&str)) -> Result<()> {
        let found = &self.made.manifest.tables[table];
        let blocks = found.blocks.iter().enumerate();
        for (at, block) in blocks.skip(found.first_with(prefix)) {
            let text = self.keep(table, at)?;
            let lines = text.lines().skip_while(|line| *line < prefix);
            lines
                .take_while(|line| line.starts_with(prefix))
                .for_each(&mut show);
            if !block.last.starts_with(prefix) {
                break;
            }
        }
        Ok(())
    }

    /// A block, which stays in memory for a while.
    fn keep(&self, table: usize, at: usize) -> Result<Rc<str>> {
        if let Some(text) = self.kept.borrow().blocks.get(&(table, at)) {
            return Ok(Rc::clone(text));
        }
        let text: Rc<str> = self.read(table, at)?.into();
        let mut kept = self.kept.borrow_mut();
        if kept.bytes + text.len() > KEPT {
            *kept = Kept::default();
        }
        kept.bytes += text.len();
        kept.blocks.insert((table, at), Rc::clone(&text));
        Ok(text)
    }

    /// The lines of a block: from the file, and if that is damaged, from an index that is made again.
    fn read(&self, table: usize, at: usize) -> Result<String> {
        let read = |made: &Made| made.reader.read(&made.manifest.tables[table].blocks[at]);
        if let Some(again) = self.again.get() {
            return read(again);
        }
        match read(&self.made) {
            Err(Error::CacheDamaged { .. }) => {
                let again = self.made_again()?;
                read(self.again.get_or_init(|| again))
            }
            result => result,
        }
    }

    /// What the index is of, made again. It is the same to the byte, in the same blocks.
    ///
    /// Others may be using the files: the lock was given back long ago. So it goes into a file that nobody else knows,
    /// and the list of blocks is removed, so that whoever opens the index next makes it again for all.
    fn made_again(&self) -> Result<Made> {
        let folder = self.file.parent().unwrap_or(&self.file);
        let directory = tempfile::tempdir_in(folder).map_err(io("write in", folder))?;
        let file = directory.path().join("index");
        let Manifest { tip, registry, .. } = &self.made.manifest;
        let again = Repository::open_bare(&self.repo)
            .map_err(object("open the cache"))
            .and_then(|repo| Made::update(&repo, *tip, registry.as_deref(), &file, None, |_| {}))
            .map_err(|error| error.of_cache(folder))?;
        let there = Manifest::read(&self.file, registry.as_deref());
        if there.as_ref() == Some(&self.made.manifest) {
            // If it stays, the next process finds the same.
            let _ = fs::remove_file(&self.file);
        }
        if again.manifest.has_same_blocks(&self.made.manifest) {
            return Ok(again);
        }
        Err(Error::CacheDamaged {
            cache: folder.to_owned(),
            detail: "the index is not that of its commit".to_owned(),
        })
    }
}

/// The places of the tables.
const VERSIONS: usize = 0;
const CURRENT: usize = 1;
const KEYS: usize = 2;

fn version(line: &str) -> Option<Entry> {
    let mut columns = line.splitn(3, '\t');
    Entry::parse(columns.next()?, columns.next()?, columns.next()?)
}

impl Made {
    fn open(file: &Path, registry: Option<&str>) -> Option<Self> {
        let manifest = Manifest::read(file, registry)?;
        let reader = Reader::open(file, &manifest)?;
        Some(Self { manifest, reader })
    }

    /// Makes the index of `tip`, from an older one if that helps, and opens it.
    fn update(
        repo: &Repository,
        tip: Oid,
        registry: Option<&str>,
        file: &Path,
        old: Option<Self>,
        indexing: impl Fn(usize),
    ) -> Result<Self> {
        let new = tree::root(repo, tip)?;
        // An older index is a start, if its tip still is in the cache.
        let old = old.and_then(|old| Some((tree::root(repo, old.manifest.tip).ok()?, old)));
        let make = |old: Option<&(Tree<'_>, Self)>| {
            let changes = tree::changes(repo, old.map(|(tree, _)| tree), &new)?;
            indexing(changes.versions.len());
            let base = old.map(|(_, Self { manifest, reader })| Base { manifest, reader });
            let to = Writer::new(file, base.as_ref().map(|base| base.manifest))?;
            update::update(repo, (tip, registry), base, changes, to)
        };
        let manifest = match make(old.as_ref()) {
            Err(Error::CacheDamaged { .. }) if old.is_some() => make(None)?,
            result => result?,
        };
        manifest.write(file)?;
        if old.is_none_or(|(_, old)| !manifest.shares_file_with(&old.manifest)) {
            file::remove_others(file, Some(&manifest));
        }
        let reader = Reader::open(file, &manifest).ok_or_else(|| Error::CacheDamaged {
            cache: file.parent().unwrap_or(file).to_owned(),
            detail: "the index that was just written is gone".to_owned(),
        })?;
        Ok(Self { manifest, reader })
    }
}
