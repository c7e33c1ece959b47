//! Publishing through a request that somebody merges: branches, what hosts say, and what counts as merged.

use crate::{
    servers::{Daemon, Http},
    support::{World, git, isolated, listing, plan, product, try_git},
};
use mesh_diagnostics::{CleanReport, Report};
use mesh_registry::{
    Approval, Error, Mode, Outcome, PlannedProduct, PublishOptions, PublishPlan, PublishReport,
    Publisher, Refusal, Registry, RemoteError, Request, Snapshot,
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Publishes without a gate.
pub(crate) fn submit(
    registry: &Registry,
    mode: Mode,
    products: Vec<PlannedProduct>,
) -> Result<PublishReport, Error> {
    let options = PublishOptions {
        mode,
        ..PublishOptions::default()
    };
    registry.publish(&plan(products), &options, &mut |_: &Snapshot| {
        Ok(Approval::default())
    })
}

fn submitted(registry: &Registry, products: Vec<PlannedProduct>) -> Request {
    let report = submit(registry, Mode::Branch, products).expect("submitted");
    let is_submitted = |outcome| outcome == Outcome::Submitted;
    let outcomes = report.parts.iter().map(|product| product.outcome);
    assert!(outcomes.into_iter().all(is_submitted), "{report:?}");
    report.request.expect("a request")
}

fn branches(repository: &Path) -> Vec<String> {
    git(
        repository,
        &["for-each-ref", "--format=%(refname:short)", "refs/heads"],
    )
    .lines()
    .map(str::to_owned)
    .collect()
}

fn order(version: &str, content: &str) -> Vec<PlannedProduct> {
    vec![product("d", "p", version, content)]
}

#[test]
fn what_is_submitted_is_on_a_branch_and_not_published() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        let tip = git(&bare, &["rev-parse", "main"]);
        let request = submitted(&registry, order("1.0.0", ""));
        assert!(request.is_new);
        assert_eq!(branches(&bare), ["main".to_owned(), request.branch.clone()]);
        assert!(
            request.branch.starts_with("mesh/publish/d/p/1.0.0-"),
            "{request:?}"
        );
        assert_eq!(git(&bare, &["rev-parse", "main"]), tip);
        assert_eq!(git(&bare, &["rev-parse", &request.branch]), request.commit);
        assert_eq!(
            git(&bare, &["rev-parse", &format!("{}^", request.branch)]),
            tip
        );
        assert!(registry.open().expect("open").is_empty());
        git(&bare, &["fsck", "--strict"]);
        // A registry whose HEAD names no branch still is the one that it was.
        let other = world.registry("r.git", "other");
        git(&bare, &["symbolic-ref", "HEAD", "refs/heads/gone"]);
        assert_eq!(other.open().expect("open").branch(), "main");
    });
}

#[test]
fn submitting_again_changes_nothing_whatever_happened_meanwhile() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        let first = submitted(&registry, order("1.0.0", ""));
        // From another machine, and onto another tip.
        let other = world.registry("r.git", "other");
        crate::support::publish(&other, vec![product("d", "q", "1.0.0", "")]).expect("published");
        for registry in [&registry, &other] {
            let again = submitted(registry, order("1.0.0", ""));
            assert!(!again.is_new, "{again:?}");
            assert_eq!(again.commit, first.commit);
            assert_eq!(again.branch, first.branch);
        }
        // Merged, it is published.
        merge(world, &first.branch);
        let report = submit(&registry, Mode::Branch, order("1.0.0", "")).expect("there");
        assert_eq!(report.parts[0].outcome, Outcome::AlreadyPublished);
        assert_eq!(report.request, None);
        git(
            &bare,
            &["update-ref", "-d", &format!("refs/heads/{}", first.branch)],
        );
        let report = submit(&registry, Mode::Branch, order("1.0.0", "")).expect("there");
        assert_eq!(report.parts[0].outcome, Outcome::AlreadyPublished);
        assert_eq!(branches(&bare), ["main"]);
    });
}

/// Merges a branch as a person with a clone does.
fn merge(world: &World, branch: &str) {
    let work = work_tree(world);
    git(
        &work,
        &["merge", "-q", "--no-edit", &format!("origin/{branch}")],
    );
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
}

