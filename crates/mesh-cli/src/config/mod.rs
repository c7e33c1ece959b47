//! `mesh.yaml`: what a repository says about itself.

mod compatibility;
mod model;
mod place;
mod rules;

use std::io;
use std::path::{Path, PathBuf};

use mesh_diagnostics::{Report, Summary};
use mesh_lint::Settings;
use mesh_spec::settings::{self, Mistakes};
use mesh_spec::vocabulary::Vocabularies;

use crate::failure::Failure;
use crate::ops::files;

pub use model::{
    CompatibilityConfig, CompatibilityOverride, Config, IgnoredChange, LintConfig, PublishConfig,
    PublishMode, RuleLevel, RuleOverride, RulePreset,
};
pub(crate) use place::Place;
pub(crate) use rules::Choice;

/// The name of the configuration file.
pub const FILE_NAME: &str = "mesh.yaml";

/// The id under which mistakes in it are reported.
const MISTAKE: &str = "mesh-yaml";

/// A configuration and where it came from.
#[derive(Debug, Default)]
pub struct Project {
    /// The settings; defaults where there is no file.
    pub config: Config,
    /// What they mean for the linter.
    pub lint: Settings,
    /// What they mean for compatibility.
    pub compatibility: mesh_compat::Settings,
    /// The folder of `mesh.yaml`, if there is one.
    pub folder: Option<PathBuf>,
}

impl Project {
    /// The project that `path` belongs to.
    ///
    /// A file that is there but cannot be understood is a failure, never taken for no file.
    /// The search ends at the root of the git work tree: what lies above is not the repository's.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        let Some(start) = resolved(path) else {
            return Ok(Self::default());
        };
        // A file belongs to its folder; what `path` itself is worth, reading it will tell.
        let folders = start.ancestors().skip(usize::from(!start.is_dir()));
        for folder in folders {
            let file = folder.join(FILE_NAME);
            match files::read_regular(&file) {
                Ok(bytes) => {
                    return Self::read(&file, bytes, folder);
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) && !file.is_symlink() => {}
                Err(error) => return Err(unreadable(folder, &file, &error)),
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Ok(Self::default())
    }

    fn read(file: &Path, bytes: Vec<u8>, folder: &Path) -> Result<Self, Failure> {
        let name = file.display().to_string();
        let (config, tree) = settings::typed::<Config>(MISTAKE, &name, bytes)
            .map_err(|mistakes| not_valid(mistakes, "configuration"))?;
        let mut mistakes = Mistakes::new(MISTAKE);
        let lint = rules::settings(&config, folder, tree.as_ref(), &mut mistakes);
        let compatibility =
            compatibility::settings(&config.compatibility, folder, tree.as_ref(), &mut mistakes);
        if mistakes.is_empty() {
            Ok(Self {
                config,
                lint,
                compatibility,
                folder: Some(folder.to_owned()),
            })
        } else {
            Err(not_valid(mistakes, "configuration"))
        }
    }
}

/// Reads the vocabularies of a registry.
pub(crate) fn vocabularies(bytes: &[u8]) -> Result<Vocabularies, Failure> {
    settings::typed(MISTAKE, "registry:vocabularies.yaml", bytes.to_vec())
        .map(|(vocabularies, _)| vocabularies)
        .map_err(|mistakes| not_valid(mistakes, "list of vocabularies"))
}

/// The failure to read `what`, such as a configuration.
pub(crate) fn not_valid(mistakes: Mistakes, what: &str) -> Failure {
    let found = mistakes.into_findings();
    let name = found.first().map_or("", |first| first.source.name());
    let failure = Failure::new(format!("`{name}` is not a valid {what}"));
    failure.report(Report::new(Summary::default(), found))
}

/// `path` from the root, without `..` and links as far as it exists.
pub(crate) fn resolved(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    if cfg!(windows) {
        // There, an absolute path has no `..` any more, and a canonical one has a prefix that
        // other programs do not know.
        return Some(path);
    }
    let found = path
        .ancestors()
        .find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
    Some(match found {
        Some((folder, canonical)) if folder == path => canonical,
        Some((folder, canonical)) => match path.strip_prefix(folder) {
            Ok(rest) => canonical.join(rest),
            Err(_) => path,
        },
        None => path,
    })
}

fn unreadable(folder: &Path, file: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        // Whether there is a file at all, nobody may know.
        io::ErrorKind::PermissionDenied if file.symlink_metadata().is_err() => {
            Failure::new(format!(
                "cannot look for {FILE_NAME} in `{}`: {error}",
                folder.display()
            ))
            .help("check that you may enter the folder")
        }
        io::ErrorKind::IsADirectory => {
            Failure::new(format!("`{}` is a folder, not a file", file.display())).help(
                "mesh looks there for the settings of the repository: give the folder another name",
            )
        }
        _ => Failure::new(format!("cannot read `{}`: {error}", file.display()))
            .help("check that you may read it"),
    }
}
