//! The files of policies: packs, overlays and waivers.
//!
//! ```text
//! text ─► model ─► compiled pack, overlay or waiver     one file by itself: `read`
//!                        └─► all of them together       `crate::policies`
//! ```

mod compile;
mod enforcement;
pub mod model;
mod read;
mod span;
mod template;

use std::sync::Arc;

use mesh_diagnostics::{Source, Span};
use mesh_spec::terms::dates::Day;
use semver::{Version, VersionReq};

pub use enforcement::{Enforcement, Stage};
pub use model::PolicyLevel;
pub(crate) use read::digest;
pub use read::{PolicyFile, read};

pub(crate) use compile::{Condition, Expected, Fixture, Policy, Subject};
pub(crate) use read::{Declared, check_uses};
pub(crate) use template::Template;

use crate::expr::{Constant, Parameters};

/// The id under which mistakes in these files are reported.
pub const MISTAKE: &str = "policy-file";

/// Where a file of policies is kept, which decides what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// In the registry: agreed by the federation.
    Registry,
    /// It comes with mesh.
    Shipped,
    /// In the repository that is checked.
    Local,
}

impl Origin {
    /// The word for it in evidence and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Shipped => "mesh",
            Self::Local => "local",
        }
    }
}

/// A place in a file of policies.
#[derive(Debug, Clone)]
pub struct PackPlace {
    /// The text.
    pub source: Arc<Source>,
    /// The bytes to mark.
    pub span: Span,
}

/// What every file of policies has.
#[derive(Debug, Clone)]
pub struct Head {
    /// The name of the pack or the overlay, or the id of the waiver.
    pub name: String,
    /// The text.
    pub source: Arc<Source>,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// Where the file is kept.
    pub origin: Origin,
    /// `sha256:` and the digest of the text.
    pub digest: String,
}

/// A pack that another one or an overlay builds on.
#[derive(Debug, Clone)]
pub struct Extends {
    /// The name of the pack.
    pub name: String,
    /// The versions that will do; without, any.
    pub versions: Option<VersionReq>,
    /// The two as they are written.
    pub(crate) written: String,
    /// Where it is said.
    pub(crate) span: Span,
}

/// A pack, compiled.
#[derive(Debug)]
pub struct Pack {
    pub(crate) head: Head,
    pub(crate) version: Version,
    pub(crate) version_span: Span,
    pub(crate) owner: String,
    pub(crate) description: Option<String>,
    pub(crate) extends: Vec<Extends>,
    pub(crate) parameters: Parameters,
    pub(crate) values: Vec<ParameterValue>,
    pub(crate) rules: Vec<RuleSetting>,
    pub(crate) policies: Vec<Policy>,
}

/// A parameter of a pack: what it is, and which way it may be moved.
#[derive(Debug)]
pub(crate) struct ParameterValue {
    pub(crate) value: Constant,
    pub(crate) tighten: model::Tighten,
    pub(crate) description: Option<String>,
    pub(crate) span: Span,
}

/// The level that a pack or an overlay gives a rule of the linter, or a kind of change.
#[derive(Debug)]
pub(crate) struct RuleSetting {
    pub(crate) rule: String,
    pub(crate) span: Span,
    pub(crate) enforcement: Enforcement,
    pub(crate) waivable: Option<Waivable>,
    pub(crate) why: Option<String>,
}

/// How a policy may be waived.
#[derive(Debug, Clone)]
pub(crate) struct Waivable {
    /// The longest term of a waiver, in days.
    pub(crate) max_days: u32,
    /// Who may approve one.
    pub(crate) approvers: Vec<String>,
}

/// An overlay, as far as it can be understood without what it extends.
#[derive(Debug)]
pub struct Overlay {
    pub(crate) head: Head,
    /// The domain that it is for; `None` for all of them.
    pub(crate) domain: Option<String>,
    pub(crate) extends: Vec<Extends>,
    /// The parameters that it moves.
    pub(crate) moves: Vec<Move>,
    /// The policies of what it extends that it makes stricter.
    pub(crate) levels: Vec<LevelChange>,
    pub(crate) rules: Vec<RuleSetting>,
    /// Its own policies, not yet compiled: they may read parameters of what it extends.
    pub(crate) model: model::PolicyOverlay,
    pub(crate) tree: mesh_spec::yaml::Tree,
}

/// A parameter that an overlay moves.
#[derive(Debug)]
pub(crate) struct Move {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) value: Constant,
    pub(crate) span: Span,
}

/// A policy that an overlay makes stricter.
#[derive(Debug)]
pub(crate) struct LevelChange {
    pub(crate) policy: String,
    pub(crate) name_span: Span,
    pub(crate) enforcement: Enforcement,
    pub(crate) span: Span,
}

/// A waiver: for one policy and one subject, for a time.
#[derive(Debug)]
pub struct Waiver {
    pub(crate) head: Head,
    pub(crate) policy: String,
    pub(crate) policy_span: Span,
    /// The id of the product or contract.
    pub(crate) subject: String,
    pub(crate) subject_span: Span,
    /// The major version that is waived for.
    pub(crate) major: u64,
    pub(crate) category: model::Category,
    pub(crate) reason: String,
    pub(crate) compensating: Option<String>,
    pub(crate) owner: String,
    pub(crate) approved_by: String,
    pub(crate) approved_by_span: Span,
    pub(crate) ticket: Option<String>,
    pub(crate) granted: Option<Day>,
    /// The last day.
    pub(crate) expires: Day,
    pub(crate) expires_span: Span,
}
