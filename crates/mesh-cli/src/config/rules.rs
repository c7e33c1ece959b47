//! What `mesh.yaml` and the command line say about rules, as the linter understands it.

use std::collections::BTreeMap;
use std::path::Path;

use mesh_diagnostics::Span;
use mesh_lint::{Adjustments, Override, Preset, Selector, Settings};
use mesh_spec::yaml::{NodeRef, Tree, join};

use super::model::{Config, RuleLevel};
use super::place::{Place, patterns};
use crate::failure::Failure;
use mesh_spec::settings::Mistakes;

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
            let files = patterns(tree, &pointer, &other.paths, reader.mistakes)?;
            Some(Override {
                applies: place.matcher(files),
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
        ..Settings::default()
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
