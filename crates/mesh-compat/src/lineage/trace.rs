//! From a contract that changes to everyone it reaches.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use mesh_spec::document::Document;
use mesh_spec::model::odcs::DataContract;
use mesh_spec::model::odps::OutputPort;
use mesh_spec::workspace::same_version;
use semver::Version;

use super::names::{Element, Names};
use super::uses::{Use, uses};
use super::{Affected, Changed, Consumer, Consumers, Extent, Input, Manifests, Reach};
use crate::impact::Impact;
use crate::version::{read_version, same_line};

/// Everyone who consumes what changes, directly or through others; the nearest first.
///
/// A product that is reached through several contracts is listed for each of them. Cycles end where they
/// began: nothing that is made from the contract is taken for a change of it.
///
/// # Errors
/// If the documents of a consumer cannot be read.
pub fn trace<C: Consumers>(
    changed: &Changed<'_>,
    consumers: &mut C,
) -> Result<Vec<Affected>, C::Error> {
    let mut trace = Trace {
        root: changed,
        contracts: BTreeMap::new(),
        known: HashMap::new(),
        manifests: HashMap::new(),
        affected: Vec::new(),
        places: HashMap::new(),
    };
    trace.begin();
    let mut frontier = vec![changed.contract.to_owned()];
    while !frontier.is_empty() {
        trace.read(&frontier, consumers)?;
        let mut next = BTreeSet::new();
        for contract in &frontier {
            let known = trace.known.get(contract).cloned().unwrap_or_default();
            for consumer in &known {
                trace.visit(contract, consumer, &mut next);
            }
        }
        frontier = next.into_iter().collect();
    }
    Ok(trace.affected)
}

struct Trace<'t> {
    root: &'t Changed<'t>,
    /// Contracts that change, by id.
    contracts: BTreeMap<String, State>,
    known: HashMap<String, Vec<Arc<Consumer>>>,
    manifests: HashMap<String, Manifests>,
    affected: Vec<Affected>,
    /// Where a consumer of a contract stands among the affected.
    places: HashMap<(String, String), usize>,
}

/// A contract that changes, as far as is known.
#[derive(Default)]
struct State {
    names: Names,
    documents: Vec<Arc<Document>>,
    versions: Vec<Version>,
    extent: Extent,
    is_possible_only: bool,
    /// The consumer that offers it.
    through: Option<usize>,
    distance: usize,
}

/// What a change does to a consumer.
struct Effect {
    reach: Reach,
    impact: Impact,
    is_possible_only: bool,
    uses: Vec<Use>,
    outputs: Vec<Output>,
}

/// What a change does to what a consumer offers.
struct Output {
    contract: String,
    document: Arc<Document>,
    port_version: Option<String>,
    extent: Extent,
    /// The fields that are made from what changes; none if it may be any.
    fields: Vec<String>,
    is_possible_only: bool,
}

