//! `mesh explain`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::rule_url;
use mesh_lint::{Example, Group, Rule, Selector, docs, rules};
use serde::Serialize;

use super::rules::{RuleView, print_group};
use crate::cli::{Explain, ExplainFormat};
use crate::ops::markdown;
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Explain) -> Result<Ending, Failure> {
    let subject = Selector::parse(&arguments.rule).map_err(|meant| unknown(arguments, meant))?;
    let mut out = BufWriter::new(stdout().lock());
    match (arguments.format, subject) {
        (ExplainFormat::Pretty, Selector::Rule(rule)) => {
            let terminal = Terminal::stdout();
            write!(out, "{}", markdown::render(&docs::page(rule), terminal))?;
            writeln!(
                out,
                "\n{}",
                terminal.dim(&rule_url(rule.group.as_str(), rule.id))
            )?;
        }
        (ExplainFormat::Pretty, Selector::Group(group)) => {
            print_group(&mut out, group, &rules::of(group), Terminal::stdout())?;
        }
        (ExplainFormat::Markdown, Selector::Rule(rule)) => {
            write!(out, "{}", docs::page(rule))?;
        }
        (ExplainFormat::Markdown, Selector::Group(group)) => {
            write!(out, "{}", docs::group(group))?;
        }
        (ExplainFormat::Json, Selector::Rule(rule)) => {
            write_json(&mut out, &Explanation::of(rule))?;
        }
        (ExplainFormat::Json, Selector::Group(group)) => {
            write_json(&mut out, &GroupView::of(group))?;
        }
    }
    out.flush()?;
    Ok(Ending::Clean)
}

fn unknown(arguments: &Explain, meant: Option<&str>) -> Failure {
    let failure = Failure::new(format!(
        "there is no rule and no group `{}`",
        arguments.rule
    ));
    match meant {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help("`mesh rules` lists them all"),
    }
}

fn write_json(out: &mut impl Write, view: &impl Serialize) -> Result<(), Failure> {
    serde_json::to_writer_pretty(&mut *out, view).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

#[derive(Serialize)]
struct Explanation {
    version: u32,
    #[serde(flatten)]
    rule: RuleView,
    /// Markdown.
    docs: &'static str,
    fails: Vec<FileView>,
    passes: Vec<FileView>,
}

#[derive(Serialize)]
struct FileView {
    path: &'static str,
    yaml: &'static str,
}

#[derive(Serialize)]
struct GroupView {
    version: u32,
    group: &'static str,
    summary: &'static str,
    rules: Vec<RuleView>,
}

impl Explanation {
    fn of(rule: &Rule) -> Self {
        Self {
            version: 1,
            rule: RuleView::of(rule),
            docs: rule.docs,
            fails: files(&rule.fails),
            passes: files(&rule.passes),
        }
    }
}

impl GroupView {
    fn of(group: Group) -> Self {
        let members = rules::of(group);
        Self {
            version: 1,
            group: group.as_str(),
            summary: group.summary(),
            rules: members.into_iter().map(RuleView::of).collect(),
        }
    }
}

fn files(example: &Example) -> Vec<FileView> {
    let files = example.files.iter();
    files
        .map(|file| FileView {
            path: file.path,
            yaml: file.yaml,
        })
        .collect()
}
