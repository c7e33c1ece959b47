//! What a registry says no to.

use super::list;
use crate::{layout, names};

/// Why the registry says no to what was to be published. Trying again does not help; a change of what is published does.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The version is published with other content.
    #[error(
        "`{product}` {version} is already published with {difference} `{file}`, and versions are immutable",
        difference = if *.line_endings { "other line endings in" } else { "a different" }
    )]
    Immutable {
        /// `domain/product`.
        product: String,
        /// The version.
        version: String,
        /// The first file that differs.
        file: String,
        /// Whether nothing but line endings differs.
        line_endings: bool,
    },
    /// The product published the version of a contract with other content.
    #[error(
        "version {version} of contract `{contract}` has {difference} in `{product}` {published_in}, and contracts are immutable",
        difference = if *.line_endings { "other line endings" } else { "other content" }
    )]
    ContractImmutable {
        /// The contract's id.
        contract: String,
        /// The contract's version.
        version: String,
        /// `domain/product`, to which the contract belongs.
        product: String,
        /// The version of the product that the contract's version was first published with.
        published_in: String,
        /// Whether nothing but line endings differs.
        line_endings: bool,
    },
    /// An output port promises a contract of another product.
    #[error("`{product}` cannot promise contract `{contract}`, which belongs to `{owner}`")]
    ContractOwned {
        /// The contract's id.
        contract: String,
        /// `domain/product`, which was the first to publish the contract for an output port.
        owner: String,
        /// `domain/product`, which was to be published.
        product: String,
    },
    /// A copy of another product's contract is not what that product published.
    #[error(
        "`{product}` brings along version {version} of contract `{contract}`, which `{owner}` {reason}"
    )]
    ContractCopy {
        /// The contract's id.
        contract: String,
        /// The contract's version.
        version: String,
        /// `domain/product`, which was to be published.
        product: String,
        /// `domain/product`, to which the contract belongs.
        owner: String,
        /// How its contract differs: `has not published`.
        reason: &'static str,
    },
    /// The version of a policy pack is published already.
    #[error(
        "version {version} of policy pack `{pack}` is already published as `{path}`{how}, and versions are immutable",
        how = if *.line_endings { " with other line endings" } else { "" }
    )]
    PackImmutable {
        /// The name of the pack.
        pack: String,
        /// The version.
        version: String,
        /// The path in the registry.
        path: String,
        /// Whether nothing but line endings differs.
        line_endings: bool,
    },
    /// What was to be said about a version cannot be said like this.
    #[error("nothing can be said about `{product}`: {reason}")]
    InvalidEvent {
        /// What was named.
        product: String,
        /// What is wrong.
        reason: String,
    },
    /// What was to be used instead of a version that is deprecated is not there to be used.
    #[error("`{replacement}` cannot replace `{product}`: {reason}")]
    NoReplacement {
        /// What was named as the replacement.
        replacement: String,
        /// What it was to replace.
        product: String,
        /// Why it cannot.
        reason: String,
    },
    /// The name differs from one in the registry in upper and lower case only.
    #[error("`{name}` differs only in case from `{sibling}`, which the registry has")]
    CaseConflict {
        /// The new path.
        name: String,
        /// The one in the registry.
        sibling: String,
    },
    /// The domain belongs to others.
    #[error("`{who}` is not an owner of the domain `{domain}`")]
    NotOwner {
        /// The domain.
        domain: String,
        /// The e-mail address of who wanted to change something of it.
        who: String,
        /// The addresses of its owners.
        owners: Vec<String>,
    },
    /// The registry requires a signature, and there is no key to sign with.
    #[error("the registry takes only {what} that are signed, and there is no key to sign with")]
    Unsigned {
        /// What has to be signed: `records`.
        what: &'static str,
    },
    /// The key does not count for the publisher.
    #[error(
        "the key {fingerprint} {how} `{who}` in the domain `{domain}`",
        how = if *.is_outdated { "does not count today for" } else { "does not belong to" }
    )]
    UnknownKey {
        /// The key, as `SHA256:…`.
        fingerprint: String,
        /// The e-mail address of the publisher.
        who: String,
        /// The domain that was to be published to.
        domain: String,
        /// Whether it is a key of the publisher, on another day.
        is_outdated: bool,
    },
    /// The key does not count for who changes what governs.
    #[error(
        "the key {fingerprint} {how} `{who}`, who wants to change `{path}`",
        how = if *.is_outdated { "does not count today for" } else { "does not belong to" }
    )]
    KeyOfNobody {
        /// The key, as `SHA256:…`.
        fingerprint: String,
        /// The e-mail address of who changes it.
        who: String,
        /// The path in the registry.
        path: String,
        /// Whether it is a key of theirs, on another day.
        is_outdated: bool,
    },
    /// What was to be done about the owners of a domain makes no sense.
    #[error("the owners of `{domain}` are left as they are: {reason}")]
    InvalidOwners {
        /// The domain.
        domain: String,
        /// Why.
        reason: String,
        /// What to do instead.
        remedy: String,
    },
    /// The domain belongs to nobody, and the registry requires that it does.
    #[error(
        "the domain `{domain}` has no owners, and nothing is published to this registry without"
    )]
    NoOwners {
        /// The domain.
        domain: String,
        /// The e-mail address of who wanted to publish.
        who: String,
        /// The addresses of those who may name owners; anybody may, if there are none.
        stewards: Vec<String>,
    },
    /// What was to be changed is up to the registry's stewards.
    #[error("`{who}` may not change `{path}`: that is up to the stewards of the registry")]
    NotSteward {
        /// The path in the registry.
        path: String,
        /// The e-mail address of who wanted to.
        who: String,
        /// The addresses of the stewards.
        stewards: Vec<String>,
    },
    /// The product is known under another domain.
    #[error(
        "the product with id `{id}` is published as `{published}` and cannot move to domain `{domain}`"
    )]
    IdMoved {
        /// The product's id.
        id: String,
        /// Its `domain/product` for ever.
        published: String,
        /// The domain asked for.
        domain: String,
    },
    /// The path belongs to a product with another id.
    #[error(
        "`{product}` belongs to the product with id `{owner}`, so id `{id}` cannot be published there"
    )]
    PathTaken {
        /// `domain/product`.
        product: String,
        /// The id that was published there first.
        owner: String,
        /// The id that was to be published.
        id: String,
    },
}

