//! Verifying a registry: what `mesh-registry` finds as findings in a report, and beside it what only those can judge who
//! know manifests: that records say what manifests say, how versions relate, and what policies say.

mod evidence;
mod findings;
mod manifest;
mod versions;

use std::collections::BTreeMap;
use std::rc::Rc;

use mesh_diagnostics::{Diagnostic, Report, Summary};
use mesh_registry::verify::{
    Basis, Finding, Judged, PUBLISHED_VERSION_CHANGED, Published, Verification, meaning,
};
use mesh_registry::{History, Snapshot, layout};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{ProductRef, Role, Workspace};

use self::evidence::Evidence;
use self::findings::Found;
use super::{policies, workspace, yanked};
use crate::config;
use crate::failure::Failure;
use crate::terminal::Progress;

/// What is to be verified.
pub(crate) struct Range<'a> {
    /// What came after this commit; all, without.
    pub(crate) base: Option<&'a str>,
    /// And up to this one; the tip, without.
    pub(crate) head: Option<&'a str>,
    /// The day of the run.
    pub(crate) today: Day,
    /// Whether to look at everything that is there in the end as well.
    pub(crate) is_full: bool,
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

/// Judges every commit in `range`: a change by what its base had decided, the past by what each commit found.
pub(crate) fn verify(history: &History, range: &Range<'_>) -> Result<Verified, Failure> {
    let is_change = range.base.is_some();
    let today = jiff_day(range.today).filter(|_| is_change);
    let mut verification = history.verify(range.base, range.head, today)?;
    let bar = Progress::bar("Verifying commits");
    bar.set_length(verification.left());
    let mut verifier = Verifier::new(range.today, is_change);
    while let Some(judged) = verification.judge_next()? {
        let commit = judged.commit.clone();
        match verifier.judge(judged, &verification) {
            Err(failure) if verifier.found.has_errors() => verifier.cannot_tell(commit, failure),
            judged => judged?,
        }
        bar.step();
    }
    drop(bar);
    if range.is_full {
        let spinner = Progress::spinner("Looking at what is there");
        verifier.found.commit = None;
        for finding in verification.audit()? {
            verifier.found.add_untold(finding);
        }
        drop(spinner);
    }
    let scope = Summary {
        files: verifier.versions,
        products: verifier.versions,
        ..Summary::default()
    };
    Ok(Verified {
        report: Report::new(scope, verifier.found.into_diagnostics()),
        versions: verifier.versions,
        commits: verifier.commits,
        unverifiable: verifier.evidence.unverifiable,
    })
}

/// A report on something that is wrong with a push as such, and not with what is in it.
pub(crate) fn refusal(finding: Finding) -> Report {
    Report::new(Summary::default(), told(finding))
}

/// Judges changes that somebody wants to make, one after the other.
pub(crate) struct Changes(Verifier);

impl Changes {
    /// As of the day of the run.
    pub(crate) fn new(today: Day) -> Self {
        Self(Verifier::new(today, true))
    }

    /// Everything there is to say of a change; `verification` has the registry as it would be without it.
    pub(crate) fn judge(
        &mut self,
        judged: Judged,
        verification: &Verification<'_>,
    ) -> Result<Vec<Diagnostic>, Failure> {
        self.0.found = Found::default();
        self.0.judge(judged, verification)?;
        Ok(std::mem::take(&mut self.0.found).into_diagnostics())
    }
}

/// A finding by itself.
pub(crate) fn told(finding: Finding) -> Vec<Diagnostic> {
    let mut found = Found::default();
    found.add_finding(finding);
    found.into_diagnostics()
}

pub(crate) fn jiff_day(day: Day) -> Option<jiff::civil::Date> {
    day.to_string().parse().ok()
}

struct Verifier {
    today: Day,
    /// Whether a change is judged that is about to be accepted.
    is_change: bool,
    evidence: Evidence,
    /// The words that were read last, and from what.
    words: Option<(Option<Vec<u8>>, Rc<Vocabularies>)>,
    found: Found,
    versions: usize,
    commits: usize,
}

/// What one commit published, as documents.
pub(super) struct Batch<'a> {
    /// The versions, each under the folder of its documents.
    published: BTreeMap<String, &'a Published>,
    /// Their documents, and what these refer to.
    files: Workspace,
    /// The registry as the commit found it.
    standing: &'a Snapshot,
    basis: &'a Basis,
    vocabularies: Rc<Vocabularies>,
    /// The day on which it was made.
    day: Day,
    /// Whether it is about to be accepted.
    is_change: bool,
}

