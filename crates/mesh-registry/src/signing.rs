//! Signatures of records and of events, by the SSH keys that people have anyway.
//!
//! A signature is what `ssh-keygen -Y sign` writes and `ssh-keygen -Y verify` reads: an armored SSHSIG, over the exact
//! bytes of the file beside it, with SHA-512. It names what it is for ([`RECORD_NAMESPACE`], [`EVENT_NAMESPACE`]), so
//! what was signed as the one is not taken for the other, nor for a commit or a mail. A record names its registry, its
//! product, its version and the digest of its content; so its signature is bound to all of them.

mod agent;
mod key;
mod publishing;

pub use key::{Signer, SshKey};
pub(crate) use publishing::Signatory;
pub use publishing::Signing;

use crate::owners::{OwnerKey, Person};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use ssh_key::{HashAlg, LineEnding, PublicKey, SshSig};

/// What the signature of a record is for.
pub const RECORD_NAMESPACE: &str = "mesh-record";
/// What the signature of an event is for.
pub const EVENT_NAMESPACE: &str = "mesh-event";

/// What git's own signature of a commit is for.
pub const COMMIT_NAMESPACE: &str = "git";
/// Today, by the clock of this machine and in UTC. It is what keys have to be valid on that sign something new.
pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Who signed, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBy {
    /// The e-mail address.
    pub email: String,
    /// The kind of key, such as `ssh-ed25519`.
    pub algorithm: String,
    /// The key, as `SHA256:…`.
    pub fingerprint: String,
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadSignature {
    /// It is no signature.
    #[error("it is not an SSH signature that mesh can read")]
    Unreadable,
    /// It was made for something else.
    #[error("it is a signature for `{namespace}`, not for `{expected}`")]
    OtherNamespace {
        /// What it was made for.
        namespace: String,
        /// What it should be for.
        expected: String,
    },
    /// It was made with a key that does not belong to the signer.
    #[error("it was made with the key {fingerprint}, which does not belong to `{email}`")]
    OtherKey {
        /// The key that it names.
        fingerprint: String,
        /// Who should have signed.
        email: String,
    },
    /// Who signed is none of the owners, or no longer.
    #[error(
        "it was made with the key {fingerprint} by `{email}`, who is no owner of the domain now"
    )]
    NoOwner {
        /// The key that it names.
        fingerprint: String,
        /// Who signed.
        email: String,
    },
    /// It was made with a key of the signer that does not count on the day.
    #[error("it was made with the key {fingerprint} of `{email}`, which does not count on {day}")]
    NotValidOn {
        /// The key.
        fingerprint: String,
        /// Who signed.
        email: String,
        /// The day.
        day: Date,
    },
    /// It was made for other bytes, or not with the key that it names.
    #[error("it does not fit what it stands beside")]
    Mismatch,
}

/// Checks that `signature` was made for `bytes` and `namespace` with one of `keys`, and returns that key.
///
/// # Errors
/// Says why not. That the key is not among `keys` is `None`.
pub fn verify<'k>(
    signature: &str,
    namespace: &str,
    bytes: &[u8],
    keys: impl IntoIterator<Item = &'k OwnerKey>,
) -> Result<Option<&'k OwnerKey>, BadSignature> {
    let signature = parse(signature)?;
    if signature.namespace() != namespace {
        return Err(BadSignature::OtherNamespace {
            namespace: signature.namespace().escape_debug().to_string(),
            expected: namespace.to_owned(),
        });
    }
    let mut keys = keys.into_iter();
    let Some(key) = keys.find(|key| key.public().key_data() == signature.public_key()) else {
        return Ok(None);
    };
    key.public()
        .verify(namespace, bytes, &signature)
        .map_err(|_| BadSignature::Mismatch)?;
    Ok(Some(key))
}

/// Checks that `signature` was made for `bytes` and `namespace` by a person, with a key that counts on `day`, and returns
/// that key.
///
/// # Errors
/// Says why not.
pub fn verify_by<'p>(
    signature: &str,
    namespace: &str,
    bytes: &[u8],
    person: &'p Person,
    day: Date,
) -> Result<&'p OwnerKey, BadSignature> {
    let Some(key) = verify(signature, namespace, bytes, &person.keys)? else {
        return Err(BadSignature::OtherKey {
            fingerprint: fingerprint(signature)?,
            email: person.email.clone(),
        });
    };
    if !key.is_valid_on(day) {
        return Err(BadSignature::NotValidOn {
            fingerprint: key.fingerprint(),
            email: person.email.clone(),
            day,
        });
    }
    Ok(key)
}

/// Checks that `signature` was made for `bytes` and `namespace` with the key that it names, whoever has that, and returns
/// the key's fingerprint.
///
/// # Errors
/// Says why not.
pub fn verify_by_itself(
    signature: &str,
    namespace: &str,
    bytes: &[u8],
) -> Result<String, BadSignature> {
    let parsed = parse(signature)?;
    if parsed.namespace() != namespace {
        return Err(BadSignature::OtherNamespace {
            namespace: parsed.namespace().escape_debug().to_string(),
            expected: namespace.to_owned(),
        });
    }
    PublicKey::from(parsed.public_key().clone())
        .verify(namespace, bytes, &parsed)
        .map_err(|_| BadSignature::Mismatch)?;
    fingerprint(signature)
}

/// The key that a signature claims to be made with, as `SHA256:…`.
///
/// # Errors
/// [`BadSignature::Unreadable`].
pub fn fingerprint(signature: &str) -> Result<String, BadSignature> {
    let signature = parse(signature)?;
    Ok(signature
        .public_key()
        .fingerprint(HashAlg::Sha256)
        .to_string())
}

/// Reads a signature as it is written, and not otherwise: nothing is hidden in what its reader passes over.
fn parse(signature: &str) -> Result<SshSig, BadSignature> {
    let parsed = SshSig::from_pem(signature).map_err(|_| BadSignature::Unreadable)?;
    match parsed.to_pem(LineEnding::LF) {
        Ok(text) if text.trim_end() == signature.trim_end() => Ok(parsed),
        _ => Err(BadSignature::Unreadable),
    }
}
