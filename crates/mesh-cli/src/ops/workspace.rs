//! From paths to a workspace in which references are resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};

use mesh_diagnostics::printable_line as plain;
use mesh_lint::{Mesh, Settings};
use mesh_registry::{Entry, Event, Snapshot, Statuses};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::{
    Deprecation, LoadProgress, Loader, Offer, Published, PublishedProduct, Role, Workspace,
};
use semver::Version;

use crate::config::{self, FILE_NAME, Project};
use crate::failure::Failure;
use crate::ops::threads;
use crate::terminal::{Progress, Terminal};

/// Reads the manifests below `paths`, and those around them that they refer to.
pub(crate) fn load(paths: &[PathBuf], project: &Project) -> Result<Workspace, Failure> {
    let bar = Progress::bar("Reading manifests");
    let progress = |progress: LoadProgress| match progress {
        LoadProgress::Found(files) => {
            threads::ready(files);
            bar.set_length(files);
        }
        LoadProgress::Read => bar.step(),
    };
    let loader = Loader::with_progress(&progress);
    let workspace = loader.load(paths)?;
    if workspace.documents().is_empty() {
        return Err(nothing_found(paths));
    }
    Ok(with_neighbours(workspace, &loader, paths, project)?.with_own_contracts())
}

/// Takes `bytes` for the content of the file `path`, and reads the manifests that it refers to. They
/// are not judged: whoever asks about one text wants to hear about that.
pub(crate) fn load_text(
    path: &Path,
    bytes: Vec<u8>,
    project: &Project,
) -> Result<Workspace, Failure> {
    let progress = |progress: LoadProgress| {
        if let LoadProgress::Found(files) = progress {
            threads::ready(files);
        }
    };
    let loader = Loader::with_progress(&progress);
    let workspace = loader.load_text(path, bytes);
    with_neighbours(workspace, &loader, &[path.to_owned()], project)
}

/// Adds what `workspace` refers to and the repository holds elsewhere.
fn with_neighbours(
    workspace: Workspace,
    loader: &Loader<'_>,
    paths: &[PathBuf],
    project: &Project,
) -> Result<Workspace, Failure> {
    Ok(match repository_root(paths, project) {
        Some(root) => loader.add_neighbours(workspace, &root, Mesh::missing_contracts)?,
        None => workspace,
    })
}

/// The project that all of `paths` belong to.
///
/// Paths of several projects are fine as long as they agree on the registry, or `is_named` says
/// that one was named for this run: nothing is to reach a registry that its own project does not
/// name.
pub(crate) fn project(paths: &[PathBuf], is_named: bool) -> Result<Project, Failure> {
    let mut projects = paths.iter().map(|path| Project::of(path));
    let first = projects.next().unwrap_or_else(|| Ok(Project::default()))?;
    for other in projects {
        let other = other?;
        if other.folder == first.folder {
            continue;
        }
        let differ = |help: &str| {
            Failure::new(format!(
                "the paths belong to different projects: `{}` and `{}` are not one",
                config_name(&first),
                config_name(&other),
            ))
            .help(help)
        };
        if !is_named && (other.config.registry.is_some() || first.config.registry.is_some()) {
            return Err(differ(
                "run mesh once for each, or name the registry with --registry",
            ));
        }
        if other.config.lint != first.config.lint
            || other.config.vocabularies != first.config.vocabularies
            || other.config.compatibility != first.config.compatibility
            || other.config.policies != first.config.policies
        {
            return Err(differ("run mesh once for each: they have different rules"));
        }
    }
    Ok(first)
}

/// An empty run is not a clean one: a wrong path in a CI job must not pass for years.
fn nothing_found(paths: &[PathBuf]) -> Failure {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    Failure::new(format!(
        "there is no data product or contract in {}",
        paths.join(", ")
    ))
    .help(
        "name the folder that holds `dataproduct.yaml`, or write one with `mesh init`; \
         files that git ignores are skipped",
    )
}

/// Everything in the repository around `paths`: who consumes a product may lie anywhere in it. What cannot be read is
/// said on standard error.
pub(crate) fn repository(paths: &[PathBuf], project: &Project) -> Result<Workspace, Failure> {
    let Some(root) = repository_root(paths, project) else {
        return Ok(Loader::default().load(paths)?);
    };
    let progress = |progress: LoadProgress| {
        if let LoadProgress::Found(files) = progress {
            threads::ready(files);
        }
    };
    let around = Loader::with_progress(&progress).load(&[root])?;
    let mut unread = around.documents().iter();
    if let Some((document, _)) = unread.find(|(document, _)| document.tree.is_none()) {
        let others = match unread
            .filter(|(document, _)| document.tree.is_none())
            .count()
        {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        // There is nowhere left to report that standard error is gone.
        let _ = writeln!(
            stderr(),
            "{} `{}`{others} cannot be read, and may be of a consumer",
            Terminal::stderr().yellow("warning:"),
            plain(document.name()),
        );
    }
    Ok(around)
}

/// The folder in which references may lead to other folders: that of `mesh.yaml`, else the git
/// work tree.
pub(crate) fn repository_root(paths: &[PathBuf], project: &Project) -> Option<PathBuf> {
    if let Some(folder) = &project.folder {
        return Some(folder.clone());
    }
    let start = std::fs::canonicalize(paths.first()?).ok()?;
    start
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned)
}

