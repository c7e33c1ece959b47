//! The policies that a registry holds, as files. What they say is not this crate's business: it only sees to it that all
//! of them are read, or none.
//!
//! Whoever could hide a policy from a reader could publish what it forbids. So there is nothing below `policies/` that
//! is silently left out but regular files that are no YAML, such as a README: a link, a submodule, a name that some file
//! systems do not tell from another or a file too large to be one is an error.

use crate::{Error, Result, error::object, layout, location::RegistryLocation, names, tree};
use git2::{Oid, Repository, Tree};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};

/// The first line of what Git LFS keeps in place of a file.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The policies of a registry at one commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyFiles {
    /// Every YAML file below `policies/`, by path.
    pub files: Vec<PolicyFile>,
    /// The versions of packs that are in force, in the order in which they are written; `None` if the registry leaves it
    /// at the highest of each.
    pub pins: Option<Vec<PolicyPin>>,
}

/// A file with a policy pack, an overlay or a waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// The path in the registry.
    pub path: String,
    /// The exact bytes.
    pub bytes: Vec<u8>,
}

/// A version of a policy pack that a registry has settled on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPin {
    /// The name of the pack.
    pub name: String,
    /// The exact version.
    pub version: Version,
}

/// Reads the policies in the tree of a commit.
pub(crate) fn read(
    repo: &Repository,
    root: &Tree<'_>,
    location: &RegistryLocation,
) -> Result<PolicyFiles> {
    let format = layout::FORMAT_FILE;
    let format = tree::file(repo, root, format, format, layout::MAX_FORMAT_FILE)?;
    let pins = format.map(|format| layout::policy_pins(&location.to_string(), &format));
    Ok(PolicyFiles {
        files: files(repo, root)?,
        pins: pins.transpose()?.flatten(),
    })
}

/// What the policies of a commit depend on: as long as this is the same, so are they.
pub(crate) fn identity(root: &Tree<'_>) -> [Option<Oid>; 2] {
    [layout::POLICIES, layout::FORMAT_FILE].map(|name| root.get_name(name).map(|entry| entry.id()))
}

fn files(repo: &Repository, root: &Tree<'_>) -> Result<Vec<PolicyFile>> {
    let Some(entry) = root.get_name(layout::POLICIES) else {
        return Ok(Vec::new());
    };
    if entry.filemode_raw() != tree::DIRECTORY {
        return Err(bad(layout::POLICIES, "it is not a directory"));
    }
    let mut files = Vec::new();
    let mut folded = BTreeMap::new();
    let mut entries = 0;
    let mut bytes = 0;
    let mut directories = vec![(layout::POLICIES.to_owned(), entry.id())];
    while let Some((directory, id)) = directories.pop() {
        let tree = repo
            .find_tree(id)
            .map_err(object("read a directory of the registry"))?;
        entries += tree.len();
        if entries > layout::MAX_POLICY_FILES {
            let reason = format!("it has more than {} files", layout::MAX_POLICY_FILES);
            return Err(bad(layout::POLICIES, &reason));
        }
        for entry in &tree {
            let name = String::from_utf8_lossy(entry.name_bytes());
            let path = format!("{directory}/{name}");
            if entry.filemode_raw() == tree::DIRECTORY {
                check_directory(&path, &mut folded)?;
                directories.push((path, entry.id()));
            } else if !tree::is_file(&entry) {
                return Err(bad(&path, "it is not a regular file"));
            } else if is_yaml(&name) {
                check_path(&path, &mut folded)?;
                let content = content(repo, entry.id(), &path)?;
                bytes += content.len() as u64;
                if bytes > layout::MAX_POLICY_BYTES {
                    let limit = layout::MAX_POLICY_BYTES >> 20;
                    let reason = format!("its files are larger than {limit} MiB together");
                    return Err(bad(layout::POLICIES, &reason));
                }
                files.push(PolicyFile {
                    path,
                    bytes: content,
                });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn content(repo: &Repository, id: Oid, path: &str) -> Result<Vec<u8>> {
    let bytes = match tree::blob(repo, id, path, layout::MAX_FILE) {
        Err(Error::Damaged { path, reason }) => Err(Error::BadPolicyFile { path, reason }),
        result => result,
    }?;
    check_content(path, &bytes)?;
    Ok(bytes)
}

/// Checks what is to be added before anything is done with it: the same as when it is read.
pub(crate) fn check(files: &[PolicyFile]) -> Result<()> {
    let mut folded = BTreeMap::new();
    // Several files may be in one.
    let mut directories = BTreeSet::new();
    for file in files {
        let inside = file.path.strip_prefix(layout::POLICIES);
        let Some(inside) = inside.and_then(|rest| rest.strip_prefix('/')) else {
            let reason = format!("it is not below `{}/`", layout::POLICIES);
            return Err(bad(&file.path, &reason));
        };
        if !is_yaml(inside) {
            return Err(bad(&file.path, "its name does not end in `.yaml`"));
        }
        for (at, _) in file.path.match_indices('/').skip(1) {
            let directory = &file.path[..at];
            if directories.insert(directory) {
                check_directory(directory, &mut folded)?;
            }
        }
        check_path(&file.path, &mut folded)?;
        if file.bytes.len() as u64 > layout::MAX_FILE {
            return Err(Error::TooLarge {
                what: format!("`{}`", file.path),
                size: file.bytes.len() as u64,
                limit: layout::MAX_FILE,
            });
        }
        check_content(&file.path, &file.bytes)?;
    }
    Ok(())
}

/// Whether a file would be read as a policy by its name. Case does not matter: what looks like a policy must not be left
/// out for how its name is written.
fn is_yaml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut suffixes = layout::POLICY_SUFFIXES.iter();
    suffixes.any(|suffix| name.ends_with(suffix))
}

/// As [`check_path`], for a directory.
fn check_directory(path: &str, folded: &mut BTreeMap<String, String>) -> Result<()> {
    if is_yaml(path) {
        return Err(bad(path, "it is a directory that is called like a file"));
    }
    check_path(path, folded)
}

/// Checks the path of a file or directory, of which everything before the last part was checked. `folded` holds the
/// paths before it, in lower case.
fn check_path(path: &str, folded: &mut BTreeMap<String, String>) -> Result<()> {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(reason) = broken_rule(name) {
        return Err(bad(path, reason));
    }
    if directory.split('/').count() > layout::MAX_POLICY_DEPTH + 1 {
        let reason = format!(
            "it is in more than {} directories",
            layout::MAX_POLICY_DEPTH
        );
        return Err(bad(path, &reason));
    }
    match folded.insert(path.to_lowercase(), path.to_owned()) {
        None => Ok(()),
        Some(same) if same == path => Err(bad(path, "it is there twice")),
        Some(sibling) => Err(bad(
            path,
            &format!("it differs only in case from `{sibling}`"),
        )),
    }
}

/// Which rule the name of a file or directory breaks. Names are kept on every file system as they are, and there is
/// nothing in them that looks like something else.
fn broken_rule(name: &str) -> Option<&'static str> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    if name.len() > names::MAX_POLICY_NAME {
        Some("its name is longer than 128 characters")
    } else if !name
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric())
    {
        Some("its name does not start with a letter from a to z or a digit")
    } else if !name.bytes().all(is_plain) {
        Some(
            "its name has other characters than the letters a to z, digits, hyphens, underscores and dots",
        )
    } else if name.ends_with('.') {
        Some("its name ends with a dot")
    } else if names::is_device_name(name) {
        Some("its name is that of a device on Windows")
    } else {
        let suffix = layout::POLICY_SUFFIXES
            .iter()
            .find(|suffix| name.to_ascii_lowercase().ends_with(*suffix))?;
        (!name.ends_with(suffix)).then_some("its name does not end in lower-case letters")
    }
}

