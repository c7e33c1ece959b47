//! What `mesh.yaml` and the command line say about rules, as the linter understands it.

use std::collections::BTreeMap;
use std::env;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use mesh_diagnostics::Span;
use mesh_lint::{Adjustments, Override, Preset, Selector, Settings};
use mesh_spec::yaml::{NodeRef, Tree, join};

use super::model::{Config, RuleLevel};
use super::read::Mistakes;
use super::resolved;
use crate::failure::Failure;

/// What the command line says about rules.
#[derive(Debug, Default)]
pub(crate) struct Choice<'a> {
    /// The set to start from.
    pub(crate) preset: Option<Preset>,
    /// Rules and groups to run as well.
    pub(crate) select: &'a [String],
    /// Rules and groups not to run.
    pub(crate) ignore: &'a [String],
}

impl Choice<'_> {
    /// `settings` with this on top.
    pub(crate) fn applied_to(&self, mut settings: Settings) -> Result<Settings, Failure> {
        if let Some(preset) = self.preset {
            settings.preset = preset;
        }
        let parse = |names: &[String]| {
            names
                .iter()
                .map(|name| Selector::parse(name).map_err(|meant| unknown(name, meant)))
                .map(|selector| {
                    selector.map_err(|(message, help)| Failure::new(message).help(help))
                })
                .collect::<Result<Vec<_>, _>>()
        };
        let adjustments = Adjustments {
            select: parse(self.select)?,
            ignore: parse(self.ignore)?,
            levels: Vec::new(),
        };
        for name in self.ignore {
            if let Ok(selector) = Selector::parse(name)
                && let Some(message) = not_to_be_ignored(selector)
            {
                return Err(Failure::new(message).help(MANDATORY_HELP));
            }
        }
        settings.adjustments.push(adjustments);
        Ok(settings)
    }
}

/// What to do about a mandatory rule that someone wants to be without.
const MANDATORY_HELP: &str =
    "leave it out here; what cannot be read cannot be checked, so the rule always runs";

/// The linter's settings. What is wrong with them is added to `mistakes`.
pub(super) fn settings(
    config: &Config,
    folder: &Path,
    tree: Option<&Tree>,
    mistakes: &mut Mistakes,
) -> Settings {
    let Some(tree) = tree else {
        return Settings::default();
    };
    let mut reader = Reader { tree, mistakes };
    let lint = &config.lint;
    let adjustments = reader.adjustments("/lint", &lint.select, &lint.ignore, &lint.levels);
    let place = Place::of(folder);
    let overrides = lint
        .overrides
        .iter()
        .enumerate()
        .filter_map(|(index, other)| {
            let pointer = format!("/lint/overrides/{index}");
            let files = reader.globs(&pointer, &other.paths)?;
            let place = place.clone();
            Some(Override {
                applies: Arc::new(move |name| {
                    place.path_of(name).is_some_and(|path| files.is_match(path))
                }),
                adjustments: reader.adjustments(
                    &pointer,
                    &other.select,
                    &other.ignore,
                    &other.levels,
                ),
            })
        })
        .collect();
    Settings {
        preset: lint.preset.map(Into::into).unwrap_or_default(),
        adjustments: vec![adjustments],
        overrides,
        vocabularies: config.vocabularies.clone(),
    }
}

struct Reader<'a> {
    tree: &'a Tree,
    mistakes: &'a mut Mistakes,
}

