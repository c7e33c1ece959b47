//! Asking an SSH agent to sign, which is what holds the keys that are encrypted, in hardware or elsewhere.
//!
//! Two questions of its protocol are all that is needed: which keys do you have, and sign this. See
//! <https://datatracker.ietf.org/doc/draft-ietf-sshm-ssh-agent/>.

use ssh_key::{PublicKey, Signature};
use std::{
    env,
    ffi::OsString,
    io::{self, Read, Write},
    time::Duration,
};

const FAILURE: u8 = 5;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGNED: u8 = 14;

/// The longest answer, as for OpenSSH's own client.
const MAX_ANSWER: u32 = 256 << 10;
/// How long to wait for an answer: somebody may have to find their hardware key and touch it.
const PATIENCE: Duration = Duration::from_secs(120);
/// Where Windows' own agent is.
const WINDOWS_AGENT: &str = r"\\.\pipe\openssh-ssh-agent";

/// Why an agent did not sign.
#[derive(Debug)]
pub(super) enum Problem {
    /// There is none.
    NoAgent,
    /// There is one, and it does not have the key.
    NoKey,
    /// It has the key and does not sign with it: it is locked, or somebody said no.
    Refused,
    /// It cannot be talked to.
    Failed(String),
}

/// Asks the agent of this session to sign some bytes with the private half of a key.
pub(super) fn sign(key: &PublicKey, bytes: &[u8]) -> Result<Signature, Problem> {
    let address = env::var_os("SSH_AUTH_SOCK").filter(|address| !address.is_empty());
    let default = cfg!(windows).then(|| OsString::from(WINDOWS_AGENT));
    let address = address.or(default).ok_or(Problem::NoAgent)?;
    let agent = connect(&address).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Problem::NoAgent,
        _ => failed(&error),
    })?;
    ask(agent, key, bytes)
}

#[cfg(unix)]
fn connect(address: &std::ffi::OsStr) -> io::Result<impl Read + Write> {
    let socket = std::os::unix::net::UnixStream::connect(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// A named pipe is opened like a file. Nothing there can set a limit to how long it takes.
#[cfg(not(unix))]
fn connect(address: &std::ffi::OsStr) -> io::Result<impl Read + Write> {
    let _ = PATIENCE;
    std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(address)
}

fn ask(mut agent: impl Read + Write, key: &PublicKey, bytes: &[u8]) -> Result<Signature, Problem> {
    let blob = key.to_bytes().map_err(|error| failed(&error))?;
    let answer = exchange(&mut agent, &[REQUEST_IDENTITIES])?;
    if !holds(&answer, &blob).ok_or_else(garbled)? {
        return Err(Problem::NoKey);
    }
    let mut request = vec![SIGN_REQUEST];
    push(&mut request, &blob)?;
    push(&mut request, bytes)?;
    request.extend_from_slice(&[0; 4]);
    let answer = exchange(&mut agent, &request)?;
    match answer.split_first() {
        Some((&SIGNED, mut rest)) => {
            let signature = take(&mut rest).ok_or_else(garbled)?;
            Signature::try_from(signature).map_err(|_| garbled())
        }
        Some((&FAILURE, _)) => Err(Problem::Refused),
        _ => Err(garbled()),
    }
}

fn exchange(agent: &mut (impl Read + Write), request: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut message = Vec::with_capacity(request.len() + 4);
    push(&mut message, request)?;
    agent.write_all(&message).map_err(|error| failed(&error))?;
    let mut length = [0; 4];
    agent
        .read_exact(&mut length)
        .map_err(|error| failed(&error))?;
    let length = u32::from_be_bytes(length);
    if length == 0 || length > MAX_ANSWER {
        return Err(garbled());
    }
    let mut answer = vec![0; length as usize];
    agent
        .read_exact(&mut answer)
        .map_err(|error| failed(&error))?;
    Ok(answer)
}

/// Whether a key is among the identities of an answer; `None` if it is no such answer.
fn holds(answer: &[u8], blob: &[u8]) -> Option<bool> {
    let (&kind, mut rest) = answer.split_first()?;
    if kind != IDENTITIES {
        return None;
    }
    let (count, after) = rest.split_first_chunk::<4>()?;
    rest = after;
    for _ in 0..u32::from_be_bytes(*count) {
        let key = take(&mut rest)?;
        let _comment = take(&mut rest)?;
        if key == blob {
            return Some(true);
        }
    }
    Some(false)
}

/// The next string of a message.
fn take<'m>(message: &mut &'m [u8]) -> Option<&'m [u8]> {
    let (length, rest) = message.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (string, rest) = rest.split_at_checked(length)?;
    *message = rest;
    Some(string)
}

fn push(message: &mut Vec<u8>, string: &[u8]) -> Result<(), Problem> {
    let length = u32::try_from(string.len()).map_err(|error| failed(&error))?;
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(string);
    Ok(())
}

fn failed(error: &dyn std::fmt::Display) -> Problem {
    Problem::Failed(error.to_string())
}

fn garbled() -> Problem {
    Problem::Failed("it does not speak the protocol of SSH agents".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    /// An agent that says what it was told to.
    struct Parrot(io::Cursor<Vec<u8>>);

    impl Read for Parrot {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl Write for Parrot {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn strings(kind: u8, count: Option<u32>, strings: &[&[u8]]) -> Vec<u8> {
        let mut body = vec![kind];
        body.extend(count.into_iter().flat_map(u32::to_be_bytes));
        for string in strings {
            push(&mut body, string).expect("short");
        }
        let mut message = Vec::new();
        push(&mut message, &body).expect("short");
        message
    }

    fn told(answers: &[Vec<u8>]) -> Result<Signature, Problem> {
        let key = PublicKey::from_openssh(KEY).expect("a key");
        ask(Parrot(io::Cursor::new(answers.concat())), &key, b"bytes")
    }

    #[test]
    fn whatever_an_agent_says_is_no_signature_unless_it_is_one() {
        let blob = PublicKey::from_openssh(KEY).and_then(|key| key.to_bytes());
        let blob = blob.expect("a key");
        let has = strings(IDENTITIES, Some(2), &[b"x", b"", &blob, b"anna"]);
        let mut signature = Vec::new();
        push(&mut signature, b"ssh-ed25519").expect("short");
        push(&mut signature, &[7; 64]).expect("short");
        let good = told(&[has.clone(), strings(SIGNED, None, &[&signature])]);
        assert_eq!(good.expect("a signature").as_bytes(), [7; 64]);

        assert!(matches!(
            told(&[strings(IDENTITIES, Some(0), &[])]),
            Err(Problem::NoKey)
        ));
        assert!(matches!(
            told(&[has.clone(), strings(FAILURE, None, &[])]),
            Err(Problem::Refused)
        ));
        for garbage in [
            vec![],
            vec![vec![0; 4]],
            vec![vec![255; 4]],
            vec![strings(IDENTITIES, Some(u32::MAX), &[])],
            vec![strings(IDENTITIES, Some(1), &[b"x"])],
            vec![strings(FAILURE, None, &[])],
            vec![has.clone()],
            vec![has.clone(), strings(SIGNED, None, &[])],
            vec![has.clone(), strings(SIGNED, None, &[b"x"])],
            vec![has.clone(), strings(SIGNED, None, &[&signature[..40]])],
            vec![has.clone(), strings(IDENTITIES, Some(0), &[])],
        ] {
            let found = told(&garbage);
            assert!(
                matches!(found, Err(Problem::Failed(_))),
                "{garbage:?}: {found:?}"
            );
        }
    }
}
