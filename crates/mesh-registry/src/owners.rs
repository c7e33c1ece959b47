//! Who may publish for a domain: what `owners/<domain>.yaml` says.
//!
//! ```yaml
//! owners:
//!   - email: anna@example.com
//!     name: Anna Berg
//!     handle: "@anna"
//!     keys:
//!       - key: ssh-ed25519 AAAA… anna@laptop
//!         from: 2026-01-01
//!         until: 2027-06-30
//!   - team: sales-data
//!     handle: "@acme/sales-data"
//!     members:
//!       - email: ben@example.com
//! ```
//!
//! Whoever could hide an owners file from a reader could publish for anybody. So nothing in it is passed over: a key that
//! is not known, somebody who is named twice, a file that is there under a name that is nearly right is an error, and then
//! nobody publishes to the domain until it is put right.

use crate::{Error, Result, error::object, layout, names, tree};
use git2::{Repository, Tree};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use ssh_key::{Algorithm, HashAlg, PublicKey};
use std::{collections::HashSet, fmt};

/// The people and teams that something belongs to: a domain, or (as stewards) the registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners {
    entries: Vec<Owner>,
}

/// One entry of [`Owners`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A person.
    Person(Person),
    /// A team: everybody in it.
    Team(Team),
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its name, for people.
    pub name: String,
    /// Who it is at the git host, such as `@acme/sales-data`.
    pub handle: Option<String>,
    /// At least one.
    pub members: Vec<Person>,
}

/// A person, or a program that publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The e-mail address of the git identity that publishes.
    pub email: String,
    /// The name, for people.
    pub name: Option<String>,
    /// Who it is at the git host, such as `@anna`.
    pub handle: Option<String>,
    /// The keys that sign for this person.
    pub keys: Vec<OwnerKey>,
}

/// A public key, and for how long it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerKey {
    key: PublicKey,
    /// The first day, if it does not count from the beginning.
    pub from: Option<Date>,
    /// The last day, if it does not count for ever.
    pub until: Option<Date>,
}

impl Owners {
    /// Owners that are given one by one.
    ///
    /// # Errors
    /// As for [`Owners::from_bytes`], whose `path` it takes for its message.
    pub fn new(path: &str, entries: Vec<Owner>) -> Result<Self> {
        let owners = Self { entries };
        match owners.contradiction() {
            None => Ok(owners),
            Some(reason) => Err(bad(path, reason)),
        }
    }

