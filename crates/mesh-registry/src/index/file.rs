//! The files of an index.
//!
//! ```text
//! index      which commit it is of, and where each block is: replaced as a whole
//! index-<n>  the blocks: only ever appended to, until more of it is out of use than in use, and then written anew
//! ```
//!
//! What is in use is never overwritten, so whoever has both files open can read blocks whenever it likes, while others
//! write the index of a newer commit. A process that is killed leaves at most bytes that nobody refers to. Every block
//! has a digest, and so has the list of them: nothing is believed because it is there.

use super::{
    Problem,
    table::{Kind, Table},
};
use crate::{Error, Result, cache, digest, error::io};
use git2::Oid;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    str::FromStr,
};

/// Increased whenever the meaning of the files changes.
const FORMAT: u32 = 3;
/// So much of a file may be out of use, in bytes, whatever is in use.
const SPARE: u64 = 64 << 10;

/// Some lines of a table, in the file of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    offset: u64,
    length: u64,
    sha256: String,
    /// The key of its last line.
    pub(super) last: String,
}

/// What an index is of, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) tip: Oid,
    /// The id of the registry: with another one, other records count.
    pub(super) registry: Option<String>,
    /// The number of versions.
    pub(super) versions: usize,
    /// What was left out.
    pub(super) problems: Vec<Problem>,
    pub(super) tables: [Table; 3],
    /// The number of the file of blocks.
    file: u32,
    /// How long that file is, as far as anything in it counts.
    length: u64,
}

/// The first line of a manifest, after its digest.
#[derive(Serialize, Deserialize)]
struct Header {
    mesh_index: u32,
    tip: String,
    registry: Option<String>,
    versions: usize,
    problems: Vec<Problem>,
    file: u32,
    length: u64,
}

impl Manifest {
    /// Reads the manifest of a registry. Whatever is wrong with it, it is as if there were none.
    pub(super) fn read(file: &Path, registry: Option<&str>) -> Option<Self> {
        let content = fs::read_to_string(file).ok()?;
        let (sha256, rest) = content.split_once('\n')?;
        let (header, lines) = rest.split_once('\n')?;
        if digest::hex(rest.as_bytes()) != sha256 {
            return None;
        }
        let header: Header = serde_json::from_str(header).ok()?;
        if header.mesh_index != FORMAT || header.registry.as_deref() != registry {
            return None;
        }
        let mut tables = Kind::ALL.map(Table::new);
        for line in lines.lines() {
            let (table, block) = line.split_once('\t')?;
            let table: usize = table.parse().ok()?;
            tables.get_mut(table)?.blocks.push(block.parse().ok()?);
        }
        Some(Self {
            tip: Oid::from_str(&header.tip).ok()?,
            registry: header.registry,
            versions: header.versions,
            problems: header.problems,
            tables,
            file: header.file,
            length: header.length,
        })
    }

    /// Writes the manifest, after which this is the index.
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        let header = Header {
            mesh_index: FORMAT,
            tip: self.tip.to_string(),
            registry: self.registry.clone(),
            versions: self.versions,
            problems: self.problems.clone(),
            file: self.file,
            length: self.length,
        };
        let mut text = serde_json::to_string(&header).unwrap_or_default();
        text.push('\n');
        for (at, table) in self.tables.iter().enumerate() {
            for block in &table.blocks {
                text += &format!("{at}\t{block}\n");
            }
        }
        let sha256 = digest::hex(text.as_bytes());
        cache::write_atomically(file, &[sha256.as_bytes(), b"\n", text.as_bytes()])
    }

    /// Whether the blocks of both are in the same file.
    pub(super) fn shares_file_with(&self, other: &Self) -> bool {
        self.file == other.file
    }

    /// Whether both have the same lines in the same blocks, wherever they are.
    pub(super) fn has_same_blocks(&self, other: &Self) -> bool {
        let tables = self.tables.iter().zip(&other.tables);
        let mut blocks = tables.map(|(a, b)| (&a.blocks, &b.blocks));
        blocks.all(|(a, b)| {
            let same = |(a, b): (&Block, &Block)| a.sha256 == b.sha256;
            a.len() == b.len() && a.iter().zip(b).all(same)
        })
    }

    fn in_use(&self) -> u64 {
        let blocks = self.tables.iter().flat_map(|table| &table.blocks);
        blocks.map(|block| block.length).sum()
    }
}

