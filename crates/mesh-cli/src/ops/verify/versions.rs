//! Whether versions are what the changes since the last one ask for, and verdicts in records what comes out again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mesh_compat::{Ignore, Meaning, Override, Profile, Settings, Versioning, base_of, changes};
use mesh_diagnostics::{Diagnostic, Level, Report, Summary};
use mesh_registry::verify::{Published, meaning};
use mesh_registry::{Base as RecordedBase, ChangeCounts, Compatibility, Entry};
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::ProductRef;

use super::evidence::Evidence;
use super::findings::Found;
use super::{Batch, documents};
use crate::failure::Failure;
use crate::ops::compat::{self, Base};
use crate::ops::plan::TOOL;

/// Compares every version of `batch` that is `readable` with the one before it.
///
/// Of two versions of a product that come in one commit, each record says what it was compared with, which may be what
/// both were made from. The higher is held to the lower all the same, as if they had come one after the other.
pub(super) fn check(
    batch: &Batch<'_>,
    readable: &BTreeSet<String>,
    evidence: &mut Evidence,
    found: &mut Found,
) -> Result<(), Failure> {
    for (product, new) in batch.products() {
        if !readable.contains(&new.entry.path()) {
            continue;
        }
        let version = Version {
            product,
            new,
            batch,
        };
        let before = compat::entry_before(product, batch.standing)?;
        let beside = version.beside(before.as_ref(), readable);
        let (findings, wrong) = version.verify(before.as_ref(), beside, evidence)?;
        for finding in version.held(findings, evidence)? {
            found.add_diagnostic(finding);
        }
        match wrong {
            Some(wrong) if new.product.record.compatibility.is_none() => {
                found.add_at(
                    &meaning::COMPATIBILITY_MISSING,
                    version.level(),
                    new,
                    new.place(&[]),
                    wrong,
                );
            }
            Some(wrong) => {
                let place = new.place(&["\"compatibility\""]);
                found.add_at(
                    &meaning::COMPATIBILITY_DIFFERS,
                    version.level(),
                    new,
                    place,
                    wrong,
                );
            }
            None => {}
        }
    }
    Ok(())
}

/// A version that is compared.
struct Version<'a> {
    product: ProductRef<'a>,
    new: &'a Published,
    batch: &'a Batch<'a>,
}

/// What a record names as the version before.
enum Claimed {
    /// What the registry has before it.
    Same,
    /// A version that the registry has as well: the record was made before the one that it has now was there.
    Earlier(Box<Entry>),
    /// What the registry does not have, or nothing although it has something.
    Nothing,
}

/// What came of a comparison.
struct Compared {
    verdict: Compatibility,
    findings: Vec<Diagnostic>,
    /// How many changes are of custom properties of which the repository may have said what they mean. They count as the
    /// lightest in `verdict`.
    own: usize,
}

