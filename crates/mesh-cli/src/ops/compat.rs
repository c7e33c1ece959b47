//! What products are compared with, and what comes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mesh_compat::gate::{self, Judgement, Terms, Verdict};
use mesh_compat::{
    Counts, Impact, Member, Profile, Settings, Versioning, base_of, read_version, same_line,
};
use mesh_diagnostics::{Source as Text, printable_line};
use mesh_lint::{Secrets, blanked_findings};
use mesh_registry::{
    Approval, Base as RecordedBase, ChangeCounts, Compatibility, Entry, IgnoredChange, Snapshot,
};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Loader, ProductRef, Role, Workspace, parse_version};
use semver::Version;

use super::committed::Committed;
use super::source::{Source, Surroundings, clean, is_known, members, within};
use super::workspace;
use crate::config::Project;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// What `--against` calls the published versions of all products.
const REGISTRY: &str = "registry";

/// What the documents of a workspace are compared with.
#[derive(Debug, Default)]
pub(crate) struct Base {
    /// What to call it.
    pub(crate) label: String,
    /// The documents, each with its path.
    members: Vec<(String, Document)>,
    /// Documents of the work tree that are compared as well, although nobody asked for them: where
    /// something went that is no longer where it was.
    moved: Vec<(String, Document)>,
    /// What was named to be compared, where the base is one source: documents are then known by their
    /// paths within.
    named: Vec<PathBuf>,
    /// Whether the documents are published, and never change.
    is_published: bool,
    /// The published versions, by the id and the declared version of what is compared with them.
    versions: BTreeMap<(String, String), RecordedBase>,
}

/// What the repository has decided about compatibility; a profile that the command line names holds for
/// every file.
pub(crate) fn settings(project: &Project, profile: Option<Profile>) -> Settings {
    let mut settings = project.compatibility.clone();
    if let Some(profile) = profile {
        settings.profile = profile;
        for other in &mut settings.overrides {
            other.profile = None;
        }
    }
    settings
}

impl Base {
    /// What `against` names for the targets of `files`, which are those below `paths`; without a name the
    /// registry, if one is named.
    pub(crate) fn named(
        against: Option<&str>,
        paths: &[PathBuf],
        files: &Workspace,
        around: &Surroundings<'_>,
    ) -> Result<Self, Failure> {
        let text = match against {
            None if around.names_registry()? => return Self::published(files, around.snapshot()?),
            None => {
                return Err(Failure::new("there is nothing to compare with").help(
                    "name it: `--against git:main` for a git revision, or a registry with --registry or in \
                     mesh.yaml",
                ));
            }
            Some(REGISTRY) if !Path::new(REGISTRY).exists() => {
                return Self::published(files, around.snapshot()?);
            }
            Some(text) => text,
        };
        match Source::parse(text) {
            Source::Git {
                revision,
                path: None,
            } => Self::committed(&revision, paths, files, around.project()),
            other => {
                let set = other.load(around)?;
                Ok(Self {
                    label: set.label,
                    members: set.members,
                    named: paths.to_owned(),
                    ..Self::default()
                })
            }
        }
    }

    /// What `product` was, and the contracts that its ports named: the product first.
    pub(crate) fn of_product(&self, product: ProductRef<'_>) -> Vec<&Document> {
        let documents = || self.members.iter().map(|(_, document)| document);
        let declared = product.model.version.as_deref().and_then(read_version);
        let is_of_line = |document: &&Document| {
            let version = document
                .product()
                .and_then(|model| model.version.as_deref());
            let version = version.and_then(read_version);
            matches!((version, &declared), (Some(a), Some(b)) if same_line(&a, b))
        };
        let mut same = documents().filter(|document| {
            let before = document.product();
            product.model.id.is_some() && before.is_some_and(|model| model.id == product.model.id)
        });
        let Some(before) = same.clone().find(is_of_line).or_else(|| same.next()) else {
            return Vec::new();
        };
        let ports = before
            .product()
            .into_iter()
            .flat_map(|model| &model.output_ports);
        let named: BTreeSet<&str> = ports
            .filter_map(|port| port.contract_id.as_deref())
            .collect();
        let contracts = documents().filter(|document| {
            let id = document.contract().and_then(|model| model.id.as_deref());
            id.is_some_and(|id| named.contains(id))
        });
        std::iter::once(before).chain(contracts).collect()
    }

