//! Whether a publish is signed, and with what.

use super::{
    COMMIT_NAMESPACE, RECORD_NAMESPACE,
    key::{Signer, SshKey},
    today,
};
use crate::{
    Error, Refusal, Result,
    authority::Area,
    error::object,
    layout,
    owners::{OwnerKey, Person},
    settings::{Demand, Settings},
    snapshot::Snapshot,
};
use git2::Oid;
use std::{cell::OnceCell, sync::Arc};

/// Whether to sign, and with what.
#[derive(Debug, Clone)]
pub enum Signing {
    /// Not at all.
    Never,
    /// With the key that is set up, if it is one that counts for the publisher: the one that is named here, as
    /// [`SshKey::named`] reads it, else the one that git signs commits with.
    Usual(Option<String>),
    /// With this key and no other.
    With(Arc<dyn Signer>),
}

impl Default for Signing {
    fn default() -> Self {
        Self::Usual(None)
    }
}

/// Signs what is published onto one state of the registry.
pub(crate) struct Signatory<'s> {
    snapshot: &'s Snapshot,
    settings: Settings,
    signing: &'s Signing,
    usual: OnceCell<Option<SshKey>>,
}

impl<'s> Signatory<'s> {
    pub(crate) fn new(snapshot: &'s Snapshot, signing: &'s Signing) -> Result<Self> {
        Ok(Self {
            snapshot,
            settings: snapshot.settings()?,
            signing,
            usual: OnceCell::new(),
        })
    }

    /// What the registry has decided for itself.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Signs some bytes for a purpose on behalf of a publisher in a domain. `None` if they go without: because that was
    /// asked for, or because no key that counts is set up.
    ///
    /// # Errors
    /// [`Refusal::Unsigned`] if the registry requires a signature and there is none, [`Refusal::UnknownKey`] if the key
    /// does not count, and [`Error::CannotSign`].
    pub(crate) fn sign(
        &self,
        domain: &str,
        email: &str,
        namespace: &str,
        bytes: &[u8],
    ) -> Result<Option<Signed>> {
        let is_required = self.settings.signatures == Demand::Required;
        let owners = self.snapshot.owners_of(domain)?;
        if is_required && owners.is_none() {
            return Err(Error::Refusal(Refusal::NoOwners {
                domain: domain.to_owned(),
                who: email.to_owned(),
                stewards: self.settings.stewards.emails(),
            }));
        }
        let person = owners.as_ref().and_then(|owners| owners.person(email));
        let keys = person.map(|person| person.keys.as_slice());
        let keys = keys.unwrap_or_default();
        let (signer, is_asked): (Option<&dyn Signer>, bool) = match self.signing {
            Signing::Never => (None, false),
            Signing::With(signer) => (Some(signer.as_ref()), true),
            // Nothing is looked for that could not be used.
            Signing::Usual(_) if keys.is_empty() && !is_required => (None, false),
            Signing::Usual(name) => (self.usual(name.as_deref())?, false),
        };
        let Some(signer) = signer else {
            return if is_required {
                Err(Error::Refusal(Refusal::Unsigned {
                    what: if namespace == RECORD_NAMESPACE {
                        "records"
                    } else {
                        "events"
                    },
                }))
            } else {
                Ok(None)
            };
        };
        let own = signer.key().public().key_data();
        let known = keys.iter().find(|key| key.public().key_data() == own);
        if !known.is_some_and(|key| key.is_valid_on(today())) {
            if !is_required && !is_asked {
                return Ok(None);
            }
            return Err(Error::Refusal(Refusal::UnknownKey {
                fingerprint: signer.key().fingerprint(),
                who: email.to_owned(),
                domain: domain.to_owned(),
                is_outdated: known.is_some(),
            }));
        }
        Ok(Some(Signed {
            signature: signer.sign(namespace, bytes)?,
            fingerprint: signer.key().fingerprint(),
        }))
    }