/// An up-to-date work tree of the registry.
fn work_tree(world: &World) -> PathBuf {
    let work = world.path("r.git.work");
    if !work.exists() {
        world.clone_of("r.git");
    }
    git(&work, &["fetch", "-q", "--prune", "origin"]);
    git(&work, &["reset", "-q", "--hard", "origin/main"]);
    work
}

#[test]
fn a_branch_whose_records_would_say_something_else_is_replaced() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        crate::support::publish(&registry, order("1.0.0", "")).expect("published");
        let first = submitted(&registry, order("1.2.0", ""));
        // The record names the one before, which is another one by now.
        crate::support::publish(&registry, order("1.1.0", "")).expect("published");
        let second = submitted(&registry, order("1.2.0", ""));
        assert!(second.is_new);
        assert_eq!(second.branch, first.branch);
        assert_ne!(second.commit, first.commit);
        merge(world, &second.branch);
        let snapshot = registry.open().expect("open");
        let read = |version| {
            let entry = snapshot.resolve("d/p", Some(version)).expect("resolved");
            (
                entry.record_digest.clone(),
                snapshot.read(&entry).expect("read").record,
            )
        };
        assert_eq!(read("1.2.0").1.previous, Some(read("1.1.0").0));
    });
}

#[test]
fn other_content_has_another_branch() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let first = submitted(&registry, order("1.0.0", "one"));
        assert!(first.others.is_empty());
        let second = submitted(&registry, order("1.0.0", "two"));
        assert_ne!(first.branch, second.branch);
        assert_eq!(second.others, std::slice::from_ref(&first.branch));
        let again = submitted(&registry, order("1.0.0", "one"));
        assert_eq!(again.others, [second.branch]);
        assert!(!again.is_new);
        // Only one of them can be merged, and then the other is refused.
        merge(world, &first.branch);
        let refused = submit(&registry, Mode::Branch, order("1.0.0", "two"));
        assert!(
            matches!(refused, Err(Error::Refusal(Refusal::Immutable { .. }))),
            "{refused:?}"
        );
    });
}

#[test]
fn what_somebody_else_put_under_the_name_is_no_submission() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        let request = submitted(&registry, order("1.0.0", ""));
        let tampered = |change: &dyn Fn(&Path)| {
            let work = work_tree(world);
            git(&work, &["checkout", "-q", "-B", "x", "origin/main"]);
            git(&work, &["checkout", "-q", &request.commit, "--", "."]);
            change(&work);
            git(&work, &["add", "-A"]);
            git(&work, &["commit", "-q", "--allow-empty", "-m", "by hand"]);
            git(
                &work,
                &[
                    "push",
                    "-q",
                    "-f",
                    "origin",
                    &format!("HEAD:{}", request.branch),
                ],
            );
            git(&work, &["rev-parse", "HEAD"])
        };
        let write = |work: &Path, file: &str, text: &str| {
            std::fs::write(work.join(file), text).expect("written");
        };
        let remove = |work: &Path, file: &str| {
            std::fs::remove_file(work.join(file)).expect("removed");
        };
        let version = "products/d/p/1.0.0";
        let (manifest, record) = (
            format!("{version}/dataproduct.yaml"),
            format!("{version}/record.json"),
        );
        let changes: [&dyn Fn(&Path); 5] = [
            &|work| write(work, &manifest, "x"),
            &|work| write(work, &record, "{}"),
            &|work| remove(work, &record),
            &|work| write(work, "owners.yaml", "x"),
            &|work| remove(work, "README.md"),
        ];
        for change in changes {
            let theirs = tampered(change);
            let ours = submitted(&registry, order("1.0.0", ""));
            assert!(ours.is_new);
            assert_ne!(ours.commit, theirs);
            assert_eq!(git(&bare, &["rev-parse", &request.branch]), ours.commit);
        }
        // The same by another commit is one.
        let theirs = tampered(&|_| {});
        let ours = submitted(&registry, order("1.0.0", ""));
        assert_eq!((ours.is_new, ours.commit), (false, theirs));
    });
}

