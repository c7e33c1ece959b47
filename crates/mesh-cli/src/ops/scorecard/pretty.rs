//! The scorecard for people.

use std::io::Write;

use mesh_diagnostics::printable_line as plain;
use mesh_diagnostics::render::{said, width};
use mesh_policy::scorecard::{DomainScore, Gate, Missing, ProductScore, Tier};

use super::Answer;
use crate::failure::Failure;
use crate::ops::text::{one_line, plural, wrap};
use crate::terminal::Terminal;

/// How many places a missing thing is shown at.
const PLACES: usize = 3;
/// As wide as the longest name of a level.
const LEVEL: usize = 6;

pub(super) fn write(
    answer: &Answer,
    terminal: Terminal,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let page = Page { terminal };
    for product in &answer.card.products {
        page.product(product, out)?;
    }
    // What a product lacks ends with an empty line.
    if let Some(None) = answer.card.products.last().map(ProductScore::next) {
        writeln!(out)?;
    }
    for domain in &answer.card.domains {
        page.domain(domain, out)?;
    }
    writeln!(out)?;
    for note in answer.notes() {
        page.lines("  ", &plain(&note), Terminal::dim, out)?;
    }
    let mark = if answer.below() > 0 {
        terminal.red(page.sign("✗", "x"))
    } else {
        terminal.green(page.sign("✓", "ok"))
    };
    for (at, line) in wrap(&answer.summary(), page.room(3)).iter().enumerate() {
        match at {
            0 => writeln!(out, "{mark} {line}")?,
            _ => writeln!(out, "  {line}")?,
        }
    }
    Ok(())
}

/// A way to paint text.
type Paint = fn(Terminal, &str) -> String;

struct Page {
    terminal: Terminal,
}

impl Page {
    fn product(&self, product: &ProductScore, out: &mut impl Write) -> Result<(), Failure> {
        let version = product.version.as_deref().unwrap_or_default();
        let domain = product.domain.as_deref().unwrap_or("no domain");
        self.title(product.level, (&product.label, version), domain, out)?;
        if let Some(next) = product.next() {
            let text = format!("  for {next}:");
            writeln!(out, "{}", self.terminal.dim(&text))?;
            for (gate, missing) in product.missing() {
                self.missing(gate, missing, out)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn domain(&self, domain: &DomainScore, out: &mut impl Write) -> Result<(), Failure> {
        let name = domain.name.as_deref().unwrap_or("no domain");
        let counts = domain.counts;
        let mut products = plural(counts.all(), "product");
        let words = counts.words();
        // That all of them have the level of the lowest is not worth saying.
        if words.contains(',') {
            products += &format!(": {words}");
        }
        self.title(domain.level, (name, ""), &products, out)
    }

    /// A level, what has it, and what else there is to say: on one line if that is wide enough, else on
    /// two.
    fn title(
        &self,
        level: Option<Tier>,
        (name, version): (&str, &str),
        more: &str,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let terminal = self.terminal;
        let (name, version) = (one_line(name), one_line(version));
        let (name, version, more) = (plain(&name), plain(&version), plain(more));
        let mark = self.sign("●", "*");
        let level_name = format!("{:LEVEL$}", Tier::name(level));
        let mut columns = width(mark) + 1 + LEVEL + 2 + width(&name);
        let mut line = format!(
            "{}  {}",
            paint(level)(terminal, &format!("{mark} {level_name}")),
            terminal.bold(&name)
        );
        if !version.is_empty() {
            columns += 1 + width(&version);
            line += &format!(" {}", terminal.cyan(&version));
        }
        if columns + 2 + width(&more) <= terminal.width() {
            writeln!(out, "{line}  {}", terminal.dim(&more))?;
        } else {
            writeln!(out, "{line}")?;
            self.lines(&" ".repeat(2 + LEVEL + 2), &more, Terminal::dim, out)?;
        }
        Ok(())
    }

    fn missing(&self, gate: &Gate, missing: &Missing, out: &mut impl Write) -> Result<(), Failure> {
        let dots = self.terminal.style().dots();
        let message = said(&one_line(&missing.message), dots);
        for (at, line) in wrap(&message, self.room(4)).iter().enumerate() {
            writeln!(out, "  {} {line}", if at == 0 { "-" } else { " " })?;
        }
        let places = &missing.places;
        for place in places.iter().take(PLACES) {
            let at = plain(&place.at()).into_owned();
            // Of one place, the message says what it is.
            let text = match places.len() {
                1 => at,
                _ => format!("{at} {}", said(&one_line(&place.what), dots)),
            };
            self.lines("    ", &text, Terminal::dim, out)?;
        }
        if places.len() > PLACES {
            let more = format!("and {} more", places.len() - PLACES);
            self.lines("    ", &more, Terminal::dim, out)?;
        }
        let help = gate.help.replace('…', dots);
        for (at, line) in wrap(&help, self.room(10)).iter().enumerate() {
            match at {
                0 => writeln!(out, "    {} {line}", self.terminal.cyan("help:"))?,
                _ => writeln!(out, "          {line}")?,
            }
        }
        Ok(())
    }

    /// `text` in lines, each after `indent`.
    fn lines(
        &self,
        indent: &str,
        text: &str,
        paint: Paint,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        for line in wrap(text, self.room(indent.len())) {
            writeln!(out, "{indent}{}", paint(self.terminal, &line))?;
        }
        Ok(())
    }

    fn sign<'s>(&self, unicode: &'s str, ascii: &'s str) -> &'s str {
        if self.terminal.style().unicode {
            unicode
        } else {
            ascii
        }
    }

    fn room(&self, used: usize) -> usize {
        self.terminal.width().saturating_sub(used)
    }
}

/// The colour of a level.
fn paint(level: Option<Tier>) -> Paint {
    match level {
        Some(Tier::Gold) => Terminal::yellow,
        Some(Tier::Silver) => Terminal::cyan,
        Some(Tier::Bronze) => Terminal::bold,
        None => Terminal::red,
    }
}
