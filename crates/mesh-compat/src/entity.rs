//! What documents consist of, as far as comparing them needs to know: which mappings there are, how
//! each of their keys is compared, and what identifies the items of their lists.
//!
//! A key that is not in these tables is compared as a plain value, so nothing that a later version of
//! a standard adds is passed over.

use mesh_spec::model::Kind;
use mesh_spec::yaml::Value;

/// A sort of mapping in the two standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    /// An ODPS data product.
    Product,
    /// An input port of a product.
    InputPort,
    /// An output port of a product.
    OutputPort,
    /// A management port of a product.
    ManagementPort,
    /// A software bill of materials of an output port.
    Sbom,
    /// A contract of an input that an output port is made from.
    InputContract,
    /// An ODCS data contract.
    Contract,
    /// A schema object: a table, a document, a message.
    Object,
    /// A property of an object, or of a property; the elements of an array; the keys and values of a
    /// map.
    Field,
    /// The types of a map's keys and values.
    MapTypes,
    /// The constraints of a field's logical type.
    Options,
    /// A check of the data.
    Quality,
    /// A reference to other fields.
    Relationship,
    /// A value that a field may have.
    EnumValue,
    /// A place where the data can be read.
    Server,
    /// A role through which access is granted.
    Role,
    /// A service level.
    Sla,
    /// What the data costs.
    Price,
    /// Those who are responsible.
    Team,
    /// A member of a team.
    Member,
    /// A support channel.
    Support,
    /// What something is for, how to use it and where it ends.
    Description,
    /// An authoritative definition.
    Link,
    /// A custom property.
    Custom,
    /// Another name of something.
    Synonym,
    /// Guidance for automatic readers.
    Context,
    /// A verified statement of a context.
    Statement,
    /// A constraint of a context.
    Constraint,
}

/// How the value of a key is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As a whole.
    Value,
    /// As a list of scalars without order.
    Set,
    /// As a mapping of its own.
    One(Entity),
    /// As a list of mappings, each with the one that it was before.
    Many(Entity),
    /// As a [`Shape::One`] that older versions of the standard write as a list.
    OneOrList(Entity),
}

/// A key of an [`Entity`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// What a reader assumes where the key is absent.
    pub(crate) default: Option<Value<'static>>,
}

const fn flag(name: &'static str) -> Key {
    or(name, Value::Bool(false))
}

const fn or(name: &'static str, default: Value<'static>) -> Key {
    Key {
        name,
        shape: Shape::Value,
        default: Some(default),
    }
}

const fn set(name: &'static str) -> Key {
    key(name, Shape::Set)
}

const fn one(name: &'static str, entity: Entity) -> Key {
    key(name, Shape::One(entity))
}

const fn many(name: &'static str, entity: Entity) -> Key {
    key(name, Shape::Many(entity))
}

const fn key(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        default: None,
    }
}

const TAGS: Key = set("tags");
const LINKS: Key = many("authoritativeDefinitions", Entity::Link);
const CUSTOM: Key = many("customProperties", Entity::Custom);
const SYNONYMS: Key = many("synonyms", Entity::Synonym);
const CONTEXT: Key = one("context", Entity::Context);
const DESCRIPTION: Key = one("description", Entity::Description);
const SUPPORT: Key = many("support", Entity::Support);
const QUALITY: Key = many("quality", Entity::Quality);
const RELATIONSHIPS: Key = many("relationships", Entity::Relationship);
const DEPRECATED: Key = flag("deprecated");
const TEAM: Key = key("team", Shape::OneOrList(Entity::Team));

