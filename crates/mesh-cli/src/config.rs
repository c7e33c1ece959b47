//! `mesh.yaml`: what a repository says about itself.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Report, Source, Span, Summary};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::failure::Failure;

/// The name of the configuration file.
pub const FILE_NAME: &str = "mesh.yaml";

/// The settings of one repository. Looked for in the folder of the first path and its parents.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The registry to publish to and to look inputs up in: a path relative to this file, or a
    /// location that git understands. `--registry` and `MESH_REGISTRY` come before it.
    pub registry: Option<String>,
}

/// A configuration and where it came from.
#[derive(Debug, Default)]
pub struct Project {
    /// The settings; defaults where there is no file.
    pub config: Config,
    /// The folder of `mesh.yaml`, if there is one.
    pub folder: Option<PathBuf>,
}

impl Project {
    /// The project that `path` belongs to.
    ///
    /// A file that is there but cannot be understood is a failure, never taken for no file.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        let Ok(start) = std::path::absolute(path) else {
            return Ok(Self::default());
        };
        // A file belongs to its folder; what `path` itself is worth, reading it will tell.
        let folders = start.ancestors().skip(usize::from(!start.is_dir()));
        for folder in folders {
            let file = folder.join(FILE_NAME);
            match fs::read_to_string(&file) {
                Ok(text) => {
                    return Ok(Self {
                        config: parse(&file, text)?,
                        folder: Some(folder.to_owned()),
                    });
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) => {}
                Err(error) => {
                    return Err(Failure::new(format!(
                        "cannot read `{}`: {error}",
                        file.display()
                    )));
                }
            }
        }
        Ok(Self::default())
    }
}

fn parse(file: &Path, text: String) -> Result<Config, Failure> {
    // A file of comments alone is a configuration that sets nothing.
    match serde_yaml::from_str::<Option<Config>>(&text) {
        Ok(config) => Ok(config.unwrap_or_default()),
        Err(error) => Err(explain(file, text, &error)),
    }
}

/// Shows where the configuration is wrong, as lint shows where a manifest is.
fn explain(file: &Path, text: String, error: &serde_yaml::Error) -> Failure {
    let name = file.display().to_string();
    let failure = Failure::new(format!("`{name}` is not a valid configuration"));
    let source = Arc::new(Source::new(name, text));
    let at = error
        .location()
        .map_or(0, |location| u32::try_from(location.index()).unwrap_or(0));
    let word = source.text()[at as usize..]
        .find(|c: char| c.is_whitespace() || c == ':')
        .map_or(at, |end| at + u32::try_from(end).unwrap_or(0));
    let message = error.to_string();
    let message = message
        .split(" at line")
        .next()
        .unwrap_or(&message)
        .to_owned();
    let keys = ["registry"];
    let found = source.slice(Span::new(at, word));
    let help = match mesh_diagnostics::nearest(found, keys) {
        Some(key) if key != found => Some(format!("did you mean `{key}`?")),
        _ => None,
    };
    failure.report(Report::new(
        Summary::default(),
        vec![Diagnostic {
            rule: Cow::Borrowed("mesh-yaml"),
            group: Cow::Borrowed("valid"),
            level: Level::Error,
            message,
            help,
            span: Span::new(at, word),
            source,
            pointer: String::new(),
            related: Vec::new(),
        }],
    ))
}
