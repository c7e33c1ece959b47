//! From paths, names of products and a registry to a graph.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use mesh_diagnostics::nearest;
use mesh_registry::{Entry, Snapshot, names};
use mesh_spec::workspace::{Role, Workspace};

use super::facts::{self, Facts};
use super::{Graph, link, scope};
use crate::config::Project;
use crate::failure::Failure;
use crate::ops::source;
use crate::ops::{lint, registry, workspace};

/// What to show.
pub(crate) struct Request<'a> {
    /// Files and folders, and names of published products.
    pub(crate) subjects: &'a [String],
    /// Whether everything that is published is shown.
    pub(crate) is_published: bool,
    /// Only these domains, and what they reach; all of them if there are none.
    pub(crate) domains: &'a [String],
    /// In how many steps.
    pub(crate) depth: Option<usize>,
    /// The registry that the command line names.
    pub(crate) registry: Option<&'a str>,
    /// Whether the registry is read from the cache alone.
    pub(crate) offline: bool,
}

/// Gathers what `request` asks for.
///
/// Products of the repository stand before those of the registry: what is published of them is only asked which
/// versions it offered.
pub(crate) fn run(request: &Request<'_>) -> Result<Graph, Failure> {
    let (mut paths, references) = source::split(request.subjects);
    let is_default = paths.is_empty() && references.is_empty() && !request.is_published;
    if is_default {
        paths.push(".".into());
    }
    let project = if paths.is_empty() {
        Project::of(".".as_ref())?
    } else {
        workspace::project(&paths, request.registry.is_some())?
    };
    let snapshot = open(request, &project, !references.is_empty())?;
    let mut asked = Vec::new();
    for reference in &references {
        // There is one: it is what was opened for them.
        if let Some(snapshot) = &snapshot {
            asked.push(snapshot.resolve(reference, None)?);
        }
    }
    let mut all = Vec::new();
    if !paths.is_empty() {
        of_repository(&paths, &project, &mut all)?;
    }
    if let Some(snapshot) = &snapshot {
        of_registry(snapshot, &asked, request.is_published, &mut all)?;
    }
    if !request.domains.is_empty() {
        keep_domains(request.domains, &mut all)?;
    }
    if !all.iter().any(|facts| facts.product.is_asked) {
        return Err(nothing(request));
    }
    let links = link::links(&all, snapshot.as_ref())?;
    let mut graph = scope::reached(all, links, request.depth);
    graph.registry = snapshot.map(|snapshot| snapshot.location().to_string());
    Ok(graph)
}

/// The registry: where it is needed, the embedded one too.
fn open(
    request: &Request<'_>,
    project: &Project,
    is_needed: bool,
) -> Result<Option<Snapshot>, Failure> {
    if is_needed || request.is_published {
        let location = registry::named_or_embedded(request.registry, project)?;
        return registry::open(location, request.offline).map(Some);
    }
    match lint::location(request.registry, request.offline, project)? {
        Some(location) => registry::open(location, request.offline).map(Some),
        None => Ok(None),
    }
}

/// The products below `paths`, then the others of the repository.
fn of_repository(
    paths: &[PathBuf],
    project: &Project,
    all: &mut Vec<Facts>,
) -> Result<(), Failure> {
    let targets = workspace::load(paths, project)?;
    source::expect_readable(&targets)?;
    let mut known = BTreeSet::new();
    add(&targets, &mut known, all);
    let whole = workspace::repository_root(paths, project);
    let whole = whole.and_then(|root| fs::canonicalize(root).ok());
    let mut roots = paths.iter().filter_map(|path| fs::canonicalize(path).ok());
    if whole.is_none_or(|whole| roots.any(|root| root == whole)) {
        return Ok(());
    }
    // Who consumes a product may lie anywhere.
    let around = workspace::repository(paths, project)?;
    let (documents, published) = (around.into_documents(), None);
    let documents = documents.into_iter();
    let documents = documents.map(|(document, _)| (document, Role::Neighbour));
    add(
        &Workspace::new(documents.collect(), published),
        &mut known,
        all,
    );
    Ok(())
}

