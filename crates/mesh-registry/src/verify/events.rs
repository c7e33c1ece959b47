//! What is said about versions after they were published.

use super::{
    authority::{
        OWNERS_MISSING, OWNERS_UNREADABLE, PUBLISHER_NOT_OWNER, RECORD_NOT_SIGNED,
        SIGNATURE_INVALID,
    },
    basis::{Basis, Denied},
    content,
    delta::NewEvent,
    finding::{Check, Findings, Place},
    immutable::EVENT_CHANGED,
    records::Published,
};
use crate::{
    Error, Refusal, Result, authority::Area, error::object, layout, settings::Demand, signing,
    snapshot::Snapshot, status::Event,
};
use git2::{Odb, Repository, Tree};
use jiff::civil::Date;
use std::{path::Path, sync::Arc};

pub(super) static EVENT_UNREADABLE: Check = Check {
    id: "event-unreadable",
    summary: "Every event about a version can be read.",
    docs: "\
That a version was yanked or deprecated is a file below `status/`, called by the digest of its bytes and written as mesh
writes it. Whoever meets one that cannot be read cannot tell what holds for the version, and stops.",
    help: "write it with `mesh yank`, `mesh deprecate` or what takes them back",
};

pub(super) static EVENT_OUT_OF_PLACE: Check = Check {
    id: "event-out-of-place",
    summary: "An event is about a version that this registry has.",
    docs: "\
An event names the registry and the record of the version that it is about. One that was copied from another version, or
from another registry, says nothing here.",
    help: "write it with `mesh yank` or `mesh deprecate` for the version that is meant",
};

pub(super) static EVENT_ORDER: Check = Check {
    id: "event-order",
    summary: "An event names those that came before it.",
    docs: "\
Events are ordered by what their authors knew of, never by clocks: each names those that were the newest. One that names
what is not there is part of another order, or of one from which something was taken away.",
    help: "fetch the registry, and write the event again",
};

/// What the events of one commit are held to.
pub(super) struct Around<'a, 'r> {
    pub(super) repo: &'r Repository,
    pub(super) root: &'a Tree<'r>,
    pub(super) standing: &'a Snapshot,
    pub(super) published: &'a [Published],
    pub(super) basis: &'a Basis,
    pub(super) day: Date,
}