#[test]
fn a_branch_of_somebody_who_may_not_publish_any_more_is_replaced() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let first = submitted(&registry, order("1.0.0", ""));
        let work = world.clone_of("r.git");
        crate::support::tamper(&work, |work| {
            let owners = "owners: [{email: anna@example.com}]\n";
            std::fs::create_dir_all(work.join("owners")).expect("a directory");
            std::fs::write(work.join("owners/d.yaml"), owners).expect("owners");
        });
        let refused = submit(&registry, Mode::Branch, order("1.0.0", ""));
        assert!(
            matches!(refused, Err(Error::Refusal(Refusal::NotOwner { .. }))),
            "{refused:?}"
        );
        let anna = Publisher {
            name: "Anna".to_owned(),
            email: "anna@example.com".to_owned(),
        };
        let clean = CleanReport::try_from(Report::default()).expect("clean");
        let plan = PublishPlan::new(&clean, order("1.0.0", ""), anna, "mesh-test 0.0.0");
        let plan = plan.expect("a plan");
        world.git(&["config", "--global", "user.email", "anna@example.com"]);
        let options = PublishOptions {
            mode: Mode::Branch,
            ..PublishOptions::default()
        };
        let publish = || {
            let report = registry.publish(&plan, &options, &mut |_| Ok(Approval::default()));
            report.expect("submitted").request.expect("a request")
        };
        let second = publish();
        assert_eq!((second.is_new, &second.branch), (true, &first.branch));
        assert!(!publish().is_new);
    });
}

#[test]
fn several_products_are_one_branch() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let both = || {
            vec![
                product("e", "q", "2.0.0", ""),
                product("d", "p", "1.0.0-RC.1", ""),
            ]
        };
        let request = submitted(&registry, both());
        let stem = request
            .branch
            .strip_prefix("mesh/publish/d/p/1.0.0-rc.1+1-");
        assert!(stem.is_some_and(|hash| hash.len() == 8), "{request:?}");
        assert!(!submitted(&registry, both().into_iter().rev().collect()).is_new);
        // One of them is published in another way, and the branch stays the same.
        crate::support::publish(&registry, vec![product("e", "q", "2.0.0", "")])
            .expect("published");
        let report = submit(&registry, Mode::Branch, both()).expect("submitted");
        let outcomes: Vec<_> = report.parts.iter().map(|it| it.outcome).collect();
        assert_eq!(outcomes, [Outcome::Submitted, Outcome::AlreadyPublished]);
        assert_eq!(report.request.expect("a request").branch, request.branch);
    });
}

#[test]
fn a_dry_run_names_the_branch_and_pushes_nothing() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let options = PublishOptions {
            mode: Mode::Branch,
            dry_run: true,
            ..PublishOptions::default()
        };
        let dry = registry
            .publish(&plan(order("1.0.0", "")), &options, &mut |_| {
                Ok(Approval::default())
            })
            .expect("a dry run");
        assert_eq!(dry.parts[0].outcome, Outcome::WouldSubmit);
        assert_eq!(branches(&world.path("r.git")), ["main"]);
        let request = submitted(&registry, order("1.0.0", ""));
        assert_eq!(dry.request.expect("a request").branch, request.branch);
    });
}

#[test]
fn the_gate_is_asked_before_anything_is_submitted() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let options = PublishOptions {
            mode: Mode::Branch,
            ..PublishOptions::default()
        };
        let refused = registry.publish(&plan(order("1.0.0", "")), &options, &mut |_| {
            Err("no".into())
        });
        assert!(matches!(refused, Err(Error::Gate(_))), "{refused:?}");
        assert_eq!(branches(&world.path("r.git")), ["main"]);
    });
}

#[test]
fn a_branch_that_there_is_no_room_for_is_an_error_at_once() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        git(&world.path("r.git"), &["branch", "mesh", "main"]);
        let refused = submit(&registry, Mode::Branch, order("1.0.0", ""));
        assert!(
            matches!(&refused, Err(Error::Remote(RemoteError::Refused { said, .. })) if said.to_string().contains("exists")),
            "{refused:?}"
        );
    });
}

