//! What decides which policies are for a document.

use mesh_spec::document::Document;
use mesh_spec::terms::classification::Labels;
use mesh_spec::workspace::{ProductRef, parse_version};

use super::Options;
use crate::pack::model::Scope;
use crate::view::contract::products_of;
use crate::view::product::tier_of;
use crate::view::{ContractView, Thing, View};

/// A document that is judged, with what is known of it and around it.
#[derive(Debug)]
pub(super) struct Context<'v> {
    pub(super) index: usize,
    pub(super) document: &'v Document,
    /// The product, or the contract.
    pub(super) thing: Thing<'v>,
    /// The domains that it belongs to, in order: its own, and for a contract those of the products that promise it.
    pub(super) domains: Vec<&'v str>,
    /// What is in force for those, by its position.
    pub(super) rules: usize,
    /// The ids and major versions under which it may be waived for.
    pub(super) subjects: Vec<(&'v str, u64)>,
    /// Whether it belongs to products only that were never published.
    pub(super) is_new: bool,
    products: Vec<ProductRef<'v>>,
}

impl<'v> Context<'v> {
    pub(super) fn new(view: &'v View<'v>, index: usize, options: Options<'_>) -> Option<Self> {
        let (document, _) = view.workspace.documents().get(index)?;
        let mut subjects = Vec::new();
        let mut domains = Vec::new();
        let thing;
        let products;
        if let Some(product) = view.workspace.product(index) {
            thing = Thing::Product(product);
            products = vec![product];
        } else {
            let contract = view.contract(index)?;
            thing = Thing::Contract(contract);
            products = products_of(view, contract);
            let model = contract.model();
            add_subject(&mut subjects, model.id.as_deref(), model.version.as_deref());
            domains.extend(model.domain.as_deref());
        }
        for product in &products {
            let model = product.model;
            add_subject(&mut subjects, model.id.as_deref(), model.version.as_deref());
            domains.extend(model.domain.as_deref());
        }
        domains.sort_unstable();
        domains.dedup();
        let is_new = options.is_published.is_some_and(|is_published| {
            let ids = products
                .iter()
                .filter_map(|product| product.model.id.as_deref());
            !products.is_empty() && !ids.into_iter().any(is_published)
        });
        Some(Self {
            index,
            document,
            thing,
            domains,
            rules: 0,
            subjects,
            is_new,
            products,
        })
    }

    /// Whether a policy with this scope is for it.
    pub(super) fn is_in(&self, scope: &Scope, view: &View<'v>) -> bool {
        let has = |list: &[String], own: &dyn Fn(&str) -> bool| {
            list.is_empty() || list.iter().any(|wanted| own(wanted))
        };
        has(&scope.domains, &|wanted| self.domains.contains(&wanted))
            && has(&scope.tags, &|wanted| {
                self.tags().iter().any(|tag| tag == wanted)
            })
            && has(&scope.status, &|wanted| self.status() == Some(wanted))
            && has(&scope.tiers, &|wanted| {
                let mut tiers = self
                    .products
                    .iter()
                    .filter_map(|it| tier_of(Thing::Product(*it)));
                tiers.any(|tier| tier == wanted)
            })
            && has(&scope.classifications, &|wanted| {
                self.has_label(wanted, view)
            })
    }

    fn tags(&self) -> &[String] {
        match self.thing {
            Thing::Contract(contract) => &contract.model().tags,
            _ => self
                .products
                .first()
                .map_or(&[], |product| &product.model.tags),
        }
    }

    fn status(&self) -> Option<&str> {
        match self.thing {
            Thing::Contract(contract) => contract.model().status.as_deref(),
            _ => self.products.first()?.model.status.as_deref(),
        }
    }

    /// Whether data in it has the label `wanted`, by whatever name the mesh has for it.
    fn has_label(&self, wanted: &str, view: &View<'v>) -> bool {
        let labels = Labels::new(view.vocabularies);
        let is_wanted = |text: Option<&str>| {
            text.is_some_and(|text| {
                text == wanted
                    || labels
                        .parse(text)
                        .is_some_and(|label| Some(label) == labels.parse(wanted))
            })
        };
        let in_contract = |contract: &ContractView<'_>| {
            (0..contract.len()).any(|at| is_wanted(contract.label_of(view.vocabularies, at)))
        };
        match self.thing {
            Thing::Contract(contract) => in_contract(contract),
            _ => self.products.iter().any(|product| {
                is_wanted(crate::view::label(&product.model.custom_properties))
                    || product
                        .own_contracts()
                        .into_iter()
                        .any(|contract| view.contract(contract.index()).is_some_and(in_contract))
            }),
        }
    }
}

fn add_subject<'v>(subjects: &mut Vec<(&'v str, u64)>, id: Option<&'v str>, version: Option<&str>) {
    if let (Some(id), Some(version)) = (id, version.and_then(parse_version)) {
        subjects.push((id, version.major));
    }
}