const PRODUCT_KEYS: &[Key] = &[
    DEPRECATED,
    SYNONYMS,
    CONTEXT,
    LINKS,
    DESCRIPTION,
    CUSTOM,
    TAGS,
    many("inputPorts", Entity::InputPort),
    many("outputPorts", Entity::OutputPort),
    many("managementPorts", Entity::ManagementPort),
    SUPPORT,
    TEAM,
];
const INPUT_PORT_KEYS: &[Key] = &[DEPRECATED, TAGS, CUSTOM, LINKS];
const OUTPUT_PORT_KEYS: &[Key] = &[
    DEPRECATED,
    many("sbom", Entity::Sbom),
    many("inputContracts", Entity::InputContract),
    SYNONYMS,
    TAGS,
    CUSTOM,
    LINKS,
    CONTEXT,
];
const MANAGEMENT_PORT_KEYS: &[Key] = &[
    DEPRECATED,
    or("type", Value::String("rest")),
    TAGS,
    CUSTOM,
    LINKS,
];
const SBOM_KEYS: &[Key] = &[or("type", Value::String("external")), TAGS, CUSTOM, LINKS];
const CONTRACT_KEYS: &[Key] = &[
    TAGS,
    many("servers", Entity::Server),
    DESCRIPTION,
    CONTEXT,
    many("schema", Entity::Object),
    SUPPORT,
    one("price", Entity::Price),
    TEAM,
    many("roles", Entity::Role),
    many("slaProperties", Entity::Sla),
    LINKS,
    CUSTOM,
];
const OBJECT_KEYS: &[Key] = &[
    DEPRECATED,
    SYNONYMS,
    LINKS,
    TAGS,
    CUSTOM,
    or("logicalType", Value::String("object")),
    many("properties", Entity::Field),
    RELATIONSHIPS,
    QUALITY,
    CONTEXT,
];
const FIELD_KEYS: &[Key] = &[
    DEPRECATED,
    SYNONYMS,
    LINKS,
    TAGS,
    CUSTOM,
    flag("primaryKey"),
    or("primaryKeyPosition", Value::Number("-1")),
    one("logicalTypeOptions", Entity::Options),
    flag("required"),
    flag("unique"),
    or("semanticType", Value::String("column")),
    flag("partitioned"),
    or("partitionKeyPosition", Value::Number("-1")),
    set("classification"),
    set("transformSourceObjects"),
    set("examples"),
    many("enum", Entity::EnumValue),
    flag("criticalDataElement"),
    RELATIONSHIPS,
    QUALITY,
    many("properties", Entity::Field),
    one("items", Entity::Field),
    one("map", Entity::MapTypes),
];
const MAP_TYPES_KEYS: &[Key] = &[one("key", Entity::Field), one("value", Entity::Field)];
const OPTIONS_KEYS: &[Key] = &[
    or("minLength", Value::Number("0")),
    or("minItems", Value::Number("0")),
    or("minProperties", Value::Number("0")),
    flag("uniqueItems"),
    set("required"),
    flag("normalized"),
    flag("timezone"),
    or("defaultTimezone", Value::String("Etc/UTC")),
    or("elementType", Value::String("float32")),
];
const QUALITY_KEYS: &[Key] = &[
    or("type", Value::String("library")),
    TAGS,
    CUSTOM,
    LINKS,
    set("mustBeBetween"),
    set("mustNotBeBetween"),
];
const RELATIONSHIP_KEYS: &[Key] = &[or("type", Value::String("foreignKey")), CUSTOM];
const NOTED_KEYS: &[Key] = &[many("members", Entity::Member), TAGS, CUSTOM, LINKS];
const SERVER_KEYS: &[Key] = &[many("roles", Entity::Role), CUSTOM];
const ROLE_KEYS: &[Key] = &[CUSTOM];
const SLA_KEYS: &[Key] = &[CUSTOM, LINKS];
const SUPPORT_KEYS: &[Key] = &[TAGS, CUSTOM, LINKS];
const DESCRIPTION_KEYS: &[Key] = &[LINKS, CUSTOM];
const CONTEXT_KEYS: &[Key] = &[
    many("verifiedStatements", Entity::Statement),
    many("constraints", Entity::Constraint),
];

impl Entity {
    /// What a document of a kind is.
    pub(crate) const fn of(kind: Kind) -> Self {
        match kind {
            Kind::DataProduct => Self::Product,
            Kind::DataContract => Self::Contract,
        }
    }