    /// The commit `id` as git signs commits, if it changes what governs, the registry requires signatures, and somebody
    /// is named who could sign; else the commit as it is.
    ///
    /// # Errors
    /// [`Refusal::Unsigned`] if there is no key, [`Refusal::KeyOfNobody`] if the key is none of those with which `email` may
    /// change it, and [`Error::CannotSign`].
    pub(crate) fn sign_commit(&self, id: Oid, areas: &[Area<'_>], email: &str) -> Result<Oid> {
        if self.settings.signatures != Demand::Required {
            return Ok(id);
        }
        let mut signer = None;
        for area in areas {
            let (path, domain) = match area {
                Area::Domain(_) => continue,
                Area::Owners(domain) => (layout::owners_file(domain), Some(*domain)),
                Area::Registry(path) => ((*path).to_owned(), None),
            };
            let owners = domain.map(|domain| self.snapshot.owners_of(domain));
            let owners = owners.transpose()?.flatten();
            if self.settings.stewards.is_empty() && owners.is_none() {
                continue;
            }
            let named = match signer {
                Some(named) => named,
                None => self.named("changes of what governs it")?,
            };
            signer = Some(named);
            let steward = self.settings.stewards.person(email);
            let owner = owners.as_ref().and_then(|owners| owners.person(email));
            let people = steward.into_iter().chain(owner);
            check_key(named, people, email, &path)?;
        }
        match signer {
            Some(signer) => self.signed(id, signer),
            None => Ok(id),
        }
    }

    /// The key that is to sign what has to be signed.
    fn named(&self, what: &'static str) -> Result<&dyn Signer> {
        let signer = match self.signing {
            Signing::Never => None,
            Signing::With(signer) => Some(signer.as_ref()),
            Signing::Usual(name) => self.usual(name.as_deref())?,
        };
        signer.ok_or(Error::Refusal(Refusal::Unsigned { what }))
    }

    /// A commit that is signed, and else the same.
    fn signed(&self, id: Oid, signer: &dyn Signer) -> Result<Oid> {
        const SIGN: &str = "sign the commit";
        let repo = &self.snapshot.repo;
        let odb = repo.odb().map_err(object(SIGN))?;
        let commit = odb.read(id).map_err(object(SIGN))?;
        let signature = signer.sign(COMMIT_NAMESPACE, commit.data())?;
        // What mesh wrote is text.
        let text = String::from_utf8_lossy(commit.data());
        repo.commit_signed(&text, signature.trim_end(), None)
            .map_err(object(SIGN))
    }

    fn usual(&self, name: Option<&str>) -> Result<Option<&dyn Signer>> {
        if self.usual.get().is_none() {
            let key = match name {
                Some(name) => Some(SshKey::named(name)?),
                None => SshKey::of_git()?,
            };
            // Nobody else fills it.
            let _ = self.usual.set(key);
        }
        let key = self.usual.get().and_then(Option::as_ref);
        Ok(key.map(|key| key as &dyn Signer))
    }
}

/// Checks that a key belongs to one of `people`, and counts today.
fn check_key<'p>(
    signer: &dyn Signer,
    people: impl Iterator<Item = &'p Person>,
    email: &str,
    path: &str,
) -> Result<()> {
    let own = signer.key().public().key_data();
    let keys = people.flat_map(|person| &person.keys);
    let known: Vec<&OwnerKey> = keys.filter(|key| key.public().key_data() == own).collect();
    if known.iter().any(|key| key.is_valid_on(today())) {
        return Ok(());
    }
    Err(Error::Refusal(Refusal::KeyOfNobody {
        fingerprint: signer.key().fingerprint(),
        who: email.to_owned(),
        path: path.to_owned(),
        is_outdated: !known.is_empty(),
    }))
}

/// A signature that was made.
pub(crate) struct Signed {
    /// The armored signature.
    pub(crate) signature: String,
    /// The key, as `SHA256:…`.
    pub(crate) fingerprint: String,
}
