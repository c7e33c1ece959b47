//! Whether what is published was judged as its records say: evidence, come to again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Report, Source, Span, Summary};
use mesh_policy::{Options, Policies, Shipped};
use mesh_registry::{
    Addition, Entry, EvidenceFile, EvidenceResult, History, PolicyEvidence, PolicyFiles,
    PublishedProduct, Snapshot,
};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Role, Workspace};

use super::policies::{self, evidence};
use super::workspace;
use crate::failure::Failure;

/// A version has no evidence, though policies were in force.
const MISSING: &str = "evidence-missing";
/// What a record says is not what comes out.
const DIFFERS: &str = "evidence-differs";
/// A version was published though a policy denies it.
const DENIED: &str = "policy-denied";
/// A version was judged as of another day than it was published.
const DATE: &str = "evidence-date";

/// A commit changed or removed what was published.
const CHANGED: &str = "published-version-changed";
/// What a commit published cannot be read.
const UNREADABLE: &str = "record-unreadable";

/// In whatever time zone somebody publishes, the day is at most one off.
const DAYS_OFF: i64 = 1;

/// Which part of a history.
pub(crate) struct Range<'a> {
    /// What was published after this commit; all, without.
    pub(crate) base: Option<&'a str>,
    /// And up to this one; the tip, without.
    pub(crate) head: Option<&'a str>,
    /// The day of the run.
    pub(crate) today: Day,
}

/// What came of it.
pub(crate) struct Verified {
    pub(crate) report: Report,
    /// How many versions were checked, and in how many commits they were published.
    pub(crate) versions: usize,
    pub(crate) commits: usize,
    /// Results of policies that were not the registry's.
    pub(crate) unverifiable: usize,
}

/// Holds every version that was published in `range` to the policies that were in force before it.
pub(crate) fn evidence(
    history: &History,
    snapshot: &Snapshot,
    range: &Range<'_>,
) -> Result<Verified, Failure> {
    let settings = workspace::with_vocabularies(mesh_lint::Settings::default(), snapshot)?;
    let mut verifier = Verifier {
        snapshot,
        vocabularies: settings.vocabularies,
        is_change: range.base.is_some(),
        today: range.today,
        compiled: None,
        findings: Vec::new(),
        unverifiable: 0,
    };
    // Earlier commits of one change may have changed the policies: what it is judged by comes from its base.
    let of_base = match range.base {
        Some(base) => Some(history.policies_at(base)?),
        None => None,
    };
    let (mut versions, mut commits) = (0, 0);
    for addition in history.additions(range.base, range.head)? {
        let addition = addition?;
        verifier.check_commit(&addition);
        if addition.entries.is_empty() {
            continue;
        }
        commits += 1;
        let files = match &of_base {
            Some(files) => Rc::clone(files),
            None => history.policies_before(&addition)?,
        };
        for entry in &addition.entries {
            versions += 1;
            verifier.check(history, &addition, entry, &files)?;
        }
    }
    // Policies that cannot be used stop every publish, so that nobody is to merge them.
    let head = history.policies_at(range.head.unwrap_or("HEAD"))?;
    policies::of_registry(&head, &[], range.today)?;
    let scope = Summary {
        files: versions,
        products: versions,
        ..Summary::default()
    };
    Ok(Verified {
        report: Report::new(scope, verifier.findings),
        versions,
        commits,
        unverifiable: verifier.unverifiable,
    })
}

struct Verifier<'a> {
    snapshot: &'a Snapshot,
    vocabularies: Vocabularies,
    /// Whether a change is judged that is about to be merged.
    is_change: bool,
    today: Day,
    /// The policies that were compiled last, with which of those that come with mesh, and as of which day.
    compiled: Option<(Rc<PolicyFiles>, Vec<Shipped>, Day, Policies)>,
    findings: Vec<Diagnostic>,
    unverifiable: usize,
}

/// What a version was judged by that was only in force in the repository that it came from.
struct Own {
    /// The names of its packs, overlays and waivers.
    files: BTreeSet<String>,
    /// Packs that it has adopted itself, and not all have agreed on: what they ask for, it may waive itself.
    packs: BTreeSet<String>,
    /// Whether an overlay is among them.
    is_tightened: bool,
}

