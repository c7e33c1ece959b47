//! The manifest whose input ports are to change.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Report, Summary};
use mesh_lint::blanked_findings;
use mesh_spec::document::{Document, Problem, ProblemKind};
use mesh_spec::model::Kind;
use mesh_spec::model::odps::DataProduct;
use mesh_spec::workspace::{Loader, Role, expected_kind};

use crate::failure::Failure;
use crate::ops::ask;
use crate::ops::text::shell_word;

/// Of several manifests, so many are listed.
const LISTED: usize = 10;

/// The one product at or below `path`, which `option` names: where there are several, whoever is at the terminal says
/// which.
pub(crate) fn at(path: &Path, option: &str) -> Result<Document, Failure> {
    let workspace = Loader::default().load(&[path.to_owned()])?;
    let documents = workspace.into_documents().into_iter();
    let mut products: Vec<Document> = documents
        .filter(|(document, role)| *role == Role::Target && is_product(document))
        .map(|(document, _)| document)
        .collect();
    let chosen = match products.len() {
        0 => {
            return Err(Failure::new(format!(
                "there is no data product in `{}`",
                path.display()
            ))
            .help(format!(
                "name its manifest or its folder with {option}; `mesh init` writes a new one"
            )));
        }
        1 => 0,
        _ => choose(&products, path, option)?,
    };
    let document = products.swap_remove(chosen);
    let product = document
        .product()
        .filter(|_| document.is_sound("/inputPorts"));
    match product.map(id) {
        Some(Some(_)) => Ok(document),
        Some(None) => Err(Failure::new(format!("`{}` has no `id`", document.name()))
            .help("give it one: what it consumes is pinned for its id")),
        None => Err(unusable(&document)),
    }
}

/// The id of a product, if it has one.
pub(crate) fn id(product: &DataProduct) -> Option<&str> {
    let id = product.id.as_deref()?;
    (!id.trim().is_empty()).then_some(id)
}

/// Whether a file is a product, or may be one once it can be read.
fn is_product(document: &Document) -> bool {
    match document.kind() {
        Some(kind) => kind == Kind::DataProduct,
        None => expected_kind(document.name().as_ref()) == Some(Kind::DataProduct),
    }
}

fn choose(products: &[Document], path: &Path, option: &str) -> Result<usize, Failure> {
    let names: Vec<String> = products
        .iter()
        .map(|document| document.name().to_owned())
        .collect();
    let help = format!("name one of them: {option} {}", shell_word(&names[0]));
    if ask::can() {
        return ask::choose("Which data product", &names)
            .map_err(|error| ask::not_answered(error, &help));
    }
    let listed = names[..names.len().min(LISTED)].join("`, `");
    let more = match names.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Err(Failure::new(format!(
        "there are {} data products in `{}`: `{listed}`{more}",
        names.len(),
        path.display(),
    ))
    .help(help))
}

/// The failure to change a manifest in which what is there already cannot be told.
fn unusable(document: &Document) -> Failure {
    let problems = document.problems.iter();
    let mut found: Vec<Diagnostic> = problems.map(|problem| finding(document, problem)).collect();
    blanked_findings([document], &mut found);
    Failure::new(format!(
        "`{}` cannot be changed as it is, and nothing was written",
        document.name()
    ))
    .help("correct what is marked above")
    .report(Report::new(Summary::default(), found))
}

fn finding(document: &Document, problem: &Problem) -> Diagnostic {
    Diagnostic {
        rule: Cow::Borrowed(match problem.kind {
            ProblemKind::Unreadable => "unreadable-file",
            ProblemKind::Syntax => "yaml-syntax",
            ProblemKind::DuplicateKey => "duplicate-key",
            ProblemKind::Schema => "schema-violation",
        }),
        group: Cow::Borrowed("valid"),
        level: Level::Error,
        message: problem.message.clone(),
        help: problem.help.clone(),
        source: Arc::clone(&document.source),
        span: problem.span,
        pointer: problem.pointer.clone(),
        related: Vec::new(),
        fix: None,
        is_binding: false,
    }
}
