//! Which version stands for a product, when some are yanked.

use crate::{
    Result,
    index::Entry,
    snapshot::{ProductVersions, Snapshot},
};
use std::collections::BTreeSet;

impl Snapshot {
    /// The version that stands for a product: the highest release, else the highest pre-release, of those that are not
    /// yanked; of all of them if all are.
    ///
    /// # Errors
    /// If what was said about a version cannot be read.
    pub fn latest_of(&self, product: &ProductVersions) -> Result<Option<Entry>> {
        let (releases, others): (Vec<_>, Vec<_>) = product
            .versions
            .iter()
            .rev()
            .partition(|entry| entry.version.pre.is_empty());
        self.first_unyanked(releases.into_iter().chain(others))
    }

    /// The entries, with the version that stands for its product in place of each that is yanked.
    ///
    /// # Errors
    /// As for [`Snapshot::latest_of`].
    pub fn standing(&self, entries: Vec<Entry>) -> Result<Vec<Entry>> {
        let statuses = self.statuses()?;
        if statuses.is_empty() {
            return Ok(entries);
        }
        let stand_in = |entry: Entry| {
            if statuses.of(&entry)?.yanked.is_none() {
                return Ok(entry);
            }
            let product = self.product(&entry.domain, &entry.product)?;
            let latest = product
                .map(|product| self.latest_of(&product))
                .transpose()?;
            Ok(latest.flatten().unwrap_or(entry))
        };
        entries.into_iter().map(stand_in).collect()
    }

    /// The highest of some versions of a product, in ascending order, that is not yanked; if all are, the highest.
    pub(crate) fn highest(&self, entries: &[Entry]) -> Result<Option<Entry>> {
        match entries {
            // Whoever pins a version gets it, whatever was said about it.
            [only] => Ok(Some(only.clone())),
            entries => self.first_unyanked(entries.iter().rev()),
        }
    }

    /// The first entry that is not yanked; the first of all if all are. What comes after it is not looked at.
    fn first_unyanked<'e>(
        &self,
        entries: impl Iterator<Item = &'e Entry>,
    ) -> Result<Option<Entry>> {
        let mut entries = entries.peekable();
        let first = entries.peek().copied().cloned();
        let statuses = self.statuses()?;
        for entry in entries {
            if statuses.of(entry)?.yanked.is_none() {
                return Ok(Some(entry.clone()));
            }
        }
        Ok(first)
    }

    /// Of those that rely on a contract now, by the versions that the index shows, and of all that ever did: those whose
    /// standing version does.
    pub(crate) fn standing_consumers(
        &self,
        contract: &str,
        now: Vec<Entry>,
        ever: impl FnOnce() -> Result<Vec<Entry>>,
    ) -> Result<Vec<Entry>> {
        let statuses = self.statuses()?;
        if statuses.is_empty() {
            return Ok(now);
        }
        let mut found = Vec::with_capacity(now.len());
        let mut asked = BTreeSet::new();
        let is_consumer = |entry: &Entry| {
            let mut ports = entry.summary.input_ports.iter();
            ports.any(|port| port.contract_id.as_deref() == Some(contract))
        };
        for entry in ever()? {
            // Of most products nothing was said, and then the index is right.
            if statuses.knows(&entry.domain, &entry.product)?
                && asked.insert((entry.domain.clone(), entry.product.clone()))
            {
                let product = self.product(&entry.domain, &entry.product)?;
                let latest = product
                    .map(|product| self.latest_of(&product))
                    .transpose()?;
                found.extend(latest.flatten().filter(is_consumer));
            }
        }
        let is_asked =
            |entry: &Entry| asked.contains(&(entry.domain.clone(), entry.product.clone()));
        found.extend(now.into_iter().filter(|entry| !is_asked(entry)));
        found.sort_by(|a, b| (&a.domain, &a.product).cmp(&(&b.domain, &b.product)));
        Ok(found)
    }
}
