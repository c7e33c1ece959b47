//! Signatures of records, with the tools that everybody has: what mesh signs, `ssh-keygen` verifies, and the other way
//! round.

use crate::support::{World, git, isolated, plan, product, skip, tamper};
use mesh_registry::{
    Approval, Error, Owner, OwnerKey, Owners, Person, PublishOptions, PublishReport, Refusal,
    Registry, Withdrawal, WithdrawalPlan, layout, parse_day,
    signing::{
        self, BadSignature, EVENT_NAMESPACE, RECORD_NAMESPACE, Signer as _, Signing, SshKey,
    },
};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

/// Runs a program of OpenSSH; `None` if it is not there.
fn openssh(world: &World, program: &str, arguments: &[&str], input: &[u8]) -> Option<bool> {
    let mut child = Command::new(program)
        .current_dir(world.root())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // It may end without reading everything.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    Some(child.wait().expect("an ending").success())
}

/// Makes a key; `None` if this machine cannot.
fn key(world: &World, name: &str, options: &[&str]) -> Option<PathBuf> {
    let kind = if options.contains(&"-t") {
        &[][..]
    } else {
        &["-t", "ed25519"]
    };
    let passphrase = if options.contains(&"-N") {
        &[][..]
    } else {
        &["-N", ""]
    };
    let arguments = [&["-q", "-C", name, "-f", name], options, kind, passphrase].concat();
    if let Some(true) = openssh(world, "ssh-keygen", &arguments, b"") {
        Some(world.path(name))
    } else {
        skip("ssh-keygen is not there, or does not make such keys");
        None
    }
}

fn public(path: &Path) -> String {
    let text = fs::read_to_string(path.with_extension("pub")).expect("a public key");
    text.trim().to_owned()
}

fn signer(path: &Path) -> SshKey {
    SshKey::named(&path.display().to_string()).expect("a key")
}

/// Somebody with a key, and Ben without any.
fn owners(email: &str, key: &str) -> Owners {
    let mut person = Person::new(email).expect("an address");
    person.keys.push(OwnerKey::parse(key).expect("a key"));
    let ben = Person::new("ben@example.com").expect("an address");
    let entries = [person, ben].map(Owner::Person).to_vec();
    Owners::new("owners/sales.yaml", entries).expect("owners")
}

fn day(text: &str) -> jiff::civil::Date {
    parse_day(text).expect("a day")
}

/// Makes a person with keys the owner of `sales`; `keys` are YAML.
fn own(work: &Path, email: &str, keys: &str) {
    let text = format!("owners:\n- email: {email}\n  keys: [{keys}]\n");
    tamper(work, |work| {
        fs::create_dir_all(work.join(layout::OWNERS)).expect("a directory");
        fs::write(work.join(layout::owners_file("sales")), text).expect("a file");
    });
}

fn publish(registry: &Registry, version: &str, signing: Signing) -> Result<PublishReport, Error> {
    let options = PublishOptions {
        signing,
        ..PublishOptions::default()
    };
    let plan = plan(vec![product("sales", "orders", version, "a")]);
    registry.publish(&plan, &options, &mut |_| Ok(Approval::default()))
}

fn committed(world: &World, version: &str, name: &str) -> Option<Vec<u8>> {
    let output = Command::new("git")
        .current_dir(world.path("r.git"))
        .args([
            "show",
            &format!("main:products/sales/orders/{version}/{name}"),
        ])
        .output()
        .expect("git");
    output.status.success().then_some(output.stdout)
}

/// Whether `ssh-keygen` accepts the signature of a version.
fn accepted(world: &World, version: &str, email: &str, key: &str) -> bool {
    fs::write(world.path("signers"), format!("{email} {key}\n")).expect("a file");
    let signature = committed(world, version, "record.json.sig").expect("a signature");
    fs::write(world.path("record.sig"), signature).expect("a file");
    let record = committed(world, version, "record.json").expect("a record");
    let arguments = [
        "-Y",
        "verify",
        "-f",
        "signers",
        "-I",
        email,
        "-n",
        "mesh-record",
        "-s",
        "record.sig",
    ];
    openssh(world, "ssh-keygen", &arguments, &record).expect("ssh-keygen")
}

