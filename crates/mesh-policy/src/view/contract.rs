//! What is known of contracts and their parts.

use mesh_spec::model::Description;
use mesh_spec::model::odcs::{
    DataContract, DataQuality, Dimension, LogicalType, Metric, Pricing, QualityType, Server,
};
use mesh_spec::terms::dates::Day;
use mesh_spec::terms::environment::Environment;
use mesh_spec::terms::{duration, region as regions};
use mesh_spec::workspace::ProductRef;

use super::fields::{ContractView, custom_label};
use super::thing::{Kind, Owner, Thing};
use super::{Attribute, Get, View, people};
use crate::expr::{List, Type, Value};

const OBJECTS: Type = Type::List(Kind::Object.as_type());
const FIELDS: Type = Type::List(Kind::Field.as_type());
const SERVERS: Type = Type::List(Kind::Server.as_type());
const ROLES: Type = Type::List(Kind::Role.as_type());
const SLAS: Type = Type::List(Kind::Sla.as_type());
const QUALITIES: Type = Type::List(Kind::Quality.as_type());
const PRODUCTS: Type = Type::List(Kind::Product.as_type());

/// What a contract has.
pub(super) static CONTRACT: &[Attribute] = &[
    Attribute::new(
        "id",
        "/id",
        "identifier, unique in the mesh",
        Get::Text(|_, it| model(it)?.id.as_deref()),
    ),
    Attribute::new(
        "name",
        "/name",
        "name for people",
        Get::Text(|_, it| model(it)?.name.as_deref()),
    ),
    Attribute::new(
        "version",
        "/version",
        "version",
        Get::Text(|_, it| model(it)?.version.as_deref()),
    ),
    Attribute::new(
        "status",
        "/status",
        "`proposed`, `draft`, `active`, `deprecated` or `retired`",
        Get::Text(|_, it| model(it)?.status.as_deref()),
    ),
    Attribute::new(
        "domain",
        "/domain",
        "business domain, as the contract says it",
        Get::Text(|_, it| model(it)?.domain.as_deref()),
    ),
    Attribute::new(
        "tenant",
        "/tenant",
        "organisation it belongs to",
        Get::Text(|_, it| model(it)?.tenant.as_deref()),
    ),
    Attribute::new(
        "dataProduct",
        "/dataProduct",
        "name of the product, in older contracts",
        Get::Text(|_, it| model(it)?.data_product.as_deref()),
    ),
    Attribute::new(
        "tags",
        "/tags",
        "tags",
        Get::Texts(|it| Some(&model(it)?.tags)),
    ),
    Attribute::new(
        "purpose",
        "/description/purpose",
        "why the data exists",
        Get::Text(|_, it| description(it)?.purpose.as_deref()),
    ),
    Attribute::new(
        "usage",
        "/description/usage",
        "how to use it",
        Get::Text(|_, it| description(it)?.usage.as_deref()),
    ),
    Attribute::new(
        "limitations",
        "/description/limitations",
        "what it must not be used for",
        Get::Text(|_, it| description(it)?.limitations.as_deref()),
    ),
    Attribute::new(
        "createdTs",
        "/contractCreatedTs",
        "when it was created, RFC 3339",
        Get::Text(|_, it| model(it)?.contract_created_ts.as_deref()),
    ),
    Attribute::new(
        "classification",
        "/customProperties",
        "label of all its data, from a custom property of this name",
        Get::Text(|_, it| custom_label(&model(it)?.custom_properties)),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&model(it)?.custom_properties)),
    ),
    Attribute::new(
        "links",
        "/authoritativeDefinitions",
        "addresses of links, by type",
        Get::Links(|it| Some(&model(it)?.authoritative_definitions)),
    ),
    Attribute::new(
        "objects",
        "/schema",
        "schema objects: tables, topics, files",
        Get::Made(OBJECTS, |_, it| {
            let contract = it.contract()?;
            let list = (0..).zip(&contract.model().schema);
            Some(Value::things(
                list.map(|(at, _)| Thing::Object(contract, at)),
            ))
        }),
    ),
    Attribute::new(
        "fields",
        "/schema",
        "all fields of all objects, nested ones too, and elements of lists that have labels of their own",
        Get::Made(FIELDS, |_, it| {
            let contract = it.contract()?;
            Some(Value::List(List::Fields(contract, 0, contract.len())))
        }),
    ),
    Attribute::new(
        "servers",
        "/servers",
        "where the data can be read",
        Get::Made(SERVERS, |_, it| {
            let contract = it.contract()?;
            let list = (0..).zip(&contract.model().servers);
            Some(Value::things(
                list.map(|(at, _)| Thing::Server(contract, at)),
            ))
        }),
    ),
    Attribute::new(
        "roles",
        "/roles",
        "who may do what",
        Get::Made(ROLES, |_, it| {
            let contract = it.contract()?;
            let list = (0..).zip(&contract.model().roles);
            Some(Value::things(list.map(|(at, _)| Thing::Role(contract, at))))
        }),
    ),
    Attribute::new(
        "sla",
        "/slaProperties",
        "service levels by name: `sla.retention`, `sla['ownName']`",
        Get::Made(Type::Thing(Kind::Slas), |_, it| {
            it.contract().map(Thing::Slas).map(Value::Thing)
        }),
    ),
    Attribute::new(
        "slaProperties",
        "/slaProperties",
        "service levels as a list",
        Get::Made(SLAS, |_, it| {
            let contract = it.contract()?;
            let list = (0..).zip(&contract.model().sla_properties);
            Some(Value::things(list.map(|(at, _)| Thing::Sla(contract, at))))
        }),
    ),
    Attribute::new(
        "quality",
        "/schema",
        "quality checks of all objects and fields",
        Get::Made(QUALITIES, |_, it| {
            let contract = it.contract()?;
            let objects = (0..).zip(&contract.model().schema);
            let of_objects = objects
                .flat_map(|(at, object)| checks(contract, Owner::Object(at), &object.quality));
            Some(Value::things(of_objects.chain(checks_of_fields(
                contract,
                0,
                contract.len(),
            ))))
        }),
    ),
    Attribute::new(
        "price",
        "/price",
        "what it costs",
        Get::Made(Type::Thing(Kind::Price), |_, it| {
            let contract = it.contract()?;
            contract.model().price.as_ref()?;
            Some(Value::Thing(Thing::Price(contract)))
        }),
    ),
    people::OWNERS,
    people::MEMBERS,
    people::TEAM_NAME,
    people::CHANNELS,
    Attribute::new(
        "products",
        "",
        "products that promise it, as far as they are known here",
        Get::Made(PRODUCTS, |view, it| {
            let contract = it.contract()?;
            Some(Value::things(
                products_of(view, contract).into_iter().map(Thing::Product),
            ))
        }),
    ),
];