impl Own {
    fn of(recorded: &PolicyEvidence, again: &PolicyEvidence, policies: Option<&Policies>) -> Self {
        // What has the name of something that was in force is not somebody's own.
        let is_agreed = |name: &str| {
            let mut agreed = again.files.iter().filter(|file| is_of_registry(file));
            agreed.any(|file| file.name == name)
        };
        let own = recorded.files.iter().filter(|file| {
            !is_of_registry(file) && !again.files.contains(file) && !is_agreed(&file.name)
        });
        let packs = policies.into_iter().flat_map(|policies| {
            let heads = policies.heads().map(|(_, head, _)| head);
            heads.filter(|head| !policies.is_agreed(head))
        });
        Self {
            files: own.clone().map(|file| file.name.clone()).collect(),
            packs: packs.map(|head| head.name.clone()).collect(),
            is_tightened: own.clone().any(|file| file.kind == "overlay"),
        }
    }

    /// Whether a record may say `said` where `now` comes out: an overlay of the repository may have asked for more,
    /// never for less.
    fn agrees(&self, said: &EvidenceResult, now: &EvidenceResult) -> bool {
        said == now || self.is_tightened && said.policy == now.policy && is_stricter(said, now)
    }

    /// Whether `said` is `now` but for a waiver of the repository, of what it has adopted itself.
    fn waives(&self, said: &EvidenceResult, now: &EvidenceResult) -> bool {
        let unwaived = EvidenceResult {
            outcome: now.outcome.clone(),
            waivers: now.waivers.clone(),
            ..said.clone()
        };
        self.packs.contains(&said.pack)
            && said.outcome != "pass"
            && !said.waivers.is_empty()
            && said
                .waivers
                .iter()
                .all(|waiver| self.files.contains(waiver))
            && self.agrees(&unwaived, now)
    }
}

