//! Which rules run where, and how much their findings weigh.

use std::fmt;
use std::sync::Arc;

use mesh_diagnostics::{Level, nearest};
use mesh_spec::vocabulary::Vocabularies;

use crate::rule::{Group, Preset, Rule};
use crate::rules;

/// What a repository has decided about the linter.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The set of rules to start from.
    pub preset: Preset,
    /// What is different from the preset, the later stronger than the earlier.
    pub adjustments: Vec<Adjustments>,
    /// What is different for some files, the later stronger than the earlier.
    pub overrides: Vec<Override>,
    /// The words that the mesh has agreed on.
    pub vocabularies: Vocabularies,
    /// Whether documents can ask to be let off.
    pub leniency: Leniency,
    /// What others ask for, whatever the repository has decided.
    pub mandates: Vec<Mandate>,
}

/// A rule that policies ask for: in its files it runs, nobody can suppress it, and its findings weigh so much at least.
#[derive(Clone)]
pub struct Mandate {
    /// The rule.
    pub rule: &'static Rule,
    /// The level that findings have at least.
    pub level: Level,
    /// Whether a file is meant, by the name it is shown under.
    pub applies: Arc<dyn Fn(&str) -> bool + Send + Sync>,
}

/// What documents may ask for themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Leniency {
    /// Comments suppress findings, and most findings weigh less in a draft.
    #[default]
    Granted,
    /// Neither: documents are judged by what they are, so that they can be compared.
    Denied,
}

/// Changes to a set of rules. What names a rule is stronger than what names a group.
#[derive(Debug, Clone, Default)]
pub struct Adjustments {
    /// Rules to run as well.
    pub select: Vec<Selector>,
    /// Rules not to run.
    pub ignore: Vec<Selector>,
    /// Levels other than the rules' own.
    pub levels: Vec<(Selector, Level)>,
}

/// [`Adjustments`] for some files.
#[derive(Clone)]
pub struct Override {
    /// Whether a file is meant, by the name it is shown under.
    pub applies: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// What is different for it.
    pub adjustments: Adjustments,
}

/// One rule or a group of them.
#[derive(Debug, Clone, Copy)]
pub enum Selector {
    /// All rules of a group.
    Group(Group),
    /// One rule.
    Rule(&'static Rule),
}

/// What is decided about one rule, for one file or for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) is_enabled: bool,
    /// The level that was asked for, if one was.
    pub(crate) level: Option<Level>,
    /// The least level, if policies ask for one.
    pub(crate) floor: Option<Level>,
}

impl Settings {
    /// Every rule, at its own level.
    pub fn everything() -> Self {
        Self {
            preset: Preset::Strict,
            ..Self::default()
        }
    }

    /// The rules of `preset` at their own levels, for documents that are compared with those of others:
    /// nothing that a repository decides, or a document asks for, makes it less.
    pub fn for_all(preset: Preset, vocabularies: Vocabularies) -> Self {
        Self {
            preset,
            vocabularies,
            leniency: Leniency::Denied,
            ..Self::default()
        }
    }

    /// What is decided about `rule` where nothing is said about single files.
    fn general(&self, rule: &Rule) -> Setting {
        let start = Setting {
            is_enabled: rule.preset <= self.preset,
            level: None,
            floor: None,
        };
        self.adjustments.iter().fold(start, |setting, adjustments| {
            adjustments.apply(rule, setting)
        })
    }

    /// What is decided about `rule` for the file shown as `name`.
    pub(crate) fn of(&self, rule: &Rule, name: &str) -> Setting {
        let decided = self
            .overrides
            .iter()
            .filter(|other| (other.applies)(name))
            .fold(self.general(rule), |setting, other| {
                other.adjustments.apply(rule, setting)
            });
        let floor = self.floor(rule, name);
        Setting {
            is_enabled: decided.is_enabled || floor.is_some(),
            floor,
            ..decided
        }
    }

    /// The level that policies ask for in the file shown as `name`.
    fn floor(&self, rule: &Rule, name: &str) -> Option<Level> {
        let mandates = self.mandates.iter();
        let mandates = mandates.filter(|it| it.rule.id == rule.id && (it.applies)(name));
        mandates.map(|it| it.level).max()
    }

    /// Whether `rule` runs for any file.
    pub fn is_enabled(&self, rule: &Rule) -> bool {
        self.general(rule).is_enabled
            || self.mandates.iter().any(|it| it.rule.id == rule.id)
            || self.overrides.iter().any(|other| {
                let off = Setting {
                    is_enabled: false,
                    level: None,
                    floor: None,
                };
                other.adjustments.apply(rule, off).is_enabled
            })
    }
}

impl Adjustments {
    fn apply(&self, rule: &Rule, mut setting: Setting) -> Setting {
        for is_one_rule in [false, true] {
            let names = |selector: &&Selector| {
                matches!(selector, Selector::Rule(_)) == is_one_rule && selector.contains(rule)
            };
            if self.ignore.iter().any(|selector| names(&selector)) && !rule.is_mandatory() {
                setting.is_enabled = false;
            }
            if self.select.iter().any(|selector| names(&selector)) {
                setting.is_enabled = true;
            }
            let levels = self.levels.iter().rev();
            if let Some((_, level)) = levels.into_iter().find(|(selector, _)| names(&selector)) {
                setting.level = Some(*level);
            }
        }
        if rule.is_mandatory() {
            setting.level = None;
        }
        setting
    }
}

