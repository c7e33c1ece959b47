//! What a rule is.

use mesh_diagnostics::{Level, Safety};
use mesh_spec::document::Document;
use mesh_spec::workspace::{ContractRef, ProductRef};

use crate::example::Example;
use crate::findings::Findings;
use crate::mesh::Mesh;

/// One thing that mesh checks.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case name; never renamed without an alias.
    pub id: &'static str,
    /// The characteristic of a data product that the rule guards.
    pub group: Group,
    /// How serious a finding is by default.
    pub level: Level,
    /// The smallest set of rules that it belongs to.
    pub preset: Preset,
    /// Whether it can correct what it finds, at least sometimes, and how safely.
    pub fix: Option<Safety>,
    /// What the rule asks for, as one sentence.
    pub summary: &'static str,
    /// Why it asks, and how to comply: Markdown.
    pub docs: &'static str,
    /// A manifest that breaks this rule and no other.
    pub fails: Example,
    /// The same manifest, corrected.
    pub passes: Example,
    /// The check itself.
    pub check: Check,
}

impl Rule {
    /// Whether it always runs, at its own level: what cannot be read cannot be checked, and a
    /// suppression that is none must not pass for one.
    pub fn is_mandatory(&self) -> bool {
        matches!(
            self.id,
            "unreadable-file"
                | "yaml-syntax"
                | "duplicate-key"
                | "schema-violation"
                | "suppression-invalid"
        )
    }
}

/// What a rule looks at: as little as it needs, so that the engine can run it in parallel.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// One file, whatever it is.
    Document(fn(&Document, &mut Findings<'_>)),
    /// One data product; its contracts and upstreams can be reached from it.
    Product(fn(ProductRef<'_>, &mut Findings<'_>)),
    /// One data contract.
    Contract(fn(ContractRef<'_>, &mut Findings<'_>)),
    /// All products and contracts at once.
    Mesh(fn(&Mesh<'_>, &mut Findings<'_>)),
    /// The comments that suppress findings, which only the engine knows enough about.
    Suppressions,
}

/// Sets of rules, each within the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Preset {
    /// What is broken: documents that cannot be read, products that nobody can find, reach or ask
    /// about, references that lead nowhere, secrets in the open.
    Minimal,
    /// What the consumers of a product will miss.
    #[default]
    Standard,
    /// Everything, down to the order of keys.
    Strict,
}

impl Preset {
    /// All presets, the smallest first.
    pub const ALL: [Self; 3] = [Self::Minimal, Self::Standard, Self::Strict];

    /// The name used in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Standard => "standard",
            Self::Strict => "strict",
        }
    }
}

/// The groups of rules: the characteristics that make data a product, after Zhamak Dehghani's
/// wording, and what has to hold before and between products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Well-formed, and consistent in itself.
    Valid,
    /// People find it and can judge whether it fits.
    Discoverable,
    /// It has one permanent address, and every port says where to read.
    Addressable,
    /// Someone answers for it, and what it promises can be checked.
    Trustworthy,
    /// It explains itself without a meeting.
    SelfDescribing,
    /// It joins with other products.
    Interoperable,
    /// It says who may read what.
    Secure,
    /// It fits together with the products around it.
    Graph,
    /// It is written as others are, so that changes are easy to review.
    Style,
}

impl Group {
    /// All groups, in the order in which they are documented.
    pub const ALL: [Self; 9] = [
        Self::Valid,
        Self::Discoverable,
        Self::Addressable,
        Self::Trustworthy,
        Self::SelfDescribing,
        Self::Interoperable,
        Self::Secure,
        Self::Graph,
        Self::Style,
    ];

    /// The name used in configuration and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Discoverable => "discoverable",
            Self::Addressable => "addressable",
            Self::Trustworthy => "trustworthy",
            Self::SelfDescribing => "self-describing",
            Self::Interoperable => "interoperable",
            Self::Secure => "secure",
            Self::Graph => "graph",
            Self::Style => "style",
        }
    }

    /// What the rules of the group guard, as one sentence.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Valid => "The document is well-formed and consistent in itself.",
            Self::Discoverable => "People find the product and can judge whether it fits.",
            Self::Addressable => "The product has one address, and each port says where to read.",
            Self::Trustworthy => {
                "Someone answers for the product, and its promises can be checked."
            }
            Self::SelfDescribing => "The product explains itself without a meeting.",
            Self::Interoperable => "The product's data joins with that of others.",
            Self::Secure => "The product says who may read what.",
            Self::Graph => "The product fits together with the products around it.",
            Self::Style => {
                "The files are written as others are, so that changes are easy to review."
            }
        }
    }

    /// Whether a finding weighs the same however unfinished the product is. A draft may lack an
    /// owner; it may not be unreadable or contradict its neighbours.
    pub const fn spares_no_draft(self) -> bool {
        matches!(self, Self::Valid | Self::Graph)
    }
}
