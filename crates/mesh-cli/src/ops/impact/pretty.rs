//! The answer as a tree, for people.

use std::io::Write;

use mesh_compat::Impact;
use mesh_compat::lineage::Affected;
use mesh_diagnostics::printable_line as plain;
use mesh_diagnostics::render::width;

use super::words::{self, Tree};
use super::{Answer, Port, Subject};
use crate::failure::Failure;
use crate::ops::text::{marked, one_line, plural, wrap};
use crate::terminal::Terminal;

/// How many changes of a port are shown.
const CHANGES: usize = 5;
/// How deep a tree can be read.
const DEPTH: usize = 12;

pub(crate) fn write(
    answer: &Answer,
    terminal: Terminal,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let page = Page { answer, terminal };
    for text in words::nothing(answer) {
        for line in wrap(&plain(&text), terminal.width()) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    for subject in &answer.products {
        for port in &subject.ports {
            page.port(subject, port, out)?;
        }
    }
    let gravest = answer.reached().map(|affected| affected.impact).max();
    let mark = match gravest {
        Some(impact) => page.mark(impact, true),
        None => terminal.green(page.sign("✓", "ok")),
    };
    let summary = words::summary(answer);
    Ok(marked(out, &mark, &plain(&summary), terminal.width() - 2)?)
}

/// A way to paint text.
type Paint = fn(Terminal, &str) -> String;

struct Page<'a> {
    answer: &'a Answer,
    terminal: Terminal,
}

