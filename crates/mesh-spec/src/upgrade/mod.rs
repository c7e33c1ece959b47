//! Documents of an older version of a standard, moved to a newer one.
//!
//! A document is moved in steps, each of which is written with the [edit engine](crate::yaml::edit)
//! and verified, so that comments and layout stay. What the steps in `steps.rs` do not know is found by
//! the schema of the new version: a number where a text is now required is quoted, and a key that
//! the old version tolerated and the new one does not becomes a custom property. One that the new
//! version knows stays, if it fits: whoever wrote it meant what it means there. Whatever is left is
//! reported, and the document stays as it was: a result is always valid.

mod steps;

use mesh_diagnostics::{Change, Safety, Span};
use serde_json::Value as Json;

use crate::document::{Document, Problem, ProblemKind};
use crate::model::{ApiVersion, Kind};
use crate::schema;
use crate::yaml::{self, Tree, edit};

/// Rounds of corrections by what the new schema says.
const ROUNDS: usize = 8;

/// What came of moving a document.
#[derive(Debug)]
pub enum Upgrade {
    /// The document already is of that version or a newer one, or of no version that mesh knows.
    Unneeded,
    /// The text of the moved document.
    Done(String),
    /// What cannot be carried over, in terms of the document as it is.
    Refused(Vec<Problem>),
}

/// Moves `document` to the version `to` of its standard.
pub fn upgrade(document: &Document, to: ApiVersion) -> Upgrade {
    let declared = document
        .tree
        .as_ref()
        .and_then(|tree| Some((tree, tree.root().get("apiVersion")?.as_str()?)));
    let (Some((tree, declared)), Some(kind)) = (declared, document.kind()) else {
        return Upgrade::Unneeded;
    };
    let from = match ApiVersion::parse(kind, declared) {
        Some(from) if kind == to.kind() && from < to => from,
        _ => return Upgrade::Unneeded,
    };
    let unreadable: Vec<Problem> = document
        .problems
        .iter()
        .filter(|problem| problem.kind != ProblemKind::Schema)
        .cloned()
        .collect();
    if !unreadable.is_empty() {
        return Upgrade::Refused(unreadable);
    }
    let moved = moved(document.name(), tree, kind, from, to);
    let after = Document::parse(document.name(), moved.text.clone().into_bytes(), Some(kind));
    if after.problems.is_empty() && after.api_version == Some(to) {
        return Upgrade::Done(moved.text);
    }
    let problems = after.problems.into_iter().map(|problem| {
        let pointer = moved.pointer_before(&problem.pointer);
        Problem {
            span: span_at(document, tree, &problem, &pointer),
            message: format!("in {to}: {}", problem.message),
            pointer,
            related: None,
            remedy: None,
            ..problem
        }
    });
    let mut problems: Vec<Problem> = problems.collect();
    if problems.is_empty() {
        problems.push(Problem {
            kind: ProblemKind::Schema,
            message: format!("`apiVersion` cannot be changed to {to} where it stands"),
            help: Some("write it as a plain text, without a tag or an alias".to_owned()),
            span: tree.span_at("/apiVersion"),
            pointer: "/apiVersion".to_owned(),
            related: None,
            remedy: None,
        });
    }
    Upgrade::Refused(problems)
}

/// Where a problem of the moved document stands in the document as it is.
fn span_at(document: &Document, tree: &Tree, problem: &Problem, pointer: &str) -> Span {
    let is_key = problem.message.starts_with("unknown key");
    match tree.key_at(pointer).filter(|_| is_key) {
        Some(key) => key.span(),
        None => document.span_at(pointer),
    }
}

/// A document on its way.
struct Moved<'n> {
    name: &'n str,
    text: String,
    /// Whether the team became an object with members.
    team: bool,
}

fn moved<'n>(
    name: &'n str,
    tree: &Tree,
    kind: Kind,
    from: ApiVersion,
    to: ApiVersion,
) -> Moved<'n> {
    let mut moved = Moved {
        name,
        text: tree.source().text().to_owned(),
        team: false,
    };
    moved.change(|_| vec![vec![Change::set("/apiVersion", to.to_string())]]);
    moved.change(|tree| steps::changes(tree, from, to));
    if steps::needs_team_object(from, to) {
        moved.team = moved.wrap_team();
    }
    for _ in 0..ROUNDS {
        let before = moved.text.clone();
        let document = Document::parse(name, before.clone().into_bytes(), Some(kind));
        moved.change(|tree| corrections(tree, &document, to));
        if moved.text == before {
            break;
        }
    }
    moved
}

