//! `mesh registry domain` and `mesh registry codeowners`

use std::fs;
use std::io::{BufWriter, Write, stdout};
use std::path::Path;

use mesh_diagnostics::{Change, printable_line as plain};
use mesh_registry::{
    ChangedOwners, Contributed, Demand, Error, Outcome, Owner, OwnerKey, Owners, OwnersEdit,
    OwnersPublication, Person, PublishOptions, Snapshot, Team, layout, parse_day,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::refuse_for;
use crate::cli::{
    DomainAdd, DomainAddOwner, DomainArgs, DomainList, DomainRemoveOwner, DomainTransfer, Format,
    RegistryCodeowners, RegistryDomain,
};
use crate::config::Project;
use crate::ops::owners::{added, edited, expected, invalid, place_of};
use crate::ops::plan::TOOL;
use crate::ops::requests::{Nothing, Telling};
use crate::ops::{output, registry, requests};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(command: &RegistryDomain) -> Result<Ending, Failure> {
    match command {
        RegistryDomain::Add(arguments) => add(arguments),
        RegistryDomain::AddOwner(arguments) => add_owner(arguments),
        RegistryDomain::RemoveOwner(arguments) => remove_owner(arguments),
        RegistryDomain::Transfer(arguments) => transfer(arguments),
        RegistryDomain::List(arguments) => show_all(arguments),
    }
}

fn add(arguments: &DomainAdd) -> Result<Ending, Failure> {
    let DomainAdd {
        domain,
        owner,
        team,
        handle,
        key,
        change,
    } = arguments;
    let mut entries = named(owner, team)?;
    match (entries.as_mut_slice(), handle, key) {
        (_, None, None) => {}
        ([Owner::Person(person)], handle, key) => {
            person.handle.clone_from(handle);
            if let Some(path) = key {
                person.keys.push(read_key(path)?);
            }
        }
        ([Owner::Team(team)], Some(handle), None) => team.handle = Some(handle.clone()),
        _ => {
            return Err(
                Failure::new("`--handle` and `--key` do not say whose they are").help(
                    "name one owner here, and the others with `mesh registry domain add-owner`",
                ),
            );
        }
    }
    let owners = checked(domain, entries)?;
    let text = owners.to_yaml(domain);
    let message = format!("Give the domain {domain} owners");
    publish(domain, &message, change, &mut |there| match there {
        None => Ok(text.clone()),
        Some((text, there)) if *there == owners => Ok(text.to_owned()),
        Some((_, there)) => Err(invalid(
            domain,
            format!("it has owners already: {}", there.emails().join(", ")),
            format!("add to them with `mesh registry domain add-owner {domain} EMAIL`"),
        )),
    })
}

fn add_owner(arguments: &DomainAddOwner) -> Result<Ending, Failure> {
    let (domain, email) = (&arguments.domain, &arguments.email);
    let mut person = person(email)?;
    person.name.clone_from(&arguments.name);
    person.handle.clone_from(&arguments.handle);
    if let Some(path) = &arguments.key {
        let mut key = read_key(path)?;
        key.from = day(arguments.from.as_deref())?;
        key.until = day(arguments.until.as_deref())?;
        person.keys.push(key);
    }
    checked(domain, vec![Owner::Person(person.clone())])?;
    let message = format!("Add {email} to the owners of {domain}");
    publish(domain, &message, &arguments.change, &mut |there| {
        let (text, owners) = expected(domain, there)?;
        edited(
            domain,
            text,
            owners,
            &added(owners, &person, arguments.team.as_deref(), domain)?,
        )
    })
}

fn remove_owner(arguments: &DomainRemoveOwner) -> Result<Ending, Failure> {
    let (domain, email) = (&arguments.domain, &arguments.email);
    let message = format!("Remove {email} from the owners of {domain}");
    publish(domain, &message, &arguments.change, &mut |there| {
        let (text, owners) = expected(domain, there)?;
        let Some((pointer, _)) = place_of(owners, email) else {
            return Ok(text.to_owned());
        };
        if owners.people().count() == 1 {
            return Err(invalid(
                domain,
                format!(
                    "`{email}` is the only one, and without owners the domain would be open to anybody"
                ),
                format!("name who takes over: `mesh registry domain transfer {domain} --to EMAIL`"),
            ));
        }
        // A team of nobody is none.
        let team = pointer.split_once("/members/").map(|(team, _)| team);
        let alone = team.filter(|team| {
            owners.entries().iter().enumerate().any(|(at, entry)| {
                format!("/owners/{at}") == **team
                    && matches!(entry, Owner::Team(team) if team.members.len() == 1)
            })
        });
        let pointer = alone.map_or_else(|| pointer.clone(), str::to_owned);
        edited(domain, text, owners, &[Change::Remove { pointer }])
    })
}

fn transfer(arguments: &DomainTransfer) -> Result<Ending, Failure> {
    let domain = &arguments.domain;
    let entries = named(&arguments.to, &arguments.team)?;
    checked(domain, entries.clone())?;
    let message = format!("Transfer the domain {domain}");
    publish(domain, &message, &arguments.change, &mut |there| {
        let (text, owners) = expected(domain, there)?;
        // Whoever stays keeps their keys.
        let kept = |person: &Person| owners.person(&person.email).unwrap_or(person).clone();
        let entries = entries.iter().map(|entry| match entry {
            Owner::Person(person) => Owner::Person(kept(person)),
            Owner::Team(team) => Owner::Team(Team {
                members: team.members.iter().map(&kept).collect(),
                ..team.clone()
            }),
        });
        let new = Owners::new(&layout::owners_file(domain), entries.collect())?;
        if new == *owners {
            return Ok(text.to_owned());
        }
        Ok(new.to_yaml(domain))
    })
}

/// Owners as the command line names them. What is wrong with them is told of that, and not of a file.
fn checked(domain: &str, entries: Vec<Owner>) -> Result<Owners, Failure> {
    let path = layout::owners_file(domain);
    let owners = Owners::new(&path, entries)
        .and_then(|owners| Owners::from_bytes(&path, owners.to_yaml(domain).as_bytes()));
    owners.map_err(|error| match error {
        Error::BadOwnersFile { reason, .. } => {
            let reason = reason
                .replace("`owners[0]` `keys[0]`", "the key")
                .replace("`owners[0]`", "the owner");
            Failure::new(reason).help("correct it, and run the command again")
        }
        error => error.into(),
    })
}

/// The people and teams that the command line names.
fn named(people: &[String], teams: &[String]) -> Result<Vec<Owner>, Failure> {
    let mut entries = Vec::new();
    for email in people {
        entries.push(Owner::Person(person(email)?));
    }
    for team in teams {
        let split = team.split_once('=').filter(|(name, _)| Team::is_name(name));
        let Some((name, members)) = split else {
            return Err(Failure::new(format!("`{}` is not a team", plain(team)))
                .help("write its name and its members, as in `--team data=anna@example.com,ben@example.com`"));
        };
        entries.push(Owner::Team(Team {
            name: name.to_owned(),
            handle: None,
            members: members.split(',').map(person).collect::<Result<_, _>>()?,
        }));
    }
    Ok(entries)
}

fn person(email: impl AsRef<str>) -> Result<Person, Failure> {
    Person::new(email.as_ref().trim()).map_err(|reason| {
        Failure::new(reason)
            .help("name the e-mail address that git commits with, such as anna@example.com")
    })
}

fn read_key(path: &Path) -> Result<OwnerKey, Failure> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", plain(&shown))))?;
    OwnerKey::parse(&text).map_err(|reason| {
        let help = if text.starts_with("ssh-rsa ") || text.starts_with("ssh-dss ") {
            "name another key; `ssh-keygen -t ed25519` makes one"
        } else {
            "name the public key, whose file ends in .pub: only that goes into the registry"
        };
        Failure::new(format!("{} cannot be used: {reason}", plain(&shown))).help(help)
    })
}