impl Reader<'_> {
    /// Reads `select`, `ignore` and `levels` of the mapping at `pointer`.
    fn adjustments(
        &mut self,
        pointer: &str,
        select: &[String],
        ignore: &[String],
        levels: &BTreeMap<String, RuleLevel>,
    ) -> Adjustments {
        for (index, name) in ignore.iter().enumerate() {
            if select.contains(name) {
                self.mistake(
                    self.tree.span_at(&format!("{pointer}/ignore/{index}")),
                    format!("`{name}` is both selected and ignored"),
                    "take it out of one of the two lists",
                );
            }
        }
        let mut adjustments = Adjustments::default();
        for (index, name) in select.iter().enumerate() {
            let span = self.tree.span_at(&format!("{pointer}/select/{index}"));
            adjustments.select.extend(self.selector(name, span));
        }
        for (index, name) in ignore.iter().enumerate() {
            let span = self.tree.span_at(&format!("{pointer}/ignore/{index}"));
            adjustments.ignore.extend(self.optional(name, span));
        }
        for (name, level) in levels {
            let at = join(&format!("{pointer}/levels"), name);
            let key = self.tree.key_at(&at).map(NodeRef::span);
            let span = key.unwrap_or_else(|| self.tree.span_at(&at));
            match (self.optional(name, span), level.level()) {
                (Some(selector), Some(level)) => adjustments.levels.push((selector, level)),
                (Some(selector), None) => adjustments.ignore.push(selector),
                (None, _) => {}
            }
        }
        adjustments
    }

    /// The rule or group that `name` names.
    fn selector(&mut self, name: &str, span: Span) -> Option<Selector> {
        match Selector::parse(name) {
            Ok(selector) => Some(selector),
            Err(meant) => {
                let (message, help) = unknown(name, meant);
                self.mistake(span, message, &help);
                None
            }
        }
    }

    /// The same for what is to be left out or to weigh differently, which not every rule can be.
    fn optional(&mut self, name: &str, span: Span) -> Option<Selector> {
        let selector = self.selector(name, span)?;
        if let Some(message) = not_to_be_ignored(selector) {
            self.mistake(span, message, MANDATORY_HELP);
        }
        Some(selector)
    }

    /// The patterns under `paths` of the mapping at `pointer`.
    fn globs(&mut self, pointer: &str, paths: &[String]) -> Option<GlobSet> {
        let mut files = GlobSetBuilder::new();
        for (index, path) in paths.iter().enumerate() {
            let leads_out = path.starts_with('/') || path.split('/').any(|part| part == "..");
            if path.is_empty() || leads_out {
                self.mistake(
                    self.tree.span_at(&format!("{pointer}/paths/{index}")),
                    format!("`{path}` matches no file below the folder of this one"),
                    "write a pattern relative to this file, such as `legacy/**`",
                );
                continue;
            }
            match Glob::new(path.trim_start_matches("./")) {
                Ok(glob) => {
                    files.add(glob);
                }
                Err(error) => self.mistake(
                    self.tree.span_at(&format!("{pointer}/paths/{index}")),
                    format!("`{path}` is not a pattern for paths: {}", error.kind()),
                    "write a pattern such as `legacy/**` or `*/contracts/*.odcs.yaml`",
                ),
            }
        }
        if paths.is_empty() {
            self.mistake(
                self.tree.span_at(pointer),
                "this override is for no files".to_owned(),
                "name them: `paths: [legacy/**]`",
            );
        }
        files.build().ok()
    }

    fn mistake(&mut self, span: Span, message: String, help: &str) {
        self.mistakes
            .add(self.tree.source(), span, message, Some(help.to_owned()));
    }
}

/// What is said of a name that is no rule's and no group's, and what to do.
fn unknown(name: &str, meant: Option<&str>) -> (String, String) {
    (
        format!("there is no rule and no group of rules `{name}`"),
        match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "name one that `mesh rules` lists".to_owned(),
        },
    )
}

fn not_to_be_ignored(selector: Selector) -> Option<String> {
    match selector {
        Selector::Rule(rule) if rule.is_mandatory() => Some(format!(
            "`{}` can neither be ignored nor weigh less",
            rule.id
        )),
        _ => None,
    }
}

/// Where the names of documents are seen from, and the folder that they are to be seen from.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    current: PathBuf,
    folder: PathBuf,
}

impl Place {
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
