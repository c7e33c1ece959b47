//! The findings that a repository tolerates until they are corrected.
//!
//! A baseline lists what was found when mesh was adopted, so that CI fails for what is new only. It
//! names findings by file, rule and message, not by line: a finding that moves stays known. What is
//! listed and no longer found is to be taken out, and nothing is ever added unless that is asked for.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mesh_diagnostics::{Diagnostic, Report};
use serde::{Deserialize, Serialize};

use crate::config::{Place, resolved};
use crate::failure::Failure;
use crate::ops::files;

/// The name of a baseline where none is given.
pub(crate) const FILE_NAME: &str = "mesh-baseline.json";
/// The version of the format.
const FORMAT: u32 = 1;

/// Findings that are known, with how often each is.
#[derive(Debug, Clone)]
pub(crate) struct Baseline {
    place: Place,
    known: BTreeMap<Known, usize>,
}

/// What a finding is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    file: String,
    rule: String,
    message: String,
}

/// What became of a baseline when it was compared with what is found now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shrinkage {
    /// Findings that are in it still.
    pub(crate) kept: usize,
    /// Findings that are corrected.
    pub(crate) gone: usize,
    /// Findings that are not in it.
    pub(crate) new: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    rule: String,
    message: String,
    count: usize,
}

impl Baseline {
    /// Reads the baseline in `path`. One that is not there is a failure: without it every finding
    /// would be new, and with a wrong path none would be tolerated for the right reason.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let bytes = files::read(path).map_err(|error| {
            Failure::new(format!("cannot read the baseline `{name}`: {error}"))
                .help(format!("write one with `mesh baseline --output {name}`"))
        })?;
        let file: File = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::new(format!("`{name}` is not a baseline: {error}"))
                .help("restore it from git, or delete it and write it again with `mesh baseline`")
        })?;
        if file.version != FORMAT {
            return Err(Failure::new(format!(
                "`{name}` is a baseline of version {}, and this mesh knows version {FORMAT}",
                file.version
            ))
            .help("use the mesh that wrote it, or write it again with `mesh baseline`"));
        }
        let mut baseline = Self::empty(path);
        for entry in file.findings {
            let known = Known {
                file: entry.file,
                rule: entry.rule,
                message: entry.message,
            };
            let count = baseline.known.entry(known).or_default();
            *count = count.saturating_add(entry.count);
        }
        Ok(baseline)
    }

    /// The findings of `report`, for a file at `path`, without those that policies ask for.
    pub(crate) fn of(report: &Report, path: &Path) -> Self {
        let mut baseline = Self::empty(path);
        let found = report.diagnostics().iter();
        for diagnostic in found.filter(|diagnostic| !diagnostic.is_binding) {
            let known = baseline.name_of(diagnostic);
            *baseline.known.entry(known).or_default() += 1;
        }
        baseline
    }

    fn empty(path: &Path) -> Self {
        let path = resolved(path).unwrap_or_else(|| path.to_owned());
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Self {
            place: Place::of(&folder),
            known: BTreeMap::new(),
        }
    }

    /// Takes what is known out of `report`, and says how many findings below `paths`, which were
    /// looked at, are known and not found.
    pub(crate) fn apply(&self, report: Report, paths: &[PathBuf]) -> (Report, usize) {
        let mut left = self.known.clone();
        let report =
            report.tolerating(|diagnostic| match left.get_mut(&self.name_of(diagnostic)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    true
                }
                _ => false,
            });
        let seen = self.below(paths);
        let gone = left.iter().filter(|(known, _)| seen(known));
        (report, total(gone.map(|(_, count)| *count)))
    }

    /// This without what is below `paths`, which were looked at, and not in `current`.
    pub(crate) fn shrunk_to(&self, current: &Self, paths: &[PathBuf]) -> (Self, Shrinkage) {
        let seen = self.below(paths);
        let mut shrunk = self.clone();
        let mut shrinkage = Shrinkage {
            new: current.len(),
            ..Shrinkage::default()
        };
        for (known, count) in &mut shrunk.known {
            let now = current.known.get(known).copied().unwrap_or(0);
            let found = now.min(*count);
            shrinkage.new -= found;
            if seen(known) {
                shrinkage.gone = shrinkage.gone.saturating_add(*count - found);
                *count = found;
            }
            shrinkage.kept = shrinkage.kept.saturating_add(*count);
        }
        shrunk.known.retain(|_, count| *count > 0);
        (shrunk, shrinkage)
    }

    /// `current`, and what is known of files that are not below `paths`, which were looked at.
    pub(crate) fn renewed_by(&self, current: &Self, paths: &[PathBuf]) -> Self {
        let seen = self.below(paths);
        let mut renewed = current.clone();
        for (known, count) in self.known.iter().filter(|(known, _)| !seen(known)) {
            let now = renewed.known.entry(known.clone()).or_default();
            *now = (*count).max(*now);
        }
        renewed
    }

    /// Whether something known is of a file below `paths`.
    fn below(&self, paths: &[PathBuf]) -> impl Fn(&Known) -> bool {
        let folders: Vec<PathBuf> = paths.iter().filter_map(|path| resolved(path)).collect();
        move |known| {
            let file = self.place.end_of(&known.file);
            folders.iter().any(|folder| file.starts_with(folder))
        }
    }

    /// How many findings there are.
    pub(crate) fn len(&self) -> usize {
        total(self.known.values().copied())
    }

    /// Writes the baseline to `path`, at once or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let file = File {
            version: FORMAT,
            findings: self
                .known
                .iter()
                .map(|(known, count)| Entry {
                    file: known.file.clone(),
                    rule: known.rule.clone(),
                    message: known.message.clone(),
                    count: *count,
                })
                .collect(),
        };
        let written = serde_json::to_vec_pretty(&file)
            .map_err(std::io::Error::from)
            .and_then(|mut text| {
                text.push(b'\n');
                files::write_through(path, &text)
            });
        written.map_err(|error| {
            Failure::new(format!("cannot write `{}`: {error}", path.display()))
                .help("check that you may write to the folder")
        })
    }

    fn name_of(&self, diagnostic: &Diagnostic) -> Known {
        let name = diagnostic.source.name();
        let path = self.place.way_to(name);
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        Known {
            file: parts.join("/"),
            rule: diagnostic.rule.to_string(),
            message: diagnostic.message.clone(),
        }
    }
}

/// A baseline that somebody has edited may say anything.
fn total(counts: impl Iterator<Item = usize>) -> usize {
    counts.fold(0, usize::saturating_add)
}

impl PartialEq for Baseline {
    fn eq(&self, other: &Self) -> bool {
        self.known.cmp(&other.known) == Ordering::Equal
    }
}