impl Trace<'_> {
    fn begin(&mut self) {
        let mut state = State {
            names: Names::new(self.root.contract),
            versions: self
                .root
                .versions
                .iter()
                .filter_map(|v| read_version(v))
                .collect(),
            extent: self.root.extent.clone(),
            ..State::default()
        };
        for model in &self.root.models {
            state.names.add(model);
        }
        self.contracts.insert(self.root.contract.to_owned(), state);
    }

    /// Looks up the consumers of `contracts`, and reads the documents of those that are reached.
    fn read<C: Consumers>(
        &mut self,
        contracts: &[String],
        consumers: &mut C,
    ) -> Result<(), C::Error> {
        let mut wanted: Vec<Arc<Consumer>> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        for contract in contracts {
            let known = match self.known.entry(contract.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(consumers.of(contract)?),
            };
            let Some(state) = self.contracts.get(contract) else {
                continue;
            };
            for consumer in known.iter().filter(|consumer| consumer.has_outputs) {
                let reference = &consumer.reference;
                let is_new = !self.manifests.contains_key(reference) && !seen.contains(reference);
                if is_new
                    && state
                        .input(contract, consumer)
                        .is_some_and(|(_, is_on)| is_on)
                {
                    seen.insert(reference.clone());
                    wanted.push(Arc::clone(consumer));
                }
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let read = consumers.manifests(&wanted)?;
        let references = wanted.iter().map(|consumer| consumer.reference.clone());
        self.manifests.extend(references.zip(read));
        Ok(())
    }

    /// Judges one consumer of a contract; contracts that change because of it join `next`.
    fn visit(&mut self, contract: &str, consumer: &Arc<Consumer>, next: &mut BTreeSet<String>) {
        let Some(state) = self.contracts.get(contract) else {
            return;
        };
        // No product is its own consumer.
        let provider = state
            .through
            .map(|place| self.affected[place].consumer.id.as_str());
        let is_own = |provider| provider == Some(consumer.id.as_str());
        if is_own(provider) || is_own(self.root.product) {
            return;
        }
        let Some((input, is_on_line)) = state.input(contract, consumer) else {
            return;
        };
        let effect = if is_on_line {
            let manifests = self.manifests.get(&consumer.reference);
            state.effect(contract, consumer, manifests)
        } else {
            Effect::none(Reach::OtherLine)
        };
        let passes_on = effect.outputs.iter().flat_map(|output| {
            let whole = output.fields.is_empty().then(String::new);
            let fields = output.fields.iter().cloned().chain(whole);
            fields.map(|field| (output.contract.clone(), field))
        });
        let found = Affected {
            consumer: Arc::clone(consumer),
            contract: contract.to_owned(),
            input: input.clone(),
            through: state.through,
            distance: state.distance + 1,
            reach: effect.reach,
            impact: effect.impact,
            is_possible_only: effect.is_possible_only,
            uses: effect.uses,
            passes_on: passes_on.collect(),
        };
        let key = (contract.to_owned(), consumer.reference.clone());
        let place = *self.places.entry(key).or_insert(self.affected.len());
        match self.affected.get_mut(place) {
            Some(known) => *known = found,
            None => self.affected.push(found),
        }
        for output in effect.outputs {
            if output.contract != self.root.contract {
                self.pass_on(output, place, next);
            }
        }
    }

    fn pass_on(&mut self, output: Output, place: usize, next: &mut BTreeSet<String>) {
        let distance = self.affected[place].distance;
        let contract = output.contract;
        let state = self
            .contracts
            .entry(contract.clone())
            .or_insert_with(|| State {
                names: Names::new(&contract),
                is_possible_only: true,
                through: Some(place),
                distance,
                ..State::default()
            });
        let is_known = state
            .documents
            .iter()
            .any(|known| Arc::ptr_eq(known, &output.document));
        if !is_known {
            if let Some(model) = output.document.contract() {
                state.names.add(model);
                let versions = [&model.version, &output.port_version].into_iter().flatten();
                state
                    .versions
                    .extend(versions.filter_map(|v| read_version(v)));
            }
            state.documents.push(output.document);
        }
        let has_grown = state.extent.add(output.extent);
        let is_surer = state.is_possible_only && !output.is_possible_only;
        state.is_possible_only &= output.is_possible_only;
        if has_grown || is_surer || !is_known {
            next.insert(contract);
        }
    }
}

impl State {
    /// The port through which `consumer` reads the contract, and whether it is on the line that changes.
    fn input<'c>(&self, contract: &str, consumer: &'c Consumer) -> Option<(&'c Input, bool)> {
        let is_on_line = |input: &Input| {
            let pinned = input.version.as_deref().and_then(read_version);
            pinned.is_none_or(|pinned| {
                self.versions.is_empty() || self.versions.iter().any(|v| same_line(v, &pinned))
            })
        };
        let inputs = consumer.inputs.iter();
        inputs
            .filter(|input| input.contract == contract)
            .map(|input| (input, is_on_line(input)))
            .min_by_key(|(_, is_on_line)| !is_on_line)
    }

    fn effect(&self, contract: &str, consumer: &Consumer, manifests: Option<&Manifests>) -> Effect {
        let gravest = self.extent.impact();
        let ports = manifests.map(|manifests| self.ports(contract, consumer, manifests));
        let ports = ports.unwrap_or_default();
        let says = ports.iter().any(Port::says);
        let mut effect = Effect::none(Reach::OtherFields);
        let mut reaching = Vec::new();
        let mut of_uses = None;
        let mut is_certain = false;
        for port in &ports {
            let is_silent = !port.says() && (port.is_listed || port.lists_none && !says);
            effect.outputs.extend(self.output(port, is_silent));
            for (named, element) in &port.uses {
                effect.uses.push(named.clone());
                if let Some(impact) = self.extent.reaches(element) {
                    reaching.push(named.clone());
                    of_uses = of_uses.max(Some(impact));
                    is_certain |= self.extent.surely_reaches(named, element);
                }
            }
        }
        let is_silent = !says || effect.outputs.iter().any(|output| output.fields.is_empty());
        effect.reach = match (of_uses, self.extent.whole) {
            (Some(_), _) if is_certain || says => Reach::Named,
            (_, Some(whole)) if whole > Impact::None => Reach::Whole,
            _ if is_silent => Reach::Unsaid,
            (_, Some(_)) => Reach::Whole,
            _ => Reach::OtherFields,
        };
        if effect.reach != Reach::OtherFields {
            effect.uses = reaching;
            effect.impact = if is_silent {
                gravest
            } else {
                of_uses.max(self.extent.whole).unwrap_or(gravest)
            };
        }
        effect.is_possible_only = effect.reach.is_reached()
            && (self.is_possible_only
                || effect.reach == Reach::Unsaid
                || effect.reach == Reach::Named && !is_certain);
        effect
    }

    /// The output ports of a consumer that may be made from the contract, each contract once.
    fn ports<'m>(
        &self,
        contract: &str,
        consumer: &Consumer,
        manifests: &'m Manifests,
    ) -> Vec<Port<'m>> {
        let Some(product) = manifests.product.product() else {
            return Vec::new();
        };
        let outputs = || product.output_ports.iter();
        let read = consumer.inputs.iter().map(|input| &input.contract);
        let listed = outputs().flat_map(|port| &port.input_contracts);
        let others: BTreeSet<&String> = read
            .chain(listed.filter_map(|input| input.id.as_ref()))
            .filter(|other| *other != contract)
            .collect();
        let others: Vec<String> = others.into_iter().cloned().collect();
        let mut ports: Vec<Port<'m>> = Vec::new();
        for port in outputs() {
            let Some((document, model)) = promised(port, &manifests.contracts) else {
                continue;
            };
            let lists = port.input_contracts.iter();
            let is_listed = lists
                .into_iter()
                .any(|input| input.id.as_deref() == Some(contract));
            let lists_none = port.input_contracts.is_empty();
            let known = ports
                .iter_mut()
                .find(|known| Arc::ptr_eq(known.document, document));
            if let Some(known) = known {
                known.is_listed |= is_listed;
                known.lists_none |= lists_none;
                continue;
            }
            ports.push(Port {
                model: port,
                document,
                uses: uses(&self.names, model, &others)
                    .into_iter()
                    .map(|named| {
                        let element = Element::new(&named.element);
                        (named, element)
                    })
                    .collect(),
                is_listed,
                lists_none,
            });
        }
        ports
    }

    /// What becomes of what a port offers, if anything.
    fn output(&self, port: &Port<'_>, is_silent: bool) -> Option<Output> {
        let mut output = Output {
            contract: port.model.contract_id.clone()?,
            document: Arc::clone(port.document),
            port_version: port.model.version.clone(),
            extent: Extent::default(),
            fields: Vec::new(),
            is_possible_only: self.is_possible_only,
        };
        if is_silent {
            output.extent.whole = Some(self.extent.impact());
            output.is_possible_only = true;
            return Some(output);
        }
        let mut is_certain = false;
        let mut seen = HashSet::new();
        let origins = port.uses.iter().filter(|(named, _)| named.how.is_origin());
        for (named, element) in origins {
            if let Some(impact) = self.extent.reaches(element) {
                is_certain |= self.extent.surely_reaches(named, element);
                let known = output.extent.elements.entry(Element::new(&named.at));
                let known = known.or_insert(impact);
                *known = impact.max(*known);
                if seen.insert(&named.at) {
                    output.fields.push(named.at.clone());
                }
            }
        }
        output.is_possible_only |= !is_certain;
        (!output.fields.is_empty()).then_some(output)
    }
}