#[test]
fn what_is_merged_is_known_by_its_content() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        let soon = Duration::from_secs(20);
        let ways: [(&str, &[&[&str]]); 3] = [
            (
                "1.0.0",
                &[&["merge", "-q", "--no-ff", "--no-edit", "BRANCH"]],
            ),
            (
                "1.1.0",
                &[
                    &["merge", "-q", "--squash", "BRANCH"],
                    &["commit", "-q", "-m", "squashed"],
                ],
            ),
            (
                "1.2.0",
                &[
                    &["commit", "-q", "--allow-empty", "-m", "other"],
                    &["cherry-pick", "BRANCH"],
                ],
            ),
        ];
        for (version, steps) in ways {
            let request = submitted(&registry, order(version, ""));
            let early = registry.wait_for(&request, Duration::ZERO);
            assert!(matches!(early, Err(Error::NotMerged { .. })), "{early:?}");
            let work = work_tree(world);
            for step in steps {
                let branch = format!("origin/{}", request.branch);
                let step: Vec<_> = step
                    .iter()
                    .map(|it| it.replace("BRANCH", &branch))
                    .collect();
                git(&work, &step);
            }
            git(&work, &["push", "-q", "origin", "HEAD:main"]);
            git(
                &bare,
                &[
                    "update-ref",
                    "-d",
                    &format!("refs/heads/{}", request.branch),
                ],
            );
            let tip = registry.wait_for(&request, soon).expect("merged");
            assert_eq!(tip, git(&bare, &["rev-parse", "main"]), "{version}");
        }
        assert_eq!(
            listing(&registry.open().expect("open")),
            ["d/p 1.0.0", "d/p 1.1.0", "d/p 1.2.0"]
        );
    });
}

#[test]
fn a_request_that_was_closed_is_not_waited_for() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let request = submitted(&registry, order("1.0.0", ""));
        git(
            &world.path("r.git"),
            &[
                "update-ref",
                "-d",
                &format!("refs/heads/{}", request.branch),
            ],
        );
        let closed = registry.wait_for(&request, Duration::from_secs(60));
        assert!(
            matches!(closed, Err(Error::RequestClosed { .. })),
            "{closed:?}"
        );
        // It can be submitted again.
        assert!(submitted(&registry, order("1.0.0", "")).is_new);
    });
}

#[test]
fn waiting_leaves_the_cache_to_others() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let request = submitted(&registry, order("1.0.0", ""));
        let tip = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| registry.wait_for(&request, Duration::from_secs(60)));
            // The same cache.
            let registry = world.registry("r.git", "cache");
            crate::support::publish(&registry, vec![product("d", "q", "1.0.0", "")])
                .expect("published");
            assert!(!waiting.is_finished());
            merge(world, &request.branch);
            waiting.join().expect("no panic")
        });
        assert_eq!(
            tip.expect("merged"),
            git(&world.path("r.git"), &["rev-parse", "main"])
        );
    });
}

#[test]
fn over_a_network_as_well() {
    isolated(|world| {
        world.initialised("r.git");
        git(
            &world.path("r.git"),
            &["config", "http.receivepack", "true"],
        );
        let urls = [
            Daemon::start(world).map(|daemon| (daemon.url("r.git"), Some(daemon), None)),
            Http::start(world).map(|http| (http.url("", "r.git"), None, Some(http))),
        ];
        for (n, server) in urls.into_iter().enumerate() {
            let Some((url, _daemon, _http)) = server else {
                continue;
            };
            let version = format!("1.{n}.0");
            let registry = world.registry(&url, &format!("cache{n}"));
            let request = submitted(&registry, order(&version, ""));
            assert!(request.is_new);
            let other = world.registry(&url, &format!("other{n}"));
            assert!(!submitted(&other, order(&version, "")).is_new);
            merge(world, &request.branch);
            registry
                .wait_for(&request, Duration::from_secs(20))
                .expect("merged");
        }
    });
}

#[cfg(unix)]
mod hosts {
    use super::{
        Error, Mode, Outcome, RemoteError, World, branches, git, isolated, listing, order, submit,
        submitted, try_git,
    };
    use crate::support::hook;

    /// The rest of a host whose branch `main` takes requests only: `refusal` is printed then, and `invitation` after
    /// another branch was pushed.
    fn protect(world: &World, refusal: &str, invitation: &str) {
        let script = format!(
            "while read old new ref; do\n  if [ \"$ref\" = refs/heads/main ]; then\n    cat >&2 <<'END'\n{refusal}\nEND\n    \
             exit 1\n  fi\ndone\n"
        );
        hook(&world.path("r.git"), "pre-receive", &script);
        hook(
            &world.path("r.git"),
            "post-receive",
            &format!("cat >&2 <<'END'\n{invitation}\nEND\n"),
        );
    }