impl Verifier<'_> {
    /// Reports what no publish does.
    fn check_commit(&mut self, addition: &Addition) {
        let commit = addition.commit();
        let nothing = |path: &str| Arc::new(Source::new(format!("registry:{path}"), ""));
        for path in &addition.altered {
            self.find(
                &nothing(path),
                "",
                CHANGED,
                format!("`{path}` was published before, and commit {commit} changes or removes it"),
                "take that out of the commit: what is published never changes",
            );
        }
        for problem in &addition.problems {
            self.find(
                &nothing(&problem.path),
                "",
                UNREADABLE,
                format!(
                    "`{}`, which commit {commit} adds, cannot be read: {}",
                    problem.path, problem.reason
                ),
                "publish with `mesh publish`, which writes records that can be read",
            );
        }
    }

    fn check(
        &mut self,
        history: &History,
        addition: &Addition,
        entry: &Entry,
        files: &Rc<PolicyFiles>,
    ) -> Result<(), Failure> {
        let product = history.read(addition, entry)?;
        let source = source(entry, &product)?;
        let is_in_force = !policies::are_none(files);
        let Some(recorded) = &product.record.policy else {
            if is_in_force {
                self.find(
                    &source,
                    "",
                    MISSING,
                    format!("`{}` {} does not say what came of the policies", entry.reference(), entry.version),
                    "publish it with `mesh publish`, which holds it to them and records what came of it",
                );
            }
            return Ok(());
        };
        let Some(as_of) = Day::exactly(&recorded.as_of) else {
            self.find(
                &source,
                "\"asOf\"",
                DIFFERS,
                format!("`{}` is not a day", recorded.as_of),
                "publish the version again under another number: records never change",
            );
            return Ok(());
        };
        let off = as_of.days_since(self.today).abs();
        if self.is_change && off > DAYS_OFF {
            self.find(
                &source,
                "\"asOf\"",
                DATE,
                format!("it was judged as of {as_of}, and today is {}", self.today),
                "publish it again without --as-of",
            );
        }
        if recorded.manifest != product.record.content {
            self.find(
                &source,
                "\"manifest\"",
                DIFFERS,
                "what was judged is not what is published".to_owned(),
                "find out what published it: the record does not tell what the policies say",
            );
        }
        let again = self.again(&product, recorded, as_of, files)?;
        self.compare(&source, recorded, again.as_ref());
        Ok(())
    }

    /// What a record of `product` would say of the policies in `files`.
    fn again(
        &mut self,
        product: &PublishedProduct,
        recorded: &PolicyEvidence,
        as_of: Day,
        files: &Rc<PolicyFiles>,
    ) -> Result<Option<PolicyEvidence>, Failure> {
        // What comes with mesh is known here as well, as long as it is the same.
        let with_mesh = recorded.files.iter().filter(|file| file.origin == "mesh");
        let with_mesh = with_mesh.filter_map(|file| {
            Shipped::named(&file.name).filter(|pack| pack.digest() == file.digest)
        });
        let with_mesh: Vec<Shipped> = with_mesh.collect();
        let is_same = self
            .compiled
            .as_ref()
            .is_some_and(|(known, shipped, day, _)| {
                Rc::ptr_eq(known, files) && *shipped == with_mesh && *day == as_of
            });
        if !is_same {
            let policies = policies::of_registry(files, &with_mesh, as_of)?;
            self.compiled = Some((Rc::clone(files), with_mesh, as_of, policies));
        }
        let Some((_, _, _, policies)) = &self.compiled else {
            return Ok(None);
        };
        let workspace = workspace::resolve_published(documents(product), self.snapshot)?;
        // The first version of a product came from somebody whose product was not published before.
        let (id, is_first) = (&product.record.id, product.record.previous.is_none());
        let is_published = |other: &str| other != id || !is_first;
        let options = Options {
            as_of,
            vocabularies: &self.vocabularies,
            is_published: Some(&is_published),
        };
        let checked = policies.check(&workspace, options);
        let mut targets = workspace.products().filter(|it| it.role == Role::Target);
        let found = targets
            .next()
            .and_then(|product| evidence::of(product, policies, &checked.verdicts, as_of));
        Ok(found.map(PolicyEvidence::in_canonical_order))
    }

    /// Reports where a record differs from what comes out.
    fn compare(
        &mut self,
        source: &Arc<Source>,
        recorded: &PolicyEvidence,
        again: Option<&PolicyEvidence>,
    ) {
        let nothing = PolicyEvidence::default();
        let again = again.unwrap_or(&nothing);
        let policies = self.compiled.as_ref().map(|(_, _, _, policies)| policies);
        let own = Own::of(recorded, again, policies);
        self.compare_files(source, recorded, again);
        self.compare_results(source, recorded, again, &own);
    }

    /// Reports where a record names other files than were in force.
    fn compare_files(
        &mut self,
        source: &Arc<Source>,
        recorded: &PolicyEvidence,
        again: &PolicyEvidence,
    ) {
        let name = |file: &EvidenceFile| {
            let version = file.version.as_deref().map(|version| format!(" {version}"));
            format!(
                "{} `{}`{}",
                file.kind,
                file.name,
                version.unwrap_or_default()
            )
        };
        let of_registry: BTreeSet<&EvidenceFile> = recorded
            .files
            .iter()
            .filter(|file| is_of_registry(file))
            .collect();
        let in_force: BTreeSet<&EvidenceFile> = again
            .files
            .iter()
            .filter(|file| is_of_registry(file))
            .collect();
        for missing in in_force.difference(&of_registry) {
            self.find(
                source,
                "\"files\"",
                DIFFERS,
                format!(
                    "the {} was in force, and the record does not say that it was held to it",
                    name(missing)
                ),
                "publish it again with what the registry has in force",
            );
        }
        for extra in of_registry.difference(&in_force) {
            self.find(
                source,
                &format!("\"{}\"", extra.name),
                DIFFERS,
                format!(
                    "the record names the {}, and the registry did not have it in force so",
                    name(extra)
                ),
                "publish it again with what the registry has in force",
            );
        }
    }

    /// Reports where a record says of policies what does not come out.
    fn compare_results(
        &mut self,
        source: &Arc<Source>,
        recorded: &PolicyEvidence,
        again: &PolicyEvidence,
        own: &Own,
    ) {
        for result in &recorded.results {
            let mut results = again.results.iter();
            if own.files.contains(&result.pack) || results.clone().any(|it| own.waives(result, it))
            {
                self.unverifiable += 1;
            } else if !results.any(|it| own.agrees(result, it)) {
                let now = again.results.iter().find(|it| it.policy == result.policy);
                let now = now.map_or("not asked".to_owned(), |it| {
                    format!(
                        "`{}` at `{}`, for {} of {}",
                        it.outcome, it.level, it.failed, it.subjects
                    )
                });
                self.find(
                    source,
                    &format!("\"{}\"", result.policy),
                    DIFFERS,
                    format!(
                        "the record says `{}` at `{}` of `{}`, for {} of {}, and it comes out {now}",
                        result.outcome, result.level, result.policy, result.failed, result.subjects
                    ),
                    "find out what published it: the record does not tell what the policies say",
                );
            }
        }
        for result in &again.results {
            let is_same =
                |it: &EvidenceResult| it.policy == result.policy && it.pack == result.pack;
            if !recorded.results.iter().any(is_same) {
                self.find(
                    source,
                    "\"results\"",
                    DIFFERS,
                    format!(
                        "the record says nothing of `{}`, which comes out `{}`",
                        result.policy, result.outcome
                    ),
                    "find out what published it: the record does not tell what the policies say",
                );
            }
            if result.outcome == "fail"
                && result.level == "deny"
                && !own.packs.contains(&result.pack)
            {
                self.find(
                    source,
                    &format!("\"{}\"", result.policy),
                    DENIED,
                    format!("`{}` denies this version", result.policy),
                    "do not merge it; if it is merged, correct the product and publish another version",
                );
            }
        }
    }

    /// Notes a finding at the first place of `mark` in the record.
    fn find(
        &mut self,
        source: &Arc<Source>,
        mark: &str,
        rule: &'static str,
        message: String,
        help: &str,
    ) {
        let text = source.text();
        // What is said of policies stands behind this; the summary behind it may hold anything.
        let start = text.find("\"policy\": {").unwrap_or(0);
        let at = text[start..].find(mark).map_or(start, |at| start + at);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.findings.push(Diagnostic {
            rule: Cow::Borrowed(rule),
            group: Cow::Borrowed(mesh_diagnostics::POLICY),
            level: Level::Error,
            message,
            help: Some(help.to_owned()),
            source: Arc::clone(source),
            span: Span::new(offset(at), offset(at + mark.len().max(1))),
            pointer: "/policy".to_owned(),
            related: Vec::new(),
            fix: None,
            is_binding: false,
        });
    }
}

