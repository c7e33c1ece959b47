//! What was said of published versions, and whether anything else would do.

use mesh_spec::workspace::{Deprecation, Offer, Role, parse_version, same_version};

use crate::mesh::{Link, Mesh};

/// The published versions that offer what `link` asks for, oldest first, if they are all there is and something was said
/// against one of them; else none.
///
/// A version that is here and was never published is one to come: it offers what it offers.
pub(crate) fn offers<'w>(mesh: &Mesh<'w>, link: &Link<'w>) -> Vec<&'w Offer> {
    let Some(published) = mesh.workspace.published() else {
        return Vec::new();
    };
    let asked = link.port.version.as_deref();
    let offers: Vec<&Offer> = published.offers_of(link.contract_id, asked).collect();
    let is_published = |id: Option<&str>, version: Option<&str>| {
        offers.iter().any(|offer| {
            id == Some(offer.id.as_str())
                && version.is_some_and(|version| same_version(version, &offer.version))
        })
    };
    let mut here = mesh.workspace.ports_promising(link.contract_id);
    let is_to_come = here.any(|output| {
        let own = output.model.version.as_deref();
        let fits = asked.is_none_or(|asked| own.is_some_and(|own| same_version(own, asked)));
        let product = output.product;
        let (id, version) = (
            product.model.id.as_deref(),
            product.model.version.as_deref(),
        );
        fits && product.role != Role::Published
            && product != link.consumer
            && !is_published(id, version)
    });
    if is_to_come { Vec::new() } else { offers }
}

/// The deprecation by which what `link` asks for is supported longest, if everything that offers it and is not yanked is
/// deprecated.
pub(crate) fn deprecation<'w>(
    mesh: &Mesh<'w>,
    link: &Link<'w>,
) -> Option<(&'w Offer, &'w Deprecation)> {
    let offers = offers(mesh, link).into_iter();
    let usable: Vec<&Offer> = offers.filter(|offer| offer.yanked.is_none()).collect();
    let deprecated = usable
        .iter()
        .filter_map(|offer| Some((*offer, offer.deprecated.as_ref()?)));
    let deprecated: Vec<_> = deprecated.collect();
    if deprecated.len() < usable.len() {
        return None;
    }
    deprecated
        .into_iter()
        .max_by_key(|(_, deprecation)| deprecation.end_of_support)
}

/// Whether a version of a contract is offered by anything that is not yanked, as far as is known.
pub(crate) fn is_offered(mesh: &Mesh<'_>, contract: &str, version: &str) -> bool {
    let published = mesh.workspace.published().into_iter();
    let mut offers = published
        .flat_map(|published| published.offers_of(contract, Some(version)))
        .peekable();
    offers.peek().is_none() || offers.any(|offer| offer.yanked.is_none())
}

/// Another version of the contract that `link` names, which a published version offers that nothing was said against;
/// the highest one.
pub(crate) fn other_version<'w>(mesh: &Mesh<'w>, link: &Link<'w>) -> Option<(&'w str, &'w Offer)> {
    let published = mesh.workspace.published()?;
    published
        .offers_of(link.contract_id, None)
        .filter(|offer| offer.yanked.is_none() && offer.deprecated.is_none())
        .filter_map(|offer| Some((offer.contract_version.as_deref()?, offer)))
        .max_by_key(|(version, offer)| (parse_version(version), parse_version(&offer.version)))
}

/// Whether the consumer of `link` relied on the same in the version that was published before it, or in itself if it is
/// published already.
pub(crate) fn was_relied_on(mesh: &Mesh<'_>, link: &Link<'_>) -> bool {
    let model = link.consumer.model;
    let own = model.version.as_deref().and_then(parse_version);
    let Some((published, id)) = mesh.workspace.published().zip(model.id.as_deref()) else {
        return false;
    };
    let history = published.history.get(id).into_iter().flatten();
    let before = history
        .filter(|product| match (&own, parse_version(&product.version)) {
            (Some(own), Some(version)) => version <= *own,
            _ => true,
        })
        .max_by_key(|product| parse_version(&product.version));
    before.is_some_and(|before| {
        before.consumes.iter().any(|(contract, version)| {
            let same = match (version, &link.port.version) {
                (Some(then), Some(now)) => same_version(then, now),
                (then, now) => then.is_none() && now.is_none(),
            };
            contract == link.contract_id && same
        })
    })
}
