//! What a registry has decided for itself: the part of its format file that is about trust and size.

use crate::{Result, layout, location::RegistryLocation, owners::Owners, tree};
use git2::{Repository, Tree};
use serde_yaml::Value;

/// What a registry has decided for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// What tells the registry from all others: 32 hexadecimal digits. Records and signatures name it, so that neither
    /// counts anywhere else. A registry of a mesh that knew of none has none.
    pub id: Option<String>,
    /// Whether a domain without owners may be published to.
    pub owners: Demand,
    /// Whether records have to be signed.
    pub signatures: Demand,
    /// Who may change what belongs to no domain. Without any, the git host alone decides.
    pub stewards: Owners,
    /// How large things may be.
    pub limits: Limits,
}

/// Whether something has to be there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Demand {
    /// It counts where it is there.
    #[default]
    Optional,
    /// Nothing goes without it.
    Required,
}

/// How large things may be in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest manifest or contract, in bytes: at most [`layout::MAX_FILE`].
    pub file_bytes: u64,
    /// The most files in one version, without its record: at most [`layout::MAX_FILES`].
    pub files_per_version: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: layout::MAX_FILE,
            files_per_version: layout::MAX_FILES,
        }
    }
}

/// The values in the format file, each of which may be missing.
#[derive(Debug, Default)]
pub(crate) struct Values {
    pub(crate) id: Option<Value>,
    pub(crate) owners: Option<Value>,
    pub(crate) signatures: Option<Value>,
    pub(crate) stewards: Option<Value>,
    pub(crate) limits: Option<Value>,
}

impl Settings {
    /// Makes sense of the values, or says what is wrong with one.
    pub(crate) fn new(values: Values) -> Result<Self, String> {
        let settings = Self {
            id: values.id.map(|id| checked_id(&id)).transpose()?,
            owners: demand("owners", values.owners.as_ref())?,
            signatures: demand("signatures", values.signatures.as_ref())?,
            stewards: values
                .stewards
                .map(Owners::stewards)
                .transpose()?
                .unwrap_or_default(),
            limits: limits(values.limits)?,
        };
        if settings.signatures == Demand::Required && settings.id.is_none() {
            return Err(
                "`signatures: required` needs an `id`, a text of 32 random hexadecimal digits: without it, what was \
                 signed for another registry would count in this one"
                    .to_owned(),
            );
        }
        Ok(settings)
    }
}

/// What the tree of a commit says that the registry has decided for itself. Without a format file, it has not decided
/// anything.
pub(crate) fn read(
    repo: &Repository,
    root: &Tree<'_>,
    location: &RegistryLocation,
) -> Result<Settings> {
    let format = layout::FORMAT_FILE;
    let format = tree::file(repo, root, format, format, layout::MAX_FORMAT_FILE)?;
    format.map_or_else(
        || Ok(Settings::default()),
        |format| layout::settings(&location.to_string(), &format),
    )
}

/// The registry's id, if it is one.
pub(crate) fn checked_id(value: &Value) -> Result<String, String> {
    let is_digit = |b: u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
    value
        .as_str()
        .filter(|id| id.len() == 32 && id.bytes().all(is_digit))
        .map(str::to_owned)
        .ok_or_else(|| "`id` has to be a text of 32 hexadecimal digits in lower case".to_owned())
}

fn demand(key: &str, value: Option<&Value>) -> Result<Demand, String> {
    match value.map(Value::as_str) {
        None | Some(Some("optional")) => Ok(Demand::Optional),
        Some(Some("required")) => Ok(Demand::Required),
        _ => Err(format!("`{key}` has to be `optional` or `required`")),
    }
}

fn limits(value: Option<Value>) -> Result<Limits, String> {
    let mut limits = Limits::default();
    let Some(value) = value else {
        return Ok(limits);
    };
    let Value::Mapping(values) = value else {
        return Err("`limits` has to be a mapping, such as `{fileBytes: 1048576}`".to_owned());
    };
    let number = |key: &str, largest: u64| {
        let Some(value) = values.get(key) else {
            return Ok(largest);
        };
        let number = value.as_u64().filter(|n| (1..=largest).contains(n));
        number.ok_or_else(|| {
            format!("`limits.{key}` has to be a whole number from 1 to {largest}, which mesh allows at most")
        })
    };
    limits.file_bytes = number("fileBytes", layout::MAX_FILE)?;
    let files = number("filesPerVersion", layout::MAX_FILES as u64)?;
    limits.files_per_version = usize::try_from(files).unwrap_or(layout::MAX_FILES);
    Ok(limits)
}