/// What a schema object has.
pub(super) static OBJECT: &[Attribute] = &[
    Attribute::new(
        "name",
        "/name",
        "name",
        Get::Text(|_, it| it.object()?.name.as_deref()),
    ),
    Attribute::new(
        "physicalName",
        "/physicalName",
        "name in the system that stores it",
        Get::Text(|_, it| it.object()?.physical_name.as_deref()),
    ),
    Attribute::new(
        "physicalType",
        "/physicalType",
        "what it is there, such as `table`",
        Get::Text(|_, it| it.object()?.physical_type.as_deref()),
    ),
    Attribute::new(
        "description",
        "/description",
        "what it holds",
        Get::Text(|_, it| it.object()?.description.as_deref()),
    ),
    Attribute::new(
        "businessName",
        "/businessName",
        "name for people",
        Get::Text(|_, it| it.object()?.business_name.as_deref()),
    ),
    Attribute::new(
        "granularity",
        "/dataGranularityDescription",
        "what one row stands for",
        Get::Text(|_, it| it.object()?.data_granularity_description.as_deref()),
    ),
    Attribute::new(
        "classification",
        "/customProperties",
        "label of all its data, its own or the contract's",
        Get::Text(|_, it| match it {
            Thing::Object(contract, at) => contract.classification_of_object(at),
            _ => None,
        }),
    ),
    Attribute::new(
        "deprecated",
        "/deprecated",
        "whether it should no longer be used",
        Get::Flag(false, |it| it.object()?.deprecated),
    ),
    Attribute::new(
        "tags",
        "/tags",
        "tags",
        Get::Texts(|it| Some(&it.object()?.tags)),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.object()?.custom_properties)),
    ),
    Attribute::new(
        "links",
        "/authoritativeDefinitions",
        "addresses of links, by type",
        Get::Links(|it| Some(&it.object()?.authoritative_definitions)),
    ),
    Attribute::new(
        "fields",
        "/properties",
        "its fields, nested ones too",
        Get::Made(FIELDS, |_, it| {
            let Thing::Object(contract, at) = it else {
                return None;
            };
            let (from, to) = contract.fields_of(at);
            Some(Value::List(List::Fields(contract, from, to)))
        }),
    ),
    Attribute::new(
        "quality",
        "/quality",
        "its quality checks, and those of its fields",
        Get::Made(QUALITIES, |_, it| {
            let Thing::Object(contract, at) = it else {
                return None;
            };
            let own = checks(contract, Owner::Object(at), &it.object()?.quality);
            let (from, to) = contract.fields_of(at);
            Some(Value::things(
                own.chain(checks_of_fields(contract, from, to)),
            ))
        }),
    ),
];