/// Adds what `workspace` refers to and the registry holds, and what that refers to in turn.
///
/// What an earlier snapshot added is replaced, so that a publish that lost a race can be judged
/// again on the new state.
pub(crate) fn resolve_published(
    workspace: Workspace,
    snapshot: &Snapshot,
) -> Result<Workspace, Failure> {
    let published = Published {
        products: related(&workspace, snapshot)?,
        ..Published::default()
    };
    resolve(workspace, snapshot, published)
}

/// As [`resolve_published`], without the published products that only rules of the linter ask for: they are found by
/// going through all that there are.
pub(crate) fn resolve_upstreams(
    workspace: Workspace,
    snapshot: &Snapshot,
) -> Result<Workspace, Failure> {
    resolve(workspace, snapshot, Published::default())
}

fn resolve(
    workspace: Workspace,
    snapshot: &Snapshot,
    mut published: Published,
) -> Result<Workspace, Failure> {
    let mut documents = workspace.into_documents();
    documents.retain(|(_, role)| *role != Role::Published);
    let mut read = BTreeSet::new();
    loop {
        let workspace = Workspace::new(documents, Some(published.clone()));
        let wanted = missing_versions(&workspace);
        documents = workspace.into_documents();
        let mut added = false;
        for (contract, versions) in wanted {
            for entry in providers(snapshot, &contract, &versions, &mut published)? {
                if read.insert(entry.path()) {
                    documents.extend(documents_of(snapshot, &entry)?);
                    added = true;
                }
            }
        }
        if !added {
            let workspace = Workspace::new(documents, Some(published.clone()));
            withdrawals(&workspace, snapshot, &mut published)?;
            return Ok(Workspace::new(workspace.into_documents(), Some(published)));
        }
    }
}

/// The published products that rules compare those of `workspace` with: their namesakes, and those
/// that consume them.
fn related(workspace: &Workspace, snapshot: &Snapshot) -> Result<Vec<PublishedProduct>, Failure> {
    let targets = || {
        workspace
            .products()
            .filter(|product| product.role == Role::Target)
    };
    let names = targets().filter_map(|product| product.model.name.as_deref());
    let contracts = targets()
        .flat_map(|product| &product.model.output_ports)
        .filter_map(|port| port.contract_id.as_deref());
    let entries = snapshot.related(names, contracts)?.into_iter();
    Ok(entries.map(published_product).collect())
}

fn published_product(entry: Entry) -> PublishedProduct {
    PublishedProduct {
        version: entry.version.to_string(),
        name: entry.summary.name,
        status: entry.summary.status,
        consumes: entry
            .summary
            .input_ports
            .into_iter()
            .filter_map(|port| Some((port.contract_id?, port.contract_version)))
            .collect(),
        offers: entry
            .summary
            .output_ports
            .into_iter()
            .filter_map(|port| port.contract_id)
            .collect(),
        id: entry.id,
        domain: entry.domain,
    }
}

/// Adds what was said of the published versions that targets draw from, after they were published. As long as nothing
/// was said of any version, it costs nothing.
fn withdrawals(
    workspace: &Workspace,
    snapshot: &Snapshot,
    published: &mut Published,
) -> Result<(), Failure> {
    let statuses = snapshot.statuses()?;
    if statuses.is_empty() {
        return Ok(());
    }
    let mesh = Mesh::new(workspace, "");
    let links = mesh.links.iter();
    let links = links.filter(|link| link.consumer.role == Role::Target);
    let mut seen = BTreeSet::new();
    for link in links {
        let contract = link.contract_id;
        if !contract.is_empty() && seen.insert(contract) {
            let offers = offers(contract, snapshot, &statuses)?;
            if !offers.is_empty() {
                published.offers.insert(contract.to_owned(), offers);
            }
        }
        let offers = published.offers.get(contract).into_iter().flatten();
        let is_yanked = offers.clone().any(|offer| offer.yanked.is_some());
        if let Some(id) = link.consumer.model.id.as_deref().filter(|_| is_yanked)
            && !published.history.contains_key(id)
        {
            let versions = snapshot.by_id(id)?.map(|product| product.versions);
            let versions = versions.into_iter().flatten().map(published_product);
            published.history.insert(id.to_owned(), versions.collect());
        }
    }
    Ok(())
}