    /// Reads the owners file that stands at `path` in a registry.
    ///
    /// # Errors
    /// [`Error::BadOwnersFile`] if it is not one, names nobody or somebody twice, or has a key, a day or an address that
    /// cannot be read.
    pub fn from_bytes(path: &str, bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| bad(path, "it is not UTF-8 text"))?;
        let file: OwnersFile =
            serde_yaml::from_str(text).map_err(|error| bad(path, error.to_string()))?;
        let entries = file.owners.into_iter().enumerate();
        let entries = entries
            .map(|(at, entry)| entry.checked(&format!("`owners[{at}]`")))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|reason| bad(path, reason))?;
        Self::new(path, entries)
    }

    /// The line and the column, both from one, at which the text of an owners file stops being one; `None` where what is
    /// wrong has no place of its own.
    pub(crate) fn broken_at(text: &str) -> Option<(usize, usize)> {
        let error = serde_yaml::from_str::<OwnersFile>(text).err()?;
        let location = error.location()?;
        Some((location.line(), location.column()))
    }

    /// The stewards that the format file names.
    pub(crate) fn stewards(value: serde_yaml::Value) -> Result<Self, String> {
        let entries: Vec<OwnerEntry> = serde_yaml::from_value(value)
            .map_err(|error| format!("`stewards` cannot be read: {error}"))?;
        let entries = entries.into_iter().enumerate();
        let entries = entries
            .map(|(at, entry)| entry.checked(&format!("`stewards[{at}]`")))
            .collect::<Result<Vec<_>, _>>()?;
        let stewards = Self { entries };
        match stewards.contradiction() {
            None => Ok(stewards),
            Some(reason) => Err(format!("of the stewards, {reason}")),
        }
    }

    /// The text of an owners file that says so.
    pub fn to_yaml(&self, domain: &str) -> String {
        let list = Value::Array(self.entries.iter().map(Owner::to_value).collect());
        let mut file = Map::new();
        file.insert("owners".to_owned(), list);
        // Texts, lists and mappings of them can always be written.
        let yaml = serde_yaml::to_string(&file).unwrap_or_default();
        format!("# Who may publish for the domain `{domain}`.\n{yaml}")
    }

    /// The entries, in the order of the file.
    pub fn entries(&self) -> &[Owner] {
        &self.entries
    }

    /// Whether it names nobody. Of what was read from a file, only a registry without stewards does.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Everybody, also by way of a team, in the order of the file.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.entries.iter().flat_map(|entry| match entry {
            Owner::Person(person) => std::slice::from_ref(person),
            Owner::Team(team) => &team.members,
        })
    }

    /// Whom an e-mail address belongs to. The case of the letters a to z does not matter; nothing else is folded, so that
    /// no two addresses are taken for one.
    pub fn person(&self, email: &str) -> Option<&Person> {
        self.people()
            .find(|person| same_email(&person.email, email))
    }

    /// The addresses of everybody, for messages.
    pub fn emails(&self) -> Vec<String> {
        self.people().map(|person| person.email.clone()).collect()
    }

    /// What no entry can be blamed for alone.
    fn contradiction(&self) -> Option<String> {
        if self.people().next().is_none() {
            return Some("nobody is named".to_owned());
        }
        let mut emails = HashSet::new();
        let mut keys = HashSet::new();
        for person in self.people() {
            if !emails.insert(person.email.to_ascii_lowercase()) {
                return Some(format!("`{}` is named more than once", person.email));
            }
            for key in &person.keys {
                if !keys.insert(key.key.key_data()) {
                    return Some(format!(
                        "the key {} of `{}` is there more than once",
                        key.fingerprint(),
                        person.email
                    ));
                }
            }
        }
        None
    }
}

impl Owner {
    /// The entry as it is written.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Person(person) => person.to_value(),
            Self::Team(team) => {
                let mut entry = Map::new();
                entry.insert("team".to_owned(), team.name.clone().into());
                if let Some(handle) = &team.handle {
                    entry.insert("handle".to_owned(), handle.clone().into());
                }
                let members = team.members.iter().map(Person::to_value).collect();
                entry.insert("members".to_owned(), Value::Array(members));
                Value::Object(entry)
            }
        }
    }
}

impl Person {
    /// The entry as it is written.
    pub fn to_value(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("email".to_owned(), self.email.clone().into());
        for (key, value) in [("name", &self.name), ("handle", &self.handle)] {
            if let Some(value) = value {
                entry.insert(key.to_owned(), value.clone().into());
            }
        }
        if !self.keys.is_empty() {
            let keys = self.keys.iter().map(OwnerKey::to_value).collect();
            entry.insert("keys".to_owned(), Value::Array(keys));
        }
        Value::Object(entry)
    }

    /// Somebody with this address, and nothing else.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn new(email: &str) -> Result<Self, String> {
        match broken_email(email) {
            None => Ok(Self {
                email: email.to_owned(),
                name: None,
                handle: None,
                keys: Vec::new(),
            }),
            Some(rule) => Err(format!("`{}` {rule}", email.escape_debug())),
        }
    }

    /// The keys that count on a day.
    pub fn keys_on(&self, day: Date) -> impl Iterator<Item = &OwnerKey> {
        self.keys.iter().filter(move |key| key.is_valid_on(day))
    }
}

impl Team {
    /// Whether a text can be the name of a team: letters, digits and what usually stands between them.
    pub fn is_name(name: &str) -> bool {
        is_label(name)
    }
}

