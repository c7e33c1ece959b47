//! Where things stand in their documents.

use mesh_diagnostics::Span;
use mesh_spec::document;

use super::thing::{Document, Owner, Thing};

/// A place in a document.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    pub(crate) document: &'a document::Document,
    /// JSON Pointer; it may lead to something that is missing.
    pub(crate) pointer: String,
}

impl Place<'_> {
    /// The same, `pointer` further down.
    pub(crate) fn beneath(mut self, pointer: &str) -> Self {
        self.pointer.push_str(pointer);
        self
    }

    /// Whether it is the very same place.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.pointer == other.pointer
    }

    /// The bytes to mark: of the node, or where it is missing of what it is missing from.
    pub(crate) fn span(&self) -> Span {
        self.document.span_at(&self.pointer)
    }
}

impl<'a> Thing<'a> {
    /// Where it stands.
    pub(crate) fn place(self) -> Place<'a> {
        let pointer = match self {
            Self::Product(_) | Self::Contract(_) => String::new(),
            Self::InputPort(_, at) => format!("/inputPorts/{at}"),
            Self::OutputPort(_, at) => format!("/outputPorts/{at}"),
            Self::ManagementPort(_, at) => format!("/managementPorts/{at}"),
            Self::InputContract(_, port, at) => format!("/outputPorts/{port}/inputContracts/{at}"),
            Self::Sbom(_, port, at) => format!("/outputPorts/{port}/sbom/{at}"),
            Self::Object(_, at) => format!("/schema/{at}"),
            Self::Field(contract, at) => contract.pointer(at),
            Self::Server(_, at) => format!("/servers/{at}"),
            Self::Role(_, at) => format!("/roles/{at}"),
            Self::Slas(_) => "/slaProperties".to_owned(),
            Self::Sla(_, at) => format!("/slaProperties/{at}"),
            Self::Quality(contract, owner, at) => match owner {
                Owner::Object(object) => format!("/schema/{object}/quality/{at}"),
                Owner::Field(field) => format!("{}/quality/{at}", contract.pointer(field)),
            },
            Self::Price(_) => "/price".to_owned(),
            Self::Member(document, at) => {
                let member = document.team().map(|team| team.member_pointer(at as usize));
                format!("/team{}", member.unwrap_or_default())
            }
            Self::Support(_, at) => format!("/support/{at}"),
        };
        let document = match self.document() {
            Some(Document::Product(product)) => product.document,
            Some(Document::Contract(contract)) => contract.document(),
            None => unreachable!("every thing is of a product or of a contract"),
        };
        Place { document, pointer }
    }
}