/// An output port of a consumer, and what its contract says it is made from.
struct Port<'m> {
    model: &'m OutputPort,
    document: &'m Arc<Document>,
    uses: Vec<(Use, Element)>,
    /// Whether the port lists the contract that changes among those it is made from.
    is_listed: bool,
    lists_none: bool,
}

impl Port<'_> {
    /// Whether it is said which fields are made from what.
    fn says(&self) -> bool {
        let mut uses = self.uses.iter();
        uses.any(|(named, _)| named.is_certain && named.how.is_origin())
    }
}

impl Effect {
    const fn none(reach: Reach) -> Self {
        Self {
            reach,
            impact: Impact::None,
            is_possible_only: false,
            uses: Vec::new(),
            outputs: Vec::new(),
        }
    }
}

impl Extent {
    /// Everything about a contract, as when its port is to be removed.
    pub fn everything(impact: Impact) -> Self {
        Self {
            whole: Some(impact),
            elements: BTreeMap::new(),
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.whole.is_none() && self.elements.is_empty()
    }

    /// How much the gravest of it matters.
    pub fn impact(&self) -> Impact {
        let elements = self.elements.values().copied();
        elements.chain(self.whole).max().unwrap_or(Impact::None)
    }

    /// Adds a change of an element, or without one of the contract as a whole.
    pub fn insert(&mut self, element: Option<&str>, impact: Impact) {
        let mut other = Self::default();
        match element {
            Some(element) => drop(other.elements.insert(Element::new(element), impact)),
            None => other.whole = Some(impact),
        }
        self.add(other);
    }

    /// Adds what `other` says; whether that is more than was known.
    fn add(&mut self, other: Self) -> bool {
        let mut has_grown = other.whole > self.whole;
        self.whole = self.whole.max(other.whole);
        for (element, impact) in other.elements {
            let known = self.elements.get(&element);
            if known.is_none_or(|known| *known < impact) {
                has_grown = true;
                self.elements.insert(element, impact);
            }
        }
        has_grown
    }

    /// How much of it matters to something that names `named`, if any does.
    fn reaches(&self, named: &Element) -> Option<Impact> {
        let elements = self.elements.iter();
        let about = elements.filter(|(element, _)| named.overlaps(element));
        about.map(|(_, impact)| *impact).chain(self.whole).max()
    }

    /// Whether it matters to something that names `named` for certain: a name of an object does not say
    /// which of its fields are used.
    fn surely_reaches(&self, named: &Use, element: &Element) -> bool {
        let mut elements = self.elements.keys();
        let is_all = |changed: &Element| changed.holds(element);
        named.is_certain && (self.whole.is_some() || elements.any(is_all))
    }
}

/// The contract of a port among those of its product.
fn promised<'m>(
    port: &OutputPort,
    contracts: &'m [Arc<Document>],
) -> Option<(&'m Arc<Document>, &'m DataContract)> {
    let id = port.contract_id.as_deref()?;
    let known = contracts
        .iter()
        .filter_map(|document| Some((document, document.contract()?)))
        .filter(|(_, model)| model.id.as_deref() == Some(id));
    let fits = |model: &DataContract| match (&model.version, &port.version) {
        (Some(own), Some(wanted)) => same_version(own, wanted),
        _ => true,
    };
    known.min_by_key(|(_, model)| !fits(model))
}
