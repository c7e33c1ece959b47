//! The publisher: a git repository as the shared registry of data products.
//!
//! There is no server. A registry is any git repository that the people who share it can reach; whoever hosts it
//! brings access control, review and audit. This crate brings the [`layout`], the publish protocol and the reading.
//!
//! ```no_run
//! use mesh_registry::{Options, Registry, RegistryLocation};
//!
//! # fn main() -> Result<(), mesh_registry::Error> {
//! let location = RegistryLocation::parse("git@example.com:data/registry.git", ".".as_ref())?;
//! let snapshot = Registry::new(location, Options::default()).open()?;
//! for hit in snapshot.search("orders")? {
//!     println!("{} {}", hit.entry.reference(), hit.entry.version);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Two gits
//!
//! Objects and trees are read and written with libgit2, in a bare cache that never has a work tree. Everything that
//! crosses a process or network boundary goes through the `git` command, for two reasons: it knows the user's
//! credentials, ssh configuration, proxies and certificates; and its push is a compare-and-swap on the server, also for
//! a path on the same disk, where libgit2's own `file://` push is not (it reports success for updates that it loses).
//!
//! # The protocol
//!
//! [`Registry::publish`] keeps these promises, each of which has a test that tries to break it:
//!
//! - *All or nothing.* A publish is one commit; the server's update of the branch is its only commit point. Killing
//!   the publisher at any moment leaves the registry as it was, or with everything published.
//! - *Nothing is lost.* The push names the tip it was made for. If the branch has moved, the publish starts over on the
//!   new tip, gates included.
//! - *The remote is the truth.* Neither a successful nor a failed push decides anything: the branch is read again and
//!   the records are looked for in it. A connection cut after the update is therefore a success.
//! - *Versions are immutable.* Publishing the same bytes again is a success that changes nothing, other bytes are
//!   refused.
//! - *So are contracts.* A contract id belongs to the product that first published it as the contract of an output port;
//!   a version of the contract keeps the bytes with which that product first published it.
//! - *Policies come the same way.* [`Registry::publish_policies`] adds them with the same protocol. A version of a pack
//!   is as immutable as one of a product; other policies are replaced only if they still are what they were.
//! - *Nothing is taken back.* [`Registry::withdraw`] adds events to versions, with the same protocol: what is yanked or
//!   deprecated stays as it was published, and its number is never used again.
//! - *A request is no publish.* [`Mode::Branch`] puts the same commit on a branch of its own, for people or a bot to
//!   merge, and says that it is submitted. Whether it is merged is told by its content, with [`Registry::wait_for`].
//! - *A domain belongs to its owners.* Who may change what is decided by what the registry held before
//!   ([`authority`]), anew for every tip that is pushed onto. What cannot be read lets nobody in.
//! - *Signatures are bound.* A record names its registry, product, version and content; [`signing`] signs its exact bytes.
//! - *History only grows.* A machine remembers the tip it saw last and stops when that is no longer part of the history.
//!
//! # Looking back
//!
//! [`Registry::history`] walks over what the commits of a branch added, each with the policies that were in force before
//! it. It is for judging again what was judged when it was published, and for a registry's own checks of what somebody
//! wants to add.
//!
//! # The cache
//!
//! One directory per registry: a bare repository, the remembered tip, and a generated index of all versions. All of it
//! may be deleted at any time, at the price of a fetch. A cold fetch transfers the whole history of the registry branch:
//! a partial clone would be smaller, but leaves holes that libgit2 cannot read. With 100,000 versions, that and
//! making the index take about a quarter of a minute from a local disk, once; a question then reads only the part of the
//! index that it needs. `docs/performance.md` has the figures.
//!
//! # What is missing
//!
//! A git process has no time limit. [`PublishOptions::deadline`] bounds for how long a publish is tried again, but not a
//! transfer that neither ends nor fails: git waits for a server that went silent as long as its transport does. Until
//! then the cache is locked, and others wait for [`Options::lock_timeout`]. `http.lowSpeedLimit` with
//! `http.lowSpeedTime`, and for ssh `ServerAliveInterval`, are git's and ssh's own remedies.

mod approval;
pub mod authority;
mod cache;
mod changes;
mod commit;
mod compatibility;
mod contracts;
mod differing;
mod digest;
mod dirs;
mod error;
mod evidence;
mod git;
mod history;
mod hook;
mod index;
pub mod layout;
mod location;
mod log;
mod merge;
pub mod names;
mod owners;
mod ownership;
mod plan;
mod policies;
mod publish;
mod reading;
mod record;
mod registry;
mod search;
mod settings;
pub mod signing;
mod snapshot;
mod stats;
mod status;
mod text;
mod tree;
pub mod verify;
mod walk;
mod worktree;

pub use approval::Approval;
pub use changes::{ChangedFile, changed_since};
pub use commit::{FilesAt, MAX_COMMITTED, files_around, files_at, repository_around};
pub use compatibility::{Base, ChangeCounts, Compatibility, IgnoredChange};
pub use digest::of as digest_of;
pub use error::{Error, Refusal, RemoteError, Result, RevisionError};
pub use evidence::{EvidenceFile, EvidenceResult, PolicyEvidence};
pub use git::Said;
pub use history::{Addition, Additions, History};
pub use hook::{HookInstalled, VERDICT, install_hook};
pub use index::{Entry, Problem};
pub use location::RegistryLocation;
pub use log::{Happening, LoggedEvent, LoggedSignature, LoggedVersion};
pub use merge::{MergeJudge, MergeOptions, MergeOutcome, MergeReport, MergedRequest};
pub use owners::{Owner, OwnerKey, Owners, Person, Team, parse_day};
pub use plan::{
    InputPort, OutputPort, PlannedContract, PlannedProduct, PublishPlan, Publisher, SourceRef,
    Summary,
};
pub use policies::{PolicyFile, PolicyFiles, PolicyPin};
pub use publish::{
    ChangedOwners, Contributed, Gate, GateError, Mode, Outcome, OwnersEdit, OwnersPublication,
    PolicyGate, PolicyPublication, Publication, PublishOptions, PublishReport, PublishedPolicy,
    Request, Seen, WithdrawalPlan, WithdrawalReport, Withdrawn,
};
pub use record::{ContractFile, FileDigest, Record};
pub use registry::{Initialised, Options, Progress, ProgressListener, Registry};
pub use search::Hit;
pub use settings::{Demand, Limits, Settings};
pub use snapshot::{ContractUse, ProductVersions, PublishedProduct, Snapshot};
pub use stats::{Month, Sizes};
pub use status::{Event, EventFile, EventKind, MAX_REASON, Status, Statuses, Withdrawal};
pub use worktree::user_email;
