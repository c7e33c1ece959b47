//! The publish protocol against real repositories, over the transports that people use.

#[path = "registry/basics.rs"]
mod basics;
#[path = "registry/contracts.rs"]
mod contracts;
#[path = "registry/environment.rs"]
mod environment;
#[path = "registry/history.rs"]
mod history;
#[path = "registry/hostile.rs"]
mod hostile;
#[path = "registry/log.rs"]
mod log;
#[path = "registry/lost.rs"]
mod lost;
#[path = "registry/ownership.rs"]
mod ownership;
#[path = "registry/policies.rs"]
mod policies;
#[path = "registry/provenance.rs"]
mod provenance;
#[path = "registry/proxy.rs"]
mod proxy;
#[path = "registry/races.rs"]
mod races;
#[path = "registry/requests.rs"]
mod requests;
#[path = "registry/servers.rs"]
mod servers;
#[path = "registry/shapes.rs"]
mod shapes;
#[path = "registry/signing.rs"]
mod signing;
#[path = "registry/support.rs"]
mod support;
#[path = "registry/transports.rs"]
mod transports;
#[path = "registry/versions.rs"]
mod versions;
#[path = "registry/withdrawal.rs"]
mod withdrawal;