/// The published versions that offer a contract, oldest first, if something was said of one of them; else none.
fn offers(
    contract: &str,
    snapshot: &Snapshot,
    statuses: &Statuses<'_>,
) -> Result<Vec<Offer>, Failure> {
    let mut uses = snapshot.contract(contract, None)?;
    uses.sort_by(|a, b| a.entry.version.cmp(&b.entry.version));
    let mut offers = Vec::with_capacity(uses.len());
    let mut is_news = false;
    for offer in uses {
        let status = statuses.of(&offer.entry)?;
        is_news |= !status.is_current();
        offers.push(Offer {
            id: offer.entry.id.clone(),
            product: offer.entry.reference(),
            version: offer.entry.version.to_string(),
            contract_version: offer.port.contract_version,
            yanked: status.yanked.map(|event| event.reason.unwrap_or_default()),
            deprecated: status.deprecated.and_then(deprecation),
        });
    }
    if !is_news {
        offers.clear();
    }
    Ok(offers)
}

fn deprecation(event: Event) -> Option<Deprecation> {
    Some(Deprecation {
        end_of_support: Day::exactly(&event.end_of_support?.to_string())?,
        replaced_by: event.replaced_by,
        reason: event.reason,
    })
}

/// `settings` with the vocabularies of the registry before those of the repository.
pub(crate) fn with_vocabularies(
    mut settings: Settings,
    snapshot: &Snapshot,
) -> Result<Settings, Failure> {
    if let Some(bytes) = snapshot.vocabularies()? {
        let vocabularies = config::vocabularies(&bytes)?;
        settings.vocabularies = vocabularies.or(settings.vocabularies);
    }
    Ok(settings)
}

/// The contracts that are referred to and not here, with the versions that are asked for.
fn missing_versions(workspace: &Workspace) -> BTreeMap<String, BTreeSet<Option<String>>> {
    let mesh = Mesh::new(workspace, "");
    let mut wanted: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
    let unresolved =
        |link: &&mesh_lint::Link<'_>| link.upstream().is_none() && !link.contract_id.is_empty();
    for link in mesh.links.iter().filter(unresolved) {
        wanted
            .entry(link.contract_id.to_owned())
            .or_default()
            .insert(link.port.version.clone());
    }
    wanted
}

/// The published versions that offer `contract` in `versions`, the newest of each that is not yanked, unless all are; where a
/// version was never published, the newest product that offers the contract at all, so that a finding can
/// say who does.
fn providers(
    snapshot: &Snapshot,
    contract: &str,
    versions: &BTreeSet<Option<String>>,
    published: &mut Published,
) -> Result<Vec<Entry>, Failure> {
    let uses = snapshot.contract(contract, None)?;
    if uses.is_empty() {
        return Ok(Vec::new());
    }
    let known: BTreeSet<(Option<Version>, String)> = uses
        .iter()
        .filter_map(|offer| offer.port.contract_version.clone())
        .map(|version| (mesh_spec::workspace::parse_version(&version), version))
        .collect();
    published.contract_versions.insert(
        contract.to_owned(),
        known.into_iter().map(|(_, version)| version).collect(),
    );
    let statuses = snapshot.statuses()?;
    let newest = |version: Option<&str>| -> Result<Option<Entry>, Failure> {
        let mut newest: Option<(bool, Entry)> = None;
        for offer in snapshot.contract(contract, version)? {
            let entry = offer.entry;
            let is_unyanked = statuses.of(&entry)?.yanked.is_none();
            let is_newer = newest.as_ref().is_none_or(|(other, newest)| {
                (is_unyanked, &entry.version) >= (*other, &newest.version)
            });
            if is_newer {
                newest = Some((is_unyanked, entry));
            }
        }
        Ok(newest.map(|(_, entry)| entry))
    };
    let mut found = Vec::with_capacity(versions.len());
    for version in versions {
        found.extend(match newest(version.as_deref())? {
            None => newest(None)?,
            newest => newest,
        });
    }
    Ok(found)
}

/// A published version as documents. They are named by where they are in the registry.
pub(crate) fn documents_of(
    snapshot: &Snapshot,
    entry: &Entry,
) -> Result<Vec<(Document, Role)>, Failure> {
    let product = snapshot.read(entry)?;
    let folder = format!("registry:{}@{}", entry.reference(), entry.version);
    let manifest = Document::parse(
        format!("{folder}/dataproduct.yaml"),
        product.manifest,
        Some(Kind::DataProduct),
    );
    let contracts = product.contracts.into_iter().map(|(path, bytes)| {
        Document::parse(format!("{folder}/{path}"), bytes, Some(Kind::DataContract))
    });
    Ok(std::iter::once(manifest)
        .chain(contracts)
        .map(|document| (document, Role::Published))
        .collect())
}

/// How the configuration file is called in a message.
pub(crate) fn config_name(project: &Project) -> String {
    project.folder.as_ref().map_or_else(
        || FILE_NAME.to_owned(),
        |folder| folder.join(FILE_NAME).display().to_string(),
    )
}
