//! Products held to what `mesh.lock` pins of their inputs.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, LOCK, Related};
use mesh_registry::Snapshot;
use mesh_spec::model::Kind;
use mesh_spec::workspace::{ProductRef, Role, Workspace, expected_kind};
use mesh_spec::yaml::Tree;

use super::paired::{Pins, Ports, is_pin_of};
use super::rules::{CHANGED, DIFFERS, LockRule, UNUSED};
use super::{Input, pins};
use crate::failure::Failure;
use crate::ops::lock::{FILE_NAME, LockFile, LockedInput};

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// What is wrong, in `mesh.lock`.
    pub(crate) findings: Vec<Diagnostic>,
    /// How many inputs of the registry are not pinned, where others are.
    pub(crate) unpinned: usize,
}

/// Compares the inputs of `files` with their pins, and with a registry the pins with what it holds.
///
/// `covers` says that `files` are the whole project: a pin of a product that is not among them is left over.
pub(crate) fn check(
    file: &LockFile,
    files: &Workspace,
    snapshot: Option<&Snapshot>,
    covers: bool,
) -> Result<Held, Failure> {
    let mut held = Held::default();
    let Some(tree) = file.tree().filter(|_| !file.lock.inputs.is_empty()) else {
        return Ok(held);
    };
    let inputs = super::of(files);
    let around = Around::new(&inputs, files, covers);
    let mut verified = Vec::new();
    for (index, pin) in file.lock.inputs.iter().enumerate() {
        match around.state(pin) {
            State::Used => verified.push((index, pin)),
            State::Unknown => {}
            State::Differs(input) => held.findings.push(differs(tree, index, pin, &input)),
            State::Unused(why) => {
                let at = format!("/inputs/{index}/port");
                let todo = "take it out with `mesh fetch`";
                held.findings.push(finding(tree, &UNUSED, &at, why, todo));
            }
        }
    }
    let pins = Pins::new(&file.lock.inputs);
    let of_registry = inputs.iter().filter(|input| input.is_of_registry());
    held.unpinned = of_registry.filter(|input| pins.of(input).is_none()).count();
    if let Some(snapshot) = snapshot {
        let pins: Vec<_> = verified.iter().map(|(_, pin)| *pin).collect();
        for ((index, pin), outcome) in verified.iter().zip(pins::verify(snapshot, &pins)?) {
            let Err(broken) = outcome else {
                continue;
            };
            let message = format!(
                "{}, and input port `{}` of `{}` is pinned to it",
                broken.message, pin.port, pin.product
            );
            let at = format!("/inputs/{index}/{}", broken.key);
            let todo = match broken.key {
                // There is nothing that could be trusted instead.
                "from" | "version" => format!(
                    "find out who changed it: `git log -p {FILE_NAME}` shows the pin, `mesh log {}` the registry",
                    pin.from
                ),
                _ => format!(
                    "find out who changed it; if what is there now is to be trusted, pin it with `mesh add {}@{}`",
                    pin.from, pin.version
                ),
            };
            held.findings.push(Diagnostic {
                is_binding: true,
                ..finding(tree, &CHANGED, &at, message, &todo)
            });
        }
    }
    Ok(held)
}

/// How a pin stands to the input ports that there are.
enum State<'i> {
    /// It is that of one of them.
    Used,
    /// It is of a product that was not asked for, or that cannot be read.
    Unknown,
    /// The port asks for something else.
    Differs(Input<'i>),
    /// There is no such port, and why.
    Unused(String),
}

/// What pins are compared with.
struct Around<'w> {
    ports: Ports<'w>,
    files: &'w Workspace,
    covers: bool,
    /// Whether something here may be a product of which it cannot be told which.
    has_lost: OnceCell<bool>,
}

