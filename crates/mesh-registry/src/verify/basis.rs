//! What decides about a change: everything as it was before.

use crate::{
    Error, Result,
    authority::{self, Area},
    layout,
    location::RegistryLocation,
    owners::{self, Owners},
    policies::{self, PolicyFiles},
    settings::{self, Settings},
    tree,
};
use git2::{Oid, Repository, Tree};
use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    rc::Rc,
};

/// What a registry had decided at one commit: its settings, owners, policies and words.
///
/// A change is judged by the one of its base, and a commit of the past by the one of its parent; never by what it brings.
/// The first commit of all found nothing.
#[derive(Debug, Default)]
pub struct Basis {
    settings: Settings,
    /// The tree of the commit.
    root: Option<Oid>,
    owners: RefCell<HashMap<String, Rc<Result<Option<Owners>>>>>,
    policies: OnceCell<Rc<PolicyFiles>>,
    vocabularies: Option<Vec<u8>>,
}

/// What a [`Basis`] depends on: as long as these are the same, so is it.
pub(super) type Identity = [Option<Oid>; 4];

/// Of the tree of a commit.
pub(super) fn identity(root: &Tree<'_>) -> Identity {
    [
        layout::FORMAT_FILE,
        layout::OWNERS,
        layout::POLICIES,
        layout::VOCABULARIES,
    ]
    .map(|name| root.get_name(name).map(|entry| entry.id()))
}

impl Basis {
    /// Reads what the tree of a commit says.
    ///
    /// # Errors
    /// If any of it but an owners file cannot be read: who passed it over would trust more than was agreed on. What is
    /// wrong with an owners file stands in the way of its domain only.
    pub(super) fn read(
        repo: &Repository,
        root: &Tree<'_>,
        location: &RegistryLocation,
    ) -> Result<Self> {
        let vocabularies = layout::VOCABULARIES;
        let policies = policies::read(repo, root, location)?;
        Ok(Self {
            settings: settings::read(repo, root, location)?,
            root: Some(root.id()),
            owners: RefCell::default(),
            policies: Rc::new(policies).into(),
            vocabularies: tree::file(repo, root, vocabularies, vocabularies, layout::MAX_FILE)?,
        })
    }

    /// What the registry had decided for itself.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The policies that were agreed on. It is the same value as long as they are the same.
    pub fn policies(&self) -> Rc<PolicyFiles> {
        Rc::clone(self.policies.get_or_init(Rc::default))
    }

    /// The words that were agreed on: the text of [`layout::VOCABULARIES`].
    pub fn vocabularies(&self) -> Option<&[u8]> {
        self.vocabularies.as_deref()
    }

    /// The owners of a domain, if it has any; or why they cannot be read.
    pub(super) fn owners(&self, repo: &Repository, domain: &str) -> Rc<Result<Option<Owners>>> {
        let mut known = self.owners.borrow_mut();
        if let Some(owners) = known.get(domain) {
            return Rc::clone(owners);
        }
        let owners = match self.root.map(|root| repo.find_tree(root)) {
            None => Ok(None),
            Some(Ok(root)) => owners::read(repo, &root, domain),
            Some(Err(error)) => Err(crate::error::object("read the registry's history")(error)),
        };
        let owners = Rc::new(owners);
        known.insert(domain.to_owned(), Rc::clone(&owners));
        owners
    }

    /// Whether somebody may change an area, by what was decided.
    pub(super) fn check(&self, repo: &Repository, area: Area<'_>, email: &str) -> Denied {
        let owners = area.domain().map(|domain| self.owners(repo, domain));
        let owners = match owners.as_deref() {
            Some(Err(error)) => return Denied::Unreadable(error.to_string(), error.help()),
            Some(Ok(owners)) => owners.as_ref(),
            None => None,
        };
        match authority::check(&self.settings, area, owners, email) {
            Ok(()) => Denied::No,
            Err(error) => Denied::Yes(error),
        }
    }
}

/// Whether somebody is not allowed to change something.
#[derive(Debug)]
pub(super) enum Denied {
    /// It is allowed.
    No,
    /// It is not.
    Yes(Error),
    /// Who may cannot be told: what is wrong with the owners file, and what to do about it.
    Unreadable(String, Option<String>),
}
