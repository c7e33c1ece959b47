//! What says that something a product consumes is at the end of its life.

use mesh_spec::document::Document;
use mesh_spec::terms::status;

use crate::mesh::Link;

/// A place that says that something is at the end of its life.
pub(crate) struct Ending<'w> {
    /// What is ending, as a message names it.
    pub(crate) subject: String,
    /// The document that says so.
    pub(crate) document: &'w Document,
    /// JSON Pointer of the value that says so.
    pub(crate) pointer: String,
}

/// What of that which `link` consumes has `status`: the upstream product, or the contract.
pub(crate) fn of_upstream<'w>(link: &Link<'w>, status: &str) -> Option<Ending<'w>> {
    let product = link.upstream().map(|output| output.product);
    if let Some(product) =
        product.filter(|product| status::is(product.model.status.as_deref(), status))
    {
        return Some(Ending {
            subject: format!("the data product `{}`", product.label()),
            document: product.document,
            pointer: "/status".to_owned(),
        });
    }
    let contract = link.contract()?;
    status::is(contract.model.status.as_deref(), status).then(|| Ending {
        subject: format!("the contract `{}`", link.contract_id),
        document: contract.document,
        pointer: "/status".to_owned(),
    })
}

/// What of that which `link` consumes is marked by `deprecated: true`: the upstream product, or the
/// port.
pub(crate) fn flagged_deprecated<'w>(link: &Link<'w>) -> Option<Ending<'w>> {
    let output = link.upstream()?;
    let document = output.product.document;
    if output.product.model.deprecated == Some(true) {
        return Some(Ending {
            subject: format!("the data product `{}`", output.product.label()),
            document,
            pointer: "/deprecated".to_owned(),
        });
    }
    (output.model.deprecated == Some(true)).then(|| Ending {
        subject: format!(
            "the {} of `{}`",
            super::words::output_port(output.model.name.as_deref(), output.index),
            output.product.label()
        ),
        document,
        pointer: format!("{}/deprecated", output.pointer()),
    })
}