/// Whether the version is signed, by what the registry says of its publisher.
fn signed_by(registry: &Registry, version: &str) -> Result<Option<String>, BadSignature> {
    let snapshot = registry.open().expect("a snapshot");
    let entry = snapshot
        .resolve("orders", Some(version))
        .expect("the version");
    let product = snapshot.read(&entry).expect("a sound version");
    let signature = snapshot.signature_of(&product).expect("owners");
    signature
        .map(|signed| signed.map(|signed| signed.email))
        .transpose()
}

#[test]
fn ssh_keygen_verifies_what_mesh_signs() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        for (at, kind) in ["ed25519", "ecdsa -b 256", "ecdsa -b 384"]
            .iter()
            .enumerate()
        {
            let name = format!("key{at}");
            let options: Vec<_> = ["-t"].into_iter().chain(kind.split(' ')).collect();
            let Some(path) = key(world, &name, &options) else {
                return;
            };
            let key = public(&path);
            own(&work, "test@example.com", &format!("{{key: '{key}'}}"));
            let version = format!("1.{at}.0");
            let signing = Signing::With(Arc::new(signer(&path)));
            let report = publish(&registry, &version, signing).expect("published");
            assert_eq!(report.signed_with, Some(signer(&path).key().fingerprint()));
            assert!(
                accepted(world, &version, "test@example.com", &key),
                "{kind}"
            );
            let signed = signed_by(&registry, &version).expect("a good signature");
            assert_eq!(signed.as_deref(), Some("test@example.com"), "{kind}");
        }
    });
}

#[test]
fn mesh_verifies_what_ssh_keygen_signs() {
    isolated(|world| {
        for options in [
            &["-t", "ed25519"][..],
            &["-t", "ecdsa", "-b", "256"],
            &["-t", "ecdsa", "-b", "384"],
        ] {
            let name = options.join("");
            let Some(path) = key(world, &name, options) else {
                return;
            };
            let key = public(&path);
            let owners = owners("anna@example.com", &key);
            fs::write(world.path("record"), "bytes").expect("a file");
            let sign = [
                "-q",
                "-Y",
                "sign",
                "-f",
                &name,
                "-n",
                "mesh-record",
                "record",
            ];
            assert_eq!(openssh(world, "ssh-keygen", &sign, b""), Some(true));
            let signature = fs::read_to_string(world.path("record.sig")).expect("a signature");
            fs::remove_file(world.path("record.sig")).expect("there");
            let check = |namespace, bytes: &[u8], email| {
                let person = owners.person(email).expect("somebody");
                signing::verify_by(&signature, namespace, bytes, person, day("2026-06-01"))
                    .map(OwnerKey::fingerprint)
            };
            let anna = "anna@example.com";
            let fingerprint = OwnerKey::parse(&key).expect("a key").fingerprint();
            assert_eq!(check("mesh-record", b"bytes", anna), Ok(fingerprint));
            assert_eq!(
                check("mesh-record", b"Bytes", anna),
                Err(BadSignature::Mismatch)
            );
            assert!(matches!(
                check("mesh-event", b"bytes", anna),
                Err(BadSignature::OtherNamespace { .. })
            ));
            assert!(matches!(
                check("mesh-record", b"bytes", "ben@example.com"),
                Err(BadSignature::OtherKey { .. })
            ));
        }
    });
}

