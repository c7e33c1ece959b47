//! A table of lines in the order of their keys, cut into blocks.
//!
//! Where a block ends depends on nothing but the keys that are there: after each whose hash says so. So the blocks of
//! two states of a registry are the same wherever the lines are, whichever way the index came to be, and what changes
//! little is written anew for the little that has changed.

use super::file::{Block, Reader, Writer};
use crate::Result;
use sha2::{Digest as _, Sha256};
use std::{iter::Peekable, mem};

/// So many bytes of lines are held in memory before they become blocks.
const ENOUGH: usize = 1 << 20;

/// What a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `<reference> TAB <version> TAB <entry as JSON>`, of a product in ascending order of versions.
    Versions,
    /// `<reference> TAB <number of versions> TAB <version> TAB <search text> TAB <entry as JSON>`: the version that
    /// stands for a product.
    Current,
    /// `<what is looked for> TAB <reference>`.
    Keys,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Versions, Self::Current, Self::Keys];

    /// The part of a line that says where it belongs. Lines with the same key stand in the same block.
    fn key(self, line: &str) -> &str {
        match self {
            Self::Versions | Self::Current => {
                let end = line.find('\t').map_or(line.len(), |tab| tab + 1);
                &line[..end]
            }
            Self::Keys => line,
        }
    }

    /// How many keys a block has on average: such that it is some tens of kilobytes.
    fn keys_in_block(self) -> u16 {
        match self {
            Self::Versions => 16,
            Self::Current => 64,
            Self::Keys => 256,
        }
    }

    fn ends_block(self, key: &str) -> bool {
        let [a, b, ..] = <[u8; 32]>::from(Sha256::digest(key));
        u16::from_le_bytes([a, b]).is_multiple_of(self.keys_in_block())
    }
}

/// A table, without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) kind: Kind,
    /// By the keys in them.
    pub(super) blocks: Vec<Block>,
}

/// What becomes of the lines with some keys.
pub(super) trait Edit {
    /// The keys, each once, in ascending order.
    fn keys(&self) -> Vec<String>;

    /// The lines that there are with this key from now on; those that there were are `old`.
    fn lines(&mut self, key: &str, old: &str) -> Result<String>;
}