    /// What a registry holds of the targets of `files`: for each product the highest version of its line.
    pub(crate) fn published(files: &Workspace, snapshot: &Snapshot) -> Result<Self, Failure> {
        let mut base = Self {
            label: snapshot.location().to_string(),
            is_published: true,
            ..Self::default()
        };
        let mut read = BTreeSet::new();
        let mut own: BTreeSet<*const Text> = BTreeSet::new();
        for product in targets(files) {
            let contracts = product.own_contracts().into_iter();
            own.extend(contracts.map(|contract| Arc::as_ptr(&contract.document.source)));
            let Some(entry) = entry_before(product, snapshot)? else {
                continue;
            };
            let recorded = RecordedBase {
                version: entry.version.clone(),
                record: entry.record_digest.clone(),
            };
            base.versions.insert(key_of(product), recorded);
            if read.insert(entry.path()) {
                base.add(snapshot, &entry, |_| true)?;
            }
        }
        // Contracts may be named without the product that promises them.
        let alone = files.contracts().filter(|contract| {
            contract.role == Role::Target && !own.contains(&Arc::as_ptr(&contract.document.source))
        });
        for contract in alone {
            let Some(id) = contract.model.id.as_deref() else {
                continue;
            };
            let declared = contract.model.version.as_deref().and_then(read_version);
            let uses = snapshot.contract(id, None)?;
            let newest = uses.iter().map(|offer| &offer.entry);
            let newest = newest.max_by(|a, b| a.version.cmp(&b.version));
            let versions: BTreeMap<_, _> = uses
                .iter()
                .filter_map(|offer| {
                    let version = read_version(offer.port.contract_version.as_deref()?)?;
                    Some((version, &offer.entry))
                })
                .collect();
            let before = match &declared {
                Some(declared) => base_of(versions.keys(), declared),
                None => versions.keys().next_back(),
            };
            // Versions that cannot be read are no reason to take it for new.
            let before = before.and_then(|version| versions.get(version).copied());
            if let Some(entry) = before.or(newest) {
                base.add(snapshot, entry, |document| {
                    document
                        .contract()
                        .and_then(|contract| contract.id.as_deref())
                        == Some(id)
                })?;
            }
        }
        Ok(base)
    }

    /// The version `entry` of a registry, with which `product` is compared; nothing, if there is none before it.
    pub(crate) fn of_version(
        product: ProductRef<'_>,
        entry: Option<&Entry>,
        snapshot: &Snapshot,
    ) -> Result<Self, Failure> {
        let documents = entry.map(|entry| workspace::documents_of(snapshot, entry));
        let documents = documents.transpose()?.into_iter().flatten();
        let documents = documents.map(|(document, _)| document);
        Ok(Self::of_documents(product, entry, documents, snapshot))
    }

    /// As [`Base::of_version`], where the documents of `entry` are there.
    pub(crate) fn of_documents(
        product: ProductRef<'_>,
        entry: Option<&Entry>,
        documents: impl Iterator<Item = Document>,
        snapshot: &Snapshot,
    ) -> Self {
        let recorded = entry.map(|entry| RecordedBase {
            version: entry.version.clone(),
            record: entry.record_digest.clone(),
        });
        Self {
            label: snapshot.location().to_string(),
            is_published: true,
            members: documents
                .map(|document| (document.name().to_owned(), document))
                .collect(),
            versions: recorded
                .map(|recorded| (key_of(product), recorded))
                .into_iter()
                .collect(),
            ..Self::default()
        }
    }

    fn add(
        &mut self,
        snapshot: &Snapshot,
        entry: &Entry,
        is_wanted: impl Fn(&Document) -> bool,
    ) -> Result<(), Failure> {
        let documents = workspace::documents_of(snapshot, entry)?.into_iter();
        let wanted = documents.filter(|(document, _)| is_wanted(document));
        self.members
            .extend(wanted.map(|(document, _)| (document.name().to_owned(), document)));
        Ok(())
    }