/// What a field has.
pub(super) static FIELD: &[Attribute] = &[
    Attribute::new(
        "name",
        "/name",
        "name; of an element, that of the list",
        Get::Text(|_, it| match it {
            Thing::Field(contract, at) => contract.named(at)?.model.name.as_deref(),
            _ => None,
        }),
    ),
    Attribute::new(
        "path",
        "/name",
        "name with those of the fields around it: `customer.email`",
        Get::Made(Type::Text, |_, it| match it {
            Thing::Field(contract, at) => Some(Value::Made(contract.path(at).into())),
            _ => None,
        }),
    ),
    Attribute::new(
        "object",
        "/name",
        "name of its schema object",
        Get::Text(|_, it| {
            let object = it.entry()?.object;
            model(it)?.schema.get(object as usize)?.name.as_deref()
        }),
    ),
    Attribute::new(
        "logicalType",
        "/logicalType",
        "type, independent of the system",
        Get::Text(|_, it| it.field()?.logical_type.map(LogicalType::as_str)),
    ),
    Attribute::new(
        "physicalType",
        "/physicalType",
        "type in the system that stores it",
        Get::Text(|_, it| it.field()?.physical_type.as_deref()),
    ),
    Attribute::new(
        "physicalName",
        "/physicalName",
        "name in the system that stores it",
        Get::Text(|_, it| it.field()?.physical_name.as_deref()),
    ),
    Attribute::new(
        "description",
        "/description",
        "what the values mean",
        Get::Text(|_, it| it.field()?.description.as_deref()),
    ),
    Attribute::new(
        "businessName",
        "/businessName",
        "name for people",
        Get::Text(|_, it| it.field()?.business_name.as_deref()),
    ),
    Attribute::new(
        "tags",
        "/tags",
        "tags",
        Get::Texts(|it| Some(&it.field()?.tags)),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.field()?.custom_properties)),
    ),
    Attribute::new(
        "links",
        "/authoritativeDefinitions",
        "addresses of links, by type",
        Get::Links(|it| Some(&it.field()?.authoritative_definitions)),
    ),
    Attribute::new(
        "classification",
        "/classification",
        "how sensitive the values are: its own label, or that of what it is in; of several the most sensitive",
        Get::Text(|view, it| match it {
            Thing::Field(contract, at) => contract.label_of(view.vocabularies, at),
            _ => None,
        }),
    ),
    Attribute::new(
        "sensitivity",
        "/classification",
        "the same as `public`, `internal`, `confidential` or `restricted`, for labels that the mesh knows",
        Get::Text(|view, it| match it {
            Thing::Field(contract, at) => contract.sensitivity(view, at),
            _ => None,
        }),
    ),
    Attribute::new(
        "personal",
        "/tags",
        "whether a tag, a label or a custom property says that it is personal data, its own or that of what it is in",
        Get::Made(Type::Bool, |_, it| match it {
            Thing::Field(contract, at) => Some(Value::Bool(contract.is_personal(at))),
            _ => None,
        }),
    ),
    Attribute::new(
        "primaryKey",
        "/primaryKey",
        "whether it is part of the primary key",
        Get::Flag(false, |it| it.field()?.primary_key),
    ),
    Attribute::new(
        "required",
        "/required",
        "whether there always is a value",
        Get::Flag(false, |it| it.field()?.required),
    ),
    Attribute::new(
        "unique",
        "/unique",
        "whether values differ",
        Get::Flag(false, |it| it.field()?.unique),
    ),
    Attribute::new(
        "partitioned",
        "/partitioned",
        "whether the data is partitioned by it",
        Get::Flag(false, |it| it.field()?.partitioned),
    ),
    Attribute::new(
        "criticalDataElement",
        "/criticalDataElement",
        "whether the business depends on it being right",
        Get::Flag(false, |it| it.field()?.critical_data_element),
    ),
    Attribute::new(
        "deprecated",
        "/deprecated",
        "whether it should no longer be used",
        Get::Flag(false, |it| it.field()?.deprecated),
    ),
    Attribute::new(
        "encryptedName",
        "/encryptedName",
        "name of the field that holds the encrypted values",
        Get::Text(|_, it| it.field()?.encrypted_name.as_deref()),
    ),
    Attribute::new(
        "transformLogic",
        "/transformLogic",
        "how the values are computed, in code",
        Get::Text(|_, it| it.field()?.transform_logic.as_deref()),
    ),
    Attribute::new(
        "transformDescription",
        "/transformDescription",
        "how the values are computed, in words",
        Get::Text(|_, it| it.field()?.transform_description.as_deref()),
    ),
    Attribute::new(
        "transformSourceObjects",
        "/transformSourceObjects",
        "what the values are computed from",
        Get::Texts(|it| Some(&it.field()?.transform_source_objects)),
    ),
    Attribute::new(
        "pattern",
        "/logicalTypeOptions/pattern",
        "regular expression that values match",
        Get::Text(|_, it| {
            it.field()?
                .logical_type_options
                .as_deref()?
                .pattern
                .as_deref()
        }),
    ),
    Attribute::new(
        "examples",
        "/examples",
        "sample values",
        Get::JsonList(|it| Some(&it.field()?.examples)),
    ),
    Attribute::new(
        "enum",
        "/enum",
        "values that are allowed",
        Get::Made(Type::List(&Type::Any), |_, it| {
            let values = it.field()?.r#enum.iter();
            let values = values.filter_map(|value| value.value.as_ref());
            Some(Value::List(List::Made(
                values.map(Value::of_json).collect(),
            )))
        }),
    ),
    Attribute::new(
        "quality",
        "/quality",
        "its quality checks",
        Get::Made(QUALITIES, |_, it| {
            let Thing::Field(contract, at) = it else {
                return None;
            };
            Some(Value::things(checks(
                contract,
                Owner::Field(at),
                &it.field()?.quality,
            )))
        }),
    ),
];

