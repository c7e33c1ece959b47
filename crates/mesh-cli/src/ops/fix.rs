//! Checking, and what can be done about the findings without a person.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufWriter, Write, stderr, stdout};
use std::path::PathBuf;

use mesh_diagnostics::{Change, Diagnostic, Edit, Fix, Report, Safety};
use mesh_spec::document::Document;
use mesh_spec::workspace::{Role, Workspace, expected_kind};
use mesh_spec::yaml::edit;

use super::rewrite::{self, Rewrite, Scope};
use super::text::plural;
use crate::Ending;
use crate::cli::FixArgs;
use crate::failure::Failure;

/// A fix may uncover what another can fix. Rules that undo each other end here.
const ROUNDS: usize = 10;

/// What a check found, after what was fixed.
pub(crate) struct Fixed {
    /// The findings that are left.
    pub(crate) report: Report,
    /// How many findings were fixed.
    count: usize,
    rewrites: Vec<Rewrite>,
    /// What was read, unless it was to be fixed.
    pub(crate) files: Option<Workspace>,
}

impl FixArgs {
    /// The least safe fixes that are asked for; `None` for none.
    fn safety(self) -> Option<Safety> {
        if self.unsafe_fixes {
            Some(Safety::Unsafe)
        } else {
            (self.fix || self.diff).then_some(Safety::Safe)
        }
    }
}

/// Checks `workspace`, and fixes in memory what `arguments` ask for: in rounds, since a fix can
/// uncover what another one fixes. Only files within `paths` are fixed.
pub(crate) fn check(
    mut workspace: Workspace,
    paths: &[PathBuf],
    arguments: FixArgs,
    mut check: impl FnMut(&Workspace) -> Result<Report, Failure>,
) -> Result<Fixed, Failure> {
    let mut report = check(&workspace)?;
    let Some(safety) = arguments.safety() else {
        return Ok(Fixed {
            report,
            count: 0,
            rewrites: Vec::new(),
            files: Some(workspace),
        });
    };
    let mut count = 0;
    let mut files = Files::of(&workspace, &Scope::of(paths));
    for _ in 0..ROUNDS {
        let (next, made) = files.round(workspace, &report, safety);
        workspace = next;
        if made == 0 {
            break;
        }
        count += made;
        report = check(&workspace)?;
    }
    Ok(Fixed {
        report,
        count,
        rewrites: files.rewrites(workspace),
        files: None,
    })
}

/// The files that may be fixed, by the name that each has now: the name and the text that it was
/// read with.
struct Files(BTreeMap<String, (String, String)>);

impl Files {
    fn of(workspace: &Workspace, scope: &Scope) -> Self {
        let targets = workspace
            .documents()
            .iter()
            .filter(|(document, role)| *role == Role::Target && scope.contains(document.name()));
        let files = targets.map(|(document, _)| {
            let name = document.name().to_owned();
            (name.clone(), (name, document.source.text().to_owned()))
        });
        Self(files.collect())
    }

    /// The workspace after one round of fixes, and how many were made.
    fn round(
        &mut self,
        workspace: Workspace,
        report: &Report,
        safety: Safety,
    ) -> (Workspace, usize) {
        let mut wanted: BTreeMap<&str, Vec<&Fix>> = BTreeMap::new();
        for diagnostic in report.diagnostics() {
            let name = diagnostic.source.name();
            if let Some(fix) = diagnostic.fix.as_ref().filter(|fix| fix.safety <= safety)
                && self.0.contains_key(name)
            {
                wanted.entry(name).or_default().push(fix);
            }
        }
        let published = workspace.published().cloned();
        let documents = workspace.documents().iter();
        let names: HashSet<String> = documents
            .map(|(document, _)| document.name().to_owned())
            .collect();
        let mut made = 0;
        let documents = workspace
            .into_documents()
            .into_iter()
            .map(|(document, role)| {
                let own = wanted.get(document.name()).map_or(&[][..], Vec::as_slice);
                let after = match role {
                    Role::Target => apply(&document, own, &names),
                    _ => None,
                };
                let Some((after, count)) = after else {
                    return (document, role);
                };
                made += count;
                if let Some(original) = self.0.remove(document.name()) {
                    self.0.insert(after.name().to_owned(), original);
                }
                (after, role)
            })
            .collect();
        (Workspace::new(documents, published), made)
    }