impl Version<'_> {
    /// How grave it is that a verdict is not what comes out. What another version of mesh has judged long ago cannot be
    /// put right, and need not have been wrong.
    fn level(&self) -> Level {
        if self.batch.is_change || self.new.product.record.tool == TOOL {
            Level::Error
        } else {
            Level::Warn
        }
    }

    /// The version in the same commit that is to be compared with, instead of the one that the registry has `before` it.
    fn beside(&self, before: Option<&Entry>, readable: &BTreeSet<String>) -> Option<&Published> {
        let own = &self.new.entry;
        if before.is_some_and(|before| before.version == own.version) {
            return None;
        }
        let lower = || {
            let published = self.batch.published.values().map(|new| &**new);
            published.filter(|other| {
                let entry = &other.entry;
                (&entry.domain, &entry.product) == (&own.domain, &own.product)
                    && entry.version < own.version
                    && readable.contains(&entry.path())
            })
        };
        let versions = lower().map(|other| &other.entry.version);
        let versions = versions.chain(before.map(|before| &before.version));
        let base = base_of(versions, &own.version)?;
        lower().find(|other| other.entry.version == *base)
    }

    /// What is wrong with the version by what the registry has `before` it, or else what comes `beside` it, and what with
    /// the verdict in its record.
    fn verify(
        &self,
        before: Option<&Entry>,
        beside: Option<&Published>,
        evidence: &mut Evidence,
    ) -> Result<(Vec<Diagnostic>, Option<String>), Failure> {
        let reference = format!(
            "`{}` {}",
            self.new.entry.reference(),
            self.new.entry.version
        );
        let Some(recorded) = &self.new.product.record.compatibility else {
            let now = self.compare_now(before, beside, &Settings::default())?;
            let wrong = format!(
                "the record of {reference} has no verdict on how it relates to the version before"
            );
            return Ok((now.findings, Some(wrong)));
        };
        let claimed = match self.claimed(recorded, before)? {
            Claimed::Same => before.cloned(),
            Claimed::Earlier(entry) => Some(*entry),
            Claimed::Nothing => {
                let settings = self.settings(recorded, evidence)?;
                let now = self.compare_now(before, beside, &settings)?;
                let wrong = match (&recorded.base, before) {
                    (None, Some(before)) => format!(
                        "the record of {reference} was compared with nothing, and there is {} to compare it with",
                        before.version
                    ),
                    (base, _) => format!(
                        "the record of {reference} was compared with {}, which is no record of the product",
                        base.as_ref().map_or(String::new(), |base| format!(
                            "{} {}",
                            base.version, base.record
                        ))
                    ),
                };
                return Ok((now.findings, Some(wrong)));
            }
        };
        let settings = self.settings(recorded, evidence)?;
        let first = self.compare(claimed.as_ref(), &settings)?;
        let (settings, compared, wrong) = match first.differs_from(recorded) {
            None => (settings, first, None),
            Some(wrong) => match self.otherwise(recorded, claimed.as_ref(), &settings)? {
                Some((settings, compared)) => (settings, compared, None),
                None => (settings, first, Some(wrong)),
            },
        };
        let is_same = claimed.map(|entry| entry.record_digest)
            == before.map(|entry| entry.record_digest.clone());
        let now = if is_same && beside.is_none() {
            compared
        } else {
            self.compare_now(before, beside, &settings)?
        };
        Ok((now.findings, wrong))
    }

    /// A repository may have decided otherwise for the files of contracts than for those of products, and a record only
    /// has what holds for the product. If one of the few answers explains what it says, that was it.
    fn otherwise(
        &self,
        recorded: &Compatibility,
        claimed: Option<&Entry>,
        settings: &Settings,
    ) -> Result<Option<(Settings, Compared)>, Failure> {
        let manifest = self.product.document.name().to_owned();
        let profiles = Profile::ALL.into_iter();
        let others =
            profiles.flat_map(|profile| Versioning::ALL.map(|versioning| (profile, versioning)));
        for (profile, versioning) in
            others.filter(|other| *other != (settings.profile, settings.versioning))
        {
            let manifest = manifest.clone();
            let of_contracts = Override {
                applies: Arc::new(move |name: &str| name != manifest),
                profile: Some(profile),
                versioning: Some(versioning),
            };
            let settings = Settings {
                overrides: vec![of_contracts],
                ..settings.clone()
            };
            let compared = self.compare(claimed, &settings)?;
            if compared.differs_from(recorded).is_none() {
                return Ok(Some((settings, compared)));
            }
        }
        Ok(None)
    }

    /// What the record says that the repository has decided, as far as the registry's policies let it.
    fn settings(
        &self,
        recorded: &Compatibility,
        evidence: &mut Evidence,
    ) -> Result<Settings, Failure> {
        let ignore = recorded.ignored.iter().filter_map(|ignored| {
            Some(Ignore {
                kind: changes::find(&ignored.kind)?,
                at: Some(ignored.path.clone()),
                of: Some(ignored.document.clone()),
                reason: ignored.reason.clone(),
                until: Day::exactly(&ignored.until)?,
            })
        });
        let named = |profile: &Profile| profile.as_str() == recorded.profile;
        let settings = Settings {
            profile: Profile::ALL.into_iter().find(named).unwrap_or_default(),
            versioning: Versioning::ALL
                .into_iter()
                .find(|versioning| versioning.as_str() == recorded.versioning)
                .unwrap_or_default(),
            ignore: ignore.collect(),
            ..Settings::default()
        };
        if settings.ignore.is_empty() {
            return Ok(settings);
        }
        evidence.without_loosening(self.batch, self.new, settings)
    }

    /// Compares with what is the version before by now.
    fn compare_now(
        &self,
        before: Option<&Entry>,
        beside: Option<&Published>,
        settings: &Settings,
    ) -> Result<Compared, Failure> {
        let Some(beside) = beside else {
            return self.compare(before, settings);
        };
        let documents = documents(beside).map(|(document, _)| document);
        let standing = self.batch.standing;
        let entry = Some(&beside.entry);
        let base = Base::of_documents(self.product, entry, documents, standing);
        self.compare_with(&base, settings)
    }

    fn compare(&self, before: Option<&Entry>, settings: &Settings) -> Result<Compared, Failure> {
        let base = Base::of_version(self.product, before, self.batch.standing)?;
        self.compare_with(&base, settings)
    }

    fn compare_with(&self, base: &Base, settings: &Settings) -> Result<Compared, Failure> {
        let batch = self.batch;
        let contracts = self.product.own_contracts();
        let documents: Vec<_> = contracts
            .iter()
            .map(|contract| contract.document)
            .chain([self.product.document])
            .collect();
        let as_of = self.as_of();
        let judge = |settings: &Settings| {
            let judged = base.judge_documents(
                &documents,
                &batch.files,
                settings,
                &batch.vocabularies,
                as_of,
            )?;
            let verdict = base.verdict(self.product, &judged);
            Ok::<_, Failure>((judged, verdict))
        };
        let (judged, verdict) = judge(settings)?;
        let changes = || {
            judged
                .comparisons
                .iter()
                .flat_map(|comparison| &comparison.changes)
        };
        let names: BTreeMap<String, Meaning> = changes()
            .filter_map(|change| Some((change.property.clone()?, Meaning::Patch)))
            .collect();
        if names.is_empty() {
            return Ok(Compared {
                verdict,
                findings: judged.findings,
                own: 0,
            });
        }
        let own = changes().filter(|change| change.property.is_some()).count();
        let (judged, verdict) = judge(&Settings {
            properties: names,
            ..settings.clone()
        })?;
        Ok(Compared {
            verdict,
            findings: judged.findings,
            own,
        })
    }

    /// The day as of which it was judged.
    fn as_of(&self) -> Day {
        let recorded = self.new.product.record.policy.as_ref();
        let recorded = recorded.and_then(|recorded| Day::exactly(&recorded.as_of));
        recorded.unwrap_or(self.batch.day)
    }

    /// What of `findings` stops the version, by what packs say of it.
    fn held(
        &self,
        findings: Vec<Diagnostic>,
        evidence: &mut Evidence,
    ) -> Result<Vec<Diagnostic>, Failure> {
        let report = Report::new(Summary::default(), findings);
        let report = if report.diagnostics().is_empty() {
            report
        } else {
            evidence.hold_versions(self.batch, self.new, report)?
        };
        let errors = report
            .diagnostics()
            .iter()
            .filter(|found| found.level == Level::Error);
        Ok(errors.cloned().collect())
    }

    /// What the record names as the version before, where `before` is what the registry has.
    fn claimed(
        &self,
        recorded: &Compatibility,
        before: Option<&Entry>,
    ) -> Result<Claimed, Failure> {
        let is = |entry: &Entry, base: &RecordedBase| {
            entry.version == base.version && entry.record_digest == base.record
        };
        let Some(base) = &recorded.base else {
            return Ok(if before.is_none() {
                Claimed::Same
            } else {
                Claimed::Nothing
            });
        };
        if before.is_some_and(|before| is(before, base)) {
            return Ok(Claimed::Same);
        }
        let entry = &self.new.entry;
        let versions = self.batch.standing.product(&entry.domain, &entry.product)?;
        let mut versions = versions.into_iter().flat_map(|product| product.versions);
        let earlier = versions.find(|entry| is(entry, base));
        Ok(earlier.map_or(Claimed::Nothing, |entry| Claimed::Earlier(Box::new(entry))))
    }
}

