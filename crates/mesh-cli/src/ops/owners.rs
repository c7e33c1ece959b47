//! What an owners file is to say after somebody was added to it, or something else is said of them.

use mesh_diagnostics::Change;
use mesh_registry::{Error, Owner, OwnerKey, Owners, Person, Refusal, layout};
use mesh_spec::document::Document;
use mesh_spec::yaml::edit;
use serde_json::Value;

/// What adds a person to owners, or says something else of one who is among them.
pub(crate) fn added(
    owners: &Owners,
    person: &Person,
    team: Option<&str>,
    domain: &str,
) -> Result<Vec<Change>, Error> {
    let others = owners
        .people()
        .filter(|other| !other.email.eq_ignore_ascii_case(&person.email));
    for other in others {
        if let Some(key) = person.keys.iter().find(|key| key_of(other, key).is_some()) {
            return Err(invalid(
                domain,
                format!("the key {} is that of `{}`", key.fingerprint(), other.email),
                "name another key; `ssh-keygen -t ed25519` makes one".to_owned(),
            ));
        }
    }
    if let Some((pointer, there)) = place_of(owners, &person.email) {
        if let Some(team) = team
            && !is_member(owners, team, &there.email)
        {
            return Err(invalid(
                domain,
                format!(
                    "`{}` is among them already, and not in the team `{team}`",
                    there.email
                ),
                format!(
                    "leave `--team` away, or change {} by hand",
                    layout::owners_file(domain)
                ),
            ));
        }
        return Ok(said_again(&pointer, there, person));
    }
    let value = person.to_value();
    let Some(name) = team else {
        let pointer = "/owners".to_owned();
        return Ok(vec![Change::Append { pointer, value }]);
    };
    let is_it = |entry: &Owner| matches!(entry, Owner::Team(team) if team.name == name);
    match owners.entries().iter().position(is_it) {
        Some(at) => Ok(vec![Change::Append {
            pointer: format!("/owners/{at}/members"),
            value,
        }]),
        None => Err(invalid(
            domain,
            format!("it has no team `{name}`"),
            "leave `--team` away, or name a team that `mesh registry domain list` shows".to_owned(),
        )),
    }
}

/// What makes of an owner what is said of them now. What is not said stays, except for the days of a key: it counts from
/// now on as it was named.
fn said_again(pointer: &str, there: &Person, said: &Person) -> Vec<Change> {
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let mut changes = Vec::new();
    for (key, after, there, said) in [
        ("name", "email", &there.name, &said.name),
        ("handle", "email", &there.handle, &said.handle),
    ] {
        if said.is_some() {
            changes.extend(given(pointer, key, after, text(there), text(said)));
        }
    }
    for key in &said.keys {
        let Some(at) = key_of(there, key) else {
            changes.push(if there.keys.is_empty() {
                Change::Insert {
                    pointer: pointer.to_owned(),
                    key: "keys".to_owned(),
                    value: Value::Array(vec![key.to_value()]),
                    after: None,
                }
            } else {
                Change::Append {
                    pointer: format!("{pointer}/keys"),
                    value: key.to_value(),
                }
            });
            continue;
        };
        let pointer = format!("{pointer}/keys/{at}");
        let (old, new) = (there.keys[at].to_value(), key.to_value());
        for day in ["from", "until"] {
            let (old, new) = (old.get(day).cloned(), new.get(day).cloned());
            changes.extend(given(&pointer, day, "key", old, new));
        }
    }
    changes
}

/// What gives a key of a mapping another value.
fn given(
    pointer: &str,
    key: &str,
    after: &str,
    there: Option<Value>,
    said: Option<Value>,
) -> Option<Change> {
    let own = format!("{pointer}/{key}");
    match (there, said) {
        (there, said) if there == said => None,
        (_, None) => Some(Change::Remove { pointer: own }),
        (Some(_), Some(value)) => Some(Change::Set {
            pointer: own,
            value,
        }),
        (None, Some(value)) => Some(Change::Insert {
            pointer: pointer.to_owned(),
            key: key.to_owned(),
            value,
            after: Some(after.to_owned()),
        }),
    }
}

/// Where a key stands among those of a person, whatever its comment and its days.
fn key_of(person: &Person, key: &OwnerKey) -> Option<usize> {
    let print = key.fingerprint();
    (person.keys.iter()).position(|there| there.fingerprint() == print)
}

fn is_member(owners: &Owners, name: &str, email: &str) -> bool {
    let is_it = |entry: &Owner| match entry {
        Owner::Team(team) => {
            team.name == name && team.members.iter().any(|member| member.email == email)
        }
        Owner::Person(_) => false,
    };
    owners.entries().iter().any(is_it)
}

/// The owners that are there, which there have to be.
pub(crate) fn expected<'t>(
    domain: &str,
    there: Option<(&'t str, &'t Owners)>,
) -> Result<(&'t str, &'t Owners), Error> {
    there.ok_or_else(|| {
        invalid(
            domain,
            "it has none".to_owned(),
            format!("name the first ones with `mesh registry domain add {domain} --owner EMAIL`"),
        )
    })
}

/// Leaves the owners of a domain as they are.
pub(crate) fn invalid(domain: &str, reason: String, remedy: String) -> Error {
    Error::Refusal(Refusal::InvalidOwners {
        domain: domain.to_owned(),
        reason,
        remedy,
    })
}

/// Where somebody stands in an owners file.
pub(crate) fn place_of<'o>(owners: &'o Owners, email: &str) -> Option<(String, &'o Person)> {
    let person = owners.person(email)?;
    let at = |pointer: String, other: &Person| (other.email == person.email).then_some(pointer);
    let pointer = owners
        .entries()
        .iter()
        .enumerate()
        .find_map(|(n, entry)| match entry {
            Owner::Person(other) => at(format!("/owners/{n}"), other),
            Owner::Team(team) => (team.members.iter().enumerate())
                .find_map(|(m, other)| at(format!("/owners/{n}/members/{m}"), other)),
        });
    Some((pointer?, person))
}

/// The text of an owners file after some changes. What is not changed stays as it is written, comments included, unless
/// it is written in a way that cannot be edited.
pub(crate) fn edited(
    domain: &str,
    text: &str,
    owners: &Owners,
    changes: &[Change],
) -> Result<String, Error> {
    if changes.is_empty() {
        return Ok(text.to_owned());
    }
    let path = layout::owners_file(domain);
    let document = Document::parse(path.as_str(), text.as_bytes().to_vec(), None);
    if let Some(tree) = &document.tree
        && let Some(edits) = edit::plan(tree, changes)
        && let Some(text) = edit::verify(tree, changes, &edits)
    {
        return Ok(text);
    }
    let written = owners.to_yaml(domain);
    let document = Document::parse(path.as_str(), written.into_bytes(), None);
    let text = document.tree.as_ref().and_then(|tree| {
        let edits = edit::plan(tree, changes)?;
        edit::verify(tree, changes, &edits)
    });
    text.ok_or_else(|| {
        invalid(
            domain,
            "the file cannot be edited as it is written".to_owned(),
            format!("change {path} by hand, and commit it to the registry"),
        )
    })
}
