//! The publish protocol against real repositories, over the transports that people use.
//!
//! What must be tested, line by line, and what tests it. `cli` stands for `tests/cli.rs`; a test without a place is in the
//! file that stands before it. Where a machine cannot do one (no sshd, no openssl, no python3, nothing may be mounted), the
//! test prints `skipped: ` and why.
//!
//! | line | tests |
//! |---|---|
//! | `..`, absolute and backslash paths | `hostile::paths_that_lead_elsewhere_lead_nowhere` |
//! | case-fold collision | `hostile::names_that_differ_in_case_only_are_refused` |
//! | confusables, NFC and NFD | `hostile::names_that_only_look_the_same_are_no_names`, `names` in the crate |
//! | reserved names | `hostile::links_submodules_and_strange_names_are_left_out`, `names` in the crate |
//! | symlinks, submodules, file and directory in each other's place | `hostile::links_submodules_and_strange_names_are_left_out` |
//! | executable bits | `hostile::an_executable_bit_makes_no_other_file` |
//! | LFS pointers, other line ends, oversize | `hostile::pointers_other_line_ends_and_larger_files_are_not_what_was_published`, `basics::other_line_endings_are_called_that`, `ownership::a_registry_may_set_lower_limits` |
//! | autocrlf, an edit of `.gitattributes` | `shapes::the_users_defaults_do_not_reach_the_cache`, `hostile::what_git_would_make_of_files_changes_no_bytes` |
//! | YAML bomb | cli `hostile::hostile_files_get_one_clear_finding` |
//! | another team's domain, required owners | `ownership` |
//! | old record replayed | `hostile::records_that_lie_are_left_out`, `ownership::a_record_of_another_registry_counts_for_nothing` |
//! | force-push rollback, publishing onto a rolled-back remote | `shapes::rewritten_history_is_noticed_and_can_be_accepted` |
//! | tampered digest, modified or deleted manifest | `hostile::changed_missing_and_added_files_are_noticed`, cli `log::what_no_publish_does_is_told` |
//! | racers: 2, 8, 32 | `races::however_many_there_are_what_was_reported_is_what_is_there`, `races::different_products_at_once_lose_nothing` |
//! | same version with other bytes | `races::of_different_bytes_for_one_version_exactly_one_wins` |
//! | same bytes at once | `races::the_same_bytes_at_once_are_one_commit` |
//! | yank against publish | `withdrawal::yanks_and_publishes_at_once_lose_nothing` |
//! | two changes compatible alone and breaking together | cli `interrupted::changes_that_are_compatible_alone_and_break_together_are_not_both_published` |
//! | owner removed between retries | `ownership::an_owner_who_is_removed_between_two_tries_is_refused` |
//! | git daemon, http, https with an authority of its own, sshd, paths | `transports::over_git`, `over_http`, `over_https`, `over_ssh`; everything else is by paths |
//! | a refusing hook | `transports::hooks::a_refusal_is_an_error_in_the_words_of_the_server` |
//! | connection cut before and after the update | `lost::over_git`, `over_https`, `over_ssh`, `transports::hooks` for paths |
//! | silent servers | `lost::a_server_that_says_nothing_is_given_up_as_git_is_told`, `lost::a_server_that_falls_silent_over_a_push_is_asked_again` |
//! | kill -9 at each step | cli `interrupted::a_publish_killed_at_any_step_leaves_all_or_nothing`, and at any moment `races::a_killed_publisher_leaves_nothing_half_published`, `races::a_publisher_killed_with_its_git_leaves_nothing_half_published` |
//! | disk full | `environment::a_full_disk_is_named_and_does_no_harm` (cache and path), `environment::a_server_with_a_full_disk_says_so_and_keeps_what_it_had` |
//! | stale locks | `transports::hooks::a_branch_that_always_moves_ends_at_the_deadline` (server), `shapes::a_damaged_cache_is_made_again` (cache) |
//! | bad credentials | `transports::over_http`, `over_https`, `over_ssh` |
//! | protected branch | `requests::hosts`, `transports::hooks::a_refusal_is_an_error_in_the_words_of_the_server` |
//! | empty registry, default branch not main | `shapes::the_branch_is_the_one_that_the_remote_says` |
//! | detached HEAD | `shapes::a_head_that_names_no_branch_is_made_up_for` |
//! | a tag named like the branch | `shapes::a_tag_named_like_the_branch_changes_nothing` |
//! | sha256, reftable | `shapes::sha256_is_explained_and_reftable_works` |
//! | non-bare remote | `shapes::a_work_tree_with_the_branch_checked_out_is_explained` |
//! | shallow cache | `shapes::a_cache_that_somebody_made_shallow_is_made_whole` |
//! | clock skew | `shapes::clocks_decide_nothing`, cli `log::the_order_is_that_of_history_and_not_of_clocks` |
//!
//! A change that adds its own author as an owner, a rollback of owners, and a commit of mixed domains are for
//! `mesh registry verify` to find: they never come from a publish. `tests/cli/registry_verify` tests those, and everything
//! in the table that somebody without mesh could push.

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
#[path = "registry/merging.rs"]
mod merging;
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
#[path = "registry/table.rs"]
mod table;
#[path = "registry/transports.rs"]
mod transports;
#[path = "registry/verifying.rs"]
mod verifying;
#[path = "registry/versions.rs"]
mod versions;
#[path = "registry/withdrawal.rs"]
mod withdrawal;