impl OwnerKey {
    /// Reads a public key as it stands in a `.pub` file: `ssh-ed25519 AAAA… comment`.
    ///
    /// # Errors
    /// Says why it is not a key that mesh can verify with.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains(char::is_control) {
            return Err("it is more than one line".to_owned());
        }
        let key = PublicKey::from_openssh(text).map_err(|_| {
            "it is not an SSH public key, as a `.pub` file holds one: `ssh-ed25519 AAAA… comment`"
                .to_owned()
        })?;
        if !is_supported(&key.algorithm()) {
            return Err(format!(
                "mesh does not verify signatures of {} keys, only of ed25519 and of ECDSA over P-256 and P-384",
                key.algorithm().as_str()
            ));
        }
        Ok(Self {
            key,
            from: None,
            until: None,
        })
    }

    /// The entry as it is written.
    pub fn to_value(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("key".to_owned(), self.to_string().into());
        for (key, day) in [("from", self.from), ("until", self.until)] {
            if let Some(day) = day {
                entry.insert(key.to_owned(), day.to_string().into());
            }
        }
        Value::Object(entry)
    }

    /// Whether it counts on a day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// `SHA256:…`, as `ssh-keygen -l` shows it.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// The kind of key: `ssh-ed25519`.
    pub fn algorithm(&self) -> String {
        self.key.algorithm().as_str().to_owned()
    }

    /// The key itself.
    pub(crate) fn public(&self) -> &PublicKey {
        &self.key
    }
}

impl fmt::Display for OwnerKey {
    /// As in a `.pub` file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key.to_openssh().map_err(|_| fmt::Error)?)
    }
}

/// Whether two e-mail addresses are the same, as far as git identities go.
pub(crate) fn same_email(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// The owners of a domain in the tree of a commit; `None` if the domain has no owners file.
///
/// # Errors
/// [`Error::BadOwnersFile`] if there is one and it cannot be read, or if there is something that may have been meant for
/// one.
pub(crate) fn read(repo: &Repository, root: &Tree<'_>, domain: &str) -> Result<Option<Owners>> {
    let text = text(repo, root, domain)?;
    text.map(|text| Owners::from_bytes(&layout::owners_file(domain), text.as_bytes()))
        .transpose()
}

/// The text of the owners file of a domain in the tree of a commit.
///
/// # Errors
/// As for [`read`], except that it does not matter what the text says.
pub(crate) fn text(repo: &Repository, root: &Tree<'_>, domain: &str) -> Result<Option<String>> {
    let Some(directory) = directory(repo, root)? else {
        return Ok(None);
    };
    let path = layout::owners_file(domain);
    let name = format!("{domain}{}", layout::OWNERS_SUFFIX);
    for entry in &directory {
        let other = String::from_utf8_lossy(entry.name_bytes());
        let folded = other.to_lowercase();
        if other != name && (folded == name || folded.trim_end_matches(".yml") == domain) {
            let there = format!("{}/{other}", layout::OWNERS);
            return Err(bad(&there, format!("it has to be called `{name}`")));
        }
    }
    let Some(entry) = directory.get_name(&name) else {
        return Ok(None);
    };
    if !tree::is_file(&entry) {
        return Err(bad(&path, "it is not a regular file"));
    }
    let bytes = match tree::blob(repo, entry.id(), &path, layout::MAX_OWNERS_FILE) {
        Err(Error::Damaged { path, reason }) => return Err(bad(&path, reason)),
        result => result?,
    };
    let text = String::from_utf8(bytes).map_err(|_| bad(&path, "it is not UTF-8 text"))?;
    Ok(Some(text))
}

/// The domains with an owners file in the tree of a commit, by name.
///
/// # Errors
/// As for [`read`], if anything there cannot be the owners file of a domain.
pub(crate) fn domains(repo: &Repository, root: &Tree<'_>) -> Result<Vec<String>> {
    let Some(directory) = directory(repo, root)? else {
        return Ok(Vec::new());
    };
    let mut domains = Vec::new();
    for entry in &directory {
        let name = String::from_utf8_lossy(entry.name_bytes());
        match name.strip_suffix(layout::OWNERS_SUFFIX) {
            Some(domain) if names::is_name(domain) => domains.push(domain.to_owned()),
            _ if name == layout::README_FILE => {}
            _ => {
                let path = format!("{}/{name}", layout::OWNERS);
                let reason = "its name is not that of a domain, followed by `.yaml`";
                return Err(bad(&path, reason));
            }
        }
    }
    domains.sort();
    Ok(domains)
}

fn directory<'r>(repo: &'r Repository, root: &Tree<'r>) -> Result<Option<Tree<'r>>> {
    let Some(entry) = root.get_name(layout::OWNERS) else {
        return Ok(None);
    };
    if entry.filemode_raw() != tree::DIRECTORY {
        return Err(bad(layout::OWNERS, "it is not a directory"));
    }
    repo.find_tree(entry.id())
        .map(Some)
        .map_err(object("read a directory of the registry"))
}

fn bad(path: &str, reason: impl Into<String>) -> Error {
    Error::BadOwnersFile {
        path: path.escape_debug().to_string(),
        reason: reason.into(),
    }
}

fn is_supported(algorithm: &Algorithm) -> bool {
    use ssh_key::EcdsaCurve::{NistP256, NistP384};
    matches!(
        algorithm,
        Algorithm::Ed25519
            | Algorithm::SkEd25519
            | Algorithm::SkEcdsaSha2NistP256
            | Algorithm::Ecdsa {
                curve: NistP256 | NistP384
            }
    )
}

/// Which rule an e-mail address breaks. Addresses are compared with what git says, and end up in CODEOWNERS files, so
/// there is nothing in them that looks like something else or separates anything.
fn broken_email(email: &str) -> Option<&'static str> {
    let is_usual = |b: u8| b.is_ascii_alphanumeric() || b".!$%&'*+-/=?^_{|}~[]@".contains(&b);
    match email.split_once('@') {
        _ if email.len() > 254 => Some("is too long for an e-mail address"),
        _ if !email.bytes().all(is_usual) => {
            Some("has characters that an e-mail address here cannot have")
        }
        Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@') => None,
        _ => Some("is not an e-mail address"),
    }
}