/// What a server has.
pub(super) static SERVER: &[Attribute] = &[
    Attribute::new(
        "name",
        "/server",
        "name",
        Get::Text(|_, it| it.server()?.server.as_deref()),
    ),
    Attribute::new(
        "type",
        "/type",
        "type, such as `postgres`",
        Get::Text(|_, it| it.server()?.r#type.as_deref()),
    ),
    Attribute::new(
        "environment",
        "/environment",
        "environment it belongs to",
        Get::Text(|_, it| it.server()?.environment.as_deref()),
    ),
    Attribute::new(
        "production",
        "/environment",
        "whether readers may rely on it: it is not known to be for development or tests",
        Get::Made(Type::Bool, |_, it| {
            let environment = Environment::of(it.server()?.environment.as_deref());
            Some(Value::Bool(environment.is_relied_on()))
        }),
    ),
    Attribute::new(
        "description",
        "/description",
        "what it is for",
        Get::Text(|_, it| it.server()?.description.as_deref()),
    ),
    Attribute::new(
        "region",
        "/region",
        "where the data lies: its own key, or a custom property such as `region`",
        Get::Text(|_, it| region(it.server()?)),
    ),
    Attribute::new(
        "location",
        "/location",
        "address of the data",
        Get::Text(|_, it| it.server()?.location.as_deref()),
    ),
    Attribute::new(
        "host",
        "/host",
        "host",
        Get::Text(|_, it| it.server()?.host.as_deref()),
    ),
    Attribute::new(
        "catalog",
        "/catalog",
        "catalogue",
        Get::Text(|_, it| it.server()?.catalog.as_deref()),
    ),
    Attribute::new(
        "database",
        "/database",
        "database",
        Get::Text(|_, it| it.server()?.database.as_deref()),
    ),
    Attribute::new(
        "schema",
        "/schema",
        "schema",
        Get::Text(|_, it| it.server()?.schema.as_deref()),
    ),
    Attribute::new(
        "format",
        "/format",
        "format of files",
        Get::Text(|_, it| it.server()?.format.as_deref()),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.server()?.custom_properties)),
    ),
];