#[test]
fn a_signature_counts_for_one_purpose_one_text_one_signer_and_some_days() {
    isolated(|world| {
        let (Some(one), Some(two)) = (key(world, "one", &[]), key(world, "two", &[])) else {
            return;
        };
        let signature = signer(&one)
            .sign(RECORD_NAMESPACE, b"bytes")
            .expect("a signature");
        let text = format!(
            "owners:\n- email: anna@example.com\n  keys: [{{key: '{}', from: 2026-01-01, until: 2026-12-31}}]\n\
             - email: ben@example.com\n  keys: [{{key: '{}'}}]\n",
            public(&one),
            public(&two)
        );
        let owners = Owners::from_bytes("owners/sales.yaml", text.as_bytes()).expect("owners");
        let check = |email, day| {
            let person = owners.person(email).expect("somebody");
            signing::verify_by(&signature, RECORD_NAMESPACE, b"bytes", person, day).map(drop)
        };
        assert_eq!(check("anna@example.com", day("2026-01-01")), Ok(()));
        assert_eq!(check("anna@example.com", day("2026-12-31")), Ok(()));
        for outside in ["2025-12-31", "2027-01-01"] {
            let found = check("anna@example.com", day(outside));
            assert!(
                matches!(found, Err(BadSignature::NotValidOn { .. })),
                "{found:?}"
            );
        }
        let found = check("ben@example.com", day("2026-06-01"));
        assert!(
            matches!(found, Err(BadSignature::OtherKey { .. })),
            "{found:?}"
        );

        let verify = |signature: &str| {
            let keys = owners.people().flat_map(|person| &person.keys);
            signing::verify(signature, RECORD_NAMESPACE, b"bytes", keys).map(|key| key.is_some())
        };
        assert_eq!(verify(&signature), Ok(true));
        for garbage in [
            "",
            "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
            &signature[1..],
        ] {
            assert_eq!(verify(garbage), Err(BadSignature::Unreadable), "{garbage}");
        }
        // Every letter of it matters.
        let body = signature.find('\n').expect("lines") + 1;
        let end = signature.rfind("\n-----END").expect("an end") - 4;
        for at in (body..end)
            .step_by(7)
            .filter(|at| signature.as_bytes()[*at].is_ascii_alphanumeric())
        {
            let mut bytes = signature.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(bytes).expect("text");
            assert_ne!(verify(&forged), Ok(true), "letter {at}");
        }
    });
}

#[test]
fn a_signed_record_of_another_registry_counts_for_nothing() {
    isolated(|world| {
        let Some(path) = key(world, "key", &[]) else {
            return;
        };
        let theirs = world.registry("theirs.git", "cache");
        theirs.init().expect("a registry");
        let ours = world.initialised("r.git");
        let (from, to) = (world.clone_of("theirs.git"), world.clone_of("r.git"));
        for work in [&from, &to] {
            own(
                work,
                "test@example.com",
                &format!("{{key: '{}'}}", public(&path)),
            );
        }
        publish(&theirs, "1.0.0", Signing::With(Arc::new(signer(&path)))).expect("published");
        git(&from, &["pull", "-q"]);
        tamper(&to, |to| {
            let version = "products/sales/orders/1.0.0";
            fs::create_dir_all(to.join(version).join("contracts")).expect("a directory");
            let files = git(&from, &["ls-files", version]);
            for file in files.lines() {
                fs::copy(from.join(file), to.join(file)).expect("a copy");
            }
        });
        let snapshot = ours.open().expect("a snapshot");
        assert!(snapshot.is_empty());
        assert_eq!(
            snapshot.problems()[0].reason,
            "it is the record of another registry"
        );
    });
}

#[test]
fn the_key_that_git_signs_with_is_used_where_it_is_known() {
    isolated(|world| {
        let Some(path) = key(world, "key", &[]) else {
            return;
        };
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        let usual = || Signing::Usual(None);
        let signed = |version| {
            publish(&registry, version, usual())
                .expect("published")
                .signed_with
        };
        let key = format!("{{key: '{}'}}", public(&path));
        own(&work, "test@example.com", &key);
        assert_eq!(signed("1.0.0"), None, "no key is set up");
        let file = path.with_extension("pub");
        world.git(&[
            "config",
            "--global",
            "user.signingkey",
            &file.display().to_string(),
        ]);
        assert_eq!(signed("1.1.0"), None, "git signs with GnuPG");
        world.git(&["config", "--global", "gpg.format", "ssh"]);
        assert!(signed("1.2.0").is_some());
        world.git(&[
            "config",
            "--global",
            "user.signingkey",
            &path.display().to_string(),
        ]);
        assert!(signed("1.3.0").is_some());
        own(&work, "test@example.com", "");
        assert_eq!(signed("1.4.0"), None, "the key is nobody's");
        let asked = publish(&registry, "1.5.0", Signing::With(Arc::new(signer(&path))));
        assert!(
            matches!(asked, Err(Error::Refusal(Refusal::UnknownKey { .. }))),
            "{asked:?}"
        );
        own(
            &work,
            "test@example.com",
            &key.replace('}', ", until: 2020-01-01}"),
        );
        assert_eq!(signed("1.5.0"), None, "the key counts no more");
        own(&work, "test@example.com", &key);
        let never = publish(&registry, "1.6.0", Signing::Never).expect("published");
        assert_eq!(never.signed_with, None);
        let named = Signing::Usual(Some(path.display().to_string()));
        world.git(&["config", "--global", "--unset", "gpg.format"]);
        let named = publish(&registry, "1.7.0", named).expect("published");
        assert!(named.signed_with.is_some());
    });
}