    /// What is to be written.
    fn rewrites(mut self, workspace: Workspace) -> Vec<Rewrite> {
        let documents = workspace.into_documents().into_iter();
        documents
            .filter_map(|(after, _)| {
                let (name, before) = self.0.remove(after.name())?;
                let is_changed = name != after.name() || before != after.source.text();
                is_changed.then_some(Rewrite {
                    before,
                    name,
                    after,
                })
            })
            .collect()
    }
}

/// `document` after those of `fixes` that go together, and how many those are; `None` if it is none.
fn apply(
    document: &Document,
    fixes: &[&Fix],
    names: &HashSet<String>,
) -> Option<(Document, usize)> {
    let mut chosen: Vec<&Fix> = Vec::new();
    for fix in fixes.iter().filter(|fix| fix.rename.is_none()) {
        if !chosen.iter().any(|other| meet(other, fix)) {
            chosen.push(fix);
        }
    }
    let chosen = verified(document, &chosen);
    let text = edited(document, &chosen);
    let renamed = fixes.iter().find_map(|fix| {
        let name = in_folder(document, fix.rename.as_deref()?)?;
        let is_taken = names.contains(&name) || !rewrite::is_free(&name);
        (!is_taken).then_some(name)
    });
    let count = chosen.len() + usize::from(renamed.is_some());
    if count == 0 {
        return None;
    }
    let text = text.unwrap_or_else(|| document.source.text().to_owned());
    let name = renamed.unwrap_or_else(|| document.name().to_owned());
    let kind = expected_kind(name.as_ref()).or(document.kind());
    Some((Document::parse(name, text.into_bytes(), kind), count))
}

/// The path of `name` beside `document`; `None` if it would lie elsewhere.
fn in_folder(document: &Document, name: &str) -> Option<String> {
    let is_name =
        !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0']);
    is_name.then(|| match document.name().rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    })
}

/// Those of `fixes` that can be made together and do what they say.
fn verified<'f>(document: &Document, fixes: &[&'f Fix]) -> Vec<&'f Fix> {
    if fixes.is_empty() || edited(document, fixes).is_some() {
        return fixes.to_vec();
    }
    let (left, right) = fixes.split_at(fixes.len() / 2);
    if left.is_empty() {
        return Vec::new();
    }
    let left = verified(document, left);
    let right = verified(document, right);
    let both: Vec<&Fix> = left.iter().chain(&right).copied().collect();
    if edited(document, &both).is_some() {
        both
    } else if left.is_empty() {
        right
    } else {
        left
    }
}

/// The text of `document` after `fixes`, if it then says what they mean and nothing else.
fn edited(document: &Document, fixes: &[&Fix]) -> Option<String> {
    let mut edits: Vec<Edit> = fixes.iter().flat_map(|fix| fix.edits.clone()).collect();
    edits.sort_by_key(|edit| edit.span);
    let changes: Vec<Change> = fixes.iter().flat_map(|fix| fix.changes.clone()).collect();
    edit::verify(document.tree.as_ref()?, &changes, &edits)
}

/// Whether two fixes touch the same bytes.
fn meet(a: &Fix, b: &Fix) -> bool {
    a.edits.iter().any(|one| {
        b.edits
            .iter()
            .any(|other| one.span.start <= other.span.end && other.span.start <= one.span.end)
    })
}

impl Fixed {
    /// Replaces the files that were fixed.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        rewrite::write(&self.rewrites)
    }

    /// Prints what would be fixed as a diff.
    pub(crate) fn print_diff(&self) -> Result<Ending, Failure> {
        let mut out = BufWriter::new(stdout().lock());
        for rewrite in &self.rewrites {
            rewrite.diff(&mut out)?;
        }
        out.flush()?;
        let note = match self.rewrites.len() {
            0 => "nothing to fix".to_owned(),
            files => format!("{} would be fixed in {}", self.count, plural(files, "file")),
        };
        writeln!(stderr(), "{note}")?;
        Ok(if self.rewrites.is_empty() {
            Ending::Clean
        } else {
            Ending::Findings
        })
    }

    /// Prints what was fixed, and below the summary for people what could be.
    pub(crate) fn print_note(&self, is_for_people: bool) -> Result<(), Failure> {
        let files = plural(self.rewrites.len(), "file");
        let fixed = format!("{} fixed in {files}", self.count);
        let is_fixed = self.count > 0;
        if !is_for_people {
            // What a program reads has nothing else in it.
            if is_fixed {
                writeln!(stderr(), "{fixed}")?;
            }
            return Ok(());
        }
        for note in is_fixed
            .then_some(fixed)
            .into_iter()
            .chain(hint(&self.report))
        {
            writeln!(stdout(), "  {note}")?;
        }
        Ok(())
    }
}

