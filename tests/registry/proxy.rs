//! Something between a client and a server that cuts their connections, or lets them wait for ever.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// Forwards connections to a server on this machine, whatever is spoken on them.
pub(crate) struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Both ends of every connection so far, and whether what the server says still gets through.
    open: Mutex<Vec<(TcpStream, TcpStream, Arc<AtomicBool>)>>,
    accepted: AtomicUsize,
}

impl Proxy {
    /// Starts forwarding to a port.
    pub(crate) fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        // It ends with the process of the test.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
                    continue;
                };
                forward(&client, &server, &shared);
            }
        });
        Self { port, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections there were so far.
    pub(crate) fn accepted(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }

    /// Cuts every connection that is open. New ones work.
    pub(crate) fn cut(&self) {
        for (client, server, _) in self.state.open.lock().expect("not poisoned").drain(..) {
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
        }
    }

    /// Lets nothing of what the server says through any more, on the connections that are open. New ones work.
    pub(crate) fn silence(&self) {
        for (_, _, is_silent) in self.state.open.lock().expect("not poisoned").iter() {
            is_silent.store(true, Ordering::SeqCst);
        }
    }
}

fn forward(client: &TcpStream, server: &TcpStream, state: &State) {
    let copy = |stream: &TcpStream| stream.try_clone().expect("another handle");
    let is_silent = Arc::<AtomicBool>::default();
    let both = (copy(client), copy(server), Arc::clone(&is_silent));
    state.open.lock().expect("not poisoned").push(both);
    let (upwards, downwards) = ((copy(client), copy(server)), (copy(server), copy(client)));
    thread::spawn(move || pass(upwards, &AtomicBool::new(false)));
    thread::spawn(move || pass(downwards, &is_silent));
}

/// Passes on what comes in at one end until that ends, and then ends the other.
fn pass((mut from, mut to): (TcpStream, TcpStream), is_silent: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !is_silent.load(Ordering::SeqCst) && to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    if !is_silent.load(Ordering::SeqCst) {
        let _ = to.shutdown(Shutdown::Write);
    }
}
