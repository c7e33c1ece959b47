//! The files that `mesh init` writes.

use std::fs;
use std::path::{Path, PathBuf};

use mesh_spec::model::{ApiVersion, Kind};

use crate::cli::{Archetype, CiHost};
use crate::failure::Failure;
use crate::ops::files;
use crate::ops::text::{one_line, scalar};

/// What a new product is to be.
#[derive(Debug)]
pub(crate) struct Blueprint {
    /// The name people use.
    pub(crate) name: String,
    /// The name as part of ids and paths.
    pub(crate) slug: String,
    /// The domain, fit to be a path in the registry.
    pub(crate) domain: String,
    /// What kind of product.
    pub(crate) archetype: Archetype,
    /// Who answers for it, if that is known.
    pub(crate) owner: Option<String>,
}

/// A file to write.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// Where.
    pub(crate) path: PathBuf,
    /// What.
    pub(crate) text: String,
    /// Whether it belongs to the whole repository. Then it is never overwritten: others rely on it.
    pub(crate) shared: bool,
}

/// What became of a [`NewFile`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is there now.
    Written,
    /// It was there already, just as it would have been written.
    Same,
    /// Another one is there, and was left as it is.
    Kept,
}

/// The files of a product in `folder`.
pub(crate) fn product(blueprint: &Blueprint, folder: &Path) -> Vec<NewFile> {
    let id = format!("{}.{}", blueprint.domain, blueprint.slug);
    let file = |path: PathBuf, template: &str| NewFile {
        path: folder.join(path),
        text: fill_product(template, blueprint, &id),
        shared: false,
    };
    let contract = Path::new("contracts").join(format!("{id}.odcs.yaml"));
    vec![
        file(
            "dataproduct.yaml".into(),
            include_str!("../templates/dataproduct.yaml"),
        ),
        file(contract, include_str!("../templates/contract.odcs.yaml")),
        file("README.md".into(), include_str!("../templates/README.md")),
    ]
}

/// The configuration of the repository at `root`.
pub(crate) fn configuration(root: &Path) -> NewFile {
    NewFile {
        path: root.join(crate::config::FILE_NAME),
        text: include_str!("../templates/mesh.yaml").to_owned(),
        shared: true,
    }
}

/// The CI job of the repository at `root`.
pub(crate) fn ci(host: CiHost, root: &Path) -> NewFile {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let version = env!("CARGO_PKG_VERSION");
    let (path, text) = match host {
        CiHost::Github => {
            let action = repository.trim_start_matches("https://github.com/");
            let values = [("action", action), ("version", version)];
            (
                ".github/workflows/mesh.yaml",
                fill(include_str!("../templates/github.yaml"), &values),
            )
        }
        // The very job that others include.
        CiHost::Gitlab => (
            ".gitlab-ci.yml",
            include_str!("../../../../templates/gitlab-ci.yml").to_owned(),
        ),
    };
    NewFile {
        path: root.join(path),
        text,
        shared: true,
    }
}

/// Writes `files`: all, or none if one of the product exists with other content and `force` is not
/// given. Says of each what became of it.
pub(crate) fn write(files: &[NewFile], force: bool) -> Result<Vec<Outcome>, Failure> {
    let plans: Vec<Option<Outcome>> = files
        .iter()
        .map(|file| {
            // What is there is left, be it a file, a folder or a link that leads nowhere.
            file.path.symlink_metadata().ok()?;
            let same = fs::read(&file.path).is_ok_and(|text| text == file.text.as_bytes());
            Some(if same { Outcome::Same } else { Outcome::Kept })
        })
        .collect();
    let in_the_way: Vec<String> = files
        .iter()
        .zip(&plans)
        .filter(|(file, plan)| !file.shared && **plan == Some(Outcome::Kept))
        .map(|(file, _)| format!("`{}`", file.path.display()))
        .collect();
    if !force && !in_the_way.is_empty() {
        return Err(
            Failure::new(format!("{} would be overwritten", in_the_way.join(", ")))
                .help("choose another folder with --dir, or overwrite with --force"),
        );
    }
    files
        .iter()
        .zip(plans)
        .map(|(file, plan)| match plan {
            Some(Outcome::Same) => Ok(Outcome::Same),
            Some(_) if file.shared => Ok(Outcome::Kept),
            _ => match files::write(&file.path, file.text.as_bytes()) {
                Ok(()) => Ok(Outcome::Written),
                Err(error) => Err(Failure::new(format!(
                    "cannot write `{}`: {error}",
                    file.path.display()
                ))
                .help("check that you may write there and that the disk is not full")),
            },
        })
        .collect()
}

fn fill_product(template: &str, blueprint: &Blueprint, id: &str) -> String {
    let archetype = match blueprint.archetype {
        Archetype::SourceAligned => "sourceAligned",
        Archetype::Aggregate => "aggregate",
        Archetype::ConsumerAligned => "consumerAligned",
    };
    let inputs = match blueprint.archetype {
        Archetype::SourceAligned => include_str!("../templates/no-inputs.yaml"),
        Archetype::Aggregate | Archetype::ConsumerAligned => {
            include_str!("../templates/inputs.yaml")
        }
    };
    let table = blueprint.slug.replace('-', "_");
    let owner = blueprint
        .owner
        .as_deref()
        .map_or_else(|| "\"TODO: e-mail of the owner\"".to_owned(), scalar);
    fill(
        template,
        &[
            ("inputs", inputs),
            ("id", &scalar(id)),
            ("name", &scalar(&blueprint.name)),
            ("slug", &scalar(&blueprint.slug)),
            ("table", &scalar(&table)),
            ("domain", &scalar(&blueprint.domain)),
            ("owner", &owner),
            // As they are: for prose, and for where they are part of a longer text.
            ("bare name", &one_line(&blueprint.name)),
            ("bare slug", &blueprint.slug),
            ("bare table", &table),
            ("bare domain", &blueprint.domain),
            ("archetype", archetype),
            ("odps", &ApiVersion::current(Kind::DataProduct).to_string()),
            ("odcs", &ApiVersion::current(Kind::DataContract).to_string()),
            ("repository", env!("CARGO_PKG_REPOSITORY")),
        ],
    )
}

/// `template` with each `{key}` replaced by its value. Other braces stay, and so do those in values.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        text.push_str(before);
        let found = values.iter().find_map(|(key, value)| {
            let tail = after[1..].strip_prefix(key)?.strip_prefix('}')?;
            Some((value, tail))
        });
        rest = if let Some((value, tail)) = found {
            text.push_str(value);
            tail
        } else {
            text.push('{');
            &after[1..]
        };
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_templates() {
        let values = [("a", "{b} {a}"), ("b", "{a}")];
        assert_eq!(
            fill("{a}-{b} ${{ c }} {d", &values),
            "{b} {a}-{a} ${{ c }} {d"
        );
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        let blueprint = Blueprint {
            name: "N".to_owned(),
            slug: "n".to_owned(),
            domain: "d".to_owned(),
            archetype: Archetype::Aggregate,
            owner: None,
        };
        let mut files = product(&blueprint, Path::new(""));
        files.extend([CiHost::Github, CiHost::Gitlab].map(|host| ci(host, Path::new(""))));
        for file in files {
            // CI hosts and shells fill in what stands after a dollar sign.
            let left = file.text.match_indices('{').find(|(at, _)| {
                let (before, after) = file.text.split_at(*at);
                let name = after[1..].split('}').next().unwrap_or_default();
                let is_name = name.chars().all(|c| c.is_ascii_lowercase());
                is_name && !before.ends_with('$')
            });
            assert_eq!(left, None, "{}", file.text);
        }
    }
}