/// Whether a text is `@` with a name, as git hosts write those of people and of teams.
pub(crate) fn is_handle(handle: &str) -> bool {
    let is_usual = |b: u8| b.is_ascii_alphanumeric() || b"._-/".contains(&b);
    handle
        .strip_prefix('@')
        .is_some_and(|name| !name.is_empty() && name.len() <= 200 && name.bytes().all(is_usual))
}

fn is_label(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() <= 200
        && !name.contains(char::is_control)
        && name.trim() == name
}

/// The file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnersFile {
    owners: Vec<OwnerEntry>,
}

/// A person or a team: which of them, `team` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnerEntry {
    email: Option<String>,
    name: Option<String>,
    keys: Option<Vec<KeyEntry>>,
    handle: Option<String>,
    team: Option<String>,
    members: Option<Vec<PersonEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonEntry {
    email: String,
    name: Option<String>,
    handle: Option<String>,
    keys: Option<Vec<KeyEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    key: String,
    from: Option<String>,
    until: Option<String>,
}

impl OwnerEntry {
    fn checked(self, place: &str) -> Result<Owner, String> {
        match (self.team, self.email) {
            (Some(name), None) => {
                if self.keys.is_some() || self.name.is_some() {
                    return Err(format!(
                        "{place} is a team, so it has no `name` or `keys` but those of its members"
                    ));
                }
                if !Team::is_name(&name) {
                    return Err(format!("{place} has no usable name"));
                }
                let members = self.members.unwrap_or_default().into_iter().enumerate();
                let members = members
                    .map(|(at, member)| member.checked(&format!("{place}, `members[{at}]`,")))
                    .collect::<Result<Vec<_>, _>>()?;
                if members.is_empty() {
                    return Err(format!("{place} is the team `{name}` without members"));
                }
                let handle = checked_handle(self.handle, place)?;
                Ok(Owner::Team(Team {
                    name,
                    handle,
                    members,
                }))
            }
            (None, Some(email)) => {
                if self.members.is_some() {
                    return Err(format!("{place} is a person and has `members`"));
                }
                let person = PersonEntry {
                    email,
                    name: self.name,
                    handle: self.handle,
                    keys: self.keys,
                };
                person.checked(place).map(Owner::Person)
            }
            (Some(_), Some(_)) => Err(format!(
                "{place} is both a person (`email`) and a team (`team`)"
            )),
            (None, None) => Err(format!("{place} has neither an `email` nor a `team`")),
        }
    }
}

