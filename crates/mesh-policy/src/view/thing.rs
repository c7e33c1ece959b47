//! Parts of products and contracts.

use mesh_spec::model::odcs::{
    DataQuality, Role, SchemaObject, SchemaProperty, Server, SlaProperty,
};
use mesh_spec::model::odps::{
    DataProduct, InputContract, InputPort, ManagementPort, OutputPort, Sbom,
};
use mesh_spec::model::{Support, Team, TeamMember};
use mesh_spec::workspace::ProductRef;

use super::fields::{ContractView, FieldEntry};
use super::{Attribute, contract, people, product};
use crate::expr::Type;

/// The kinds of [`Thing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Product,
    InputPort,
    OutputPort,
    ManagementPort,
    InputContract,
    Sbom,
    Contract,
    Object,
    Field,
    Server,
    Role,
    Slas,
    Sla,
    Quality,
    Price,
    Member,
    Support,
}

/// A part of a document. It borrows from the workspace, and costs nothing to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Thing<'a> {
    Product(ProductRef<'a>),
    InputPort(ProductRef<'a>, u32),
    OutputPort(ProductRef<'a>, u32),
    ManagementPort(ProductRef<'a>, u32),
    /// Of an output port.
    InputContract(ProductRef<'a>, u32, u32),
    /// Of an output port.
    Sbom(ProductRef<'a>, u32, u32),
    Contract(&'a ContractView<'a>),
    Object(&'a ContractView<'a>, u32),
    Field(&'a ContractView<'a>, u32),
    Server(&'a ContractView<'a>, u32),
    Role(&'a ContractView<'a>, u32),
    /// The service levels of a contract, by name.
    Slas(&'a ContractView<'a>),
    Sla(&'a ContractView<'a>, u32),
    /// A check of an object, or of a field.
    Quality(&'a ContractView<'a>, Owner, u32),
    Price(&'a ContractView<'a>),
    Member(Document<'a>, u32),
    Support(Document<'a>, u32),
}

/// What a check of quality is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Object(u32),
    Field(u32),
}

/// A product or a contract, for what both have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Document<'a> {
    Product(ProductRef<'a>),
    Contract(&'a ContractView<'a>),
}

impl Kind {
    /// All kinds, as they are documented.
    pub(crate) const ALL: [Self; 17] = [
        Self::Product,
        Self::InputPort,
        Self::OutputPort,
        Self::ManagementPort,
        Self::InputContract,
        Self::Sbom,
        Self::Contract,
        Self::Object,
        Self::Field,
        Self::Server,
        Self::Role,
        Self::Slas,
        Self::Sla,
        Self::Quality,
        Self::Price,
        Self::Member,
        Self::Support,
    ];

    /// What people call one.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Product => "data product",
            Self::InputPort => "input port",
            Self::OutputPort => "output port",
            Self::ManagementPort => "management port",
            Self::InputContract => "input contract",
            Self::Sbom => "bill of materials",
            Self::Contract => "contract",
            Self::Object => "schema object",
            Self::Field => "field",
            Self::Server => "server",
            Self::Role => "role",
            Self::Slas => "set of service levels",
            Self::Sla => "service level",
            Self::Quality => "quality check",
            Self::Price => "price",
            Self::Member => "team member",
            Self::Support => "support channel",
        }
    }

    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Product => "data products",
            Self::InputPort => "input ports",
            Self::OutputPort => "output ports",
            Self::ManagementPort => "management ports",
            Self::InputContract => "input contracts",
            Self::Sbom => "bills of materials",
            Self::Contract => "contracts",
            Self::Object => "schema objects",
            Self::Field => "fields",
            Self::Server => "servers",
            Self::Role => "roles",
            Self::Slas | Self::Sla => "service levels",
            Self::Quality => "quality checks",
            Self::Price => "prices",
            Self::Member => "team members",
            Self::Support => "support channels",
        }
    }

    pub(crate) const fn article(self) -> &'static str {
        match self {
            Self::InputPort | Self::OutputPort | Self::InputContract => "an",
            _ => "a",
        }
    }

    /// The type of one.
    pub(crate) const fn as_type(self) -> &'static Type {
        macro_rules! types {
            ($($kind:ident),*) => {
                match self { $(Self::$kind => &Type::Thing(Self::$kind)),* }
            };
        }
        types!(
            Product,
            InputPort,
            OutputPort,
            ManagementPort,
            InputContract,
            Sbom,
            Contract,
            Object,
            Field,
            Server,
            Role,
            Slas,
            Sla,
            Quality,
            Price,
            Member,
            Support
        )
    }

    /// What is known of things of this kind.
    pub(crate) const fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::Product => product::PRODUCT,
            Self::InputPort => product::INPUT_PORT,
            Self::OutputPort => product::OUTPUT_PORT,
            Self::ManagementPort => product::MANAGEMENT_PORT,
            Self::InputContract => product::INPUT_CONTRACT,
            Self::Sbom => product::SBOM,
            Self::Contract => contract::CONTRACT,
            Self::Object => contract::OBJECT,
            Self::Field => contract::FIELD,
            Self::Server => contract::SERVER,
            Self::Role => contract::ROLE,
            Self::Slas => &[],
            Self::Sla => contract::SLA,
            Self::Quality => contract::QUALITY,
            Self::Price => contract::PRICE,
            Self::Member => people::MEMBER,
            Self::Support => people::SUPPORT,
        }
    }

    pub(crate) fn attribute(self, name: &str) -> Option<&'static Attribute> {
        self.attributes()
            .iter()
            .find(|attribute| attribute.name == name)
    }
}

