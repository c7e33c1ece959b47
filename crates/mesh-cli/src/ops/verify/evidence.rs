//! Whether versions were judged as their records say: evidence, come to again.

use std::collections::BTreeSet;
use std::rc::Rc;

use mesh_compat::Settings;
use mesh_diagnostics::{Level, Report};
use mesh_policy::{Checked, Options, Policies, Shipped};
use mesh_registry::verify::{Check, Place, Published, meaning};
use mesh_registry::{EvidenceFile, EvidenceResult, PolicyEvidence, PolicyFiles};
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::ProductRef;

use super::Batch;
use super::findings::Found;
use crate::failure::Failure;
use crate::ops::policies::{self, Judge, evidence};

/// In whatever time zone somebody publishes, the day is at most one off.
const DAYS_OFF: i64 = 1;

/// What comes of policies, again.
#[derive(Default)]
pub(super) struct Evidence {
    /// The policies that were compiled last.
    compiled: Option<Compiled>,
    /// Results of policies that were not the registry's.
    pub(super) unverifiable: usize,
}

/// Policies that were compiled, and from what.
struct Compiled {
    files: Rc<PolicyFiles>,
    /// Which of those that come with mesh.
    shipped: Vec<Shipped>,
    /// As of which day.
    as_of: Day,
    policies: Rc<Policies>,
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
    fn of(recorded: &PolicyEvidence, again: &PolicyEvidence, policies: &Policies) -> Self {
        // What has the name of something that was in force is not somebody's own.
        let is_agreed = |name: &str| {
            let mut agreed = again.files.iter().filter(|file| is_of_registry(file));
            agreed.any(|file| file.name == name)
        };
        let own = recorded.files.iter().filter(|file| {
            !is_of_registry(file) && !again.files.contains(file) && !is_agreed(&file.name)
        });
        let heads = policies.heads().map(|(_, head, _)| head);
        let packs = heads.filter(|head| !policies.is_agreed(head));
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

impl Evidence {
    /// Checks what the records of `batch` say of policies; of the versions that are `readable`, by judging again.
    pub(super) fn check(
        &mut self,
        batch: &Batch<'_>,
        readable: &BTreeSet<String>,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let files = batch.basis.policies();
        // Most commits publish what was judged as of one day, so the policies are asked once.
        let mut asked: Option<(Rc<Policies>, Checked)> = None;
        for (product, new) in batch.products() {
            if !readable.contains(&new.entry.path()) {
                continue;
            }
            let mut about = About {
                new,
                found: &mut *found,
            };
            let record = &new.product.record;
            let Some(recorded) = &record.policy else {
                if !policies::are_none(&files) {
                    let (reference, version) = (new.entry.reference(), &new.entry.version);
                    about.find(
                        &meaning::EVIDENCE_MISSING,
                        "",
                        format!("`{reference}` {version} does not say what came of the policies"),
                    );
                }
                continue;
            };
            let Some(as_of) = Day::exactly(&recorded.as_of) else {
                about.find(
                    &meaning::EVIDENCE_DIFFERS,
                    "\"asOf\"",
                    format!("`{}` is not a day", recorded.as_of),
                );
                continue;
            };
            if recorded.manifest != record.content {
                let message = "what was judged is not what is published".to_owned();
                about.find(&meaning::EVIDENCE_DIFFERS, "\"manifest\"", message);
            }
            let policies = match self.policies(batch, new, as_of) {
                Ok(policies) => policies,
                // What a change is judged by has to be usable; what was judged in the past stays as it is.
                Err(failure) if batch.is_change => return Err(failure),
                Err(failure) => {
                    found.add_failure(&meaning::POLICIES_UNUSABLE, &new.record_path(), failure);
                    continue;
                }
            };
            if !asked
                .as_ref()
                .is_some_and(|(of, _)| Rc::ptr_eq(of, &policies))
            {
                let checked = ask(batch, &policies, as_of);
                asked = Some((Rc::clone(&policies), checked));
            }
            let Some((_, checked)) = &asked else { continue };
            let again = again(product, &policies, checked, as_of);
            if batch.is_change && as_of.days_since(batch.day).abs() > DAYS_OFF {
                let now = self.today(batch, product, new)?;
                if as_of > batch.day || (&now.files, &now.results) != (&again.files, &again.results)
                {
                    let today = batch.day;
                    let message = format!(
                        "it was judged as of {as_of}, and today is {today}, as of which something else comes of it"
                    );
                    let mut about = About {
                        new,
                        found: &mut *found,
                    };
                    about.find(&meaning::EVIDENCE_DATE, "\"asOf\"", message);
                }
            }
            self.compare(
                &mut About {
                    new,
                    found: &mut *found,
                },
                recorded,
                &again,
                &policies,
            );
        }
        Ok(())
    }

    /// What comes of the policies today: a change may have waited for days to be accepted.
    fn today(
        &mut self,
        batch: &Batch<'_>,
        product: ProductRef<'_>,
        new: &Published,
    ) -> Result<PolicyEvidence, Failure> {
        let policies = self.policies(batch, new, batch.day)?;
        let checked = ask(batch, &policies, batch.day);
        Ok(again(product, &policies, &checked, batch.day))
    }

    /// What a repository says that it has decided about compatibility, without what the registry's policies do not let it
    /// decide.
    pub(super) fn without_loosening(
        &mut self,
        batch: &Batch<'_>,
        new: &Published,
        settings: Settings,
    ) -> Result<Settings, Failure> {
        let policies = self.usable(batch, new)?;
        let Some(policies) = policies else {
            return Ok(settings);
        };
        let judge = judge(batch, new, &policies);
        judge.without_loosening(&batch.files, &settings, &batch.vocabularies)
    }

    /// `report` about versions as the registry's policies let it stand.
    pub(super) fn hold_versions(
        &mut self,
        batch: &Batch<'_>,
        new: &Published,
        report: Report,
    ) -> Result<Report, Failure> {
        let policies = self.usable(batch, new)?;
        let Some(policies) = policies else {
            return Ok(report);
        };
        let judge = judge(batch, new, &policies);
        judge.hold_versions(&batch.files, &batch.vocabularies, report)
    }

    /// The policies of the registry, if they can be used; that they cannot is told of where evidence is checked.
    fn usable(
        &mut self,
        batch: &Batch<'_>,
        new: &Published,
    ) -> Result<Option<Rc<Policies>>, Failure> {
        match self.policies(batch, new, as_of(batch, new)) {
            Ok(policies) => Ok(Some(policies)),
            Err(failure) if batch.is_change => Err(failure),
            Err(_) => Ok(None),
        }
    }

    /// The policies that `new` is held to as of a day: those that the registry had agreed on, and those that come with
    /// mesh and that the record names.
    fn policies(
        &mut self,
        batch: &Batch<'_>,
        new: &Published,
        as_of: Day,
    ) -> Result<Rc<Policies>, Failure> {
        let files = batch.basis.policies();
        let recorded = new
            .product
            .record
            .policy
            .iter()
            .flat_map(|recorded| &recorded.files);
        // What comes with mesh is known here as well, as long as it is the same.
        let with_mesh = recorded
            .filter(|file| file.origin == "mesh")
            .filter_map(|file| {
                Shipped::named(&file.name).filter(|pack| pack.digest() == file.digest)
            });
        let shipped: Vec<Shipped> = with_mesh.collect();
        let is_same = |compiled: &&Compiled| {
            Rc::ptr_eq(&compiled.files, &files)
                && compiled.shipped == shipped
                && compiled.as_of == as_of
        };
        if let Some(compiled) = self.compiled.as_ref().filter(is_same) {
            return Ok(Rc::clone(&compiled.policies));
        }
        let policies = Rc::new(policies::of_registry(&files, &shipped, as_of)?);
        self.compiled = Some(Compiled {
            files,
            shipped,
            as_of,
            policies: Rc::clone(&policies),
        });
        Ok(policies)
    }

    /// Reports where a record differs from what comes out.
    fn compare(
        &mut self,
        about: &mut About<'_>,
        recorded: &PolicyEvidence,
        again: &PolicyEvidence,
        policies: &Policies,
    ) {
        let own = Own::of(recorded, again, policies);
        compare_files(about, recorded, again);
        self.compare_results(about, recorded, again, &own);
    }

    /// Reports where a record says of policies what does not come out.
    fn compare_results(
        &mut self,
        about: &mut About<'_>,
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
                about.find(
&meaning::EVIDENCE_DIFFERS,
&format!("\"{}\"", result.policy),
                    format!(
                        "the record says `{}` at `{}` of `{}`, for {} of {}, and it comes out {now}",
                        result.outcome, result.level, result.policy, result.failed, result.subjects
                    ),
);
            }
        }
        for result in &again.results {
            let is_same =
                |it: &EvidenceResult| it.policy == result.policy && it.pack == result.pack;
            if !recorded.results.iter().any(is_same) {
                about.find(
                    &meaning::EVIDENCE_DIFFERS,
                    "\"results\"",
                    format!(
                        "the record says nothing of `{}`, which comes out `{}`",
                        result.policy, result.outcome
                    ),
                );
            }
            if result.outcome == "fail"
                && result.level == "deny"
                && !own.packs.contains(&result.pack)
            {
                about.find(
                    &meaning::POLICY_DENIED,
                    &format!("\"{}\"", result.policy),
                    format!("`{}` denies this version", result.policy),
                );
            }
        }
    }
}

