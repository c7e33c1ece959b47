//! Servers to publish to: `git daemon`, `git http-backend` and ssh.

use crate::support::{World, git, skip};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A server process, killed when dropped.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a server on a port that was free a moment ago, and waits until it listens.
    fn start(command: impl Fn(u16) -> Command) -> Option<Self> {
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0")
                .and_then(|listener| listener.local_addr())
                .ok()?
                .port();
            let mut child = command(port)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(10) && matches!(child.try_wait(), Ok(None))
            {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return Some(Self { child, port });
                }
                thread::sleep(Duration::from_millis(10));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        None
    }
}

/// `git daemon` on everything below the root of a world.
pub(crate) struct Daemon(Server);

impl Daemon {
    pub(crate) fn start(world: &World) -> Option<Self> {
        // Not by `git daemon`, which would start it as a child of its own that outlives the kill.
        let program = PathBuf::from(git(world.root(), &["--exec-path"])).join("git-daemon");
        let server = program.exists().then(|| {
            Server::start(|port| {
                let mut command = Command::new(&program);
                command
                    .args([
                        "--reuseaddr",
                        "--listen=127.0.0.1",
                        "--export-all",
                        "--enable=receive-pack",
                    ])
                    .arg(format!("--port={port}"))
                    .arg(format!("--base-path={}", world.root().display()));
                command
            })
        });
        let Some(server) = server.flatten() else {
            skip("git://: there is no `git daemon`");
            return None;
        };
        Some(Self(server))
    }

    pub(crate) fn url(&self, registry: &str) -> String {
        Self::url_at(self.0.port, registry)
    }

    /// The URL at another port, which leads to this server.
    pub(crate) fn url_at(port: u16, registry: &str) -> String {
        format!("git://127.0.0.1:{port}/{registry}")
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port
    }
}

/// `git http-backend` behind a small HTTP server.
pub(crate) struct Http(Server);

/// Asks for the user `me` with the password `s3cret` below `/private/`, answers 500 below `/broken/`; over TLS with a
/// certificate and a key.
const BRIDGE: &str = r#"
import base64, http.server, os, subprocess, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers: self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while True:
            size = int(self.rfile.readline(), 16)
            data += self.rfile.read(size)
            self.rfile.readline()
            if size == 0: return data
    def serve(self):
        body = self.body()
        path, _, query = self.path.partition("?")
        if path.startswith("/broken/"): return self.answer(500, [], b"")
        if path.startswith("/private/"):
            wanted = "Basic " + base64.b64encode(b"me:s3cret").decode()
            if self.headers.get("Authorization") != wanted:
                return self.answer(401, [("WWW-Authenticate", "Basic realm=x")], b"")
            path = path[len("/private"):]
        env = dict(os.environ, GIT_PROJECT_ROOT=sys.argv[2], GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
            QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_USER="me", REMOTE_ADDR="127.0.0.1",
            CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        done = subprocess.run(["git", "http-backend"], input=body, stdout=subprocess.PIPE, env=env)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\r\n") if line]
        status = [int(value.split()[0]) for name, value in headers if name == "Status"]
        self.answer(status[0] if status else 200, [h for h in headers if h[0] != "Status"], content)
    do_GET = do_POST = serve
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
if len(sys.argv) > 3:
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    # Whoever only knocks is not waited for.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
"#;

impl Http {
    pub(crate) fn start(world: &World) -> Option<Self> {
        let server = Self::start_with(world, &[]);
        if server.is_none() {
            skip("http://: there is no `git http-backend`, or no python3 to put before it");
        }
        server
    }

    fn start_with(world: &World, tls: &[PathBuf]) -> Option<Self> {
        let script = world.path("bridge.py");
        fs::write(&script, BRIDGE).expect("a script");
        let has_backend = PathBuf::from(git(world.root(), &["--exec-path"]))
            .join("git-http-backend")
            .exists();
        let has_python = Command::new("python3")
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success());
        let server = (has_backend && has_python).then(|| {
            Server::start(|port| {
                let mut command = Command::new("python3");
                command.arg(&script).arg(port.to_string()).arg(world.root());
                command.args(tls);
                command
            })
        });
        server.flatten().map(Self)
    }

    pub(crate) fn url(&self, user_info: &str, path: &str) -> String {
        format!("http://{user_info}127.0.0.1:{}/{path}", self.0.port)
    }
}

/// The same over TLS, with a certificate of an authority that was made for this test and that nobody trusts yet.
pub(crate) struct Https {
    server: Http,
    authority: PathBuf,
}

impl Https {
    pub(crate) fn start(world: &World) -> Option<Self> {
        let server = Self::certified(world, "ca").and_then(|()| {
            let [certificate, key] = ["server.pem", "server.key"].map(|name| world.path(name));
            Some(Self {
                server: Http::start_with(world, &[certificate, key])?,
                authority: world.path("ca.pem"),
            })
        });
        if server.is_none() {
            skip("https://: there is no `git http-backend`, no python3 or no openssl");
        }
        server
    }