/// What a role has.
pub(super) static ROLE: &[Attribute] = &[
    Attribute::new(
        "name",
        "/role",
        "name",
        Get::Text(|_, it| it.role()?.role.as_deref()),
    ),
    Attribute::new(
        "access",
        "/access",
        "what it allows, such as `read`",
        Get::Text(|_, it| it.role()?.access.as_deref()),
    ),
    Attribute::new(
        "description",
        "/description",
        "whom it is for",
        Get::Text(|_, it| it.role()?.description.as_deref()),
    ),
    Attribute::new(
        "firstLevelApprovers",
        "/firstLevelApprovers",
        "who approves first",
        Get::Text(|_, it| it.role()?.first_level_approvers.as_deref()),
    ),
    Attribute::new(
        "secondLevelApprovers",
        "/secondLevelApprovers",
        "who approves after that",
        Get::Text(|_, it| it.role()?.second_level_approvers.as_deref()),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.role()?.custom_properties)),
    ),
];

/// What a service level has.
pub(super) static SLA: &[Attribute] = &[
    Attribute::new(
        "property",
        "/property",
        "what is promised, such as `retention`",
        Get::Text(|_, it| it.sla()?.property.as_deref()),
    ),
    Attribute::new(
        "value",
        "/value",
        "how much",
        Get::Json(|it| it.sla()?.value.as_ref()),
    ),
    Attribute::new(
        "unit",
        "/unit",
        "of what",
        Get::Text(|_, it| it.sla()?.unit.as_deref()),
    ),
    Attribute::new(
        "seconds",
        "/value",
        "the length of time in seconds",
        Get::Number(|it| duration::of_sla(it.sla()?)),
    ),
    Attribute::new(
        "hours",
        "/value",
        "the length of time in hours",
        Get::Number(|it| Some(duration::of_sla(it.sla()?)? / 3_600.0)),
    ),
    Attribute::new(
        "days",
        "/value",
        "the length of time in days; a year has 365.25",
        Get::Number(|it| Some(duration::of_sla(it.sla()?)? / 86_400.0)),
    ),
    Attribute::new(
        "date",
        "/value",
        "the day, `YYYY-MM-DD`, if it is one",
        Get::Made(Type::Text, |_, it| {
            let day = Day::parse(it.sla()?.value.as_ref()?.as_str()?)?;
            Some(Value::Made(day.to_string().into()))
        }),
    ),
    Attribute::new(
        "element",
        "/element",
        "what it is about, if not all of the data",
        Get::Text(|_, it| it.sla()?.element.as_deref()),
    ),
    Attribute::new(
        "driver",
        "/driver",
        "why it is promised, such as `regulatory`",
        Get::Text(|_, it| it.sla()?.driver.as_deref()),
    ),
    Attribute::new(
        "description",
        "/description",
        "what is meant",
        Get::Text(|_, it| it.sla()?.description.as_deref()),
    ),
    Attribute::new(
        "schedule",
        "/schedule",
        "when, in the notation of the scheduler",
        Get::Text(|_, it| it.sla()?.schedule.as_deref()),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.sla()?.custom_properties)),
    ),
];