impl Table {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            blocks: Vec::new(),
        }
    }

    /// The number of the first block that may have a line with this beginning, which has to be at least a key long.
    pub(super) fn first_with(&self, prefix: &str) -> usize {
        self.blocks
            .partition_point(|block| block.last.as_str() < prefix)
    }

    /// The table after some lines have changed. Blocks that do not change stay where they are in the file, unless the
    /// writer moves them.
    ///
    /// # Errors
    /// If a block cannot be read, or one cannot be written.
    pub(super) fn edited(
        &self,
        from: Option<&Reader>,
        edit: &mut impl Edit,
        to: &mut Writer,
    ) -> Result<Self> {
        let keys = edit.keys();
        let mut keys = keys.iter().map(String::as_str).peekable();
        let mut made = Self::new(self.kind);
        // The lines that no block was made of yet.
        let mut rest = String::new();
        for (at, block) in self.blocks.iter().enumerate() {
            let Some(from) = from else { break };
            // What comes after the last line belongs to the last block, unless that has ended.
            let takes_all =
                at + 1 == self.blocks.len() && !self.kind.ends_block(block.last.as_str());
            let is_its = |key: &&str| takes_all || *key <= block.last.as_str();
            if rest.is_empty() && keys.peek().is_none_or(|key| !is_its(key)) {
                made.blocks.push(to.keep(block, from)?);
                continue;
            }
            let text = from.read(block)?;
            made.merge(&text, &mut keys, is_its, edit, &mut rest, to)?;
            made.cut(&mut rest, to)?;
        }
        made.merge("", &mut keys, |_| true, edit, &mut rest, to)?;
        made.cut(&mut rest, to)?;
        if !rest.is_empty() {
            made.add(&rest, to)?;
        }
        Ok(made)
    }

    /// Adds the lines of a block to `rest`, and instead of those with one of the keys what becomes of them.
    fn merge<'k>(
        &mut self,
        mut text: &str,
        keys: &mut Peekable<impl Iterator<Item = &'k str>>,
        is_its: impl Fn(&&str) -> bool,
        edit: &mut impl Edit,
        rest: &mut String,
        to: &mut Writer,
    ) -> Result<()> {
        while let Some(key) = keys.next_if(&is_its) {
            let (before, from) = text.split_at(self.lines_until(text, |is| is < key));
            let (old, after) = from.split_at(self.lines_until(from, |is| is == key));
            rest.push_str(before);
            rest.push_str(&edit.lines(key, old)?);
            text = after;
            if rest.len() > ENOUGH {
                self.cut(rest, to)?;
            }
        }
        rest.push_str(text);
        Ok(())
    }

    /// Where the lines end that have such keys.
    fn lines_until(&self, text: &str, is_such: impl Fn(&str) -> bool) -> usize {
        let lines = text.split_inclusive('\n');
        lines
            .take_while(|line| is_such(self.kind.key(line.trim_end_matches('\n'))))
            .map(str::len)
            .sum()
    }

    /// Makes blocks of the lines up to the last key that ends one, and leaves the others.
    fn cut(&mut self, rest: &mut String, to: &mut Writer) -> Result<()> {
        let lines = mem::take(rest);
        let (mut start, mut at) = (0, 0);
        let mut lines_left = lines.split_inclusive('\n').peekable();
        while let Some(line) = lines_left.next() {
            at += line.len();
            let key = self.kind.key(line.trim_end_matches('\n'));
            let goes_on = lines_left
                .peek()
                .is_some_and(|next| self.kind.key(next.trim_end_matches('\n')) == key);
            if !goes_on && self.kind.ends_block(key) {
                self.add(&lines[start..at], to)?;
                start = at;
            }
        }
        rest.push_str(&lines[start..]);
        Ok(())
    }

    fn add(&mut self, lines: &str, to: &mut Writer) -> Result<()> {
        let last = lines.lines().next_back().unwrap_or_default();
        let block = to.add(lines, self.kind.key(last))?;
        self.blocks.push(block);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::file::Manifest;
    use git2::Oid;
    use proptest::{prelude::*, test_runner::TestRunner};
    use std::{collections::BTreeMap, path::Path};

    /// Lines by key; none where there are to be none.
    #[derive(Debug, Clone)]
    struct Changes(BTreeMap<String, String>);

    impl Edit for Changes {
        fn keys(&self) -> Vec<String> {
            self.0.keys().cloned().collect()
        }

        fn lines(&mut self, key: &str, _: &str) -> Result<String> {
            Ok(self.0[key].clone())
        }
    }

    /// Products, each with so many versions from now on.
    fn changes(products: &BTreeMap<u16, usize>) -> Changes {
        let lines = |(product, versions): (&u16, &usize)| {
            let key = format!("d/p{product}\t");
            let lines =
                (0..*versions).map(|version| format!("{key}1.{version}.0\t{:>300}\n", "{}"));
            (key.clone(), lines.collect())
        };
        Changes(products.iter().map(lines).collect())
    }

    /// A table on disk.
    struct OnDisk {
        manifest: Manifest,
        reader: Reader,
    }

    impl OnDisk {
        fn after(file: &Path, old: Option<&Self>, mut edit: Changes) -> Result<Self> {
            let mut to = Writer::new(file, old.map(|old| &old.manifest))?;
            let empty = Table::new(Kind::Versions);
            let [table, ..] = old.map_or([&empty; 3], |old| old.manifest.tables.each_ref());
            let table = table.edited(old.map(|old| &old.reader), &mut edit, &mut to)?;
            let tables = [table, Table::new(Kind::Current), Table::new(Kind::Keys)];
            let manifest = to.finish(Manifest::new(Oid::ZERO_SHA1, None, tables))?;
            let reader = Reader::open(file, &manifest);
            let Some(reader) = reader else {
                panic!("the blocks are gone")
            };
            Ok(Self { manifest, reader })
        }

        fn blocks(&self) -> Result<Vec<String>> {
            let blocks = self.manifest.tables[0].blocks.iter();
            blocks.map(|block| self.reader.read(block)).collect()
        }
    }

    #[test]
    fn a_table_made_in_steps_is_the_table_made_at_once() -> Result<(), Box<dyn std::error::Error>> {
        let step = || prop::collection::btree_map(0..400_u16, 0..4_usize, 0..100);
        let steps = prop::collection::vec(step(), 1..16);
        TestRunner::default().run(&steps, |steps| {
            let folder = tempfile::tempdir()?;
            let (first, second) = (folder.path().join("a"), folder.path().join("b"));
            let mut all = BTreeMap::new();
            let mut stepped: Option<OnDisk> = None;
            for step in &steps {
                all.extend(step.iter().map(|(product, versions)| (*product, *versions)));
                stepped = Some(OnDisk::after(&first, stepped.as_ref(), changes(step))?);
            }
            let at_once = OnDisk::after(&second, None, changes(&all))?;
            let stepped = stepped.map_or_else(|| Ok(Vec::new()), |made| made.blocks())?;
            prop_assert_eq!(&stepped, &at_once.blocks()?);
            let lines: String = changes(&all).0.into_values().collect();
            prop_assert_eq!(stepped.concat(), lines);
            Ok(())
        })?;
        Ok(())
    }
}