/// What of the findings could be fixed.
fn hint(report: &Report) -> Option<String> {
    let count = |safety| {
        let is_fixable =
            |found: &&Diagnostic| found.fix.as_ref().is_some_and(|fix| fix.safety == safety);
        report.diagnostics().iter().filter(is_fixable).count()
    };
    match (count(Safety::Safe), count(Safety::Unsafe)) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} fixable with --fix")),
        (0, more) => Some(format!("{more} fixable with --unsafe-fixes")),
        (safe, more) => Some(format!(
            "{safe} fixable with --fix, {more} more with --unsafe-fixes"
        )),
    }
}

#[cfg(test)]
mod tests {
    use mesh_diagnostics::{Change, Span};

    use super::*;

    fn document(text: &str) -> Document {
        Document::parse("orders/dataproduct.yaml", text.as_bytes().to_vec(), None)
    }

    fn fix(document: &Document, changes: Vec<Change>) -> Fix {
        let tree = document.tree.as_ref().expect("YAML");
        Fix {
            title: String::new(),
            safety: Safety::Safe,
            edits: edit::plan(tree, &changes).expect("a plan"),
            changes,
            rename: None,
        }
    }

    fn renaming(name: &str) -> Fix {
        Fix {
            title: String::new(),
            safety: Safety::Unsafe,
            changes: Vec::new(),
            edits: Vec::new(),
            rename: Some(name.to_owned()),
        }
    }

    fn applied(document: &Document, fixes: &[Fix]) -> Option<(String, String, usize)> {
        let fixes: Vec<&Fix> = fixes.iter().collect();
        let (after, count) = apply(document, &fixes, &HashSet::new())?;
        Some((
            after.name().to_owned(),
            after.source.text().to_owned(),
            count,
        ))
    }

    #[test]
    fn what_goes_together_is_applied_and_the_rest_waits() {
        let document = document("a: 1\nb: 2\nc: 3\n");
        let mut wrong = fix(&document, vec![Change::set("/b", 5)]);
        wrong.edits[0].text = "6".to_owned();
        let fixes = [
            fix(&document, vec![Change::set("/a", 4)]),
            // The same place again.
            fix(&document, vec![Change::set("/a", 7)]),
            wrong,
            fix(&document, vec![Change::set("/c", 8)]),
        ];
        let name = "orders/dataproduct.yaml".to_owned();
        let text = "a: 4\nb: 2\nc: 8\n".to_owned();
        assert_eq!(applied(&document, &fixes), Some((name, text, 2)));
        assert_eq!(applied(&document, &fixes[2..3]), None);
    }

    #[test]
    fn a_fix_of_bytes_that_are_not_there_is_not_applied() {
        let document = document("a: 1\n");
        let mut fix = fix(&document, vec![Change::set("/a", 4)]);
        fix.edits[0].span = Span::new(90, 91);
        assert_eq!(applied(&document, &[fix]), None);
    }

    #[test]
    fn a_file_gets_another_name_in_its_folder_and_nowhere_else() {
        let document = document("a: 1\n");
        let name = |name: &str| applied(&document, &[renaming(name)]).map(|(name, ..)| name);
        assert_eq!(name("b.yaml").as_deref(), Some("orders/b.yaml"));
        for other in ["../b.yaml", "/b.yaml", "..", "", "x\\b.yaml"] {
            assert_eq!(name(other), None, "{other}");
        }
        let taken = HashSet::from(["orders/b.yaml".to_owned()]);
        assert!(apply(&document, &[&renaming("b.yaml")], &taken).is_none());
    }
}