impl Refusal {
    /// What to do about it; see [`super::Error::help`].
    pub(super) fn help(&self) -> String {
        match self {
            Self::Immutable { line_endings: true, .. } => format!("{KEEP_LINE_ENDINGS}, or increase the product's version and publish again"),
            Self::Immutable { .. } => "increase the product's version and publish again".into(),
            Self::ContractImmutable { line_endings: true, .. } => {
                format!("{KEEP_LINE_ENDINGS}, or raise the version of the contract and of the output port that promises it")
            }
            Self::ContractImmutable { .. } => {
                "raise the version of the contract and of the output port that promises it, and publish again".into()
            }
            Self::ContractOwned { owner, .. } => {
                format!("give the contract an id of its own, or use that of `{owner}` through an input port")
            }
            Self::ContractCopy { owner, .. } => {
                format!("remove the copy, and use a version of the contract that `{owner}` has published")
            }
            Self::PackImmutable { line_endings: true, .. } => {
                format!("{KEEP_LINE_ENDINGS}, or raise the version of the pack and publish it under that")
            }
            Self::PackImmutable { .. } => "raise the version of the pack and publish it under that".into(),
            Self::CaseConflict { sibling, .. } => format!("use a name that differs in more than case from `{sibling}`"),
            Self::NotOwner { domain, who, owners } => format!(
                "ask an owner ({}) to do it, or to run `mesh registry domain add-owner {domain} {who}`; who you are \
                 is git's `user.email`",
                list(owners)
            ),
            Self::InvalidOwners { remedy, .. } => remedy.clone(),
            Self::Unsigned { .. } => {
                "name your SSH key with `--sign-with ~/.ssh/id_ed25519`, or once for all: `git config --global \
                 gpg.format ssh` and `git config --global user.signingkey ~/.ssh/id_ed25519.pub`"
                    .into()
            }
            Self::UnknownKey { domain, who, .. } => format!(
                "ask an owner of the domain to run `mesh registry domain add-owner {domain} {who} --key FILE` with the \
                 public key, or sign with a key that is there"
            ),
            Self::KeyOfNobody { who, .. } => format!(
                "sign with a key that stands beside `{who}` in the owners file, or under `stewards` in {}",
                layout::FORMAT_FILE
            ),
            Self::NoOwners { domain, who, stewards } => {
                let add = format!("`mesh registry domain add {domain} --owner {who}`");
                if stewards.is_empty() {
                    format!("run {add}")
                } else {
                    format!("ask a steward ({}) to run {add}", list(stewards))
                }
            }
            Self::NotSteward { stewards, .. } => {
                format!("ask a steward ({}) to do it; who you are is git's `user.email`", list(stewards))
            }
            Self::IdMoved { published, .. } => {
                format!("keep the domain of `{published}`, or give the product a new id to publish it as another product")
            }
            Self::InvalidEvent { .. } => "say it in one line of at most 1000 characters".into(),
            Self::NoReplacement { .. } => {
                "name a product that is published and not withdrawn itself, such as `sales/orders` or `sales/orders@2`".into()
            }
            Self::PathTaken { product, owner, id } => {
                let taken = product.rsplit('/').next().unwrap_or(product);
                // Ids without a readable part get their path from the name.
                if names::product_name(id, None).is_ok_and(|name| name == taken) {
                    format!("give the product an id whose last part is not `{taken}`, or restore its id `{owner}` if it is the same one")
                } else {
                    format!("give the product a name that does not become `{taken}`, or restore its id `{owner}` if it is the same one")
                }
            }
        }
    }
}

const KEEP_LINE_ENDINGS: &str =
    "restore the line endings of what is published (git's `core.autocrlf` may have changed them)";
