//! The files that `mesh init` writes.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use mesh_spec::model::{ApiVersion, Kind};
use tempfile::NamedTempFile;

use crate::cli::{Archetype, CiHost};
use crate::failure::Failure;

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
}

/// The files of a product in `folder`.
pub(crate) fn product(blueprint: &Blueprint, folder: &Path) -> Vec<NewFile> {
    let id = format!("{}.{}", blueprint.domain, blueprint.slug);
    let fill = |template: &str| fill(template, blueprint, &id);
    vec![
        NewFile {
            path: folder.join("dataproduct.yaml"),
            text: fill(include_str!("../templates/dataproduct.yaml")),
        },
        NewFile {
            path: folder.join("contracts").join(format!("{id}.odcs.yaml")),
            text: fill(include_str!("../templates/contract.odcs.yaml")),
        },
        NewFile {
            path: folder.join("README.md"),
            text: fill(include_str!("../templates/README.md")),
        },
    ]
}

/// The configuration of the repository at `root`.
pub(crate) fn configuration(root: &Path) -> NewFile {
    NewFile {
        path: root.join(crate::config::FILE_NAME),
        text: include_str!("../templates/mesh.yaml").to_owned(),
    }
}

/// The CI job of the repository at `root`.
pub(crate) fn ci(host: CiHost, root: &Path) -> NewFile {
    let (path, text) = match host {
        CiHost::Github => (
            ".github/workflows/mesh.yaml",
            include_str!("../templates/github.yaml"),
        ),
        CiHost::Gitlab => (".gitlab-ci.yml", include_str!("../templates/gitlab.yaml")),
    };
    NewFile {
        path: root.join(path),
        text: text.replace("{repository}", env!("CARGO_PKG_REPOSITORY")),
    }
}

/// Writes `files`: all, or none if one of them exists and `force` is not given.
pub(crate) fn write(files: &[NewFile], force: bool) -> Result<(), Failure> {
    let existing: Vec<String> = files
        .iter()
        .filter(|file| file.path.symlink_metadata().is_ok())
        .map(|file| format!("`{}`", file.path.display()))
        .collect();
    if !force && !existing.is_empty() {
        return Err(
            Failure::new(format!("{} would be overwritten", existing.join(", ")))
                .help("choose another folder with --dir, or overwrite with --force"),
        );
    }
    for file in files {
        write_one(file).map_err(|error| {
            Failure::new(format!("cannot write `{}`: {error}", file.path.display()))
                .help("check that you may write there and that the disk is not full")
        })?;
    }
    Ok(())
}

/// Writes beside the file and renames, so that there is never half a file.
fn write_one(file: &NewFile) -> std::io::Result<()> {
    let folder = match file.path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(file.text.as_bytes())?;
    make_readable(&temporary)?;
    temporary.persist(&file.path)?;
    Ok(())
}

/// Temporary files are private; these are to be read like any other.
#[cfg(unix)]
fn make_readable(file: &NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file()
        .set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &NamedTempFile) -> std::io::Result<()> {
    Ok(())
}

fn fill(template: &str, blueprint: &Blueprint, id: &str) -> String {
    let table = blueprint.slug.replace('-', "_");
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
    let owner = blueprint
        .owner
        .as_deref()
        .map_or_else(|| "\"TODO: e-mail of the owner\"".to_owned(), scalar);
    let product_version = ApiVersion::current(Kind::DataProduct).to_string();
    let contract_version = ApiVersion::current(Kind::DataContract).to_string();
    [
        ("{inputs}", inputs),
        ("{id}", id),
        ("{name}", &scalar(&blueprint.name)),
        ("{title}", &blueprint.name),
        ("{slug}", &blueprint.slug),
        ("{table}", &table),
        ("{domain}", &blueprint.domain),
        ("{archetype}", archetype),
        ("{owner}", &owner),
        ("{odps}", &product_version),
        ("{odcs}", &contract_version),
        ("{repository}", env!("CARGO_PKG_REPOSITORY")),
    ]
    .into_iter()
    .fold(template.to_owned(), |text, (key, value)| {
        text.replace(key, value)
    })
}

/// `text` as a YAML scalar on one line.
fn scalar(text: &str) -> String {
    let yaml = serde_yaml::to_string(text).unwrap_or_default();
    let yaml = yaml.trim_end();
    if yaml.contains('\n') {
        // A JSON string is a YAML scalar, whatever it holds.
        serde_json::Value::from(text).to_string()
    } else {
        yaml.to_owned()
    }
}
