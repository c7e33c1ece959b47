//! What is judged.

use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Source, Span};
use mesh_spec::document::Document;
use mesh_spec::workspace::{ContractRef, ProductRef};

/// A data product with what was found in its documents: its manifest, and the contracts that it brings
/// along.
#[derive(Debug)]
pub struct Subject<'w> {
    /// The manifest.
    pub manifest: &'w Document,
    /// The product, if the manifest can be read as one.
    pub product: Option<ProductRef<'w>>,
    /// What was found in the documents, without what a waiver lets through.
    pub findings: Vec<Finding<'w>>,
    /// How many waivers hold for it.
    pub open_waivers: usize,
}

/// As much of a finding as a gate asks about.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'w> {
    /// The group of the rule, such as `discoverable`.
    pub group: &'w str,
    /// The rule that found it.
    pub rule: &'w str,
    /// How serious it is.
    pub level: Level,
    /// The text that it is about.
    pub source: &'w Arc<Source>,
    /// The bytes that it is about.
    pub span: Span,
}

/// A contract, and the output ports that promise it.
#[derive(Debug)]
pub struct Promised<'w> {
    /// The contract.
    pub contract: ContractRef<'w>,
    /// What the ports are called in a sentence.
    pub ports: Vec<String>,
}

impl<'w> From<&'w Diagnostic> for Finding<'w> {
    fn from(diagnostic: &'w Diagnostic) -> Self {
        Self {
            group: &diagnostic.group,
            rule: &diagnostic.rule,
            level: diagnostic.level,
            source: &diagnostic.source,
            span: diagnostic.span,
        }
    }
}

impl<'w> Subject<'w> {
    /// What to call it: the id, else the name, else the file.
    pub fn label(&self) -> &'w str {
        self.product
            .map_or_else(|| self.manifest.name(), ProductRef::label)
    }

    /// The contracts of its output ports, each once, as far as they are here.
    pub fn promised(&self) -> Vec<Promised<'w>> {
        let mut promised: Vec<Promised<'w>> = Vec::new();
        let ports = self.product.into_iter().flat_map(ProductRef::output_ports);
        for port in ports {
            let Some(contract) = port.contract() else {
                continue;
            };
            let name = port_name(port.model.name.as_deref(), port.index);
            match promised.iter_mut().find(|it| it.contract == contract) {
                Some(known) => known.ports.push(name),
                None => promised.push(Promised {
                    contract,
                    ports: vec![name],
                }),
            }
        }
        promised
    }
}

impl Promised<'_> {
    /// The ports for a sentence: `output port a`, `output ports a and b`.
    pub fn name(&self) -> String {
        match self.ports.as_slice() {
            [one] => format!("output port {one}"),
            [others @ .., last] => format!("output ports {} and {last}", others.join(", ")),
            [] => "no output port".to_owned(),
        }
    }
}

/// The name of a port in a sentence, else its position.
pub(super) fn port_name(name: Option<&str>, index: usize) -> String {
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("`{name}`"),
        None => format!("number {}", index + 1),
    }
}
