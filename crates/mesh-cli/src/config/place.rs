//! Which files the patterns in `mesh.yaml` mean.

use std::env;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use mesh_spec::yaml::Tree;

use super::resolved;
use mesh_spec::settings::Mistakes;

/// Where the names of documents are seen from, and the folder that they are to be seen from.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    current: PathBuf,
    folder: PathBuf,
}

impl Place {
    /// Whether `files` match the document shown under a name.
    pub(super) fn matcher(&self, files: GlobSet) -> Arc<dyn Fn(&str) -> bool + Send + Sync> {
        let place = self.clone();
        Arc::new(move |name| place.path_of(name).is_some_and(|path| files.is_match(path)))
    }

    /// For `folder`, from the current one.
    pub(crate) fn of(folder: &Path) -> Self {
        let current = env::current_dir().unwrap_or_default();
        Self {
            current: resolved(&current).unwrap_or(current),
            folder: folder.to_owned(),
        }
    }

    /// The path of the document shown as `name`, seen from the folder; `None` if it lies outside.
    pub(crate) fn path_of(&self, name: &str) -> Option<PathBuf> {
        let path = plain(&self.current.join(name));
        path.strip_prefix(&self.folder).ok().map(Path::to_owned)
    }

    /// The way from the folder to the document shown as `name`, wherever that lies.
    pub(crate) fn way_to(&self, name: &str) -> PathBuf {
        let path = plain(&self.current.join(name));
        for (up, folder) in self.folder.ancestors().enumerate() {
            if let Ok(rest) = path.strip_prefix(folder) {
                let back = std::iter::repeat_n(Component::ParentDir, up);
                return back.chain(rest.components()).collect();
            }
        }
        path
    }

    /// The path from the root of what [`Place::way_to`] leads to.
    pub(crate) fn end_of(&self, way: &str) -> PathBuf {
        plain(&self.folder.join(way))
    }
}

/// The patterns under `paths` of the mapping at `pointer`. What is wrong with them is added to
/// `mistakes`.
pub(super) fn patterns(
    tree: &Tree,
    pointer: &str,
    paths: &[String],
    mistakes: &mut Mistakes,
) -> Option<GlobSet> {
    let mut mistake = |span, message: String, help: &str| {
        mistakes.add(tree.source(), span, message, Some(help.to_owned()));
    };
    let mut files = GlobSetBuilder::new();
    for (index, path) in paths.iter().enumerate() {
        let leads_out = path.starts_with('/') || path.split('/').any(|part| part == "..");
        if path.is_empty() || leads_out {
            mistake(
                tree.span_at(&format!("{pointer}/paths/{index}")),
                format!("`{path}` matches no file below the folder of this one"),
                "write a pattern relative to this file, such as `legacy/**`",
            );
            continue;
        }
        match Glob::new(path.trim_start_matches("./")) {
            Ok(glob) => {
                files.add(glob);
            }
            Err(error) => mistake(
                tree.span_at(&format!("{pointer}/paths/{index}")),
                format!("`{path}` is not a pattern for paths: {}", error.kind()),
                "write a pattern such as `legacy/**` or `*/contracts/*.odcs.yaml`",
            ),
        }
    }
    if paths.is_empty() {
        mistake(
            tree.span_at(pointer),
            "this override is for no files".to_owned(),
            "name them: `paths: [legacy/**]`",
        );
    }
    files.build().ok()
}

/// `path` without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_from_the_folder_of_the_patterns() {
        let place = Place {
            current: "/home/ada/mesh/sales".into(),
            folder: "/home/ada/mesh".into(),
        };
        let path_of = |name| place.path_of(name);
        assert_eq!(path_of("a.yaml"), Some("sales/a.yaml".into()));
        assert_eq!(path_of("../legacy/a.yaml"), Some("legacy/a.yaml".into()));
        assert_eq!(path_of("/home/ada/mesh/a.yaml"), Some("a.yaml".into()));
        assert_eq!(path_of("/elsewhere/a.yaml"), None);
        for (name, way, end) in [
            ("a.yaml", "sales/a.yaml", "/home/ada/mesh/sales/a.yaml"),
            ("../../a.yaml", "../a.yaml", "/home/ada/a.yaml"),
            (
                "/elsewhere/a.yaml",
                "../../../elsewhere/a.yaml",
                "/elsewhere/a.yaml",
            ),
        ] {
            assert_eq!(place.way_to(name), PathBuf::from(way));
            assert_eq!(place.end_of(way), PathBuf::from(end));
        }
    }
}
