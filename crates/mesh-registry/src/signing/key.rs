//! Keys that sign, wherever their private halves are.

use super::agent::{self, Problem};
use crate::{Error, Result, git::Git, owners::OwnerKey};
use ssh_key::{HashAlg, LineEnding, PrivateKey, SshSig};
use std::{fmt, fs, io::Read as _, path::Path, path::PathBuf};

/// The largest file that can be a key, in bytes.
const MAX_KEY_FILE: u64 = 64 << 10;

/// Something that signs.
pub trait Signer: fmt::Debug + Send + Sync {
    /// The key by which others check what it signs.
    fn key(&self) -> &OwnerKey;

    /// Signs some bytes for a purpose, and returns the armored signature.
    ///
    /// # Errors
    /// [`Error::CannotSign`].
    fn sign(&self, namespace: &str, bytes: &[u8]) -> Result<String>;
}

/// An SSH key, in a file or in the agent.
pub struct SshKey {
    /// How it was named.
    name: String,
    public: OwnerKey,
    /// The private half, if it is in a file and not encrypted. What is not signs by way of the agent.
    private: Option<PrivateKey>,
    /// The file of a private half that is encrypted.
    encrypted: Option<PathBuf>,
}

impl SshKey {
    /// The key that a text names, as git's `user.signingkey` does: the path of a private or public key, or `key::` and
    /// the public key itself. Nothing is signed yet, and the agent is not asked.
    ///
    /// # Errors
    /// [`Error::CannotSign`] if it is not the name of a key that can sign.
    pub fn named(name: &str) -> Result<Self> {
        let literal = name.strip_prefix("key::");
        let literal = literal.or_else(|| name.starts_with("ssh-").then_some(name));
        if let Some(text) = literal {
            let public = public(name, text)?;
            return Ok(Self {
                name: public.fingerprint(),
                public,
                private: None,
                encrypted: None,
            });
        }
        Self::from_file(Path::new(name))
    }

    /// The key that git signs commits with, if it does so with an SSH key.
    ///
    /// # Errors
    /// As for [`SshKey::named`].
    pub fn of_git() -> Result<Option<Self>> {
        Git::signing_key()?
            .map(|name| Self::named(&name))
            .transpose()
    }

    fn from_file(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = read(path).map_err(|reason| {
            cannot(
                &name,
                reason,
                "name the file of an SSH key, such as ~/.ssh/id_ed25519",
            )
        })?;
        if !text.contains("PRIVATE KEY-----") {
            let public = public(&name, &text)?;
            // As OpenSSH does: the private half usually stands beside it.
            let beside = path.with_extension("");
            let private = (path.extension().is_some_and(|end| end == "pub") && beside.exists())
                .then(|| {
                    read(&beside)
                        .ok()
                        .and_then(|text| PrivateKey::from_openssh(text).ok())
                })
                .flatten()
                .filter(|private| private.public_key().key_data() == public.public().key_data());
            return Ok(Self::new(name, public, private, &beside));
        }
        let private = PrivateKey::from_openssh(&text).map_err(|_| {
            cannot(
                &name,
                "it is not a private key in the format of OpenSSH",
                format!(
                    "convert it with `ssh-keygen -p -f {name}`, which writes it anew in that format"
                ),
            )
        })?;
        let text = private.public_key().to_openssh().unwrap_or_default();
        let public = public(&name, &text)?;
        Ok(Self::new(name, public, Some(private), path))
    }

    fn new(name: String, public: OwnerKey, private: Option<PrivateKey>, file: &Path) -> Self {
        let is_encrypted = private.as_ref().is_some_and(PrivateKey::is_encrypted);
        // What is in hardware only its agent can use.
        let is_usable = |private: &PrivateKey| {
            !private.is_encrypted() && !private.algorithm().as_str().starts_with("sk-")
        };
        Self {
            name,
            public,
            private: private.filter(is_usable),
            encrypted: is_encrypted.then(|| file.to_owned()),
        }
    }

