//! Publishing who owns a domain.

use super::{
    Outcome, PublishOptions,
    branch::Name,
    one_line,
    protocol::{Contributed, Contribution},
    with_tool,
};
use crate::{
    Error, Result, authority::Area, digest, layout, names, owners::Owners, plan::Publisher,
    registry::Registry, snapshot::Snapshot, tree,
};
use git2::Oid;

/// Says what an owners file is to be: of its text and what that says, `None` if there is none. It is asked again whenever
/// the registry has changed meanwhile.
pub type OwnersEdit<'a> = dyn FnMut(Option<(&str, &Owners)>) -> Result<String> + 'a;

/// What became of a change of owners.
pub type OwnersPublication = Contributed<ChangedOwners>;

/// The owners file of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedOwners {
    /// Its path in the registry.
    pub path: String,
    /// What happened.
    pub outcome: Outcome,
    /// The owners that the domain has then.
    pub owners: Owners,
}

struct OwnersChange<'c, 'f> {
    domain: &'c str,
    message: &'c str,
    tool: &'c str,
    edit: &'c mut OwnersEdit<'f>,
}

/// The owners file, and what it is to be.
struct PlacedOwners {
    path: String,
    text: String,
    owners: Owners,
    exists: bool,
}

impl Registry {
    /// Changes who owns a domain. That it is so already is a success.
    ///
    /// `message` says in one line what changes, and `tool` is the program that does it, with its version.
    ///
    /// # Errors
    /// See [`Error`]. [`crate::Refusal::NotOwner`] or [`crate::Refusal::NotSteward`] if who changes it may not,
    /// [`Error::BadOwnersFile`] if the file is not one, before or afterwards, and whatever `edit` returns.
    pub fn change_owners(
        &self,
        domain: &str,
        message: &str,
        tool: &str,
        options: &PublishOptions,
        edit: &mut OwnersEdit<'_>,
    ) -> Result<OwnersPublication> {
        names::check_name("domain", domain)?;
        let mut change = OwnersChange {
            domain,
            message,
            tool,
            edit,
        };
        self.contribute(&mut change, options)
    }
}

impl Contribution for OwnersChange<'_, '_> {
    type Placed = PlacedOwners;
    type Outcomes = ChangedOwners;

    fn place(&mut self, snapshot: &Snapshot) -> Result<Self::Placed> {
        let owners = snapshot.owners_of(self.domain)?;
        let there = snapshot.owners_text(self.domain)?;
        let text = (self.edit)(there.as_deref().zip(owners.as_ref()))?;
        let path = layout::owners_file(self.domain);
        Ok(PlacedOwners {
            owners: Owners::from_bytes(&path, text.as_bytes())?,
            exists: there.as_deref() == Some(&text),
            path,
            text,
        })
    }

    fn is_there(placed: &Self::Placed) -> bool {
        placed.exists
    }

    fn outcomes(placed: &Self::Placed, if_missing: Outcome) -> Self::Outcomes {
        let outcome = if placed.exists {
            Outcome::AlreadyPublished
        } else {
            if_missing
        };
        ChangedOwners {
            path: placed.path.clone(),
            outcome,
            owners: placed.owners.clone(),
        }
    }

    fn areas<'c>(&'c self, _: &'c Self::Placed) -> Vec<Area<'c>> {
        vec![Area::Owners(self.domain)]
    }

    fn write(
        &mut self,
        snapshot: &Snapshot,
        placed: &Self::Placed,
        who: &Publisher,
    ) -> Result<Oid> {
        let path = placed.path.clone();
        if placed.text.len() as u64 > layout::MAX_OWNERS_FILE {
            return Err(Error::TooLarge {
                what: format!("`{path}`"),
                size: placed.text.len() as u64,
                limit: layout::MAX_OWNERS_FILE,
            });
        }
        tree::commit(
            &snapshot.repo,
            Some(snapshot.tip),
            &[(path, placed.text.as_bytes())],
            who,
            &with_tool(format!("{}\n", one_line(self.message)), self.tool),
        )
    }

    fn name(&self, placed: &Self::Placed) -> Name {
        Name {
            kind: layout::OWNERS,
            subjects: vec![self.domain.to_owned()],
            content: digest::of(placed.text.as_bytes()),
        }
    }
}