fn day(text: Option<&str>) -> Result<Option<jiff::civil::Date>, Failure> {
    text.map(|text| {
        parse_day(text).ok_or_else(|| {
            Failure::new(format!("`{}` is not a day", plain(text))).help("write it as 2027-03-31")
        })
    })
    .transpose()
}

/// Changes the owners of a domain in the registry, and tells what came of it.
fn publish(
    domain: &str,
    message: &str,
    arguments: &DomainArgs,
    change: &mut OwnersEdit<'_>,
) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.as_deref(), &project)?;
    let options = PublishOptions {
        signing: requests::signing(&arguments.sign)?,
        ..requests::options(&arguments.way, arguments.dry_run, &project)
    };
    let registry = registry::handle(location.clone(), false);
    let outcome = registry.change_owners(domain, message, TOOL, &options, change);
    drop(registry);
    let published = match outcome {
        Ok(published) => published,
        Err(error) if error.is_refusal() => return refuse_for(error, arguments.format),
        Err(error) => return Err(error.into()),
    };
    let told = Told {
        domain,
        published,
        dry_run: arguments.dry_run,
    };
    let (dry_run, format) = (arguments.dry_run, arguments.format);
    requests::tell(told, &location, &arguments.way, dry_run, format)?;
    Ok(Ending::Clean)
}

