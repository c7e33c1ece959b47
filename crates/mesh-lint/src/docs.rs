//! What is written about rules, as Markdown: the pages of `docs/rules/`, and what `mesh explain`
//! shows.

use mesh_diagnostics::Safety;

use crate::example::{Example, Excerpt};
use crate::rule::{Group, Rule};
use crate::rules;

/// The page of a rule.
pub fn page(rule: &Rule) -> String {
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

/// The overview of all rules.
pub fn index() -> String {
    let mut text = String::from(
        "# Rules\n\n\
         What `mesh lint` checks, by the characteristic of a data product that each rule guards.\n\
         Findings in a document whose status is `draft` or `proposed` weigh one level less, except\n\
         those of the groups `valid` and `graph`.\n\n\
         The presets contain each other: `minimal` is part of `standard`, which is the default, and that of\n\
         `strict`. A rule with a `fix` can correct what it finds: a safe fix with `mesh lint --fix`, an unsafe\n\
         one with `--unsafe-fixes`.\n",
    );
    for section in Group::ALL
        .into_iter()
        .filter_map(|group| section(group, "##"))
    {
        text.push('\n');
        text += &section;
    }
    text
}

/// The overview of a group.
pub fn group(group: Group) -> String {
    section(group, "#").unwrap_or_else(|| format!("# {}\n\n{}\n", group.as_str(), group.summary()))
}

/// A group and its rules, below a heading; nothing for a group that has none yet.
fn section(group: Group, heading: &str) -> Option<String> {
    let members = rules::of(group);
    if members.is_empty() {
        return None;
    }
    let mut text = format!(
        "{heading} {}\n\n{}\n\n| rule | level | preset | fix | asks that |\n|---|---|---|---|---|\n",
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
    Some(text)
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
