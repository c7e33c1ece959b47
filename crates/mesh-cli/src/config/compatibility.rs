//! What `mesh.yaml` says about compatibility, as those who judge changes understand it.

use std::path::Path;

use mesh_compat::{Ignore, Override, Settings, changes, gate};
use mesh_diagnostics::nearest;
use mesh_spec::terms::dates::Day;
use mesh_spec::yaml::Tree;

use super::model::{CompatibilityConfig, IgnoredChange};
use super::place::{Place, patterns};
use mesh_spec::settings::Mistakes;

/// The settings. What is wrong with them is added to `mistakes`.
pub(super) fn settings(
    config: &CompatibilityConfig,
    folder: &Path,
    tree: Option<&Tree>,
    mistakes: &mut Mistakes,
) -> Settings {
    let Some(tree) = tree else {
        return Settings::default();
    };
    let ignored = config.ignore.iter().enumerate();
    let ignore = ignored
        .filter_map(|(index, entry)| {
            ignored_change(
                entry,
                &format!("/compatibility/ignore/{index}"),
                tree,
                mistakes,
            )
        })
        .collect();
    let place = Place::of(folder);
    let overrides = config.overrides.iter().enumerate();
    let overrides = overrides
        .filter_map(|(index, other)| {
            let pointer = format!("/compatibility/overrides/{index}");
            let files = patterns(tree, &pointer, &other.paths, mistakes)?;
            Some(Override {
                applies: place.matcher(files),
                profile: other.profile,
                versioning: other.versioning,
            })
        })
        .collect();
    Settings {
        profile: config.profile.unwrap_or_default(),
        versioning: config.versioning.unwrap_or_default(),
        properties: config.properties.clone(),
        ignore,
        overrides,
    }
}

fn ignored_change(
    entry: &IgnoredChange,
    pointer: &str,
    tree: &Tree,
    mistakes: &mut Mistakes,
) -> Option<Ignore> {
    let mut mistake = |key: &str, message: String, help: String| {
        let span = tree.span_at(&format!("{pointer}/{key}"));
        mistakes.add(tree.source(), span, message, Some(help));
    };
    let kind = changes::find(&entry.kind);
    if kind.is_none() {
        let is_of_gate = gate::rules::RULES.iter().any(|rule| rule.id == entry.kind);
        let help = match nearest(&entry.kind, changes::all().map(|kind| kind.id)) {
            // A version is set, and not ignored.
            _ if is_of_gate => {
                "name the kind of the change that asks for another version, such as `field-removed`"
                    .to_owned()
            }
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "name one that a finding of `mesh breaking` is of".to_owned(),
        };
        mistake(
            "kind",
            format!("there is no kind of change `{}`", entry.kind),
            help,
        );
    }
    let until = Day::parse(&entry.until).filter(|_| entry.until.trim().len() == 10);
    if until.is_none() {
        mistake(
            "until",
            format!("`{}` is not a day", entry.until),
            "write the last day on which the change is let through, such as `2027-03-31`"
                .to_owned(),
        );
    }
    if entry.reason.trim().is_empty() {
        mistake(
            "reason",
            "the reason is empty".to_owned(),
            "say why the change may go through although it breaks readers".to_owned(),
        );
    }
    Some(Ignore {
        kind: kind?,
        at: entry.at.clone(),
        of: entry.of.clone(),
        reason: entry.reason.trim().to_owned(),
        until: until?,
    })
}