impl PersonEntry {
    fn checked(self, place: &str) -> Result<Person, String> {
        let mut person = Person::new(&self.email)
            .map_err(|reason| format!("{place} has an `email` that cannot be used: {reason}"))?;
        if self.name.as_deref().is_some_and(|name| !is_label(name)) {
            return Err(format!("{place} has a `name` that cannot be shown"));
        }
        person.name = self.name;
        person.handle = checked_handle(self.handle, place)?;
        for (at, key) in self.keys.unwrap_or_default().into_iter().enumerate() {
            person
                .keys
                .push(key.checked(&format!("{place} `keys[{at}]`"))?);
        }
        Ok(person)
    }
}

impl KeyEntry {
    fn checked(self, place: &str) -> Result<OwnerKey, String> {
        let mut key = OwnerKey::parse(&self.key)
            .map_err(|reason| format!("{place} cannot be used: {reason}"))?;
        key.from = day(self.from, &format!("{place} `from`"))?;
        key.until = day(self.until, &format!("{place} `until`"))?;
        if let (Some(from), Some(until)) = (key.from, key.until)
            && until < from
        {
            return Err(format!("{place} ends before it begins"));
        }
        Ok(key)
    }
}

fn checked_handle(handle: Option<String>, place: &str) -> Result<Option<String>, String> {
    match handle {
        Some(handle) if !is_handle(&handle) => Err(format!(
            "{place} has a `handle` that is not one of a git host, such as `@anna` or `@acme/sales-data`"
        )),
        handle => Ok(handle),
    }
}

/// A day, `YYYY-MM-DD` and nothing else.
fn day(text: Option<String>, place: &str) -> Result<Option<Date>, String> {
    let Some(text) = text else {
        return Ok(None);
    };
    parse_day(&text)
        .map(Some)
        .ok_or_else(|| format!("{place} is not a day such as 2026-12-31"))
}

