//! What the terminal can show, and what is shown while one waits.

use std::borrow::Cow;
use std::env;
use std::io::{IsTerminal, stderr, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mesh_diagnostics::printable_line;
use mesh_diagnostics::render::Style;

/// Lines longer than this are hard to read, however wide the window.
const MAX_WIDTH: usize = 110;
/// Wide enough for excerpts when nobody says how wide the output is.
const DEFAULT_WIDTH: usize = 100;

/// One of the two output streams.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    style: Style,
}

impl Terminal {
    /// Standard output.
    pub(crate) fn stdout() -> Self {
        Self::new(
            stdout().is_terminal(),
            supports_unicode::on(supports_unicode::Stream::Stdout),
            supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
            terminal_size::terminal_size_of(stdout()),
        )
    }

    /// Standard error.
    pub(crate) fn stderr() -> Self {
        Self::new(
            stderr().is_terminal(),
            supports_unicode::on(supports_unicode::Stream::Stderr),
            supports_hyperlinks::on(supports_hyperlinks::Stream::Stderr),
            terminal_size::terminal_size_of(stderr()),
        )
    }

    fn new(
        terminal: bool,
        unicode: bool,
        links: bool,
        size: Option<(terminal_size::Width, terminal_size::Height)>,
    ) -> Self {
        // https://no-color.org: any value that is not empty.
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = terminal && !no_color && !dumb;
        Self {
            style: Style {
                color,
                // A file or a pipe is read later by something that knows UTF-8.
                unicode: !terminal || unicode,
                links: color && links,
                width: size.map_or(DEFAULT_WIDTH, |(width, _)| {
                    usize::from(width.0).clamp(40, MAX_WIDTH)
                }),
            },
        }
    }

    /// One that draws as `style` says.
    pub(crate) const fn with(style: Style) -> Self {
        Self { style }
    }

    /// How reports are drawn on it.
    pub(crate) fn style(self) -> Style {
        self.style
    }

    /// Columns to wrap at.
    pub(crate) fn width(self) -> usize {
        self.style.width
    }

    /// `text` in bold.
    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// `text` toned down.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// `text` in red.
    pub(crate) fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// `text` in green.
    pub(crate) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// `text` in yellow.
    pub(crate) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// `text` in cyan.
    pub(crate) fn cyan(self, text: &str) -> String {
        self.paint("36", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.style.color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A progress bar on standard error that appears only on a terminal, and only if the work takes
/// long enough to notice.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for `what`, whose length is set once it is known.
    pub(crate) fn bar(what: &str) -> Self {
        Self::with_template(what, "{msg} {bar:30} {pos}/{len}")
    }

    /// A spinner for `what`, for work that cannot be counted.
    pub(crate) fn spinner(what: &str) -> Self {
        let progress = Self::with_template(what, "{spinner} {msg}");
        progress.bar.enable_steady_tick(Duration::from_millis(100));
        progress
    }

    fn with_template(what: &str, template: &str) -> Self {
        if !stderr().is_terminal() {
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Self { bar }
    }

    /// Says how much there is to do.
    pub(crate) fn set_length(&self, length: usize) {
        self.bar.set_length(length as u64);
    }

    /// One more is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }

    /// Says what is being done now.
    pub(crate) fn say(&self, what: String) {
        let shown = match printable_line(&what) {
            Cow::Owned(shown) => shown,
            Cow::Borrowed(_) => what,
        };
        self.bar.set_message(shown);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
