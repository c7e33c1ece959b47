//! `mesh.yaml`: what a repository says about itself.

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Report, Source, Span, Summary};
use schemars::JsonSchema;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use crate::failure::Failure;

/// The name of the configuration file.
pub const FILE_NAME: &str = "mesh.yaml";
/// The keys of [`Config`].
const KEYS: [&str; 1] = ["registry"];

/// The settings of one repository. Looked for in the folder of a path and those above it, up to the
/// root of the git work tree.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a mapping of settings, such as `registry: ../registry.git`"
)]
pub struct Config {
    /// The registry to publish to and to look inputs up in: a path relative to this file, or a
    /// location that git understands. `--registry` and `MESH_REGISTRY` come before it.
    #[serde(deserialize_with = "text")]
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
    /// The search ends at the root of the git work tree: what lies above is not the repository's.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        let Some(start) = resolved(path) else {
            return Ok(Self::default());
        };
        // A file belongs to its folder; what `path` itself is worth, reading it will tell.
        let folders = start.ancestors().skip(usize::from(!start.is_dir()));
        for folder in folders {
            let file = folder.join(FILE_NAME);
            match fs::read(&file) {
                Ok(bytes) => {
                    return Ok(Self {
                        config: parse(&file, bytes)?,
                        folder: Some(folder.to_owned()),
                    });
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) => {}
                Err(error) => return Err(unreadable(folder, &file, &error)),
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Ok(Self::default())
    }
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

/// A text, and nothing that merely looks like one: a number is a mistake.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Text)
}

fn parse(file: &Path, bytes: Vec<u8>) -> Result<Config, Failure> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            return Err(explain(
                file,
                text,
                at..at + char::REPLACEMENT_CHARACTER.len_utf8(),
                "it is not UTF-8 from here on".to_owned(),
                Some("save it as UTF-8".to_owned()),
            ));
        }
    };
    // A file of comments alone is a configuration that sets nothing.
    match serde_yaml::from_str::<Option<Config>>(&text) {
        Ok(config) => Ok(config.unwrap_or_default()),
        Err(error) => Err(reject(file, text, &error)),
    }
}

/// Says what is wrong with a configuration, where, and what to do.
fn reject(file: &Path, text: String, error: &serde_yaml::Error) -> Failure {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    let message = message.split(" at position ").next().unwrap_or(message);
    let mut at = error
        .location()
        .map_or(0, |location| location.index().min(text.len()));
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let word = |at: usize| {
        let end = text[at..].find(|c: char| c.is_whitespace() || c == ':');
        at..end.map_or(text.len(), |end| at + end)
    };
    let (span, message, help) = if let Some(control) =
        text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}'))
    {
        (
            control..control + text[control..].chars().next().map_or(0, char::len_utf8),
            "a control character is not allowed here".to_owned(),
            Some("delete it".to_owned()),
        )
    } else if message.contains("more than one document") {
        let start = second_document(&text).unwrap_or(at);
        (
            start..(start + 3).min(text.len()),
            "a second document starts here".to_owned(),
            Some(format!("keep one document in {FILE_NAME}")),
        )
    } else if let Some(key) = message
        .split_once("duplicate field `")
        .or_else(|| message.split_once("duplicate entry with key \""))
        .and_then(|(_, rest)| rest.split(['`', '"']).next())
    {
        let second = text
            .match_indices(key)
            .map(|(start, _)| start)
            .filter(|&start| start == 0 || text[..start].ends_with('\n'))
            .nth(1);
        (
            second.map_or_else(|| word(at), |start| start..start + key.len()),
            format!("`{key}` is set twice"),
            Some("keep one of the two".to_owned()),
        )
    } else {
        let span = word(at);
        let found = &text[span.clone()];
        let help = mesh_diagnostics::nearest(found, KEYS)
            .filter(|key| *key != found)
            .map(|key| format!("did you mean `{key}`?"));
        (span, message.to_owned(), help)
    };
    explain(file, text, span, message, help)
}

/// Where the second document of `text` starts.
fn second_document(text: &str) -> Option<usize> {
    let mut offset = 0;
    let mut content = false;
    for line in text.split_inclusive('\n') {
        let marker = line.starts_with("---") || line.starts_with("...");
        if marker && content {
            return Some(offset);
        }
        content |= line.starts_with("---") || !(line.trim().is_empty() || line.starts_with('#'));
        offset += line.len();
    }
    None
}

/// Shows where the configuration is wrong, as lint shows where a manifest is.
fn explain(
    file: &Path,
    text: String,
    span: Range<usize>,
    message: String,
    help: Option<String>,
) -> Failure {
    let name = file.display().to_string();
    let failure = Failure::new(format!("`{name}` is not a valid configuration"));
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    failure.report(Report::new(
        Summary::default(),
        vec![Diagnostic {
            rule: Cow::Borrowed("mesh-yaml"),
            group: Cow::Borrowed("valid"),
            level: Level::Error,
            message,
            help,
            span: Span::new(offset(span.start), offset(span.end)),
            source: Arc::new(Source::new(name, text)),
            pointer: String::new(),
            related: Vec::new(),
            fix: None,
        }],
    ))
}