impl Compared {
    /// What `recorded` says otherwise.
    fn differs_from(&self, recorded: &Compatibility) -> Option<String> {
        let now = &self.verdict;
        if self.is_like(recorded) {
            return None;
        }
        Some(format!(
            "the record says `{}`{} with {}{}, and it comes out `{}`{} with {}{}",
            recorded.impact,
            covered(recorded),
            counts(recorded.changes),
            ignored(recorded),
            now.impact,
            covered(now),
            counts(now.changes),
            ignored(now),
        ))
    }

    /// Whether a repository may have come to `recorded`. It may have said of custom properties what a change of them means,
    /// and nobody else can tell; of everything else there is one answer.
    fn is_like(&self, recorded: &Compatibility) -> bool {
        let now = &self.verdict;
        if self.own == 0 {
            return Compatibility {
                base: recorded.base.clone(),
                ..now.clone()
            } == *recorded;
        }
        let (said, least) = (recorded.changes, now.changes);
        let patch = least.patch.saturating_sub(self.own);
        let total = |of: ChangeCounts| of.major + of.review + of.minor + of.patch;
        said.major >= least.major
            && said.review >= least.review
            && said.minor >= least.minor
            && said.patch >= patch
            && total(said) == total(least)
            && rank(&recorded.impact) >= rank(&now.impact)
            && (recorded.profile == now.profile && recorded.versioning == now.versioning)
            && (recorded.covered || !now.covered)
            && recorded.ignored == now.ignored
    }
}

fn rank(impact: &str) -> Option<usize> {
    ["none", "patch", "minor", "review", "major"]
        .iter()
        .position(|it| *it == impact)
}

fn covered(verdict: &Compatibility) -> &'static str {
    if verdict.covered {
        ""
    } else {
        ", not covered,"
    }
}

fn counts(changes: ChangeCounts) -> String {
    let ChangeCounts {
        major,
        review,
        minor,
        patch,
    } = changes;
    format!("{major} major, {review} review, {minor} minor and {patch} patch changes")
}

fn ignored(verdict: &Compatibility) -> String {
    match verdict.ignored.len() {
        0 => String::new(),
        n => format!(", {n} let through"),
    }
}
