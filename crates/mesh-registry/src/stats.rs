//! What a registry amounts to, beyond what its index knows.

use crate::{
    Result,
    error::{io, object},
    layout, names,
    snapshot::Snapshot,
    tree, walk,
};
use git2::{Oid, Repository};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::{collections::HashMap, fs, path::Path};

/// How large the local copy of a registry is, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// The objects that git holds: the whole history, as it was fetched.
    pub objects: u64,
    /// Everything that the cache holds for this registry, the objects included.
    pub cache: u64,
}

/// How many versions were added in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// The month, from 1 to 12.
    pub month: i8,
    /// How many versions were added.
    pub versions: usize,
}

impl Snapshot {
    /// How large the local copy is.
    ///
    /// # Errors
    /// If its directory cannot be read.
    pub fn sizes(&self) -> Result<Sizes> {
        Ok(Sizes {
            objects: size(&self.repo.path().join("objects"))?,
            cache: size(&self.cache)?,
        })
    }

    /// How many versions have a signature beside their records, whoever it is of.
    ///
    /// # Errors
    /// If the registry cannot be read.
    pub fn signed(&self) -> Result<usize> {
        let count = || {
            let mut signed = 0;
            let root = self.root()?;
            let Some(products) = tree::subtree(&self.repo, &root, layout::PRODUCTS)? else {
                return Ok(0);
            };
            for domain in directories(&self.repo, products.id())? {
                for product in directories(&self.repo, domain)? {
                    for version in directories(&self.repo, product)? {
                        let version = self.repo.find_tree(version).map_err(object(READ))?;
                        signed += usize::from(version.get_name(layout::RECORD_SIGNATURE).is_some());
                    }
                }
            }
            Ok(signed)
        };
        count().map_err(|error: crate::Error| error.of_cache(&self.cache))
    }

    /// How many versions were added in which month, oldest first; months without any are left out.
    ///
    /// The order is that of the history. What month it was, clocks have to say, and some are wrong: those that do not
    /// go along with most of the others are taken for as late as the commit before.
    ///
    /// # Errors
    /// If the history cannot be read.
    pub fn growth(&self) -> Result<Vec<Month>> {
        self.months().map_err(|error| error.of_cache(&self.cache))
    }

    fn months(&self) -> Result<Vec<Month>> {
        let mut steps = walk::first_parents(&self.repo, self.tip)?;
        steps.reverse();
        let months: Vec<i64> = steps.iter().map(|step| month(step.seconds)).collect();
        let months = in_order(&months);
        let mut counts = Counts::new(&self.repo);
        let mut found = Vec::new();
        let mut before = 0;
        for (at, step) in steps.iter().enumerate() {
            // The last one of its month says what there was at the end of it.
            if months.get(at + 1) == Some(&months[at]) {
                continue;
            }
            let now = counts.of_commit(step.tree)?;
            let versions = now.saturating_sub(before);
            before = now;
            if versions > 0 {
                let (year, month) = (months[at].div_euclid(12), months[at].rem_euclid(12) + 1);
                found.push(Month {
                    year: i16::try_from(year).unwrap_or_default(),
                    month: i8::try_from(month).unwrap_or_default(),
                    versions,
                });
            }
        }
        Ok(found)
    }
}

const READ: &str = "read a directory of the registry";

/// The directories in a directory.
fn directories(repo: &Repository, tree: Oid) -> Result<Vec<Oid>> {
    let tree = repo.find_tree(tree).map_err(object(READ))?;
    let directories = tree
        .iter()
        .filter(|entry| entry.filemode_raw() == tree::DIRECTORY);
    Ok(directories.map(|entry| entry.id()).collect())
}

/// Counts versions, each directory once: from one month to the next, most of them stay as they are.
struct Counts<'r> {
    repo: &'r Repository,
    known: HashMap<(Oid, u8), usize>,
}

impl<'r> Counts<'r> {
    fn new(repo: &'r Repository) -> Self {
        Self {
            repo,
            known: HashMap::new(),
        }
    }

    fn of_commit(&mut self, root: Oid) -> Result<usize> {
        let root = self.repo.find_tree(root).map_err(object(READ))?;
        let products = root.get_name(layout::PRODUCTS);
        let products = products.filter(|entry| entry.filemode_raw() == tree::DIRECTORY);
        products.map_or(Ok(0), |entry| self.of(entry.id(), 0))
    }

    /// Of a directory of domains, of products or of versions: at depth 0, 1 or 2.
    fn of(&mut self, directory: Oid, depth: u8) -> Result<usize> {
        if let Some(&count) = self.known.get(&(directory, depth)) {
            return Ok(count);
        }
        let tree = self.repo.find_tree(directory).map_err(object(READ))?;
        let mut count = 0;
        for entry in &tree {
            let Ok(name) = entry.name() else { continue };
            if entry.filemode_raw() != tree::DIRECTORY {
                continue;
            }
            count += match depth {
                2 => usize::from(names::parse_version(name).is_some()),
                _ if names::is_name(name) => self.of(entry.id(), depth + 1)?,
                _ => 0,
            };
        }
        self.known.insert((directory, depth), count);
        Ok(count)
    }
}

/// Months since year 0.
fn month(seconds: i64) -> i64 {
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    let date: Date = time.to_zoned(TimeZone::UTC).date();
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// `values` so that they never fall: as many as possible stay as they are, and each of the others becomes the one before
/// it, or, where there is none, the first that stays.
fn in_order(values: &[i64]) -> Vec<i64> {
    // The longest sequence that does not fall. `ends[n]` is where the lowest end of such a sequence of length n + 1 is.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let length = ends.partition_point(|&end| values[end] <= *value);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut stays = vec![false; values.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        stays[at] = true;
        next = before[at];
    }
    let first = stays.iter().position(|stays| *stays);
    let mut last = first.map_or(0, |at| values[at]);
    let kept = |(value, stays): (&i64, bool)| {
        if stays {
            last = *value;
        }
        last
    };
    values.iter().zip(stays).map(kept).collect()
}

/// How many bytes the files below a directory have.
fn size(directory: &Path) -> Result<u64> {
    let mut size = 0;
    let entries = fs::read_dir(directory).map_err(io("read", directory))?;
    for entry in entries {
        let entry = entry.map_err(io("read", directory))?;
        // Another process may remove files while they are counted.
        let Ok(metadata) = entry.path().symlink_metadata() else {
            continue;
        };
        size += if metadata.is_dir() {
            self::size(&entry.path())?
        } else {
            metadata.len()
        };
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_wrong_are_outvoted() {
        for (clocks, expected) in [
            (&[][..], &[][..]),
            (&[5], &[5]),
            (&[1, 2, 2, 3], &[1, 2, 2, 3]),
            (&[1, 2, 99, 3, 4], &[1, 2, 2, 3, 4]),
            (&[7, 7, 0, 8, 9], &[7, 7, 7, 8, 9]),
            (&[90, 1, 2, 3], &[1, 1, 2, 3]),
            (&[1, 2, 3, 0], &[1, 2, 3, 3]),
        ] {
            assert_eq!(in_order(clocks), expected);
        }
    }

    #[test]
    fn months_are_those_of_utc() {
        assert_eq!(month(0), 1970 * 12);
        assert_eq!(month(-1), 1969 * 12 + 11);
        assert_eq!(month(951_782_400), 2000 * 12 + 1);
    }
}