impl std::fmt::Display for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            offset,
            length,
            sha256,
            last,
        } = self;
        // The key is last, for it may have tabs.
        write!(f, "{offset}\t{length}\t{sha256}\t{last}")
    }
}

impl FromStr for Block {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let mut parts = line.splitn(4, '\t');
        let mut next = || parts.next().ok_or(());
        Ok(Self {
            offset: next()?.parse().map_err(drop)?,
            length: next()?.parse().map_err(drop)?,
            sha256: next()?.to_owned(),
            last: next()?.to_owned(),
        })
    }
}

/// Reads blocks, and checks their digests.
#[derive(Debug)]
pub(super) struct Reader {
    /// None where there is no block.
    file: Option<File>,
    path: PathBuf,
}

impl Reader {
    /// Of an index without blocks.
    pub(super) fn of_nothing() -> Self {
        Self {
            file: None,
            path: PathBuf::new(),
        }
    }

    /// Opens the blocks of the index at `file`; `None` if they are not there, or not all of them.
    pub(super) fn open(file: &Path, manifest: &Manifest) -> Option<Self> {
        let path = blocks_file(file, manifest.file);
        let opened = File::open(&path).ok()?;
        let is_whole = opened.metadata().ok()?.len() >= manifest.length;
        is_whole.then_some(Self {
            file: Some(opened),
            path,
        })
    }

    /// The lines of a block.
    ///
    /// # Errors
    /// [`Error::CacheDamaged`] if they cannot be read, or are not those that were written.
    pub(super) fn read(&self, block: &Block) -> Result<String> {
        let damaged = |detail: String| Error::CacheDamaged {
            cache: self.path.parent().unwrap_or(&self.path).to_owned(),
            detail,
        };
        // No longer than the file: a digest of the list is no promise that memory is there.
        let mut bytes = vec![0; usize::try_from(block.length).unwrap_or(usize::MAX)];
        let Some(mut file) = self.file.as_ref() else {
            return Err(damaged("the index has no parts".to_owned()));
        };
        file.seek(SeekFrom::Start(block.offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|error| damaged(error.to_string()))?;
        if digest::hex(&bytes) != block.sha256 {
            return Err(damaged("a part of the index has changed".to_owned()));
        }
        String::from_utf8(bytes).map_err(|error| damaged(error.to_string()))
    }
}

/// Writes blocks.
#[derive(Debug)]
pub(super) struct Writer {
    out: BufWriter<File>,
    path: PathBuf,
    number: u32,
    length: u64,
    /// Whether what is kept is in the same file.
    is_appending: bool,
}

impl Writer {
    /// Writes to the file of blocks that there is, or to a new one: if there is none, or too much of it is out of use.
    pub(super) fn new(file: &Path, old: Option<&Manifest>) -> Result<Self> {
        if let Some(old) = old.filter(|old| old.length <= 2 * old.in_use() + SPARE) {
            let path = blocks_file(file, old.file);
            let append = || {
                let mut opened = File::options().write(true).open(&path)?;
                // What a killed process has left.
                opened.set_len(old.length)?;
                opened.seek(SeekFrom::End(0))?;
                Ok(opened)
            };
            return Ok(Self {
                out: BufWriter::new(append().map_err(io("write", &path))?),
                path,
                number: old.file,
                length: old.length,
                is_appending: true,
            });
        }
        let mut number = old.map_or(1, |old| old.file.wrapping_add(1));
        loop {
            let path = blocks_file(file, number);
            match File::create_new(&path) {
                Ok(created) => {
                    return Ok(Self {
                        out: BufWriter::with_capacity(1 << 16, created),
                        path,
                        number,
                        length: 0,
                        is_appending: false,
                    });
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    number = number.wrapping_add(1);
                }
                Err(error) => return Err(io("create", &path)(error)),
            }
        }
    }

    /// Adds a block, whose last line has the key `last`.
    pub(super) fn add(&mut self, lines: &str, last: &str) -> Result<Block> {
        self.out
            .write_all(lines.as_bytes())
            .map_err(io("write", &self.path))?;
        let block = Block {
            offset: self.length,
            length: lines.len() as u64,
            sha256: digest::hex(lines.as_bytes()),
            last: last.to_owned(),
        };
        self.length += block.length;
        Ok(block)
    }

    /// Takes over a block as it is.
    pub(super) fn keep(&mut self, block: &Block, from: &Reader) -> Result<Block> {
        if self.is_appending {
            Ok(block.clone())
        } else {
            self.add(&from.read(block)?, &block.last)
        }
    }