/// A record that is told about.
struct About<'a> {
    new: &'a Published,
    found: &'a mut Found,
}

impl About<'_> {
    /// Notes a finding at the first place of `mark` in what the record says of policies.
    fn find(&mut self, check: &'static Check, mark: &str, message: String) {
        let text = &self.new.record;
        // What is said of policies stands behind this; the summary behind it may hold anything.
        let start = text.find("\"policy\": {").unwrap_or(0);
        let at = text[start..].find(mark).map_or(start, |at| start + at);
        let place = Place {
            text: text.clone(),
            span: at..(at + mark.len()).min(text.len()),
        };
        self.found
            .add_at(check, Level::Error, self.new, place, message);
    }
}

/// Reports where a record names other files than were in force.
fn compare_files(about: &mut About<'_>, recorded: &PolicyEvidence, again: &PolicyEvidence) {
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
        about.find(
            &meaning::EVIDENCE_DIFFERS,
            "\"files\"",
            format!(
                "the {} was in force, and the record does not say that it was held to it",
                name(missing)
            ),
        );
    }
    for extra in of_registry.difference(&in_force) {
        about.find(
            &meaning::EVIDENCE_DIFFERS,
            &format!("\"{}\"", extra.name),
            format!(
                "the record names the {}, and the registry did not have it in force so",
                name(extra)
            ),
        );
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

/// The day as of which a version was judged.
fn as_of(batch: &Batch<'_>, new: &Published) -> Day {
    let recorded = new.product.record.policy.as_ref();
    recorded
        .and_then(|recorded| Day::exactly(&recorded.as_of))
        .unwrap_or(batch.day)
}

fn judge<'a>(batch: &'a Batch<'_>, new: &Published, policies: &'a Policies) -> Judge<'a> {
    Judge {
        policies,
        as_of: as_of(batch, new),
        snapshot: Some(batch.standing),
    }
}

/// Asks the policies about everything that a commit published.
fn ask(batch: &Batch<'_>, policies: &Policies, as_of: Day) -> Checked {
    // The first version of a product came from somebody whose product was not published before.
    let first: BTreeSet<&str> = batch
        .published
        .values()
        .filter(|new| new.product.record.previous.is_none())
        .map(|new| new.entry.id.as_str())
        .collect();
    let is_published = |id: &str| !first.contains(id);
    let options = Options {
        as_of,
        vocabularies: &batch.vocabularies,
        is_published: Some(&is_published),
    };
    policies.check(&batch.files, options)
}

/// What a record of `product` would say of the policies.
fn again(
    product: ProductRef<'_>,
    policies: &Policies,
    checked: &Checked,
    as_of: Day,
) -> PolicyEvidence {
    let found = evidence::of(product, policies, &checked.verdicts, as_of);
    found
        .map(PolicyEvidence::in_canonical_order)
        .unwrap_or_default()
}