    /// What a commit held of the targets of `files`, which are those below `paths`.
    ///
    /// Where a document has moved out of the paths or into them, the rest of the repository is looked
    /// through for it, so that it is neither new nor gone.
    pub(crate) fn committed(
        revision: &str,
        paths: &[PathBuf],
        files: &Workspace,
        project: &Project,
    ) -> Result<Self, Failure> {
        let mut base = Self {
            label: format!("git:{revision}"),
            ..Self::default()
        };
        let mut held = Committed::new(revision);
        for path in paths {
            held.add(path)?;
        }
        held.members.retain(|(_, document)| {
            let is_known = is_known(document);
            if !is_known {
                warn_of_unread(document);
            }
            is_known
        });
        let ids = |documents: &mut dyn Iterator<Item = &Document>| -> BTreeSet<(Kind, String)> {
            documents.filter_map(identity).collect()
        };
        let now = ids(&mut target_documents(files));
        let then = ids(&mut held.members.iter().map(|(_, document)| document));
        if now.iter().any(|id| !then.contains(id)) {
            held.add_elsewhere(paths, |document| {
                identity(document).is_some_and(|id| now.contains(&id) && !then.contains(&id))
            })?;
        }
        base.members = held.members;
        if then.iter().any(|id| !now.contains(id))
            && let Some(root) = workspace::repository_root(paths, project)
        {
            let elsewhere = Loader::default()
                .load(&[root])?
                .into_documents()
                .into_iter();
            let moved = elsewhere.map(|(document, _)| document).filter(|document| {
                identity(document).is_some_and(|id| then.contains(&id) && !now.contains(&id))
            });
            base.moved = moved
                .map(|document| (document.name().to_owned(), document))
                .collect();
        }
        Ok(base)
    }

    /// Holds the targets of `files` to this.
    pub(crate) fn judge(
        &self,
        files: &Workspace,
        settings: &Settings,
        vocabularies: &Vocabularies,
        as_of: Day,
    ) -> Result<Judgement, Failure> {
        let documents: Vec<&Document> = target_documents(files).collect();
        self.judge_documents(&documents, files, settings, vocabularies, as_of)
    }

    /// Holds `wanted`, which are among `files`, to this.
    pub(crate) fn judge_documents(
        &self,
        wanted: &[&Document],
        files: &Workspace,
        settings: &Settings,
        vocabularies: &Vocabularies,
        as_of: Day,
    ) -> Result<Judgement, Failure> {
        let old = members(&self.members);
        let paths: Vec<String> = wanted
            .iter()
            .map(|document| self.path_of(document.name()))
            .collect();
        let mut new: Vec<Member<'_>> = wanted
            .iter()
            .zip(&paths)
            .map(|(document, path)| Member { document, path })
            .collect();
        new.extend(members(&self.moved));
        let terms = Terms {
            settings,
            vocabularies,
            as_of,
            is_published: self.is_published,
        };
        let mut judged = gate::judge(&old, &new, terms)?;
        if !self.named.is_empty() && !self.named.iter().any(|path| path.is_dir()) {
            judged.forget_gone();
        }
        let documents = || {
            let before = self.members.iter().chain(&self.moved);
            before.map(|(_, document)| document).chain(files.files())
        };
        blanked_findings(documents(), &mut judged.findings);
        let verdicts = judged.verdicts.iter_mut();
        let mut ignored = verdicts.flat_map(|verdict| &mut verdict.ignored).peekable();
        if ignored.peek().is_some() {
            let secrets = Secrets::of(documents());
            for change in ignored {
                secrets.blank(&mut change.message);
                secrets.blank(&mut change.path);
            }
        }
        Ok(judged)
    }

    /// What the document shown as `name` is known by beside what it is compared with.
    fn path_of(&self, name: &str) -> String {
        let mut folders = self.named.iter();
        let folder = folders.find(|folder| Path::new(name).starts_with(clean(folder)));
        folder.map_or_else(|| name.to_owned(), |folder| within(name, folder))
    }

    /// What the records of the products in `files` are to say about `judgement`.
    pub(crate) fn approval(&self, files: &Workspace, judgement: &Judgement) -> Approval {
        let verdicts = by_source(judgement);
        let mut approval = Approval::default();
        for product in targets(files) {
            let id = product.model.id.clone().unwrap_or_default();
            let version = product.model.version.as_deref().and_then(parse_version);
            let Some(version) = version else { continue };
            approval.add(id, version, self.verdict_among(product, &verdicts));
        }
        approval
    }

    /// What the record of `product` is to say about `judgement`.
    pub(crate) fn verdict(&self, product: ProductRef<'_>, judgement: &Judgement) -> Compatibility {
        self.verdict_among(product, &by_source(judgement))
    }

    fn verdict_among(
        &self,
        product: ProductRef<'_>,
        verdicts: &BTreeMap<*const Text, &Verdict>,
    ) -> Compatibility {
        let contracts = product.own_contracts().into_iter();
        let documents = contracts.map(|contract| contract.document);
        let parts: Vec<&Verdict> = std::iter::once(product.document)
            .chain(documents)
            .filter_map(|document| verdicts.get(&Arc::as_ptr(&document.source)).copied())
            .collect();
        recorded(self.versions.get(&key_of(product)).cloned(), &parts)
    }
}