/// Adds the products of `files` whose ids, or files if they have none, are not known yet; targets come first.
fn add(files: &Workspace, known: &mut BTreeSet<String>, all: &mut Vec<Facts>) {
    let mut products: Vec<_> = files.products().collect();
    products.sort_by_key(|product| product.role);
    for product in products {
        let file = || fs::canonicalize(product.document.name()).ok();
        let key = match product.model.id.as_deref() {
            Some(id) => format!("id {id}"),
            None => format!("file {}", file().unwrap_or_default().display()),
        };
        // Two products with one id are two to be seen, if both were asked for.
        if known.insert(key) || product.role == Role::Target {
            all.push(Facts::of_workspace(product, product.role == Role::Target));
        }
    }
}

/// Adds the products of a registry that the repository does not hold.
fn of_registry(
    snapshot: &Snapshot,
    asked: &[Entry],
    is_published: bool,
    all: &mut Vec<Facts>,
) -> Result<(), Failure> {
    let named: BTreeMap<String, &Entry> = asked
        .iter()
        .map(|entry| (entry.reference(), entry))
        .collect();
    let here: BTreeMap<String, usize> = all
        .iter()
        .enumerate()
        .map(|(at, facts)| (facts.product.id.clone(), at))
        .collect();
    let mut incomplete = Vec::new();
    let statuses = snapshot.statuses()?;
    for current in snapshot.current()? {
        let named = named.get(&current.reference()).copied();
        let is_asked = is_published || named.is_some();
        if let Some(&at) = here.get(&current.id) {
            // It keeps the place that it was published at.
            let product = &mut all[at].product;
            product.domain = Some(current.domain.clone());
            product.slug.clone_from(&current.product);
            product.is_asked |= is_asked;
            continue;
        }
        let entry = named.unwrap_or(&current);
        let withdrawn = facts::withdrawn(&statuses, entry)?;
        let facts = Facts::of_registry(entry, withdrawn, is_asked);
        if facts.is_incomplete() {
            incomplete.push((all.len(), entry.clone()));
        }
        all.push(facts);
    }
    let entries: Vec<Entry> = incomplete.iter().map(|(_, entry)| entry.clone()).collect();
    let published = snapshot.read_all(&entries)?;
    for ((at, _), published) in incomplete.into_iter().zip(published) {
        all[at].complete(published);
    }
    Ok(())
}

/// Asks only for the products of some domains.
fn keep_domains(wanted: &[String], all: &mut [Facts]) -> Result<(), Failure> {
    let known: BTreeSet<&str> = all
        .iter()
        .filter_map(|facts| facts.product.domain.as_deref())
        .collect();
    let mut names = BTreeSet::new();
    for domain in wanted {
        let name = names::domain_name(domain).unwrap_or_else(|_| domain.clone());
        if !known.contains(name.as_str()) {
            let failure = Failure::new(format!("there is no domain `{domain}`"));
            return Err(match nearest(&name, known.iter().copied()) {
                Some(meant) => failure.help(format!("did you mean `{meant}`?")),
                None => failure.help(match known.len() {
                    0 => "no product names a domain".to_owned(),
                    _ => format!(
                        "use one of {}",
                        known.into_iter().collect::<Vec<_>>().join(", ")
                    ),
                }),
            });
        }
        names.insert(name);
    }
    for facts in all {
        let domain = facts.product.domain.as_ref();
        facts.product.is_asked &= domain.is_some_and(|domain| names.contains(domain));
    }
    Ok(())
}

/// An empty picture would look like an empty mesh.
fn nothing(request: &Request<'_>) -> Failure {
    let failure = Failure::new("there is no data product to show");
    if !request.domains.is_empty() {
        return failure.help("leave --domain out, or name one of the products that are shown then");
    }
    if request.is_published {
        return failure
            .help("nothing was published yet: `mesh publish` puts data products into a registry");
    }
    failure.help(
        "name the folder that holds `dataproduct.yaml`, or show with --published what the registry holds",
    )
}
