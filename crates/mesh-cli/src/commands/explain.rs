//! `mesh explain`

use std::collections::BTreeMap;
use std::io::{BufWriter, Write, stdout};

use mesh_compat::gate::rules::{self as gate_rules, GateRule, RULES};
use mesh_compat::render::kind_url;
use mesh_compat::{ChangeKind, Impact, Profile, changes};
use mesh_diagnostics::{COMPATIBILITY, LOCK, REGISTRY, nearest, rule_url};
use mesh_lint::{Example, Group, Rule, Selector, docs, rules};
use mesh_registry::verify::{self, Check};
use serde::Serialize;

use super::rules::{RuleView, print_group};
use crate::cli::{Explain, ExplainFormat};
use crate::ops::inputs::rules::{self as lock_rules, LockRule};
use crate::ops::markdown;
use crate::ops::output;
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Explain) -> Result<Ending, Failure> {
    let mut out = BufWriter::new(stdout().lock());
    let subject = match Selector::parse(&arguments.rule) {
        Ok(subject) => subject,
        Err(meant) => {
            if let Some(rule) = gate_rules::find(&arguments.rule) {
                let page = mesh_compat::docs::rule_page(rule);
                write_page(
                    &mut out,
                    &page,
                    &OtherRuleView::of_gate(rule),
                    arguments.format,
                )?;
            } else if let Some(rule) = lock_rules::find(&arguments.rule) {
                write_page(
                    &mut out,
                    &rule.page(),
                    &OtherRuleView::of_lock(rule),
                    arguments.format,
                )?;
            } else if let Some(check) = verify::find(&arguments.rule) {
                write_page(
                    &mut out,
                    &verify::docs::page(check),
                    &OtherRuleView::of_check(check),
                    arguments.format,
                )?;
            } else {
                let kind =
                    changes::find(&arguments.rule).ok_or_else(|| unknown(arguments, meant))?;
                write_kind(&mut out, kind, arguments.format)?;
            }
            out.flush()?;
            return Ok(Ending::Clean);
        }
    };
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

fn write_kind(
    out: &mut impl Write,
    kind: &'static ChangeKind,
    format: ExplainFormat,
) -> Result<(), Failure> {
    match format {
        ExplainFormat::Pretty => {
            let terminal = Terminal::stdout();
            let page = mesh_compat::docs::page(kind);
            write!(out, "{}", markdown::render(&page, terminal))?;
            writeln!(out, "\n{}", terminal.dim(&kind_url(kind.id)))?;
        }
        ExplainFormat::Markdown => write!(out, "{}", mesh_compat::docs::page(kind))?,
        ExplainFormat::Json => write_json(out, &KindView::of(kind))?,
    }
    Ok(())
}

/// Writes the page of a rule that is none of lint's.
fn write_page(
    out: &mut impl Write,
    page: &str,
    view: &OtherRuleView,
    format: ExplainFormat,
) -> Result<(), Failure> {
    match format {
        ExplainFormat::Pretty => {
            let terminal = Terminal::stdout();
            write!(out, "{}", markdown::render(page, terminal))?;
            writeln!(out, "\n{}", terminal.dim(&view.url))?;
        }
        ExplainFormat::Markdown => write!(out, "{page}")?,
        ExplainFormat::Json => write_json(out, view)?,
    }
    Ok(())
}

fn unknown(arguments: &Explain, meant: Option<&str>) -> Failure {
    let failure = Failure::new(format!(
        "there is no rule, no group and no kind of change `{}`",
        arguments.rule
    ));
    let kinds = changes::all().map(|kind| kind.id);
    let others = kinds
        .chain(RULES.map(|rule| rule.id))
        .chain(lock_rules::RULES.map(|rule| rule.id))
        .chain(verify::ALL.iter().map(|check| check.id));
    match meant.or_else(|| nearest(&arguments.rule, others)) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help(
            "`mesh rules` lists all rules; `mesh policy explain` tells of a policy that is in force",
        ),
    }
}

fn write_json(out: &mut impl Write, view: &impl Serialize) -> Result<(), Failure> {
    output::json(out, view)?;
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

#[derive(Serialize)]
struct KindView {
    version: u32,
    id: &'static str,
    group: &'static str,
    impacts: BTreeMap<&'static str, Impact>,
    summary: &'static str,
    why: &'static str,
    help: &'static str,
    url: String,
    /// Markdown.
    docs: &'static str,
    before: &'static str,
    after: &'static str,
}

#[derive(Serialize)]
struct OtherRuleView {
    version: u32,
    id: &'static str,
    group: &'static str,
    summary: &'static str,
    url: String,
    /// Markdown.
    docs: &'static str,
}

impl OtherRuleView {
    fn of_check(check: &Check) -> Self {
        Self {
            version: 1,
            id: check.id,
            group: REGISTRY,
            summary: check.summary,
            url: rule_url(REGISTRY, check.id),
            docs: check.docs,
        }
    }

    fn of_gate(rule: &GateRule) -> Self {
        Self {
            version: 1,
            id: rule.id,
            group: COMPATIBILITY,
            summary: rule.summary,
            url: rule_url(COMPATIBILITY, rule.id),
            docs: rule.docs,
        }
    }

    fn of_lock(rule: &LockRule) -> Self {
        Self {
            version: 1,
            id: rule.id,
            group: LOCK,
            summary: rule.summary,
            url: rule_url(LOCK, rule.id),
            docs: rule.docs,
        }
    }
}

impl KindView {
    fn of(kind: &ChangeKind) -> Self {
        let impacts = Profile::ALL.map(|profile| (profile.as_str(), kind.impacts.under(profile)));
        Self {
            version: 1,
            id: kind.id,
            group: kind.group.as_str(),
            impacts: impacts.into(),
            summary: kind.summary,
            why: kind.why,
            help: kind.help,
            url: kind_url(kind.id),
            docs: kind.docs,
            before: kind.example.old,
            after: kind.example.new,
        }
    }
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