    /// Makes an authority, and has it certify this machine; `None` if there is no openssl.
    fn certified(world: &World, authority: &str) -> Option<()> {
        Self::make_authority(world, authority)?;
        fs::write(world.path("names"), "subjectAltName=IP:127.0.0.1\n").expect("a file");
        openssl(
            world,
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr \
             -subj /CN=127.0.0.1",
        )?;
        openssl(
            world,
            &format!(
                "x509 -req -in server.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial -out server.pem \
                 -days 2 -extfile names"
            ),
        )
    }

    /// Makes an authority that certifies nothing yet.
    pub(crate) fn make_authority(world: &World, name: &str) -> Option<()> {
        openssl(
            world,
            &format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {name}.key -out {name}.pem \
                 -days 2 -subj /CN={name}"
            ),
        )
    }

    /// The certificate of the authority.
    pub(crate) fn authority(&self) -> &Path {
        &self.authority
    }

    /// Makes git trust the authority.
    pub(crate) fn trust(&self, world: &World) {
        let authority = self.authority.to_string_lossy().into_owned();
        world.git(&["config", "--global", "http.sslCAInfo", &authority]);
    }

    pub(crate) fn url(&self, user_info: &str, path: &str) -> String {
        Self::url_at(self.port(), user_info, path)
    }

    /// The URL at another port, which leads to this server.
    pub(crate) fn url_at(port: u16, user_info: &str, path: &str) -> String {
        format!("https://{user_info}127.0.0.1:{port}/{path}")
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.0.port
    }
}

fn openssl(world: &World, arguments: &str) -> Option<()> {
    let output = Command::new("openssl")
        .current_dir(world.root())
        .args(arguments.split(' ').filter(|word| !word.is_empty()))
        .output();
    output.ok()?.status.success().then_some(())
}

/// An ssh server for the current user, who is let in with a key made for this test.
pub(crate) struct Ssh(Server);

impl Ssh {
    /// Starts the server, and makes git's ssh use its key.
    pub(crate) fn start(world: &World) -> Option<Self> {
        let sshd = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"]
            .map(Path::new)
            .into_iter()
            .find(|path| path.exists());
        let server = sshd.and_then(|sshd| Self::start_with(world, sshd));
        if server.is_none() {
            skip("ssh://: there is no sshd, or it does not start");
        }
        server
    }

    fn start_with(world: &World, sshd: &Path) -> Option<Self> {
        for key in ["host", "user"] {
            let path = world.path(key);
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(path)
                .status();
            if !made.is_ok_and(|status| status.success()) {
                return None;
            }
        }
        let root = world.root().display();
        let config = format!(
            "HostKey {root}/host\nAuthorizedKeysFile {root}/user.pub\nPidFile none\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nPermitRootLogin yes\nLogLevel QUIET\n"
        );
        fs::write(world.path("sshd_config"), config).expect("a configuration");
        // sshd wants it, and packages create it only when the service is started.
        let _ = fs::create_dir_all("/run/sshd");
        let server = Server::start(|port| {
            let mut command = Command::new(sshd);
            command
                .args(["-D", "-f"])
                .arg(world.path("sshd_config"))
                .arg("-p")
                .arg(port.to_string());
            command.args(["-o", "ListenAddress=127.0.0.1"]);
            command
        })?;
        let server = Self(server);
        server.use_key(world, "user");
        let login = Command::new("git")
            .args(["ls-remote", &server.url(world, "r.git")])
            .output();
        login
            .is_ok_and(|output| output.status.success())
            .then_some(server)
    }

    /// Makes git's ssh use one of the keys of the world.
    pub(crate) fn use_key(&self, world: &World, key: &str) {
        let root = world.root().display();
        let host_key = fs::read_to_string(world.path("host.pub")).expect("the host's key");
        fs::write(
            world.path("known_hosts"),
            format!("[127.0.0.1]:{} {host_key}", self.0.port),
        )
        .expect("a file");
        let command = format!(
            "ssh -F none -i {root}/{key} -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
             -o UserKnownHostsFile={root}/known_hosts -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes"
        );
        git(
            world.root(),
            &["config", "--global", "core.sshCommand", &command],
        );
    }

    pub(crate) fn url(&self, world: &World, registry: &str) -> String {
        Self::url_at(self.0.port, world, registry)
    }

    /// The URL at another port, which leads to this server.
    pub(crate) fn url_at(port: u16, world: &World, registry: &str) -> String {
        format!(
            "ssh://{}@127.0.0.1:{port}{}",
            user(),
            world.path(registry).display()
        )
    }

    /// Knows the server at another port as well.
    pub(crate) fn trust_at(port: u16, world: &World) {
        let key = fs::read_to_string(world.path("host.pub")).expect("the host's key");
        let known = world.path("known_hosts");
        let before = fs::read_to_string(&known).expect("known hosts");
        fs::write(known, format!("{before}[127.0.0.1]:{port} {key}")).expect("a file");
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port
    }
}

fn user() -> String {
    let output = Command::new("id")
        .arg("-un")
        .output()
        .expect("the user's name");
    BufReader::new(&output.stdout[..])
        .lines()
        .next()
        .expect("a line")
        .expect("UTF-8")
}