#[test]
fn where_signatures_are_required_nothing_goes_without() {
    isolated(|world| {
        let Some(path) = key(world, "key", &[]) else {
            return;
        };
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            let path = work.join(layout::FORMAT_FILE);
            let text = fs::read_to_string(&path).expect("a format file");
            fs::write(&path, format!("{text}signatures: required\n")).expect("a format file");
        });
        let try_with = |signing| publish(&registry, "1.0.0", signing);
        let refused = try_with(Signing::Usual(None));
        assert!(
            matches!(refused, Err(Error::Refusal(Refusal::NoOwners { .. }))),
            "{refused:?}"
        );
        own(
            &work,
            "test@example.com",
            &format!("{{key: '{}'}}", public(&path)),
        );
        for without in [Signing::Usual(None), Signing::Never] {
            let refused = try_with(without);
            assert!(
                matches!(refused, Err(Error::Refusal(Refusal::Unsigned { .. }))),
                "{refused:?}"
            );
        }
        let Some(other) = key(world, "other", &[]) else {
            return;
        };
        let refused = try_with(Signing::Usual(Some(other.display().to_string())));
        assert!(
            matches!(refused, Err(Error::Refusal(Refusal::UnknownKey { .. }))),
            "{refused:?}"
        );
        let usual = Signing::Usual(Some(path.display().to_string()));
        assert!(try_with(usual).expect("published").signed_with.is_some());
        let again = try_with(Signing::Never).expect("there");
        assert_eq!((again.commit, again.signed_with), (None, None));
    });
}

#[test]
fn events_are_signed_as_events() {
    isolated(|world| {
        let Some(path) = key(world, "key", &[]) else {
            return;
        };
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        own(
            &work,
            "test@example.com",
            &format!("{{key: '{}'}}", public(&path)),
        );
        publish(&registry, "1.0.0", Signing::Never).expect("published");
        let plan = WithdrawalPlan {
            reference: "sales/orders@1.0.0".to_owned(),
            said: Withdrawal::Yank {
                reason: "it counts twice".to_owned(),
            },
            tool: "mesh-test 0.0.0".to_owned(),
        };
        let options = PublishOptions {
            signing: Signing::With(Arc::new(signer(&path))),
            ..PublishOptions::default()
        };
        registry.withdraw(&plan, &options).expect("withdrawn");
        let snapshot = registry.open().expect("a snapshot");
        let entry = snapshot.resolve("orders", Some("1.0.0")).expect("there");
        let status = snapshot.status_of(&entry).expect("a status");
        let [event] = status.events.as_slice() else {
            panic!("{status:?}");
        };
        let file = layout::status_dir("sales", "orders", &entry.version);
        let file = format!("main:{file}/{}.json", event.digest);
        let bytes = git(&world.path("r.git"), &["show", &file]) + "\n";
        let signature = event.signature.clone().expect("a signature");
        let signature = String::from_utf8(signature).expect("text");
        let owners = snapshot
            .owners_of("sales")
            .expect("owners")
            .expect("owners");
        let keys = || owners.people().flat_map(|person| &person.keys);
        let check = |namespace| signing::verify(&signature, namespace, bytes.as_bytes(), keys());
        assert!(check(EVENT_NAMESPACE).expect("a good signature").is_some());
        assert!(check(RECORD_NAMESPACE).is_err());
    });
}

/// An agent that ends with the test.
struct Agent(Child);