fn check_content(path: &str, bytes: &[u8]) -> Result<()> {
    if bytes.starts_with(LFS_POINTER) {
        return Err(bad(
            path,
            "it is kept in Git LFS, where a reader cannot see it",
        ));
    }
    Ok(())
}

fn bad(path: &str, reason: &str) -> Error {
    Error::BadPolicyFile {
        path: path.escape_debug().to_string(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> PolicyFile {
        PolicyFile {
            path: path.to_owned(),
            bytes: b"kind: PolicyPack\n".to_vec(),
        }
    }

    fn checked(paths: &[&str]) -> Result<()> {
        check(&paths.iter().map(|path| file(path)).collect::<Vec<_>>())
    }

    #[test]
    fn usual_paths_are_accepted() {
        let deep = format!("policies/{}x.yaml", "a/".repeat(layout::MAX_POLICY_DEPTH));
        let usual = [
            "policies/packs/core/1.0.0.yaml",
            "policies/packs/core/1.1.0-rc.1.yml",
            "policies/waivers/WVR-014.yaml",
            "policies/core_rules.yaml",
            &deep,
        ];
        assert!(checked(&usual).is_ok(), "{:?}", checked(&usual));
    }

    #[test]
    fn odd_paths_are_refused() {
        let deep = format!("policies/a/{}x.yaml", "a/".repeat(layout::MAX_POLICY_DEPTH));
        let long = format!("policies/{}.yaml", "x".repeat(200));
        for bad in [
            "policies",
            "policies.yaml",
            "products/d/p/1.0.0/dataproduct.yaml",
            "/policies/a.yaml",
            "policies//a.yaml",
            "policies/../products/a.yaml",
            "policies/./a.yaml",
            "policies/a.json",
            "policies/.hidden.yaml",
            "policies/.hidden/a.yaml",
            "policies/.yaml",
            "policies/a\\b.yaml",
            "policies/a b.yaml",
            "policies/a\n.yaml",
            "policies/\u{430}.yaml",
            "policies/con.yaml",
            "policies/aux/a.yaml",
            "policies/a./a.yaml",
            "policies/A.YAML",
            "policies/-a.yaml",
            &deep,
            &long,
        ] {
            let refused = checked(&[bad]);
            assert!(
                matches!(refused, Err(Error::BadPolicyFile { .. })),
                "{bad:?}: {refused:?}"
            );
        }
    }

    #[test]
    fn no_two_paths_are_one_somewhere() {
        assert!(checked(&["policies/a/x.yaml", "policies/a/y.yaml"]).is_ok());
        for pair in [
            ["policies/a/x.yaml", "policies/a/X.yaml"],
            ["policies/a/x.yaml", "policies/A/y.yaml"],
            ["policies/a.yaml", "policies/a.yaml"],
            ["policies/a.yaml", "policies/a.yaml/b.yaml"],
        ] {
            assert!(checked(&pair).is_err(), "{pair:?}");
        }
    }

    #[test]
    fn content_that_is_elsewhere_or_too_large_is_refused() {
        let mut pointer = file("policies/a.yaml");
        pointer.bytes = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n".to_vec();
        assert!(matches!(
            check(&[pointer]),
            Err(Error::BadPolicyFile { .. })
        ));
        let mut large = file("policies/a.yaml");
        large.bytes = vec![b' '; (4 << 20) + 1];
        assert!(matches!(check(&[large]), Err(Error::TooLarge { .. })));
    }
}