impl Batch<'_> {
    /// The version that the document called `name` is part of, and its path.
    fn of(&self, name: &str) -> Option<(&str, &Published)> {
        let (end, _) = name.match_indices('/').nth(3)?;
        let (folder, new) = self.published.get_key_value(&name[..end])?;
        Some((folder, *new))
    }

    /// The products that were published, each with what the registry says of it.
    fn products(&self) -> impl Iterator<Item = (ProductRef<'_>, &Published)> {
        let targets = self
            .files
            .products()
            .filter(|product| product.role == Role::Target);
        targets.filter_map(|product| {
            let folder = product
                .document
                .name()
                .strip_suffix(&format!("/{}", layout::MANIFEST))?;
            Some((product, *self.published.get(folder)?))
        })
    }
}

impl Verifier {
    fn new(today: Day, is_change: bool) -> Self {
        Self {
            today,
            is_change,
            evidence: Evidence::default(),
            words: None,
            found: Found::default(),
            versions: 0,
            commits: 0,
        }
    }

    fn judge(&mut self, judged: Judged, verification: &Verification<'_>) -> Result<(), Failure> {
        self.found.commit = Some(judged.commit);
        self.found.add_all(judged.findings);
        if let Some(after) = &judged.after {
            self.check_governance(after);
        }
        self.versions += judged.versions;
        self.commits += usize::from(judged.versions > 0);
        let (Some(basis), false) = (judged.basis, judged.published.is_empty()) else {
            return Ok(());
        };
        let documents = judged.published.iter().flat_map(documents).collect();
        let files =
            workspace::resolve_upstreams(Workspace::new(documents, None), verification.standing())?;
        let day = if self.is_change {
            self.today
        } else {
            Day::exactly(&judged.day.to_string()).unwrap_or(self.today)
        };
        let batch = Batch {
            published: judged
                .published
                .iter()
                .map(|new| (new.entry.path(), new))
                .collect(),
            files,
            standing: verification.standing(),
            vocabularies: self.words(&basis)?,
            basis: &basis,
            day,
            is_change: self.is_change,
        };
        let is_readable = manifest::check(&batch, &mut self.found);
        for finding in yanked::begun(&batch.files, day)? {
            self.found.add_diagnostic(finding);
        }
        versions::check(&batch, &is_readable, &mut self.evidence, &mut self.found)?;
        self.evidence.check(&batch, &is_readable, &mut self.found)
    }

    /// Notes that what a commit publishes cannot be judged, for lack of what was published before. That something is wrong
    /// was found already, and whoever looks into it wants to know all that is.
    fn cannot_tell(&mut self, commit: String, failure: Failure) {
        let failure = failure.within("what is published here cannot be judged");
        self.found.commit = Some(commit);
        self.found
            .add_failure(&PUBLISHED_VERSION_CHANGED, layout::PRODUCTS, failure);
    }

    /// Checks that what governs after a commit can be used: else nobody could publish after it.
    fn check_governance(&mut self, after: &Basis) {
        if let Err(failure) = policies::of_registry(&after.policies(), &[], self.today) {
            self.found
                .add_failure(&meaning::POLICIES_UNUSABLE, layout::POLICIES, failure);
        }
        if let Some(bytes) = after.vocabularies()
            && let Err(failure) = config::vocabularies(bytes)
        {
            self.found.add_failure(
                &meaning::VOCABULARIES_UNREADABLE,
                layout::VOCABULARIES,
                failure,
            );
        }
    }

    /// The words that the registry had agreed on.
    fn words(&mut self, basis: &Basis) -> Result<Rc<Vocabularies>, Failure> {
        let bytes = basis.vocabularies();
        if let Some((_, words)) = self.words.as_ref().filter(|(of, _)| of.as_deref() == bytes) {
            return Ok(Rc::clone(words));
        }
        let words = bytes.map(config::vocabularies).transpose()?;
        let words = Rc::new(words.unwrap_or_default());
        self.words = Some((bytes.map(<[u8]>::to_vec), Rc::clone(&words)));
        Ok(words)
    }
}

/// A published version as documents, named by where they are in the registry.
fn documents(new: &Published) -> impl Iterator<Item = (Document, Role)> {
    let folder = new.entry.path();
    let manifest = Document::parse(
        format!("{folder}/{}", layout::MANIFEST),
        new.product.manifest.clone(),
        Some(Kind::DataProduct),
    );
    let contracts = new.product.contracts.iter().map(move |(path, bytes)| {
        Document::parse(
            format!("{folder}/{path}"),
            bytes.clone(),
            Some(Kind::DataContract),
        )
    });
    std::iter::once(manifest)
        .chain(contracts)
        .map(|document| (document, Role::Target))
}
