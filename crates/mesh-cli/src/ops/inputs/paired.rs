//! Which pin is that of which input port. A lock of a large repository has thousands of both, so they are found by names.

use std::collections::HashMap;

use super::Input;
use crate::ops::lock::LockedInput;

/// Something by the id of a product and the name of an input port.
type ByPort<'a, T> = HashMap<&'a str, HashMap<&'a str, Vec<T>>>;

/// Pins, by what they pin.
#[derive(Debug, Default)]
pub(crate) struct Pins<'l>(ByPort<'l, &'l LockedInput>);

/// Input ports, by what they are called.
#[derive(Debug)]
pub(crate) struct Ports<'w>(ByPort<'w, Input<'w>>);

impl<'l> Pins<'l> {
    /// In their order: of several that fit a port, the first counts.
    pub(crate) fn new(pins: &'l [LockedInput]) -> Self {
        let mut by_port = ByPort::new();
        for pin in pins {
            let of_product = by_port.entry(pin.product.as_str()).or_default();
            let of_port = of_product.entry(pin.port.as_str()).or_default();
            of_port.push(pin);
        }
        Self(by_port)
    }

    /// The pin of an input port.
    pub(crate) fn of(&self, input: &Input<'_>) -> Option<&'l LockedInput> {
        let mut pins = get(&self.0, input.product(), input.name());
        pins.find(|pin| is_pin_of(pin, input)).copied()
    }
}

impl<'w> Ports<'w> {
    /// In their order.
    pub(crate) fn new(inputs: &[Input<'w>]) -> Self {
        let mut by_port = ByPort::new();
        for input in inputs {
            let of_product = by_port.entry(input.product()).or_default();
            of_product.entry(input.name()).or_default().push(*input);
        }
        Self(by_port)
    }

    /// The ports that a pin may be of, by its product and the name of the port.
    pub(crate) fn named(&self, pin: &LockedInput) -> impl Iterator<Item = Input<'w>> {
        get(&self.0, &pin.product, &pin.port).copied()
    }
}

fn get<'m, T>(
    by_port: &'m ByPort<'_, T>,
    product: &str,
    port: &str,
) -> impl Iterator<Item = &'m T> {
    let of_product = by_port.get(product);
    let of_port = of_product.and_then(|ports| ports.get(port));
    of_port.into_iter().flatten()
}

/// Whether `pin` is that of `input`.
pub(crate) fn is_pin_of(pin: &LockedInput, input: &Input<'_>) -> bool {
    pin.product == input.product() && pin.fits(input.name(), input.contract, input.version())
}