    fn by_agent(&self, namespace: &str, bytes: &[u8]) -> Result<SshSig> {
        let failed = |error: ssh_key::Error| cannot(&self.name, error.to_string(), RETRY);
        let data = SshSig::signed_data(namespace, HashAlg::Sha512, bytes).map_err(failed)?;
        let signature =
            agent::sign(self.public.public(), &data).map_err(|problem| self.explained(problem))?;
        let key = self.public.public().key_data().clone();
        SshSig::new(key, namespace, HashAlg::Sha512, signature).map_err(failed)
    }

    fn explained(&self, problem: Problem) -> Error {
        let file = self.encrypted.as_ref().map(|path| path.display());
        let add = match &file {
            Some(file) => format!("add it to the agent with `ssh-add {file}`"),
            None => "add it to the agent with `ssh-add`, or name the file of its private half"
                .to_owned(),
        };
        let (reason, remedy) = match (problem, &file) {
            (Problem::NoAgent, Some(_)) => (
                "it is encrypted, and no SSH agent is running".to_owned(),
                format!("start one with `eval \"$(ssh-agent)\"`, and {add}"),
            ),
            (Problem::NoAgent, None) => (
                "its private half is not in a file, and no SSH agent is running".to_owned(),
                format!("start one with `eval \"$(ssh-agent)\"`, and {add}"),
            ),
            (Problem::NoKey, Some(_)) => (
                "it is encrypted, and the SSH agent does not have it".to_owned(),
                add,
            ),
            (Problem::NoKey, None) => ("the SSH agent does not have it".to_owned(), add),
            (Problem::Refused, _) => (
                "the SSH agent refused to sign with it".to_owned(),
                "unlock the agent, or confirm when it asks; a hardware key has to be touched"
                    .to_owned(),
            ),
            (Problem::Failed(detail), _) => {
                (format!("the SSH agent failed: {detail}"), RETRY.to_owned())
            }
        };
        cannot(&self.name, reason, remedy)
    }
}

const RETRY: &str = "try `ssh-keygen -Y sign` with it, which shows what is wrong";

impl Signer for SshKey {
    fn key(&self) -> &OwnerKey {
        &self.public
    }

    fn sign(&self, namespace: &str, bytes: &[u8]) -> Result<String> {
        let failed = |error: ssh_key::Error| cannot(&self.name, error.to_string(), RETRY);
        let signature = match &self.private {
            Some(private) => private
                .sign(namespace, HashAlg::Sha512, bytes)
                .map_err(failed)?,
            None => self.by_agent(namespace, bytes)?,
        };
        // An agent may be wrong, and what others will check is best checked before they have it.
        self.public
            .public()
            .verify(namespace, bytes, &signature)
            .map_err(|_| cannot(&self.name, "what came out is not its signature", RETRY))?;
        signature.to_pem(LineEnding::LF).map_err(failed)
    }
}

impl fmt::Debug for SshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SshKey")
            .field("name", &self.name)
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

fn public(name: &str, text: &str) -> Result<OwnerKey> {
    OwnerKey::parse(text).map_err(|reason| {
        cannot(
            name,
            reason,
            "sign with another key; `ssh-keygen -t ed25519` makes one",
        )
    })
}

fn read(path: &Path) -> Result<String, String> {
    let cannot_read = |error: std::io::Error| format!("the file cannot be read: {error}");
    let file = fs::File::open(path).map_err(cannot_read)?;
    let mut text = String::new();
    file.take(MAX_KEY_FILE)
        .read_to_string(&mut text)
        .map_err(cannot_read)?;
    Ok(text)
}

fn cannot(key: &str, reason: impl Into<String>, remedy: impl Into<String>) -> Error {
    Error::CannotSign {
        key: key.to_owned(),
        reason: reason.into(),
        remedy: remedy.into(),
    }
}