impl<'a> Thing<'a> {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Product(_) => Kind::Product,
            Self::InputPort(..) => Kind::InputPort,
            Self::OutputPort(..) => Kind::OutputPort,
            Self::ManagementPort(..) => Kind::ManagementPort,
            Self::InputContract(..) => Kind::InputContract,
            Self::Sbom(..) => Kind::Sbom,
            Self::Contract(_) => Kind::Contract,
            Self::Object(..) => Kind::Object,
            Self::Field(..) => Kind::Field,
            Self::Server(..) => Kind::Server,
            Self::Role(..) => Kind::Role,
            Self::Slas(_) => Kind::Slas,
            Self::Sla(..) => Kind::Sla,
            Self::Quality(..) => Kind::Quality,
            Self::Price(_) => Kind::Price,
            Self::Member(..) => Kind::Member,
            Self::Support(..) => Kind::Support,
        }
    }

    pub(super) fn product(self) -> Option<ProductRef<'a>> {
        match self {
            Self::Product(product)
            | Self::InputPort(product, _)
            | Self::OutputPort(product, _)
            | Self::ManagementPort(product, _)
            | Self::InputContract(product, ..)
            | Self::Sbom(product, ..)
            | Self::Member(Document::Product(product), _)
            | Self::Support(Document::Product(product), _) => Some(product),
            _ => None,
        }
    }

    pub(crate) fn contract(self) -> Option<&'a ContractView<'a>> {
        match self {
            Self::Contract(contract)
            | Self::Object(contract, _)
            | Self::Field(contract, _)
            | Self::Server(contract, _)
            | Self::Role(contract, _)
            | Self::Slas(contract)
            | Self::Sla(contract, _)
            | Self::Quality(contract, ..)
            | Self::Price(contract)
            | Self::Member(Document::Contract(contract), _)
            | Self::Support(Document::Contract(contract), _) => Some(contract),
            _ => None,
        }
    }

    pub(super) fn data_product(self) -> Option<&'a DataProduct> {
        Some(self.product()?.model)
    }

    pub(super) fn input_port(self) -> Option<&'a InputPort> {
        match self {
            Self::InputPort(product, at) => product.model.input_ports.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn output_port(self) -> Option<&'a OutputPort> {
        match self {
            Self::OutputPort(product, at)
            | Self::InputContract(product, at, _)
            | Self::Sbom(product, at, _) => product.model.output_ports.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn management_port(self) -> Option<&'a ManagementPort> {
        match self {
            Self::ManagementPort(product, at) => product.model.management_ports.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn input_contract(self) -> Option<&'a InputContract> {
        match self {
            Self::InputContract(.., at) => self.output_port()?.input_contracts.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn sbom(self) -> Option<&'a Sbom> {
        match self {
            Self::Sbom(.., at) => self.output_port()?.sbom.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn object(self) -> Option<&'a SchemaObject> {
        match self {
            Self::Object(contract, at) => contract.model().schema.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn entry(self) -> Option<&'a FieldEntry<'a>> {
        match self {
            Self::Field(contract, at) => contract.field(at),
            _ => None,
        }
    }

    pub(super) fn field(self) -> Option<&'a SchemaProperty> {
        Some(self.entry()?.model)
    }

    pub(super) fn server(self) -> Option<&'a Server> {
        match self {
            Self::Server(contract, at) => contract.model().servers.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn role(self) -> Option<&'a Role> {
        match self {
            Self::Role(contract, at) => contract.model().roles.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn sla(self) -> Option<&'a SlaProperty> {
        match self {
            Self::Sla(contract, at) => contract.model().sla_properties.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn quality(self) -> Option<&'a DataQuality> {
        let Self::Quality(contract, owner, at) = self else {
            return None;
        };
        let list = match owner {
            Owner::Object(object) => &contract.model().schema.get(object as usize)?.quality,
            Owner::Field(field) => &contract.field(field)?.model.quality,
        };
        list.get(at as usize)
    }

    pub(super) fn member(self) -> Option<&'a TeamMember> {
        match self {
            Self::Member(document, at) => document.team()?.members.get(at as usize),
            _ => None,
        }
    }

    pub(super) fn support(self) -> Option<&'a Support> {
        match self {
            Self::Support(document, at) => document.support().get(at as usize),
            _ => None,
        }
    }

    /// The product or contract that it is a part of.
    pub(super) fn document(self) -> Option<Document<'a>> {
        let product = self.product().map(Document::Product);
        product.or_else(|| self.contract().map(Document::Contract))
    }

    /// Whether it is the very same part.
    pub(crate) fn is_same(self, other: Self) -> bool {
        self.kind() == other.kind() && self.place().is_same(&other.place())
    }

    /// What it is called, for a message: the name alone.
    pub(crate) fn name(self) -> Option<&'a str> {
        let name = match self {
            Self::Product(product) => Some(product.label()),
            Self::InputPort(..) => self.input_port()?.name.as_deref(),
            Self::OutputPort(..) => self.output_port()?.name.as_deref(),
            Self::ManagementPort(..) => self.management_port()?.name.as_deref(),
            Self::InputContract(..) => self.input_contract()?.id.as_deref(),
            Self::Sbom(..) => self.sbom()?.url.as_deref(),
            Self::Contract(contract) | Self::Slas(contract) | Self::Price(contract) => {
                Some(contract.label())
            }
            Self::Object(..) => self.object()?.name.as_deref(),
            Self::Field(contract, at) => contract.named(at)?.model.name.as_deref(),
            Self::Server(..) => self.server()?.server.as_deref(),
            Self::Role(..) => self.role()?.role.as_deref(),
            Self::Sla(..) => self.sla()?.property.as_deref(),
            Self::Quality(..) => self.quality()?.name.as_deref(),
            Self::Member(..) => {
                let member = self.member()?;
                member.username.as_deref().or(member.name.as_deref())
            }
            Self::Support(..) => self.support()?.channel.as_deref(),
        };
        name.filter(|name| !name.trim().is_empty())
    }

    /// What it is called, for a sentence: field `orders.email`.
    pub(crate) fn label(self) -> String {
        let noun = self.kind().noun();
        if let Self::Field(contract, at) = self {
            return format!("{noun} `{}`", contract.full_path(at));
        }
        match self.name() {
            Some(name) => format!("{noun} `{name}`"),
            None => format!("{} {noun}", self.kind().article()),
        }
    }
}

impl<'a> Document<'a> {
    pub(super) fn team(self) -> Option<&'a Team> {
        match self {
            Self::Product(product) => product.model.team.as_ref(),
            Self::Contract(contract) => contract.model().team.as_ref(),
        }
    }

    pub(super) fn support(self) -> &'a [Support] {
        match self {
            Self::Product(product) => &product.model.support,
            Self::Contract(contract) => &contract.model().support,
        }
    }
}
