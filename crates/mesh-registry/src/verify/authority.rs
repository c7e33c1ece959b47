//! Who publishes: an owner of the domain, by what was decided before the change, with a signature where one is needed.

use super::{
    basis::{Basis, Denied},
    finding::{Check, Findings},
    records::Published,
};
use crate::{Error, Refusal, authority::Area, layout, owners::Person, settings::Demand, signing};
use git2::Repository;
use jiff::civil::Date;

pub(super) static PUBLISHER_NOT_OWNER: Check = Check {
    id: "publisher-not-owner",
    summary: "Only owners of a domain publish to it.",
    docs: "\
`owners/<domain>.yaml` says who may publish for a domain. The file that counts is the one of the base: whoever adds
themselves as an owner in the change with which they publish is no owner yet. Who publishes is what the record says; without
signatures that is only what git was told.",
    help: "let an owner of the domain publish it",
};

pub(super) static OWNERS_MISSING: Check = Check {
    id: "owners-missing",
    summary: "A registry that requires owners has some for every domain.",
    docs: "\
With `owners: required` in `mesh-registry.yaml`, nothing is published to a domain that has no owners file.",
    help: "let a steward add the domain first: `mesh registry domain add`",
};

pub(super) static OWNERS_UNREADABLE: Check = Check {
    id: "owners-unreadable",
    summary: "Owners files can be read.",
    docs: "\
An owners file that cannot be read, or something in its place, must not open a domain to everybody. Nothing is published
to its domain until it is put right, and no change may bring one.",
    help: "correct the file",
};

pub(super) static RECORD_NOT_SIGNED: Check = Check {
    id: "record-not-signed",
    summary: "Records are signed where the registry requires it.",
    docs: "\
With `signatures: required`, every record has a signature beside it, made with a key of its publisher in the owners file of
the domain. A record names the registry, the product, the version and the digest of its content, so the signature is
bound to all of them.",
    help: "publish it again with a signing key: `mesh publish --sign-with FILE`",
};

pub(super) static SIGNATURE_INVALID: Check = Check {
    id: "signature-invalid",
    summary: "A signature is one of its publisher, and fits.",
    docs: "\
A signature that is there has to be right, whether the registry requires one or not: made for a record, over these bytes,
with a key of the publisher that counts on the day. The keys are those in the owners file of the base.",
    help: "publish it again with a key that the owners file of the domain names",
};

/// Checks who published what one commit brings.
pub(super) fn check(
    repo: &Repository,
    published: &[Published],
    basis: &Basis,
    day: Date,
    findings: &mut Findings,
) {
    for new in published {
        let who = &new.product.record.publisher;
        let domain = new.entry.domain.as_str();
        let place = new.place(&["\"publisher\""]);
        match basis.check(repo, Area::Domain(domain), &who.email) {
            Denied::No => {}
            Denied::Unreadable(message, help) => {
                findings.add_with(
                    &OWNERS_UNREADABLE,
                    layout::owners_file(domain),
                    message,
                    help,
                    None,
                );
                continue;
            }
            Denied::Yes(error) => {
                let check = match error {
                    Error::Refusal(Refusal::NoOwners { .. }) => &OWNERS_MISSING,
                    _ => &PUBLISHER_NOT_OWNER,
                };
                findings.add_with(
                    check,
                    new.record_path(),
                    error.to_string(),
                    error.help(),
                    Some(place),
                );
                continue;
            }
        }
        let owners = basis.owners(repo, domain);
        let owners = owners.as_ref().as_ref().ok().and_then(Option::as_ref);
        let person = owners.and_then(|owners| owners.person(&who.email));
        check_signature(new, person, basis.settings().signatures, day, findings);
    }
}

/// Checks the signature of a record by who published it, as far as that is known.
fn check_signature(
    new: &Published,
    person: Option<&Person>,
    demand: Demand,
    day: Date,
    findings: &mut Findings,
) {
    let product = &new.product;
    let publisher = &product.record.publisher.email;
    let Some(signature) = &product.signature else {
        if demand == Demand::Required {
            let message = format!(
                "the record of `{}` {} is not signed",
                new.entry.reference(),
                new.entry.version
            );
            findings.add(&RECORD_NOT_SIGNED, new.record_path(), message);
        }
        return;
    };
    let signed = Signed {
        signature,
        namespace: signing::RECORD_NAMESPACE,
        bytes: &product.record_bytes,
        by: publisher,
        domain: &new.entry.domain,
    };
    if let Some(wrong) = signed.wrong(person, demand, day) {
        let path = format!("{}/{}", new.entry.path(), layout::RECORD_SIGNATURE);
        let message = format!("the signature of the record does not count: {wrong}");
        findings.add(&SIGNATURE_INVALID, path, message);
    }
}

/// A signature, and what it has to fit.
pub(super) struct Signed<'a> {
    pub(super) signature: &'a str,
    pub(super) namespace: &'static str,
    pub(super) bytes: &'a [u8],
    /// Who should have made it.
    pub(super) by: &'a str,
    pub(super) domain: &'a str,
}

impl Signed<'_> {
    /// Why it does not count, if `person` should have made it; nothing if it does.
    pub(super) fn wrong(
        &self,
        person: Option<&Person>,
        demand: Demand,
        day: Date,
    ) -> Option<String> {
        let Self {
            signature,
            namespace,
            bytes,
            ..
        } = *self;
        match person.filter(|person| !person.keys.is_empty()) {
            Some(person) => signing::verify_by(signature, namespace, bytes, person, day)
                .err()
                .map(|error| error.to_string()),
            // Nobody said which keys are whose: there is nothing to hold it to but what it claims to be.
            None if demand == Demand::Optional => signing::verify(signature, namespace, bytes, [])
                .err()
                .map(|error| error.to_string()),
            None => Some(format!(
                "`{}` names no key of `{}`, so nobody can tell whether it is theirs",
                layout::owners_file(self.domain),
                self.by
            )),
        }
    }
}