impl Selector {
    /// Reads the name of a rule or of a group. Gives the name that was probably meant, if there is
    /// no such rule or group.
    pub fn parse(name: &str) -> Result<Self, Option<&'static str>> {
        let group = Group::ALL.into_iter().find(|group| group.as_str() == name);
        if let Some(group) = group {
            return Ok(Self::Group(group));
        }
        rules::find(name).map(Self::Rule).ok_or_else(|| {
            let groups = Group::ALL.into_iter().map(Group::as_str);
            let ids = rules::ALL.iter().map(|rule| rule.id);
            nearest(name, groups.chain(ids))
        })
    }

    fn contains(self, rule: &Rule) -> bool {
        match self {
            Self::Group(group) => rule.group == group,
            Self::Rule(other) => rule.id == other.id,
        }
    }
}

impl fmt::Debug for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Override")
            .field("adjustments", &self.adjustments)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Mandate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mandate")
            .field("rule", &self.rule.id)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(name: &str) -> Selector {
        Selector::parse(name).expect("there is such a rule or group")
    }

    fn is_on(settings: &Settings, rule: &str, file: &str) -> bool {
        let rule = rules::find(rule).expect("there is such a rule");
        settings.of(rule, file).is_enabled
    }

    #[test]
    fn presets_are_nested_and_none_is_empty() {
        let size = |preset| {
            let settings = Settings {
                preset,
                ..Settings::default()
            };
            let enabled = rules::ALL.iter().filter(|rule| settings.is_enabled(rule));
            enabled.count()
        };
        let sizes = Preset::ALL.map(size);
        assert!(sizes[0] > 0 && sizes.is_sorted(), "{sizes:?}");
        assert_eq!(sizes[2], rules::ALL.len());
    }

    #[test]
    fn a_rule_is_stronger_than_its_group() {
        let settings = Settings {
            adjustments: vec![Adjustments {
                select: vec![selector("cycle")],
                ignore: vec![selector("graph")],
                levels: vec![(selector("cycle"), Level::Info)],
            }],
            ..Settings::default()
        };
        assert!(is_on(&settings, "cycle", "a"));
        assert!(!is_on(&settings, "dangling-input", "a"));
        let cycle = rules::find("cycle").expect("a rule");
        assert_eq!(settings.of(cycle, "a").level, Some(Level::Info));
    }

    #[test]
    fn an_override_is_for_its_files_only() {
        let settings = Settings {
            overrides: vec![Override {
                applies: Arc::new(|name| name.starts_with("legacy/")),
                adjustments: Adjustments {
                    ignore: vec![selector("owner-missing")],
                    ..Adjustments::default()
                },
            }],
            ..Settings::default()
        };
        assert!(is_on(&settings, "owner-missing", "new/a.yaml"));
        assert!(!is_on(&settings, "owner-missing", "legacy/a.yaml"));
    }

    #[test]
    fn what_policies_ask_for_runs_in_their_files_whatever_the_repository_says() {
        let ignored = Adjustments {
            ignore: vec![selector("term-unlinked")],
            levels: vec![(selector("owner-missing"), Level::Info)],
            ..Adjustments::default()
        };
        let mandate = |name: &str| Mandate {
            rule: rules::find(name).expect("a rule"),
            level: Level::Error,
            applies: Arc::new(|name| name.starts_with("gxp/")),
        };
        let settings = Settings {
            adjustments: vec![ignored],
            mandates: vec![mandate("term-unlinked"), mandate("owner-missing")],
            ..Settings::default()
        };
        assert!(is_on(&settings, "term-unlinked", "gxp/a.yaml"));
        assert!(!is_on(&settings, "term-unlinked", "sales/a.yaml"));
        let owner = rules::find("owner-missing").expect("a rule");
        assert_eq!(settings.of(owner, "gxp/a.yaml").floor, Some(Level::Error));
        assert_eq!(settings.of(owner, "sales/a.yaml").floor, None);
    }

    #[test]
    fn what_cannot_be_read_cannot_be_ignored() {
        let all = Adjustments {
            ignore: vec![selector("valid"), selector("yaml-syntax")],
            levels: vec![(selector("yaml-syntax"), Level::Info)],
            ..Adjustments::default()
        };
        let settings = Settings {
            adjustments: vec![all],
            ..Settings::default()
        };
        assert!(is_on(&settings, "yaml-syntax", "a"));
        assert!(is_on(&settings, "schema-violation", "a"));
        assert!(!is_on(&settings, "unknown-status", "a"));
        let syntax = rules::find("yaml-syntax").expect("a rule");
        assert_eq!(settings.of(syntax, "a").level, None);
    }

    #[test]
    fn a_name_that_is_none_is_met_with_a_suggestion() {
        assert!(matches!(Selector::parse("cycel"), Err(Some("cycle"))));
        assert!(matches!(Selector::parse("qqqqqq"), Err(None)));
    }
}