    /// Writes what is left, and gives what has become the file's name and length.
    pub(super) fn finish(mut self, mut manifest: Manifest) -> Result<Manifest> {
        self.out.flush().map_err(io("write", &self.path))?;
        manifest.file = self.number;
        manifest.length = self.length;
        Ok(manifest)
    }
}

impl Manifest {
    /// The index of `tip` with these tables, that no file holds yet.
    pub(super) fn new(tip: Oid, registry: Option<&str>, tables: [Table; 3]) -> Self {
        Self {
            tip,
            registry: registry.map(str::to_owned),
            versions: 0,
            problems: Vec::new(),
            tables,
            file: 0,
            length: 0,
        }
    }
}

fn blocks_file(file: &Path, number: u32) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    file.with_file_name(name)
}

/// Removes the files of blocks that do not belong to `manifest`, or all of them: best effort, for they may be open.
pub(super) fn remove_others(file: &Path, manifest: Option<&Manifest>) {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let entries = file.parent().and_then(|folder| fs::read_dir(folder).ok());
    for entry in entries.into_iter().flatten().flatten() {
        let other = entry.file_name();
        let other = other.to_string_lossy();
        let number = other
            .strip_prefix(&*name)
            .and_then(|rest| rest.strip_prefix('-'));
        let number: Option<u32> = number.and_then(|number| number.parse().ok());
        if number.is_some_and(|number| manifest.is_none_or(|manifest| manifest.file != number)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of two blocks.
    fn index(file: &Path) -> Result<Manifest> {
        let mut writer = Writer::new(file, None)?;
        let mut tables = Kind::ALL.map(Table::new);
        tables[0].blocks = vec![writer.add("a/b\t1.0.0\t{}\n", "a/b\t")?];
        tables[2].blocks = vec![writer.add("ia\ta/b\n", "ia\ta/b")?];
        let tip =
            Oid::from_str("0123456789012345678901234567890123456789").unwrap_or(Oid::ZERO_SHA1);
        let mut manifest = writer.finish(Manifest::new(tip, Some("id"), tables))?;
        manifest.versions = 1;
        manifest.write(file)?;
        Ok(manifest)
    }

    #[test]
    fn a_damaged_list_of_blocks_is_no_index() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("index");
        assert!(Manifest::read(&file, Some("id")).is_none());
        let manifest = index(&file)?;
        assert_eq!(Manifest::read(&file, Some("id")).as_ref(), Some(&manifest));
        assert!(Manifest::read(&file, Some("another")).is_none());
        let good = fs::read(&file)?;
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            fs::write(&file, &bad)?;
            assert!(Manifest::read(&file, Some("id")).is_none(), "byte {at}");
            fs::write(&file, &good[..at])?;
            assert!(Manifest::read(&file, Some("id")).is_none(), "{at} bytes");
        }
        Ok(())
    }

    #[test]
    fn a_damaged_block_is_noticed() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("index");
        let manifest = index(&file)?;
        let path = blocks_file(&file, manifest.file);
        let good = fs::read(&path)?;
        let read = |of: usize| {
            let reader = Reader::open(&file, &manifest);
            reader.map(|reader| reader.read(&manifest.tables[of].blocks[0]))
        };
        assert!(read(0).is_some_and(|text| text.is_ok_and(|text| text == "a/b\t1.0.0\t{}\n")));
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            fs::write(&path, &bad)?;
            let noticed =
                [0, 2].map(|of| matches!(read(of), Some(Err(Error::CacheDamaged { .. }))));
            assert!(noticed[0] != noticed[1], "byte {at}: {noticed:?}");
            fs::write(&path, &good[..at])?;
            assert!(read(0).is_none(), "{at} bytes");
        }
        // What a killed process has left behind counts for nothing.
        fs::write(&path, [&good[..], b"rubbish"].concat())?;
        assert!(read(2).is_some_and(|text| text.is_ok_and(|text| text == "ia\ta/b\n")));
        let mut writer = Writer::new(&file, Some(&manifest))?;
        let block = writer.add("ib\ta/c\n", "ib\ta/c")?;
        let more = writer.finish(manifest.clone())?;
        assert_eq!(fs::read(&path)?, [&good[..], b"ib\ta/c\n"].concat());
        let reader = Reader::open(&file, &more).ok_or("no blocks")?;
        assert_eq!(reader.read(&block)?, "ib\ta/c\n");
        Ok(())
    }
}