/// What a quality check has.
pub(super) static QUALITY: &[Attribute] = &[
    Attribute::new(
        "name",
        "/name",
        "name",
        Get::Text(|_, it| it.quality()?.name.as_deref()),
    ),
    Attribute::new(
        "type",
        "/type",
        "`text`, `library`, `sql` or `custom`",
        Get::Text(|_, it| it.quality()?.r#type.map(QualityType::as_str)),
    ),
    Attribute::new(
        "metric",
        "/metric",
        "measurement of the standard, such as `nullValues`",
        Get::Text(|_, it| it.quality()?.metric.map(Metric::as_str)),
    ),
    Attribute::new(
        "dimension",
        "/dimension",
        "aspect, such as `completeness`",
        Get::Text(|_, it| it.quality()?.dimension.map(Dimension::as_str)),
    ),
    Attribute::new(
        "severity",
        "/severity",
        "how grave a failure is",
        Get::Text(|_, it| it.quality()?.severity.as_deref()),
    ),
    Attribute::new(
        "description",
        "/description",
        "what is checked",
        Get::Text(|_, it| it.quality()?.description.as_deref()),
    ),
    Attribute::new(
        "businessImpact",
        "/businessImpact",
        "what a failure does",
        Get::Text(|_, it| it.quality()?.business_impact.as_deref()),
    ),
    Attribute::new(
        "query",
        "/query",
        "SQL query",
        Get::Text(|_, it| it.quality()?.query.as_deref()),
    ),
    Attribute::new(
        "engine",
        "/engine",
        "engine whose notation is used",
        Get::Text(|_, it| it.quality()?.engine.as_deref()),
    ),
    Attribute::new(
        "schedule",
        "/schedule",
        "when it runs",
        Get::Text(|_, it| it.quality()?.schedule.as_deref()),
    ),
    Attribute::new(
        "executable",
        "/type",
        "whether a machine can run it",
        Get::Made(Type::Bool, |_, it| {
            Some(Value::Bool(it.quality()?.is_executable()))
        }),
    ),
    Attribute::new(
        "field",
        "",
        "path of the field that it checks",
        Get::Made(Type::Text, |_, it| match it {
            Thing::Quality(contract, Owner::Field(at), _) => {
                Some(Value::Made(contract.path(at).into()))
            }
            _ => None,
        }),
    ),
    Attribute::new(
        "object",
        "",
        "name of the schema object that it checks, or whose field it checks",
        Get::Text(|_, it| match it {
            Thing::Quality(contract, owner, _) => {
                let object = match owner {
                    Owner::Object(object) => object,
                    Owner::Field(at) => contract.field(at)?.object,
                };
                contract
                    .model()
                    .schema
                    .get(object as usize)?
                    .name
                    .as_deref()
            }
            _ => None,
        }),
    ),
    Attribute::new(
        "tags",
        "/tags",
        "tags",
        Get::Texts(|it| Some(&it.quality()?.tags)),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.quality()?.custom_properties)),
    ),
    Attribute::new(
        "links",
        "/authoritativeDefinitions",
        "addresses of links, by type",
        Get::Links(|it| Some(&it.quality()?.authoritative_definitions)),
    ),
];

