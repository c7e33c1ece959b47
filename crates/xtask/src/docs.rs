//! The parts of `docs/` that are derived: the command reference and the rule pages.

use std::path::Path;

use mesh_cli::cli::Cli;
use mesh_diagnostics::Safety;
use mesh_lint::{Example, Excerpt, Group, Rule, rules};

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
        text: page(rule),
    });
    let index = File {
        path: folder.join("index.md"),
        text: index(),
    };
    pages.chain([index]).collect()
}

fn index() -> String {
    let mut text = String::from(
        "# Rules\n\n\
         What `mesh lint` checks, by the characteristic of a data product that each rule guards.\n\
         Findings in a document whose status is `draft` or `proposed` weigh one level less, except\n\
         those of the groups `valid` and `graph`.\n\n\
         The presets contain each other: `minimal` is part of `standard`, which is the default, and that of\n\
         `strict`. A rule with a `fix` can correct what it finds: a safe fix with `mesh lint --fix`, an unsafe\n\
         one with `--unsafe-fixes`.\n",
    );
    for group in Group::ALL {
        let members: Vec<&&Rule> = rules::ALL
            .iter()
            .filter(|rule| rule.group == group)
            .collect();
        if members.is_empty() {
            continue;
        }
        text += &format!(
            "\n## {}\n\n{}\n\n| rule | level | preset | fix | asks that |\n|---|---|---|---|---|\n",
            group.as_str(),
            group.summary()
        );
        for rule in members {
            text += &format!(
                "| [{id}]({id}.md) | {} | {} | {} | {} |\n",
                rule.level,
                rule.preset.as_str(),
                rule.fix.map_or("", Safety::as_str),
                rule.summary,
                id = rule.id
            );
        }
    }
    text
}

fn page(rule: &Rule) -> String {
    format!(
        "# {}\n\n\
         **{}**\n\n\
         Group [{group}](index.md#{group}), level {}, preset {}{}.\n\n\
         {}\n\n\
         ## Fails\n\n{}\n\n\
         ## Passes\n\n{}\n",
        rule.id,
        rule.summary,
        rule.level,
        rule.preset.as_str(),
        match rule.fix {
            Some(safety) => format!(", with a fix that is {}", safety.as_str()),
            None => String::new(),
        },
        rule.docs.trim(),
        example(&rule.fails),
        example(&rule.passes),
        group = rule.group.as_str(),
    )
}

fn example(example: &Example) -> String {
    let files: Vec<String> = example.files.iter().map(excerpt).collect();
    files.join("\n\n")
}

fn excerpt(excerpt: &Excerpt) -> String {
    format!(
        "```yaml\n# {}\n{}\n```",
        excerpt.path,
        excerpt.yaml.trim_end()
    )
}
