//! The parts of `docs/` that are derived: the command reference, and the pages of rules, of kinds of
//! change and of what is asked of versions.

use std::path::Path;

use mesh_cli::cli::Cli;
use mesh_compat::changes;
use mesh_compat::gate;
use mesh_lint::{docs, rules};

use crate::File;

/// The reference of all commands.
pub(crate) fn commands() -> Vec<File> {
    let options = clap_markdown::MarkdownOptions::new()
        .title("Commands".to_owned())
        .show_footer(false);
    let text = clap_markdown::help_markdown_custom::<Cli>(&options);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    vec![File {
        path: "docs/commands.md".into(),
        text: format!("{}\n", lines.join("\n").trim_end()),
    }]
}

/// A page per rule, and an index.
pub(crate) fn rules() -> Vec<File> {
    let folder = Path::new("docs/rules");
    let pages = rules::ALL.iter().map(|rule| File {
        path: folder.join(format!("{}.md", rule.id)),
        text: docs::page(rule),
    });
    let index = File {
        path: folder.join("index.md"),
        text: docs::index(),
    };
    pages.chain([index]).collect()
}

/// A page per kind of change and per rule about versions, and an index.
pub(crate) fn changes() -> Vec<File> {
    let folder = Path::new("docs/changes");
    let pages = changes::all().map(|kind| File {
        path: folder.join(format!("{}.md", kind.id)),
        text: mesh_compat::docs::page(kind),
    });
    let rules = gate::rules::RULES.into_iter().map(|rule| File {
        path: folder.join(format!("{}.md", rule.id)),
        text: mesh_compat::docs::rule_page(rule),
    });
    let index = File {
        path: folder.join("index.md"),
        text: mesh_compat::docs::index(),
    };
    pages.chain(rules).chain([index]).collect()
}

/// What a registry is checked for.
pub(crate) fn checks() -> Vec<File> {
    vec![File {
        path: "docs/registry-checks.md".into(),
        text: mesh_registry::verify::docs::list(),
    }]
}