    /// The keys that are compared otherwise than as plain values without a default.
    pub(crate) const fn keys(self) -> &'static [Key] {
        match self {
            Self::Product => PRODUCT_KEYS,
            Self::InputPort => INPUT_PORT_KEYS,
            Self::OutputPort => OUTPUT_PORT_KEYS,
            Self::ManagementPort => MANAGEMENT_PORT_KEYS,
            Self::Sbom => SBOM_KEYS,
            Self::Contract => CONTRACT_KEYS,
            Self::Object => OBJECT_KEYS,
            Self::Field => FIELD_KEYS,
            Self::MapTypes => MAP_TYPES_KEYS,
            Self::Options => OPTIONS_KEYS,
            Self::Quality => QUALITY_KEYS,
            Self::Relationship => RELATIONSHIP_KEYS,
            Self::EnumValue | Self::Team | Self::Member | Self::Statement | Self::Constraint => {
                NOTED_KEYS
            }
            Self::Server => SERVER_KEYS,
            Self::Role | Self::Synonym => ROLE_KEYS,
            Self::Sla => SLA_KEYS,
            Self::Support => SUPPORT_KEYS,
            Self::Description => DESCRIPTION_KEYS,
            Self::Context => CONTEXT_KEYS,
            Self::InputContract | Self::Price | Self::Link | Self::Custom => &[],
        }
    }

    /// Whether one of these is nothing but its keys: where it came or went as a whole, they did.
    pub(crate) const fn is_transparent(self) -> bool {
        matches!(self, Self::Options)
    }

    /// The key called `name`, if it is one of [`Entity::keys`].
    pub(crate) fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().iter().find(|known| known.name == name)
    }

    /// How the items of a list of these are matched with those that they were before: the keys that
    /// must all be there and equal, tried in this order until every item has met its own.
    ///
    /// What is left after the last is new, or gone.
    pub(crate) const fn identities(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::InputPort => &[&["name", "version"], &["id"], &["name"], &["contractId"]],
            // Several versions of one port may be offered side by side.
            Self::OutputPort => &[&["name", "version"], &["name", MAJOR], &["id"], &["name"]],
            Self::Object | Self::Field | Self::ManagementPort => &[&["name"], &["id"]],
            Self::Member => &[&["username"], &["id"], &["name"]],
            Self::Server => &[&["server"], &["id"]],
            Self::Role => &[&["role"], &["id"]],
            Self::Sla => &[
                // One thing may be promised to several for different reasons.
                &["property", "element", "driver"],
                &["property", "element"],
                &["id"],
                &[PROMISE, "element"],
                &[PROMISE, "driver"],
                &[PROMISE],
                &["property"],
            ],
            Self::Quality => &[
                &["id"],
                &["name"],
                &["metric", "arguments"],
                &[METRIC, "arguments"],
                &[METRIC],
                &["metric"],
                &["rule"],
                &["query"],
                &["engine", "implementation"],
                &["description"],
            ],
            Self::Relationship => &[&["from", "to"], &["to"], &["id"]],
            Self::EnumValue => &[&["value"], &["id"]],
            Self::Support => &[&["channel", "tool"], &["channel"], &["id"], &["url"]],
            Self::Link => &[&["type", "url"], &["id"], &["url"], &["type"]],
            Self::Custom => &[&[PROPERTY]],
            Self::Synonym => &[&["synonym", "locale"], &["synonym"], &["id"]],
            Self::Sbom => &[&["url"], &["id"]],
            Self::InputContract => &[&["id", "version"], &["id"]],
            Self::Statement => &[&["id"], &["question"]],
            Self::Constraint => &[&["id"], &["constraint"]],
            Self::Product
            | Self::Contract
            | Self::MapTypes
            | Self::Options
            | Self::Price
            | Self::Team
            | Self::Description
            | Self::Context => &[],
        }
    }

    /// What to call one of these in a sentence.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Product => "data product",
            Self::InputPort => "input port",
            Self::OutputPort => "output port",
            Self::ManagementPort => "management port",
            Self::Sbom => "bill of materials",
            Self::InputContract => "input contract",
            Self::Contract => "contract",
            Self::Object => "object",
            Self::Field => "field",
            Self::MapTypes => "map",
            Self::Options => "constraints",
            Self::Quality => "quality check",
            Self::Relationship => "relationship",
            Self::EnumValue => "value",
            Self::Server => "server",
            Self::Role => "role",
            Self::Sla => "service level",
            Self::Price => "price",
            Self::Team => "team",
            Self::Member => "team member",
            Self::Support => "support channel",
            Self::Description => "description",
            Self::Link => "link",
            Self::Custom => "custom property",
            Self::Synonym => "synonym",
            Self::Context => "context",
            Self::Statement => "verified statement",
            Self::Constraint => "constraint",
        }
    }

    /// The keys by one of which a reader knows one of these, the best first.
    pub(crate) const fn labels(self) -> &'static [&'static str] {
        match self {
            Self::Server => &["server", "id"],
            Self::Role => &["role", "id"],
            Self::Sla => &["property", "id"],
            Self::Quality => &["name", "id", "metric", "rule", "description"],
            Self::Relationship => &["to", "id"],
            Self::EnumValue => &["value", "id"],
            Self::Support => &["channel", "url"],
            Self::Link => &["type", "url"],
            Self::Custom => &["property"],
            Self::Synonym => &["synonym"],
            Self::Sbom => &["url", "id"],
            Self::InputContract => &["id"],
            Self::Statement => &["question", "id"],
            Self::Constraint => &["constraint", "id"],
            Self::Member => &["username", "name", "id"],
            _ => &["name", "id"],
        }
    }
}

/// Stands for the part of a `version` that names its line: `2` of `2.1.0`, `0.3` of `0.3.7`.
pub(crate) const MAJOR: &str = "version, major";
/// Stands for the name of a custom property together with its vendor.
pub(crate) const PROPERTY: &str = "vendor.property";
/// Stands for what a check of the standard measures, which older versions of ODCS say by `rule`.
pub(crate) const METRIC: &str = "metric, or rule";
/// Stands for the `property` of a service level, by whichever of its names.
pub(crate) const PROMISE: &str = "property, by any name";
