//! Examples: what the documentation shows and what the tests run are the same text.

use std::collections::BTreeSet;

use mesh_spec::document::Document;
use mesh_spec::model::Kind;

use crate::pair::Both;

/// Stands in an [`Example`] for a document that is not there: not yet, or no longer.
pub const NOTHING: &str = "# There is no such document.\n";

/// A document before and after a change.
///
/// An example shows only the lines that matter: the keys that every document has are added, as far as
/// the example does not have them.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What the document is.
    pub kind: Kind,
    /// The lines before.
    pub old: &'static str,
    /// The lines after.
    pub new: &'static str,
    /// Other kinds that the same change is rightly reported as.
    pub also: &'static [&'static str],
}

const PRODUCT: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: sales.orders
name: Orders
version: 1.0.0
status: active
domain: sales
";
const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: orders
name: Orders
version: 1.0.0
status: active
";

impl Example {
    /// A data product before and after.
    pub const fn product(old: &'static str, new: &'static str) -> Self {
        Self {
            kind: Kind::DataProduct,
            old,
            new,
            also: &[],
        }
    }

    /// A data contract before and after.
    pub const fn contract(old: &'static str, new: &'static str) -> Self {
        Self {
            kind: Kind::DataContract,
            old,
            new,
            also: &[],
        }
    }

    /// The same, of which other kinds report something as well.
    #[must_use]
    pub const fn also(mut self, kinds: &'static [&'static str]) -> Self {
        self.also = kinds;
        self
    }

    /// The whole documents before and after.
    pub fn documents(&self) -> (Document, Document) {
        let document = |name: &str, yaml| {
            let text = self.whole(yaml);
            Document::parse(name, text.into_bytes(), Some(self.kind))
        };
        (
            document("old.yaml", self.old),
            document("new.yaml", self.new),
        )
    }

    /// The whole documents, without one that is [`NOTHING`].
    pub fn sides(&self) -> Both<Option<Document>> {
        let (old, new) = self.documents();
        Both {
            old: Some(old).filter(|_| self.old != NOTHING),
            new: Some(new).filter(|_| self.new != NOTHING),
        }
    }

    fn whole(&self, yaml: &str) -> String {
        completed(self.kind, yaml)
    }
}

/// The document of which `yaml` is an excerpt: with the keys that every document has, as far as the
/// excerpt does not have them.
pub(crate) fn completed(kind: Kind, yaml: &str) -> String {
    let base = match kind {
        Kind::DataProduct => PRODUCT,
        Kind::DataContract => CONTRACT,
    };
    let key = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let own: BTreeSet<String> = yaml.lines().map(key).collect();
    let head = base.lines().filter(|line| !own.contains(&key(line)));
    let head: String = head.map(|line| format!("{line}\n")).collect();
    head + yaml
}