/// Reads `YYYY-MM-DD` and nothing else.
pub fn parse_day(text: &str) -> Option<Date> {
    let is_plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti anna@laptop";
    const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC2lYpC7dYmdJcl1B8jHxl2ZEm2yXPqnbEJ6UtzEWj1Lx1mzZp1JmpdvDXE4J8qcb7BIjK1XCsmd0HjKaT0tFDJ";

    fn owners(text: &str) -> Result<Owners> {
        Owners::from_bytes("owners/sales.yaml", text.as_bytes())
    }

    fn day(text: &str) -> Date {
        parse_day(text).expect("a day")
    }

    #[test]
    fn people_and_teams_are_read() {
        let text = format!(
            "# Who may publish for the domain `sales`.\nowners:\n\
             - email: Anna@example.com\n  name: Anna Berg\n  handle: '@anna'\n  keys:\n  - key: {KEY}\n    \
             from: 2026-01-01\n    until: 2027-06-30\n\
             - team: sales-data\n  handle: '@acme/sales-data'\n  members:\n  - email: ben@example.com\n"
        );
        let owners = owners(&text).expect("a good file");
        assert_eq!(owners.emails(), ["Anna@example.com", "ben@example.com"]);
        let anna = owners.person("anna@EXAMPLE.com").expect("Anna");
        assert_eq!(anna.name.as_deref(), Some("Anna Berg"));
        assert_eq!(anna.keys_on(day("2026-01-01")).count(), 1);
        assert_eq!(anna.keys_on(day("2027-06-30")).count(), 1);
        assert_eq!(anna.keys_on(day("2025-12-31")).count(), 0);
        assert_eq!(anna.keys_on(day("2027-07-01")).count(), 0);
        assert_eq!(
            anna.keys[0].fingerprint(),
            "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ"
        );
        assert_eq!(anna.keys[0].to_string(), KEY);
        assert!(owners.person("ben@example.com").is_some());
        assert!(owners.person("en@example.com").is_none());
        assert!(owners.person("").is_none());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = format!(
            "# Who may publish for the domain `sales`.\nowners:\n\
             - email: anna@example.com\n  name: 'Anna: Berg'\n  handle: '@anna'\n  keys:\n  - key: {KEY}\n    \
             from: 2026-01-01\n    until: 2027-06-30\n\
             - team: sales-data\n  handle: '@acme/sales-data'\n  members:\n  - email: ben@example.com\n"
        );
        assert_eq!(owners(&text).expect("a good file").to_yaml("sales"), text);
    }

    #[test]
    fn only_the_case_of_a_to_z_is_folded() {
        let owners = owners("owners: [{email: kim@example.com}]").expect("a good file");
        assert!(owners.person("KIM@example.com").is_some());
        // The Kelvin sign is a `k` in lower case.
        assert!(owners.person("\u{212a}im@example.com").is_none());
        assert!(owners.person("kim@example.com.").is_none());
    }

    #[test]
    fn whatever_cannot_be_understood_is_an_error() {
        let key = |key: &str| format!("owners: [{{email: a@b, keys: [{key}]}}]");
        for bad in [
            String::new(),
            "owners:".to_owned(),
            "owners: []".to_owned(),
            "owners: anna@example.com".to_owned(),
            "owners: [anna@example.com]".to_owned(),
            "owner: [{email: a@b}]".to_owned(),
            "owners: [{email: a@b}]\nowners: [{email: c@d}]".to_owned(),
            "owners: [{email: a@b}]\nadmins: []".to_owned(),
            "owners: [{email: a@b, emial: c@d}]".to_owned(),
            "owners: [{email: a@b, email: c@d}]".to_owned(),
            "owners: [{email: a@b}, {email: A@B}]".to_owned(),
            "owners: [{email: a@b}, {team: t, members: [{email: a@b}]}]".to_owned(),
            "owners: [{}]".to_owned(),
            "owners: [{email: anna}]".to_owned(),
            "owners: [{email: 'a b@c'}]".to_owned(),
            "owners: [{email: \"a@b\\n\"}]".to_owned(),
            "owners: [{email: 'аnna@example.com'}]".to_owned(),
            "owners: [{email: a@b@c}]".to_owned(),
            "owners: [{email: a@b, team: t}]".to_owned(),
            "owners: [{email: a@b, members: [{email: c@d}]}]".to_owned(),
            "owners: [{team: t}]".to_owned(),
            "owners: [{team: t, members: []}]".to_owned(),
            "owners: [{team: '', members: [{email: a@b}]}]".to_owned(),
            "owners: [{team: t, members: [{team: u}]}]".to_owned(),
            "owners: [{email: a@b, handle: anna}]".to_owned(),
            "owners: [{email: a@b, handle: '@a b'}]".to_owned(),
            "owners: [{email: a@b, handle: \"@a\\n* @mallory\"}]".to_owned(),
            key("{key: x}"),
            key("{}"),
            key(KEY),
            key(&format!("{{key: '{RSA}'}}")),
            key(&format!("{{key: '{KEY}'}}, {{key: '{KEY}'}}")),
            key(&format!("{{key: '{KEY}', until: 2026}}")),
            key(&format!("{{key: '{KEY}', until: 2026-02-30}}")),
            key(&format!("{{key: '{KEY}', until: 2026-01-01T00:00:00Z}}")),
            key(&format!(
                "{{key: '{KEY}', from: 2026-02-01, until: 2026-01-01}}"
            )),
            key(&format!("{{key: \"{KEY}\\nssh-ed25519 AAAA\"}}")),
            key(&format!("{{key: 'cert-authority {KEY}'}}")),
        ] {
            let found = owners(&bad);
            assert!(
                matches!(found, Err(Error::BadOwnersFile { .. })),
                "{bad}: {found:?}"
            );
        }
    }

    #[test]
    fn where_a_file_breaks_is_told() {
        let text = "# Who\nowners:\n- email: a@b\n  emial: c@d\n";
        assert_eq!(Owners::broken_at(text), Some((4, 3)));
        assert_eq!(Owners::broken_at("owners:\n- email: a@b\n"), None);
        // What is wrong with an entry is told by its number.
        assert_eq!(Owners::broken_at("owners:\n- email: a\n"), None);
    }

    #[test]
    fn an_entry_that_is_wrong_is_named() {
        let text = "owners: [{email: a@b}, {team: t, members: [{email: c@d}, {email: e}]}]";
        let error = owners(text).expect_err("a bad address").to_string();
        assert_eq!(
            error,
            "`owners/sales.yaml` cannot be read as an owners file: `owners[1]`, `members[1]`, has an `email` that \
             cannot be used: `e` is not an e-mail address"
        );
    }
}