    const HOSTS: [(&str, &str, &str); 5] = [
        (
            "error: GH013: Repository rule violations found for refs/heads/main.\nReview all repository rules at \
             https://github.com/acme/registry/rules?ref=refs%2Fheads%2Fmain\n\n- Changes must be made through a pull request.\n",
            "\nCreate a pull request for 'mesh/x' on GitHub by visiting:\n     \
             https://github.com/acme/registry/pull/new/mesh/x\n",
            "https://github.com/acme/registry/pull/new/mesh/x",
        ),
        (
            "error: GH006: Protected branch update failed for refs/heads/main.\n\n- Changes must be made through a pull request.\n",
            "\nCreate a pull request for 'mesh/x' on GitHub by visiting:\n     \
             https://github.com/acme/registry/pull/new/mesh/x\n",
            "https://github.com/acme/registry/pull/new/mesh/x",
        ),
        (
            "GitLab: You are not allowed to push code to protected branches on this project.",
            "\nTo create a merge request for mesh/x, visit:\n  \
             https://gitlab.com/acme/registry/-/merge_requests/new?merge_request%5Bsource_branch%5D=mesh%2Fx\n",
            "https://gitlab.com/acme/registry/-/merge_requests/new?merge_request%5Bsource_branch%5D=mesh%2Fx",
        ),
        (
            "\nGitea: Not allowed to push to protected branch main",
            "\nCreate a new pull request for 'mesh/x':\n  https://gitea.example.com/acme/registry/compare/main...mesh/x\n\n. \
             Processing 1 references\nProcessed 1 references in total",
            "https://gitea.example.com/acme/registry/compare/main...mesh/x",
        ),
        (
            "----------------------------------------------------\nBranch refs/heads/main can only be modified through pull \
             requests.\nCheck your branch permissions configuration with the project administrator.\n\
             ----------------------------------------------------",
            "\nCreate pull request for mesh/x:\n  \
             https://bitbucket.acme.com/projects/D/repos/r/pull-requests?create&sourceBranch=refs%2Fheads%2Fx\n",
            "https://bitbucket.acme.com/projects/D/repos/r/pull-requests?create&sourceBranch=refs%2Fheads%2Fx",
        ),
    ];

    #[test]
    fn a_protected_branch_makes_a_request_of_it() {
        isolated(|world| {
            let registry = world.initialised("r.git");
            for (n, (refusal, invitation, url)) in HOSTS.into_iter().enumerate() {
                protect(world, refusal, invitation);
                let version = format!("1.{n}.0");
                let direct = submit(&registry, Mode::Direct, order(&version, ""));
                assert!(
                    matches!(direct, Err(Error::Remote(RemoteError::Protected { .. }))),
                    "{direct:?}"
                );
                let report = submit(&registry, Mode::Auto, order(&version, ""));
                let report = report.expect("submitted");
                assert_eq!(report.parts[0].outcome, Outcome::Submitted);
                assert_eq!(report.attempts, 2);
                let request = report.request.expect("a request");
                assert_eq!(request.url.as_deref(), Some(url));
                assert_eq!(
                    git(&world.path("r.git"), &["rev-parse", &request.branch]),
                    request.commit
                );
                // The host says nothing if nothing is pushed.
                let again = submit(&registry, Mode::Auto, order(&version, "")).expect("submitted");
                let again = again.request.expect("a request");
                assert_eq!((again.is_new, again.url), (false, None));
            }
            assert!(registry.open().expect("open").is_empty());
        });
    }

    #[test]
    fn the_gate_is_asked_once_for_one_tip() {
        isolated(|world| {
            let registry = world.initialised("r.git");
            protect(world, HOSTS[0].0, HOSTS[0].1);
            let mut asked = 0;
            let options = mesh_registry::PublishOptions {
                mode: Mode::Auto,
                ..mesh_registry::PublishOptions::default()
            };
            let plan = crate::support::plan(order("1.0.0", ""));
            let report = registry.publish(&plan, &options, &mut |_| {
                asked += 1;
                Ok(mesh_registry::Approval::default())
            });
            assert_eq!(
                report.expect("submitted").parts[0].outcome,
                Outcome::Submitted
            );
            assert_eq!(asked, 1);
        });
    }