/// What is told of a change of owners.
struct Told<'a> {
    domain: &'a str,
    published: OwnersPublication,
    dry_run: bool,
}

impl Telling for Told<'_> {
    type Parts = ChangedOwners;

    fn contributed(&self) -> &Contributed<Self::Parts> {
        &self.published
    }

    fn outcomes(&mut self) -> impl Iterator<Item = &mut Outcome> {
        std::iter::once(&mut self.published.parts.outcome)
    }

    fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        self.print_parts(out)?;
        print_owners(out, &self.published.parts.owners)?;
        writeln!(out)?;
        let nothing = Nothing {
            done: "Nothing was changed",
            to_do: "it was so before",
            merged: "holds",
        };
        Ok(requests::print_way(
            out,
            &self.published,
            "",
            self.dry_run,
            &nothing,
        )?)
    }

    fn print_parts(&self, out: &mut impl Write) -> Result<(), Failure> {
        let terminal = Terminal::stdout();
        let (mark, note) = match self.published.parts.outcome {
            Outcome::Published => (terminal.green("✓"), "changed"),
            Outcome::AlreadyPublished => (terminal.dim("="), "so already, unchanged"),
            Outcome::Submitted => (terminal.cyan("↑"), "submitted"),
            Outcome::WouldPublish => (terminal.yellow("+"), "would be changed"),
            Outcome::WouldSubmit => (terminal.yellow("+"), "would be submitted"),
        };
        writeln!(out, "{mark} {}  {note}", self.published.parts.path)?;
        Ok(())
    }

    fn to_json(&self, merged: Option<&str>) -> serde_json::Result<Value> {
        let published = &self.published;
        Ok(json!({
            "version": 1,
            "registry": published.registry,
            "branch": published.branch,
            "commit": published.commit,
            "domain": self.domain,
            "path": published.parts.path,
            "outcome": requests::word(published.parts.outcome),
            "owners": owners_view(&published.parts.owners),
            "request": published.request.as_ref().map(|it| requests::View::of(it, merged)),
        }))
    }
}

fn print_owners(out: &mut impl Write, owners: &Owners) -> Result<(), Failure> {
    let person = |person: &Person| {
        let mut text = plain(&person.email).into_owned();
        for more in [&person.name, &person.handle].into_iter().flatten() {
            text.push_str("  ");
            text.push_str(&plain(more));
        }
        match person.keys.as_slice() {
            [] => {}
            [key] => {
                text.push_str("  1 key");
                if let Some(days) = days(key) {
                    text.push_str(&format!(", which counts {days}"));
                }
            }
            keys => {
                text.push_str(&format!("  {} keys", keys.len()));
                for days in keys.iter().filter_map(days) {
                    text.push_str(&format!(", one of which counts {days}"));
                }
            }
        }
        text
    };
    for entry in owners.entries() {
        match entry {
            Owner::Person(one) => writeln!(out, "  {}", person(one))?,
            Owner::Team(team) => {
                let handle = team.handle.as_deref().unwrap_or_default();
                writeln!(
                    out,
                    "{}",
                    format!("  team {}  {}", plain(&team.name), plain(handle)).trim_end()
                )?;
                for member in &team.members {
                    writeln!(out, "    {}", person(member))?;
                }
            }
        }
    }
    Ok(())
}

/// For how long a key counts, if not always.
fn days(key: &OwnerKey) -> Option<String> {
    match (key.from, key.until) {
        (None, None) => None,
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(until)) => Some(format!("until {until}")),
        (Some(from), Some(until)) => Some(format!("from {from} until {until}")),
    }
}

/// Owners as JSON: as in their file, and each key with its fingerprint.
fn owners_view(owners: &Owners) -> Value {
    let person = |person: &Person| {
        let mut value = person.to_value();
        if let Some(Value::Array(keys)) = value.get_mut("keys") {
            for (value, key) in keys.iter_mut().zip(&person.keys) {
                value["fingerprint"] = key.fingerprint().into();
            }
        }
        value
    };
    let entry = |entry: &Owner| match entry {
        Owner::Person(one) => person(one),
        Owner::Team(team) => {
            let mut value = entry.to_value();
            value["members"] = Value::Array(team.members.iter().map(person).collect());
            value
        }
    };
    Value::Array(owners.entries().iter().map(entry).collect())
}

/// A domain, and whose it is.
struct Domain {
    name: String,
    owners: Option<Owners>,
    products: usize,
}

