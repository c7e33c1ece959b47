//! The `mesh` command as its users run it: real processes, real files, real git.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot do without, it may insist on"
)]

#[path = "cli/adopt.rs"]
mod adopt;
#[path = "cli/breaking.rs"]
mod breaking;
#[path = "cli/ci.rs"]
mod ci;
#[path = "cli/config.rs"]
mod config;
#[path = "cli/consuming/mod.rs"]
mod consuming;
#[path = "cli/diff.rs"]
mod diff;
#[path = "cli/docs.rs"]
mod docs;
#[path = "cli/domains.rs"]
mod domains;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/fix.rs"]
mod fix;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/graph.rs"]
mod graph;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/impact.rs"]
mod impact;
#[path = "cli/init.rs"]
mod init;
#[path = "cli/interrupted.rs"]
mod interrupted;
#[path = "cli/lint.rs"]
mod lint;
#[path = "cli/log.rs"]
mod log;
#[path = "cli/merging.rs"]
mod merging;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/policy/mod.rs"]
mod policy;
#[path = "cli/publish.rs"]
mod publish;
#[path = "cli/registry_domain.rs"]
mod registry_domain;
#[path = "cli/registry_verify/mod.rs"]
mod registry_verify;
#[path = "cli/requests.rs"]
mod requests;
#[path = "cli/rules.rs"]
mod rules;
#[path = "cli/sandbox.rs"]
mod sandbox;
#[path = "cli/scorecard.rs"]
mod scorecard;
#[path = "cli/settings.rs"]
mod settings;
#[path = "cli/upgrade.rs"]
mod upgrade;
#[path = "cli/withdrawal/mod.rs"]
mod withdrawal;
