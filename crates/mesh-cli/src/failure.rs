use std::fmt::Display;
use std::io::{self, Write};

use mesh_diagnostics::{Report, printable, render};

use crate::terminal::Terminal;

/// Why a command could not do what it was asked. Not a finding: findings are in a report.
#[derive(Debug)]
pub struct Failure {
    message: String,
    help: Option<String>,
    /// Where in a configuration file it went wrong.
    report: Option<Box<Report>>,
    broken_pipe: bool,
}

impl Failure {
    /// A failure with a message: what is wrong, in one sentence.
    pub fn new(message: impl Display) -> Self {
        Self {
            message: message.to_string(),
            help: None,
            report: None,
            broken_pipe: false,
        }
    }

    /// Adds what to do about it, in the imperative.
    #[must_use]
    pub fn help(mut self, help: impl Display) -> Self {
        self.help = Some(help.to_string());
        self
    }

    /// Says before it what was tried: "`x` is not here, and elsewhere: …".
    #[must_use]
    pub fn within(mut self, tried: impl Display) -> Self {
        self.message = format!("{tried}: {}", self.message);
        self
    }

    /// Adds findings that explain it.
    #[must_use]
    pub fn report(mut self, report: Report) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// What is wrong in one sentence, and the findings that explain it.
    pub(crate) fn into_parts(self) -> (String, Option<Box<Report>>) {
        (self.message, self.report)
    }

    /// Whether it only says that nobody reads the output any more.
    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }

    /// Writes it to standard error.
    pub fn print(&self) {
        let terminal = Terminal::stderr();
        let mut err = io::stderr().lock();
        // There is nowhere left to report that standard error is gone.
        if let Some(report) = &self.report {
            let _ = render::pretty(report, terminal.style(), &mut err);
        }
        let message = printable(&self.message);
        let _ = writeln!(err, "{} {message}", terminal.red("error:"));
        if let Some(help) = self.help.as_deref().map(printable) {
            let _ = writeln!(err, "{} {help}", terminal.cyan("help:"));
        }
    }
}

impl From<io::Error> for Failure {
    /// Writing the output failed; files have messages of their own.
    fn from(error: io::Error) -> Self {
        Self {
            broken_pipe: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::new(format!("cannot write the output: {error}"))
        }
    }
}

impl From<mesh_spec::workspace::LoadError> for Failure {
    fn from(error: mesh_spec::workspace::LoadError) -> Self {
        Self::new(error).help("check the path, and that you may read what is below it")
    }
}

impl From<mesh_compat::CompareError> for Failure {
    fn from(error: mesh_compat::CompareError) -> Self {
        Self::new(error).help("compare a product with a product, and a contract with a contract")
    }
}

impl From<mesh_registry::Error> for Failure {
    fn from(error: mesh_registry::Error) -> Self {
        let failure = Self::new(&error);
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}