/// Whether `a` asks for at least as much as `b` and comes out no better.
fn is_stricter(a: &EvidenceResult, b: &EvidenceResult) -> bool {
    let rank = |words: [&str; 3], word: &str| words.iter().position(|it| *it == word);
    let level = |it: &EvidenceResult| rank(["advise", "warn", "deny"], &it.level);
    let outcome = |it: &EvidenceResult| rank(["pass", "waived", "fail"], &it.outcome);
    let is_pass = a.outcome == "pass";
    level(a) >= level(b)
        && outcome(a) >= outcome(b)
        && is_pass == (a.failed == 0)
        && a.failed >= b.failed
        && a.subjects >= b.subjects
}

fn is_of_registry(file: &EvidenceFile) -> bool {
    file.origin == "registry"
}

/// The record as a text that findings point into.
fn source(entry: &Entry, product: &PublishedProduct) -> Result<Arc<Source>, Failure> {
    let bytes = product.record.to_bytes()?;
    let name = format!("registry:{}/record.json", entry.path());
    Ok(Arc::new(Source::new(name, String::from_utf8_lossy(&bytes))))
}

/// A published version as a workspace of its own.
fn documents(product: &PublishedProduct) -> Workspace {
    let folder = "product";
    let manifest = Document::parse(
        format!("{folder}/dataproduct.yaml"),
        product.manifest.clone(),
        Some(Kind::DataProduct),
    );
    let contracts = product.contracts.iter().map(|(path, bytes)| {
        Document::parse(
            format!("{folder}/{path}"),
            bytes.clone(),
            Some(Kind::DataContract),
        )
    });
    let documents = std::iter::once(manifest).chain(contracts);
    Workspace::new(
        documents.map(|document| (document, Role::Target)).collect(),
        None,
    )
}
