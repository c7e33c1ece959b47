//! Whether a publish is signed, and with what.

use super::{
    RECORD_NAMESPACE,
    key::{Signer, SshKey},
    today,
};
use crate::{
    Error, Result,
    settings::{Demand, Settings},
    snapshot::Snapshot,
};
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
    /// [`Error::Unsigned`] if the registry requires a signature and there is none, [`Error::UnknownKey`] if the key
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
            return Err(Error::NoOwners {
                domain: domain.to_owned(),
                who: email.to_owned(),
                stewards: self.settings.stewards.emails(),
            });
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
                Err(Error::Unsigned {
                    domain: domain.to_owned(),
                    what: if namespace == RECORD_NAMESPACE {
                        "records"
                    } else {
                        "events"
                    },
                })
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
            return Err(Error::UnknownKey {
                fingerprint: signer.key().fingerprint(),
                who: email.to_owned(),
                domain: domain.to_owned(),
                is_outdated: known.is_some(),
            });
        }
        Ok(Some(Signed {
            signature: signer.sign(namespace, bytes)?,
            fingerprint: signer.key().fingerprint(),
        }))
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

/// A signature that was made.
pub(crate) struct Signed {
    /// The armored signature.
    pub(crate) signature: String,
    /// The key, as `SHA256:…`.
    pub(crate) fingerprint: String,
}