    #[test]
    fn where_nothing_is_protected_it_is_published() {
        isolated(|world| {
            let registry = world.initialised("r.git");
            let report = submit(&registry, Mode::Auto, order("1.0.0", "")).expect("published");
            assert_eq!(report.parts[0].outcome, Outcome::Published);
            assert_eq!(branches(&world.path("r.git")), ["main"]);
        });
    }

    #[test]
    fn another_refusal_is_no_reason_for_a_request() {
        isolated(|world| {
            let registry = world.initialised("r.git");
            for refusal in [
                "record.json is not signed",
                "main is protected by the data office",
                "GitLab: You are not allowed to push code to this project.",
                "error: GH013: Repository rule violations found for refs/heads/main.\n- GITHUB PUSH PROTECTION\n  - Push cannot \
                 contain secrets",
            ] {
                for name in ["pre-receive", "update"] {
                    hook(
                        &world.path("r.git"),
                        name,
                        &format!("cat >&2 <<'END'\n{refusal}\nEND\nexit 1"),
                    );
                    let refused = submit(&registry, Mode::Auto, order("1.0.0", ""));
                    let last = refusal.lines().last().expect("a line").trim();
                    assert!(
                        matches!(&refused, Err(Error::Remote(RemoteError::Refused { branch, said, .. }))
                            if branch == "main" && said.to_string().contains(last)),
                        "{refused:?}"
                    );
                    std::fs::remove_dir_all(world.path("r.git/hooks")).expect("removed");
                }
            }
            assert_eq!(branches(&world.path("r.git")), ["main"]);
        });
    }

    #[test]
    fn a_host_that_takes_no_branches_either_says_so() {
        isolated(|world| {
            let registry = world.initialised("r.git");
            hook(
                &world.path("r.git"),
                "pre-receive",
                "while read old new ref; do case $ref in refs/heads/main) echo 'GitLab: You are not allowed to push code to \
                 protected branches on this project.' >&2;; *) echo 'branches are called feature/*' >&2;; esac; done; exit 1",
            );
            let refused = submit(&registry, Mode::Auto, order("1.0.0", ""));
            assert!(
                matches!(&refused, Err(Error::Remote(RemoteError::Refused { branch, said, .. }))
                    if branch.starts_with("mesh/publish/") && said.lines() == ["branches are called feature/*"]),
                "{refused:?}"
            );
        });
    }

    #[test]
    fn a_cut_connection_is_looked_into() {
        isolated(|world| {
            let registry = world.initialised("r.git");
            // After the update, and before.
            hook(&world.path("r.git"), "post-receive", "kill -9 $PPID");
            let request = submitted(&registry, order("1.0.0", ""));
            assert!(request.is_new);
            std::fs::remove_dir_all(world.path("r.git/hooks")).expect("removed");
            hook(
                &world.path("r.git"),
                "pre-receive",
                "test -e cut && exit 0; touch cut; kill -9 $PPID; sleep 1",
            );
            let report = submit(&registry, Mode::Branch, order("1.1.0", "")).expect("submitted");
            assert_eq!(
                (report.parts[0].outcome, report.attempts),
                (Outcome::Submitted, 2)
            );
            assert_eq!(branches(&world.path("r.git")).len(), 3);
        });
    }

    #[test]
    fn what_is_merged_and_removed_at_once_is_published() {
        isolated(|world| {
            let registry = world.initialised("r.git");
            // A bot that could not be faster.
            hook(
                &world.path("r.git"),
                "post-receive",
                "while read old new ref; do case $ref in refs/heads/mesh/*) git update-ref refs/heads/main $new; git \
                 update-ref -d $ref;; esac; done",
            );
            let report = submit(&registry, Mode::Branch, order("1.0.0", "")).expect("published");
            assert_eq!(report.parts[0].outcome, Outcome::Published);
            assert_eq!(listing(&registry.open().expect("open")), ["d/p 1.0.0"]);
            assert_eq!(branches(&world.path("r.git")), ["main"]);
            assert!(
                try_git(&world.path("r.git"), &["fsck", "--strict"])
                    .status
                    .success()
            );
        });
    }
}