impl Page<'_> {
    fn port(&self, subject: &Subject, port: &Port, out: &mut impl Write) -> Result<(), Failure> {
        let terminal = self.terminal;
        let counts = match (port.changes.is_empty(), self.answer.is_all) {
            (true, true) => String::new(),
            _ => format!(", {}", words::counts(port)),
        };
        let title = [
            (port.label(), Terminal::bold as Paint),
            (
                self.arrows(&words::versions(subject, port)),
                Terminal::cyan as Paint,
            ),
        ];
        self.title(("", 0), "  ", &title, &counts, &subject.reference, out)?;
        for change in port.changes.iter().take(CHANGES) {
            let text = plain(&one_line(&change.message)).into_owned();
            let mark = self.mark(change.impact, true);
            self.lines(&format!("  {mark} "), "    ", 4, &text, out)?;
        }
        if port.changes.len() > CHANGES {
            let more = format!("and {} more", port.changes.len() - CHANGES);
            writeln!(out, "    {}", terminal.dim(&more))?;
        }
        if port.affected.is_empty() {
            writeln!(out, "  {}", terminal.dim("nobody consumes it"))?;
        }
        let tree = Tree::of(&port.affected);
        self.level(&port.affected, &tree, tree.direct(), "", 1, out)?;
        writeln!(out)?;
        Ok(())
    }

    /// The consumers that are reached through one, and whom they reach. Those that are not share a line.
    fn level(
        &self,
        affected: &[Affected],
        tree: &Tree,
        places: &[usize],
        around: &str,
        depth: usize,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let (reached, others): (Vec<usize>, Vec<usize>) = places
            .iter()
            .partition(|&&place| affected[place].reach.is_reached());
        let rest = self.unreached(affected, &others);
        for (at, &place) in reached.iter().enumerate() {
            let is_last = at + 1 == reached.len() && rest.is_empty();
            let has_more = !tree.beneath(place).is_empty();
            let (branch, inner) = self.branches(around, is_last);
            let below = match (has_more, self.terminal.style().unicode) {
                (false, _) => "  ",
                (true, true) => "│ ",
                (true, false) => "| ",
            };
            let below = format!("{inner}{below}");
            self.consumer(&affected[place], &branch, &below, out)?;
            if depth < DEPTH {
                let next = tree.beneath(place);
                self.level(affected, tree, next, &inner, depth + 1, out)?;
            } else if has_more {
                let count = plural(tree.count_beneath(place), "consumer");
                let (branch, _) = self.branches(&inner, true);
                let text = format!("{branch}and {count} further on; --format json lists all");
                writeln!(out, "{}", self.terminal.dim(&text))?;
            }
        }
        for (at, text) in rest.iter().enumerate() {
            let (branch, inner) = self.branches(around, at + 1 == rest.len());
            let used = width(&branch);
            let first = self.terminal.dim(&branch);
            let inner = self.terminal.dim(&inner);
            for (at, line) in wrap(text, self.room(used)).iter().enumerate() {
                let before = if at == 0 { &first } else { &inner };
                writeln!(out, "{before}{}", self.terminal.dim(line))?;
            }
        }
        Ok(())
    }

    /// One consumer that is reached, with what stands before its first line and the others.
    fn consumer(
        &self,
        affected: &Affected,
        branch: &str,
        below: &str,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let terminal = self.terminal;
        let consumer = &affected.consumer;
        let version = consumer.version.as_deref().unwrap_or_default();
        let owner = consumer.owner.as_deref().unwrap_or("nobody named");
        let mark = self.mark(affected.impact, !affected.is_possible_only);
        let title = [
            (consumer.reference.clone(), Terminal::bold as Paint),
            (version.to_owned(), Terminal::cyan as Paint),
        ];
        let start = format!("{}{mark} ", terminal.dim(branch));
        let notes = words::notes(affected);
        let used = width(branch) + 2;
        self.title((&start, used), below, &title, &notes, owner, out)?;
        let used = width(below);
        let before = terminal.dim(below);
        let reason = words::reason(affected);
        self.lines(&before, &before, used, &plain(&reason), out)
    }

    /// A name, a version, what else there is to say, and whose it is: on one line if that is wide enough,
    /// else on two.
    fn title(
        &self,
        (start, used): (&str, usize),
        below: &str,
        words: &[(String, Paint); 2],
        more: &str,
        whose: &str,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let (more, whose) = (plain(more), plain(whose));
        let mut columns = used + width(&more) + 2 + width(&whose);
        let mut painted = Vec::new();
        for (text, paint) in words.iter().filter(|(text, _)| !text.is_empty()) {
            let text = plain(text);
            columns += width(&text) + 1;
            painted.push(paint(self.terminal, &text));
        }
        let line = format!("{start}{}{more}", painted.join(" "));
        if columns <= self.terminal.width() + 1 {
            writeln!(out, "{line}  {}", self.terminal.dim(&whose))?;
        } else {
            let below = self.terminal.dim(below);
            writeln!(out, "{line}\n{below}{}", self.terminal.dim(&whose))?;
        }
        Ok(())
    }

    /// One line for all who name other fields, one for all who rely on other versions.
    fn unreached(&self, affected: &[Affected], places: &[usize]) -> Vec<String> {
        use mesh_compat::lineage::Reach;
        let of = |reach: Reach| {
            let found = places.iter().map(|&place| &affected[place]);
            found.filter(move |affected| affected.reach == reach)
        };
        let name = |affected: &Affected| plain(&affected.consumer.reference).into_owned();
        let others: Vec<String> = of(Reach::OtherFields).map(name).collect();
        let pinned = of(Reach::OtherLine).map(|affected| {
            let version = affected.input.version.as_deref().unwrap_or_default();
            format!("{} on {}", name(affected), plain(version))
        });
        let pinned: Vec<String> = pinned.collect();
        let dot = self.sign("·", "-");
        let mut lines = Vec::new();
        if !others.is_empty() {
            let count = plural(others.len(), "product");
            let verb = if others.len() == 1 { "names" } else { "name" };
            lines.push(format!(
                "{dot} {count} {verb} other fields only: {}",
                others.join(", ")
            ));
        }
        if !pinned.is_empty() {
            let count = plural(pinned.len(), "product");
            let verb = if pinned.len() == 1 { "relies" } else { "rely" };
            lines.push(format!(
                "{dot} {count} {verb} on another line of versions: {}",
                pinned.join(", ")
            ));
        }
        lines
    }

    /// What stands before the first line of a consumer, and before those below it.
    fn branches(&self, around: &str, is_last: bool) -> (String, String) {
        let (branch, inner) = match (self.terminal.style().unicode, is_last) {
            (true, false) => ("├─ ", "│  "),
            (true, true) => ("└─ ", "   "),
            (false, false) => ("|- ", "|  "),
            (false, true) => ("`- ", "   "),
        };
        let start = if around.is_empty() { "  " } else { around };
        (format!("{start}{branch}"), format!("{start}{inner}"))
    }

    fn mark(&self, impact: Impact, is_certain: bool) -> String {
        match impact {
            Impact::Major if is_certain => self.terminal.red(self.sign("✗", "x")),
            Impact::Major => self.terminal.red("?"),
            Impact::Review | Impact::Minor if is_certain => self.terminal.yellow("!"),
            Impact::Review | Impact::Minor => self.terminal.yellow("?"),
            Impact::Patch | Impact::None => self.sign("•", "*").to_owned(),
        }
    }

    fn sign<'s>(&self, unicode: &'s str, ascii: &'s str) -> &'s str {
        if self.terminal.style().unicode {
            unicode
        } else {
            ascii
        }
    }

    fn arrows(&self, text: &str) -> String {
        text.replace('→', self.sign("→", "->"))
    }

    fn room(&self, used: usize) -> usize {
        // Deep in a tree, lines that are too long are better than a column of syllables.
        self.terminal.width().saturating_sub(used).max(30)
    }

    fn lines(
        &self,
        first: &str,
        others: &str,
        used: usize,
        text: &str,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        for (at, line) in wrap(text, self.room(used)).iter().enumerate() {
            writeln!(out, "{}{line}", if at == 0 { first } else { others })?;
        }
        Ok(())
    }
}