/// Checks the events that one commit brings.
pub(super) fn check(
    events: &[NewEvent],
    around: &Around<'_, '_>,
    findings: &mut Findings,
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let odb = around.repo.odb().map_err(object("open the repository"))?;
    for new in events {
        let path = path(new);
        if let Some(of) = path.strip_suffix(layout::SIGNATURE_SUFFIX) {
            check_lone(new, &path, of, events, around, findings);
            continue;
        }
        let Some(bytes) = content::read(&odb, new.blob, &path, layout::MAX_EVENT, findings)? else {
            continue;
        };
        let text: Arc<str> = String::from_utf8_lossy(&bytes).into();
        match Event::from_bytes(&path, &bytes) {
            Ok(event) => {
                check_place(&event, &path, &text, around, findings)?;
                check_order(&event, new, &path, &text, around, findings);
                check_author(
                    &event,
                    new,
                    &path,
                    (&bytes, &text),
                    (&odb, events),
                    around,
                    findings,
                )?;
            }
            Err(Error::Damaged { reason, .. }) => {
                let message = format!("`{path}` cannot be read: {reason}");
                findings.add_at(&EVENT_UNREADABLE, path, message, Place::of(&text, &[]));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn path(new: &NewEvent) -> String {
    format!(
        "{}/{}",
        layout::status_dir(&new.domain, &new.product, &new.version),
        new.name
    )
}

/// A signature is part of the event that it is of, and comes with it.
fn check_lone(
    new: &NewEvent,
    path: &str,
    of: &str,
    events: &[NewEvent],
    around: &Around<'_, '_>,
    findings: &mut Findings,
) {
    let name = of.rsplit('/').next().unwrap_or(of);
    let is_of = |event: &NewEvent| {
        event.name == name
            && (&event.domain, &event.product, &event.version)
                == (&new.domain, &new.product, &new.version)
    };
    if events.iter().any(is_of) {
        return;
    }
    if around.root.get_path(Path::new(of)).is_ok() {
        let message = format!("`{path}` is added to an event that was there before");
        findings.add(&EVENT_CHANGED, path, message);
    } else {
        let message = format!("`{path}` is the signature of an event that is not there");
        findings.add(&EVENT_OUT_OF_PLACE, path, message);
    }
}

fn check_place(
    event: &Event,
    path: &str,
    text: &Arc<str>,
    around: &Around<'_, '_>,
    findings: &mut Findings,
) -> Result<()> {
    let reference = format!("{}/{}", event.domain, event.product);
    let there = around.standing.entries_of(&reference)?;
    let new = around.published.iter().map(|new| &new.entry);
    let is_it =
        |entry: &&crate::Entry| entry.reference() == reference && entry.version == event.version;
    let Some(entry) = there.iter().chain(new).find(is_it) else {
        let message = format!(
            "it is about `{reference}` {}, which was never published",
            event.version
        );
        findings.add_at(
            &EVENT_OUT_OF_PLACE,
            path,
            message,
            Place::of(text, &["\"version\""]),
        );
        return Ok(());
    };
    let registry = around.basis.settings().id.as_deref();
    if let Err(Error::Damaged { reason, .. }) =
        event.belongs_to(path, &entry.record_digest, registry)
    {
        let mark = if event.record == entry.record_digest {
            "\"registry\""
        } else {
            "\"record\""
        };
        findings.add_at(&EVENT_OUT_OF_PLACE, path, reason, Place::of(text, &[mark]));
    }
    Ok(())
}

fn check_order(
    event: &Event,
    new: &NewEvent,
    path: &str,
    text: &Arc<str>,
    around: &Around<'_, '_>,
    findings: &mut Findings,
) {
    let directory = layout::status_dir(&new.domain, &new.product, &new.version);
    for digest in &event.after {
        let before = format!("{directory}/{digest}{}", layout::EVENT_SUFFIX);
        if around.root.get_path(Path::new(&before)).is_err() {
            let message = format!("it comes after the event {digest}, which is not there");
            findings.add_at(
                &EVENT_ORDER,
                path,
                message,
                Place::of(text, &[digest, "\"after\""]),
            );
        }
    }
}

/// Checks that who says it may, and the signature.
fn check_author(
    event: &Event,
    new: &NewEvent,
    path: &str,
    (bytes, text): (&[u8], &Arc<str>),
    (odb, events): (&Odb<'_>, &[NewEvent]),
    around: &Around<'_, '_>,
    findings: &mut Findings,
) -> Result<()> {
    let (basis, repo) = (around.basis, around.repo);
    let email = event.by.email.as_str();
    let place = Place::of(text, &["\"by\""]);
    match basis.check(repo, Area::Domain(&event.domain), email) {
        Denied::No => {}
        Denied::Unreadable(message, help) => {
            let owners = layout::owners_file(&event.domain);
            findings.add_with(&OWNERS_UNREADABLE, owners, message, help, None);
            return Ok(());
        }
        Denied::Yes(error) => {
            let check = match error {
                Error::Refusal(Refusal::NoOwners { .. }) => &OWNERS_MISSING,
                _ => &PUBLISHER_NOT_OWNER,
            };
            findings.add_with(check, path, error.to_string(), error.help(), Some(place));
            return Ok(());
        }
    }
    let name = format!("{}{}", new.name, layout::SIGNATURE_SUFFIX);
    let is_its = |other: &&NewEvent| {
        other.name == name
            && (&other.domain, &other.product, &other.version)
                == (&new.domain, &new.product, &new.version)
    };
    let demand = basis.settings().signatures;
    let Some(signature) = events.iter().find(is_its) else {
        if demand == Demand::Required {
            let message = format!(
                "the event about `{}/{}` {} is not signed",
                event.domain, event.product, event.version
            );
            findings.add_at(&RECORD_NOT_SIGNED, path, message, place);
        }
        return Ok(());
    };
    let signature_path = format!("{path}{}", layout::SIGNATURE_SUFFIX);
    let read = content::read(
        odb,
        signature.blob,
        &signature_path,
        layout::MAX_SIGNATURE,
        findings,
    )?;
    let Some(signature) = read else { return Ok(()) };
    let signature = String::from_utf8_lossy(&signature);
    let owners = basis.owners(repo, &event.domain);
    let owners = owners.as_ref().as_ref().ok().and_then(Option::as_ref);
    let person = owners.and_then(|owners| owners.person(email));
    let signed = super::authority::Signed {
        signature: &signature,
        namespace: signing::EVENT_NAMESPACE,
        bytes,
        by: email,
        domain: &event.domain,
    };
    if let Some(wrong) = signed.wrong(person, demand, around.day) {
        let message = format!("the signature of the event does not count: {wrong}");
        findings.add(&SIGNATURE_INVALID, signature_path, message);
    }
    Ok(())
}
