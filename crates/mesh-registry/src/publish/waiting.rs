//! Waiting until something that was submitted is merged.

use super::{Request, branch};
use crate::{Error, Progress, Result, cache::Cache, registry::Registry};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Between two looks at the registry; it grows by half with each.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

impl Registry {
    /// Waits until what was submitted is part of the registry's branch, however it was merged, and returns the tip that
    /// shows it, in hexadecimal. The registry is asked at once and then ever less often, and the cache is free between.
    ///
    /// # Errors
    /// [`Error::NotMerged`] if it is not merged after `longest`, [`Error::RequestClosed`] if its branch is gone and it is
    /// not merged, and what else keeps the registry from being read and does not pass.
    pub fn wait_for(&self, request: &Request, longest: Duration) -> Result<String> {
        let start = Instant::now();
        let mut pause = SHORTEST;
        loop {
            match self.look_for(request) {
                Ok(Some(tip)) => return Ok(tip),
                Ok(None) => {}
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(error),
            }
            let waited = start.elapsed();
            let left = longest.saturating_sub(waited);
            if left.is_zero() {
                return Err(Error::NotMerged {
                    branch: request.branch.clone(),
                    seconds: waited.as_secs(),
                });
            }
            self.options().report(&Progress::Waiting {
                branch: request.branch.clone(),
                waited,
            });
            thread::sleep(pause.min(left));
            pause = (pause + pause / 2).min(LONGEST);
        }
    }

    /// The tip that shows it, if it is merged.
    fn look_for(&self, request: &Request) -> Result<Option<String>> {
        let mut cache = Cache::open(self.location(), self.options())?;
        let git = self.git(&cache)?;
        let snapshot = self.refresh(&git, &mut cache, None)?;
        if branch::is_merged(&snapshot, &request.contents)? {
            return Ok(Some(snapshot.tip()));
        }
        if git.branches(&request.branch)?.contains_key(&request.branch) {
            return Ok(None);
        }
        // It may have been merged, and the branch removed, since the registry was read.
        let snapshot = self.refresh(&git, &mut cache, None)?;
        if branch::is_merged(&snapshot, &request.contents)? {
            return Ok(Some(snapshot.tip()));
        }
        Err(Error::RequestClosed {
            branch: request.branch.clone(),
        })
    }
}