impl Agent {
    fn start() -> Option<Self> {
        let socket = std::env::var_os("SSH_AUTH_SOCK").expect("a place for its socket");
        let agent = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = agent else {
            skip("ssh-agent is not there");
            return None;
        };
        let agent = Self(child);
        for _ in 0..200 {
            if Path::new(&socket).exists() {
                return Some(agent);
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!("ssh-agent has no socket");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[cfg(unix)]
fn what_is_encrypted_is_signed_by_the_agent() {
    isolated(|world| {
        let Some(path) = key(world, "key", &["-N", "secret"]) else {
            return;
        };
        let why = |name: &str| {
            let key = SshKey::named(name).expect("a key");
            let error = key.sign(RECORD_NAMESPACE, b"bytes").expect_err("no agent");
            (error.to_string(), error.help().expect("help"))
        };
        let name = path.display().to_string();
        let literal = format!("key::{}", public(&path));
        let (error, help) = why(&name);
        assert!(
            error.ends_with("it is encrypted, and no SSH agent is running"),
            "{error}"
        );
        assert!(
            help.ends_with(&format!("add it to the agent with `ssh-add {name}`")),
            "{help}"
        );
        let (error, _) = why(&literal);
        assert!(error.ends_with("and no SSH agent is running"), "{error}");

        let Some(_agent) = Agent::start() else {
            return;
        };
        let (error, help) = why(&name);
        assert!(
            error.ends_with("it is encrypted, and the SSH agent does not have it"),
            "{error}"
        );
        assert_eq!(help, format!("add it to the agent with `ssh-add {name}`"));
        let (error, _) = why(&literal);
        assert!(error.ends_with("the SSH agent does not have it"), "{error}");

        // `ssh-add` asks for a passphrase on a terminal only, so the agent gets a copy without one.
        fs::copy(&path, world.path("copy")).expect("a copy");
        let plain = ["-q", "-p", "-P", "secret", "-N", "", "-f", "copy"];
        assert_eq!(openssh(world, "ssh-keygen", &plain, b""), Some(true));
        assert_eq!(openssh(world, "ssh-add", &["-q", "copy"], b""), Some(true));
        fs::remove_file(world.path("copy")).expect("there");
        let owners = owners("anna@example.com", &public(&path));
        for name in [name.clone(), format!("{name}.pub"), literal] {
            let signature =
                SshKey::named(&name).and_then(|key| key.sign(RECORD_NAMESPACE, b"bytes"));
            let signature = signature.expect("a signature");
            let person = owners.person("anna@example.com").expect("Anna");
            let today = signing::today();
            let checked = signing::verify_by(&signature, RECORD_NAMESPACE, b"bytes", person, today);
            assert!(checked.is_ok(), "{checked:?}");
        }

        assert_eq!(openssh(world, "ssh-add", &["-q", "-D"], b""), Some(true));
        let (error, _) = why(&name);
        assert!(error.ends_with("the SSH agent does not have it"), "{error}");
    });
}

#[test]
#[cfg(unix)]
fn an_agent_that_is_asked_to_confirm_and_does_not_is_a_refusal() {
    isolated(|world| {
        let Some(path) = key(world, "key", &[]) else {
            return;
        };
        let Some(_agent) = Agent::start() else {
            return;
        };
        // Nobody is there to confirm.
        assert_eq!(
            openssh(world, "ssh-add", &["-q", "-c", "key"], b""),
            Some(true)
        );
        let literal = format!("key::{}", public(&path));
        let error = SshKey::named(&literal).and_then(|key| key.sign(RECORD_NAMESPACE, b"bytes"));
        let error = error.expect_err("a refusal").to_string();
        assert!(
            error.ends_with("the SSH agent refused to sign with it"),
            "{error}"
        );
    });
}

#[test]
fn what_is_no_key_is_told() {
    isolated(|world| {
        let write = |name: &str, text: &str| {
            fs::write(world.path(name), text).expect("a file");
            world.path(name).display().to_string()
        };
        let why = |name: &str| SshKey::named(name).expect_err("no key").to_string();
        assert!(why("/nowhere/key").contains("the file cannot be read"));
        assert!(why(&write("empty", "")).contains("it is not an SSH public key"));
        let pem = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n";
        assert!(why(&write("pem", pem)).contains("not a private key in the format of OpenSSH"));
        assert!(why("key::ssh-ed25519 AAAA").contains("it is not an SSH public key"));
        if let Some(path) = key(world, "rsa", &["-t", "rsa", "-b", "2048"]) {
            assert!(why(&path.display().to_string()).contains("of ssh-rsa keys"));
        }
        let owners = Owners::new(
            "o",
            vec![Owner::Person(Person::new("a@b").expect("a person"))],
        );
        assert!(owners.is_ok());
    });
}