/// What is said of a price.
pub(super) static PRICE: &[Attribute] = &[
    Attribute::new(
        "amount",
        "/priceAmount",
        "how much",
        Get::Number(|it| price(it)?.price_amount),
    ),
    Attribute::new(
        "currency",
        "/priceCurrency",
        "in which currency",
        Get::Text(|_, it| price(it)?.price_currency.as_deref()),
    ),
    Attribute::new(
        "unit",
        "/priceUnit",
        "for what",
        Get::Text(|_, it| price(it)?.price_unit.as_deref()),
    ),
];

/// The service levels that ODCS recommends, by name. Others are reached as `sla['name']`.
pub(crate) const SLA_NAMES: [&str; 13] = [
    "latency",
    "frequency",
    "availability",
    "retention",
    "throughput",
    "errorRate",
    "generalAvailability",
    "endOfSupport",
    "endOfLife",
    "timeOfAvailability",
    "timeToDetect",
    "timeToNotify",
    "timeToRepair",
];

/// The products that promise `contract`, each once.
pub(crate) fn products_of<'a>(
    view: &'a View<'a>,
    contract: &ContractView<'a>,
) -> Vec<ProductRef<'a>> {
    let Some(id) = contract.model().id.as_deref() else {
        return Vec::new();
    };
    let mut products: Vec<ProductRef<'a>> = Vec::new();
    for port in view.workspace.ports_promising(id) {
        let is_this = port
            .contract()
            .is_some_and(|found| found == contract.contract);
        if is_this && !products.contains(&port.product) {
            products.push(port.product);
        }
    }
    products
}

impl<'a> ContractView<'a> {
    /// The service levels called `name`, by their positions.
    pub(crate) fn slas<'n>(&self, name: &'n str) -> impl Iterator<Item = u32> + use<'a, 'n> {
        let levels = (0..).zip(&self.contract.model.sla_properties);
        levels
            .filter(move |(_, sla)| sla.property.as_deref() == Some(name))
            .map(|(at, _)| at)
    }
}

fn model(it: Thing<'_>) -> Option<&DataContract> {
    Some(it.contract()?.model())
}

fn description(it: Thing<'_>) -> Option<&Description> {
    model(it)?.description.as_ref()
}

fn price(it: Thing<'_>) -> Option<&Pricing> {
    model(it)?.price.as_ref()
}

fn checks<'a>(
    contract: &'a ContractView<'a>,
    owner: Owner,
    list: &[DataQuality],
) -> impl Iterator<Item = Thing<'a>> + use<'a> {
    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
    (0..count).map(move |at| Thing::Quality(contract, owner, at))
}

fn checks_of_fields<'a>(
    contract: &'a ContractView<'a>,
    from: u32,
    to: u32,
) -> impl Iterator<Item = Thing<'a>> {
    let fields = (from..to).filter_map(|at| Some((at, contract.field(at)?)));
    fields.flat_map(|(at, field)| checks(contract, Owner::Field(at), &field.model.quality))
}

fn region(server: &Server) -> Option<&str> {
    let own = [&server.region, &server.region_name].into_iter().flatten();
    let own = own.map(String::as_str).find(|text| !text.trim().is_empty());
    own.or_else(|| regions::in_custom(&server.custom_properties).map(|(_, region)| region))
}