fn by_source(judgement: &Judgement) -> BTreeMap<*const Text, &Verdict> {
    let verdicts = judgement.verdicts.iter();
    verdicts
        .map(|verdict| (Arc::as_ptr(&verdict.source), verdict))
        .collect()
}

/// What a record says of a product with the verdicts `parts`: its own, and those of its contracts.
fn recorded(base: Option<RecordedBase>, parts: &[&Verdict]) -> Compatibility {
    let counts = parts
        .iter()
        .fold(Counts::default(), |counts, part| counts.and(part.counts));
    let ignored = parts.iter().flat_map(|part| {
        part.ignored.iter().map(|ignored| IgnoredChange {
            kind: ignored.kind.to_owned(),
            document: part.id.clone().unwrap_or_default(),
            path: ignored.path.clone(),
            reason: ignored.reason.clone(),
            until: ignored.until.to_string(),
        })
    });
    let own = parts.iter().find(|part| part.kind == Kind::DataProduct);
    Compatibility {
        base,
        impact: own
            .map_or(Impact::None, |own| own.impact)
            .as_str()
            .to_owned(),
        covered: parts.iter().all(|part| part.is_covered),
        profile: own
            .map_or_else(Profile::default, |own| own.profile)
            .as_str()
            .to_owned(),
        versioning: own
            .map_or_else(Versioning::default, |own| own.versioning)
            .as_str()
            .to_owned(),
        changes: ChangeCounts {
            major: counts.major,
            review: counts.review,
            minor: counts.minor,
            patch: counts.patch,
        },
        ignored: ignored.collect(),
    }
}

fn targets(files: &Workspace) -> impl Iterator<Item = ProductRef<'_>> {
    files
        .products()
        .filter(|product| product.role == Role::Target)
}

/// The documents that were asked about.
pub(crate) fn target_documents(files: &Workspace) -> impl Iterator<Item = &Document> {
    let documents = files.documents().iter();
    documents
        .filter(|(_, role)| *role == Role::Target)
        .map(|(document, _)| document)
}

/// What nobody could read promised nothing to anybody, and history cannot be corrected; but it is said.
fn warn_of_unread(document: &Document) {
    // There is nowhere left to report that standard error is gone.
    let _ = writeln!(
        stderr(),
        "{} `{}` could not be read then, and nothing is compared with it",
        Terminal::stderr().yellow("warning:"),
        printable_line(document.name()),
    );
}

/// What a document is known by wherever it lies.
fn identity(document: &Document) -> Option<(Kind, String)> {
    let id = match document.kind()? {
        Kind::DataProduct => document.product()?.id.clone()?,
        Kind::DataContract => document.contract()?.id.clone()?,
    };
    Some((document.kind()?, id))
}

fn key_of(product: ProductRef<'_>) -> (String, String) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    (text(&product.model.id), text(&product.model.version))
}

/// The published version that a product is compared with. A version that is published already, byte for
/// byte, is compared with itself: there is nothing to say about it.
pub(crate) fn entry_before(
    product: ProductRef<'_>,
    snapshot: &Snapshot,
) -> Result<Option<Entry>, Failure> {
    let id = product.model.id.as_deref();
    let published = id.map(|id| snapshot.by_id(id)).transpose()?;
    let Some(published) = published.flatten() else {
        return Ok(None);
    };
    let declared = product.model.version.as_deref().and_then(read_version);
    let Some(declared) = declared else {
        return Ok(published.latest().cloned());
    };
    let at = |version: &Version| {
        let mut entries = published.versions.iter();
        entries.find(|entry| entry.version == *version).cloned()
    };
    if let Some(same) = at(&declared)
        && is_held(product, snapshot, &same)?
    {
        return Ok(Some(same));
    }
    let versions = published.versions.iter().map(|entry| &entry.version);
    Ok(base_of(versions, &declared).and_then(at))
}

/// Whether `entry` holds just this product with just these contracts.
fn is_held(product: ProductRef<'_>, snapshot: &Snapshot, entry: &Entry) -> Result<bool, Failure> {
    let held = snapshot.read(entry)?;
    let own = product.own_contracts();
    let is_there = |document: &Document| {
        let text = document.source.text().as_bytes();
        held.contracts.iter().any(|(_, bytes)| bytes == text)
    };
    Ok(held.manifest == product.document.source.text().as_bytes()
        && held.contracts.len() == own.len()
        && own.iter().all(|contract| is_there(contract.document)))
}
