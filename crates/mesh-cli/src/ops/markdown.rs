//! Markdown on a terminal.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use crate::ops::text::wrap;
use crate::terminal::Terminal;

/// How far code stands in from the text around it.
const CODE_INDENT: usize = 4;

/// `markdown` for `terminal`: headings and strong text bold, code in colour or in backquotes,
/// paragraphs wrapped, blocks indented and apart. Links are their text alone.
pub(crate) fn render(markdown: &str, terminal: Terminal) -> String {
    let mut page = Page::new(terminal);
    for event in Parser::new(markdown) {
        page.take(event);
    }
    page.text
}

struct Page {
    terminal: Terminal,
    text: String,
    /// The words of the block that is being read, with their colours.
    block: String,
    is_strong: bool,
    is_code: bool,
    /// The lists around, each with the number of its next item if its items are numbered.
    lists: Vec<Option<u64>>,
    /// What the next line of a list begins with.
    bullet: Option<String>,
    /// Whether the last block belongs to a list.
    follows_item: bool,
    quotes: usize,
}

impl Page {
    fn new(terminal: Terminal) -> Self {
        Self {
            terminal,
            text: String::new(),
            block: String::new(),
            is_strong: false,
            is_code: false,
            lists: Vec::new(),
            bullet: None,
            follows_item: false,
            quotes: 0,
        }
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Strong) => self.is_strong = true,
            Event::End(TagEnd::Strong) => self.is_strong = false,
            Event::End(TagEnd::Heading(_)) => {
                self.is_strong = false;
                self.end_block();
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented)) => {
                self.is_code = true;
            }
            Event::End(TagEnd::CodeBlock) => self.end_code(),
            Event::Start(Tag::List(first)) => {
                self.end_block();
                self.follows_item &= !self.lists.is_empty();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => self.bullet = Some(self.next_bullet()),
            Event::End(TagEnd::Item | TagEnd::Paragraph) => self.end_block(),
            Event::Start(Tag::BlockQuote(_)) => self.quotes += 1,
            Event::End(TagEnd::BlockQuote(_)) => self.quotes -= 1,
            Event::Text(text) if self.is_code => self.block.push_str(&text),
            Event::Text(text) if self.is_strong => {
                let words = each_word(&text, |word| self.terminal.bold(word));
                self.block.push_str(&words);
            }
            Event::Text(text) => self.block.push_str(&text),
            Event::Code(code) => {
                // Without colours, only the backquotes tell where code begins and ends.
                let words = if self.terminal.style().color {
                    each_word(&code, |word| self.terminal.cyan(word))
                } else {
                    format!("`{code}`")
                };
                self.block.push_str(&words);
            }
            Event::SoftBreak | Event::HardBreak => self.block.push('\n'),
            _ => {}
        }
    }

    fn next_bullet(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        }
    }

    fn indent(&self) -> usize {
        let lists = self.lists.iter();
        let lists: usize = lists.map(|list| if list.is_some() { 3 } else { 2 }).sum();
        lists + 2 * self.quotes
    }

    /// Puts a blank line between blocks, but none between the items of a list.
    fn separate(&mut self, is_item: bool) {
        let is_next_item = is_item && self.follows_item;
        if !self.text.is_empty() && !is_next_item {
            self.text.push('\n');
        }
        self.follows_item = !self.lists.is_empty();
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.trim().is_empty() {
            return;
        }
        let bullet = self.bullet.take();
        let indent = self.indent();
        let columns = self.terminal.width().saturating_sub(indent);
        self.separate(bullet.is_some());
        let mut start = match &bullet {
            Some(bullet) => format!(
                "{}{bullet}",
                " ".repeat(indent.saturating_sub(bullet.len()))
            ),
            None => " ".repeat(indent),
        };
        for line in wrap(&block, columns) {
            self.text.push_str(&start);
            self.text.push_str(&line);
            self.text.push('\n');
            start = " ".repeat(indent);
        }
    }

    fn end_code(&mut self) {
        self.is_code = false;
        let block = std::mem::take(&mut self.block);
        self.separate(false);
        let indent = " ".repeat(self.indent() + CODE_INDENT);
        for line in block.lines() {
            let line = if line.trim_start().starts_with('#') {
                self.terminal.dim(line)
            } else {
                line.to_owned()
            };
            self.text.push_str(format!("{indent}{line}").trim_end());
            self.text.push('\n');
        }
    }
}

/// `text` with each word painted by itself, so that a line may break between them.
fn each_word(text: &str, paint: impl Fn(&str) -> String) -> String {
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            if word.is_empty() {
                String::new()
            } else {
                paint(word)
            }
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use mesh_diagnostics::render::Style;

    use super::*;

    fn terminal(color: bool) -> Terminal {
        Terminal::with(Style {
            color,
            width: 40,
            ..Style::PLAIN
        })
    }

    #[test]
    fn blocks_are_wrapped_indented_and_apart() {
        let markdown = "\
# Title

**One sentence.** See [there](a.md#b), and `a code`: it is
longer than a line.

- first item that is longer than what fits into forty columns
- second

1. one
2. two

```yaml
# a.yaml
a:
  - 1

b: 2
```

## End
";
        let expected = "\
Title

One sentence. See there, and `a code`:
it is longer than a line.

- first item that is longer than what
  fits into forty columns
- second

1. one
2. two

    # a.yaml
    a:
      - 1

    b: 2

End
";
        assert_eq!(render(markdown, terminal(false)), expected);
    }

    #[test]
    fn words_are_coloured_one_by_one() {
        assert_eq!(
            render("# Two words\n\nand `some code`", terminal(true)),
            "\x1b[1mTwo\x1b[0m \x1b[1mwords\x1b[0m\n\nand \x1b[36msome\x1b[0m \x1b[36mcode\x1b[0m\n"
        );
    }
}