impl<'w> Around<'w> {
    fn new(inputs: &[Input<'w>], files: &'w Workspace, covers: bool) -> Self {
        Self {
            ports: Ports::new(inputs),
            files,
            covers,
            has_lost: OnceCell::new(),
        }
    }

    fn has_lost(&self) -> bool {
        let mut documents = self.files.documents().iter();
        *self
            .has_lost
            .get_or_init(|| documents.any(|(document, _)| is_lost(document)))
    }

    fn state(&self, pin: &LockedInput) -> State<'w> {
        let consumers: Vec<ProductRef<'_>> = self
            .files
            .products_with_id(&pin.product)
            .filter(|product| product.role == Role::Target)
            .collect();
        if consumers.is_empty() {
            return if self.covers && !self.has_lost() {
                State::Unused(format!(
                    "`{}` is pinned an input, and there is no such data product here",
                    pin.product
                ))
            } else {
                State::Unknown
            };
        }
        let mut same_name = self.ports.named(pin);
        if let Some(input) = self.ports.named(pin).find(|input| is_pin_of(pin, input)) {
            return if input.is_of_registry() {
                State::Used
            } else {
                State::Unused(format!(
                    "input port `{}` of `{}` draws from this repository itself",
                    pin.port, pin.product
                ))
            };
        }
        // A port that the schema objects to may be the one that is missed.
        if consumers
            .iter()
            .any(|consumer| !consumer.document.is_sound("/inputPorts"))
        {
            return State::Unknown;
        }
        match same_name.next() {
            Some(input) => State::Differs(input),
            None => State::Unused(format!(
                "`{}` has no input port `{}` any more",
                pin.product, pin.port
            )),
        }
    }
}

/// Whether a document may be a product of which it cannot be told which.
fn is_lost(document: &mesh_spec::document::Document) -> bool {
    let is_product = expected_kind(document.name().as_ref()) == Some(Kind::DataProduct);
    let has_id = document
        .product()
        .is_some_and(|product| product.id.is_some());
    (is_product || document.kind() == Some(Kind::DataProduct)) && !has_id
}

fn differs(tree: &Tree, index: usize, pin: &LockedInput, input: &Input<'_>) -> Diagnostic {
    let (key, pinned, asked) = if input.contract == pin.contract {
        let version = input.version().unwrap_or("any version");
        ("contractVersion", &*pin.contract_version, version)
    } else {
        ("contract", &*pin.contract, input.contract)
    };
    let message = format!(
        "input port `{}` of `{}` is pinned to {pinned}, and asks for {asked}",
        pin.port, pin.product
    );
    let at = format!("/inputs/{index}/{key}");
    let help = "pin what the manifest asks for with `mesh fetch`, or correct the manifest";
    let document = input.consumer.document;
    let asks = match key {
        "contract" => format!("{}/contractId", input.pointer()),
        _ => format!("{}/version", input.pointer()),
    };
    Diagnostic {
        related: vec![Related {
            message: "what it asks for".to_owned(),
            source: Arc::clone(&document.source),
            span: document.span_at(&asks),
        }],
        ..finding(tree, &DIFFERS, &at, message, help)
    }
}

fn finding(
    tree: &Tree,
    rule: &'static LockRule,
    pointer: &str,
    message: String,
    help: &str,
) -> Diagnostic {
    Diagnostic {
        rule: Cow::Borrowed(rule.id),
        group: Cow::Borrowed(LOCK),
        level: rule.level,
        message,
        help: Some(help.to_owned()),
        source: Arc::clone(tree.source()),
        span: tree.span_at(pointer),
        pointer: pointer.to_owned(),
        related: Vec::new(),
        fix: None,
        is_binding: false,
    }
}

/// Which pins no input port needs any more, or needs otherwise, in the order of the lock.
pub(crate) fn left_over(file: &LockFile, files: &Workspace, covers: bool) -> Vec<bool> {
    let inputs = super::of(files);
    let around = Around::new(&inputs, files, covers);
    let pins = file.lock.inputs.iter();
    let is_left_over = |pin| matches!(around.state(pin), State::Differs(_) | State::Unused(_));
    pins.map(is_left_over).collect()
}