impl Moved<'_> {
    /// Carries out each group of changes that can be; `groups` gives them for the text as it is.
    fn change(&mut self, groups: impl FnOnce(&Tree) -> Vec<Vec<Change>>) {
        let Some(tree) = self.tree() else { return };
        let groups = groups(&tree);
        let all: Vec<Change> = groups.iter().flatten().cloned().collect();
        if let Some(text) = carry_out(&tree, &all) {
            self.text = text;
            return;
        }
        // Something stands in the way of one of them. Later groups first: what they point at is
        // then not moved by those before.
        let mut tree = tree;
        for group in groups.iter().rev() {
            if let Some(text) = carry_out(&tree, group) {
                self.text = text;
                match self.tree() {
                    Some(next) => tree = next,
                    None => return,
                }
            }
        }
    }

    /// Makes a list of members an object with members.
    fn wrap_team(&mut self) -> bool {
        let Some(tree) = self.tree() else {
            return false;
        };
        let mut meant = tree.to_json();
        let Some(team) = meant.get_mut("team").filter(|team| team.is_array()) else {
            return false;
        };
        let members = team.take();
        *team = serde_json::json!({ "members": members });
        let edits = edit::wrap(&tree, "/team", "members");
        match edits.and_then(|edits| edit::verify_meaning(&tree, &meant, &edits)) {
            Some(text) => {
                self.text = text;
                true
            }
            None => false,
        }
    }

    fn tree(&self) -> Option<Tree> {
        let source = mesh_diagnostics::Source::new(self.name, self.text.as_str());
        yaml::parse(&std::sync::Arc::new(source)).0
    }

    /// Where what is at `pointer` now was before.
    fn pointer_before(&self, pointer: &str) -> String {
        match pointer.strip_prefix("/team/members") {
            Some(rest) if self.team => format!("/team{rest}"),
            _ => pointer.to_owned(),
        }
    }
}

fn carry_out(tree: &Tree, changes: &[Change]) -> Option<String> {
    let edits = edit::plan(tree, changes)?;
    edit::verify(tree, changes, &edits)
}

/// What the schema of the new version asks for and can be given without a person.
fn corrections(tree: &Tree, document: &Document, to: ApiVersion) -> Vec<Vec<Change>> {
    let mut groups = Vec::new();
    let json = tree.to_json();
    for problem in &document.problems {
        if let Some(remedy) = problem.remedy.as_ref().filter(|r| r.safety == Safety::Safe) {
            groups.push(vec![remedy.change.clone()]);
        }
    }
    let mut owners: Vec<String> = Vec::new();
    for pointer in schema::undefined_keys(to, &json) {
        let (owner, _) = pointer.rsplit_once('/').unwrap_or_default();
        // One key of an object at a time: each adds to the same list.
        if owners.iter().any(|known| known == owner) || edit::holds_comments(tree, &pointer) {
            continue;
        }
        if let Some(changes) = into_custom_property(&json, &pointer, owner, to) {
            owners.push(owner.to_owned());
            groups.push(changes);
        }
    }
    groups
}

/// The changes that make a key which nothing defines a custom property of its object.
fn into_custom_property(
    json: &Json,
    pointer: &str,
    owner: &str,
    to: ApiVersion,
) -> Option<Vec<Change>> {
    let is_extensible = schema::keys_at(to, json, owner)
        .iter()
        .any(|key| key.name == "customProperties");
    if !is_extensible {
        return None;
    }
    let key = yaml::split(pointer).last()?.into_owned();
    let value = json.pointer(pointer)?.clone();
    let property = serde_json::json!({"property": key, "value": value});
    let list = yaml::join(owner, "customProperties");
    let add = match json.pointer(&list) {
        Some(Json::Array(_)) => Change::Append {
            pointer: list,
            value: property,
        },
        Some(_) => return None,
        None => Change::Insert {
            pointer: owner.to_owned(),
            key: "customProperties".to_owned(),
            value: Json::Array(vec![property]),
            after: None,
        },
    };
    let remove = Change::Remove {
        pointer: pointer.to_owned(),
    };
    Some(vec![remove, add])
}

#[cfg(test)]
mod tests;