/// All domains of a registry, by name: those with owners, and those with products.
fn domains(snapshot: &Snapshot) -> Result<Vec<Domain>, Failure> {
    let mut products: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for name in snapshot.owned_domains()? {
        products.entry(name).or_default();
    }
    for entry in snapshot.current()? {
        *products.entry(entry.domain).or_default() += 1;
    }
    let domain = |(name, products): (String, usize)| {
        Ok(Domain {
            owners: snapshot.owners_of(&name)?,
            name,
            products,
        })
    };
    products.into_iter().map(domain).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListView {
    version: u32,
    registry: String,
    owners_required: bool,
    signatures_required: bool,
    stewards: Value,
    domains: Vec<Value>,
}

fn show_all(arguments: &DomainList) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let settings = snapshot.settings()?;
    let domains = domains(&snapshot)?;
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            let domain = |domain: &Domain| {
                json!({
                    "domain": domain.name,
                    "products": domain.products,
                    "owners": domain.owners.as_ref().map(owners_view),
                })
            };
            let view = ListView {
                version: 1,
                registry: snapshot.location().to_string(),
                owners_required: settings.owners == Demand::Required,
                signatures_required: settings.signatures == Demand::Required,
                stewards: owners_view(&settings.stewards),
                domains: domains.iter().map(domain).collect(),
            };
            output::json(&mut out, &view)?;
        }
        Format::Pretty => {
            let terminal = Terminal::stdout();
            for domain in &domains {
                let products = crate::ops::text::plural(domain.products, "product");
                writeln!(
                    out,
                    "{}  {}",
                    terminal.bold(&domain.name),
                    terminal.dim(&products)
                )?;
                match (&domain.owners, settings.owners) {
                    (Some(owners), _) => print_owners(&mut out, owners)?,
                    (None, Demand::Optional) => writeln!(out, "  nobody's: anybody may publish")?,
                    (None, Demand::Required) => writeln!(out, "  nobody's: nobody may publish")?,
                }
            }
            if domains.is_empty() {
                writeln!(out, "There are no domains yet")?;
            }
            if !settings.stewards.is_empty() {
                writeln!(out, "{}", terminal.bold("Stewards"))?;
                print_owners(&mut out, &settings.stewards)?;
            }
        }
    }
    out.flush()?;
    Ok(Ending::Clean)
}

pub(crate) fn codeowners(arguments: &RegistryCodeowners) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let text = codeowners_of(&snapshot)?;
    let mut out = stdout().lock();
    match arguments.format {
        Format::Pretty => out.write_all(text.as_bytes())?,
        Format::Json => {
            let view = json!({
                "version": 1,
                "registry": snapshot.location().to_string(),
                "text": text,
            });
            output::json(&mut out, &view)?;
        }
    }
    Ok(Ending::Clean)
}

/// The CODEOWNERS file of a registry. The last line that fits a path counts, at each of the hosts.
fn codeowners_of(snapshot: &Snapshot) -> Result<String, Failure> {
    let settings = snapshot.settings()?;
    let mut text = "# Written by `mesh registry codeowners` from the owners of domains and the stewards: change those.\n"
        .to_owned();
    let mut lines: Vec<(String, String)> = Vec::new();
    let stewards = reviewers(&settings.stewards);
    if !settings.stewards.is_empty() {
        lines.push(("*".to_owned(), stewards.clone()));
        let of_registry = [
            format!("/{}", layout::FORMAT_FILE),
            format!("/{}/", layout::POLICIES),
            format!("/{}/", layout::OWNERS),
        ];
        lines.extend(of_registry.map(|path| (path, stewards.clone())));
    }
    for name in snapshot.owned_domains()? {
        let Some(owners) = snapshot.owners_of(&name)? else {
            continue;
        };
        let people = reviewers(&owners);
        let own = [
            format!("/{}/{name}/", layout::PRODUCTS),
            format!("/{}/{name}/", layout::STATUS),
        ];
        lines.extend(own.map(|path| (path, people.clone())));
        let both = if settings.stewards.is_empty() {
            people
        } else {
            format!("{people} {stewards}")
        };
        lines.push((format!("/{}", layout::owners_file(&name)), both));
    }
    let width = lines.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
    for (path, people) in lines {
        text.push_str(&format!("{path:width$}  {people}\n"));
    }
    Ok(text)
}

/// Owners as they are written in a CODEOWNERS file: teams by their handle if they have one, people by theirs, and else by
/// their addresses.
fn reviewers(owners: &Owners) -> String {
    let person = |person: &Person| {
        person
            .handle
            .clone()
            .unwrap_or_else(|| person.email.clone())
    };
    let mut names: Vec<String> = Vec::new();
    for entry in owners.entries() {
        match entry {
            Owner::Person(one) => names.push(person(one)),
            Owner::Team(Team {
                handle: Some(handle),
                ..
            }) => names.push(handle.clone()),
            Owner::Team(team) => names.extend(team.members.iter().map(person)),
        }
    }
    names.join(" ")
}
