//! A relay between the migrator and a server of the MySQL protocol, which strikes at one statement:
//! before it is passed on, or when its answer is there and not passed on.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// How the run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The process gets SIGKILL.
    Kill,
    /// The connection of the statement is cut.
    Cut,
    /// The server is gone: all connections are cut, and none is taken.
    Gone,
}

/// Where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The server never sees the statement.
    Before,
    /// The statement took effect, and nobody hears of it.
    After,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    /// The statement's number, from 1.
    pub(crate) at: usize,
    pub(crate) side: Side,
    pub(crate) mode: Mode,
}

pub(crate) struct Proxy {
    server: String,
    fault: Option<Fault>,
    count: AtomicUsize,
    gone: AtomicBool,
    log: Mutex<Vec<String>>,
    open: Mutex<Vec<TcpStream>>,
}

/// What both directions of a connection know.
#[derive(Default)]
struct Link {
    /// The answer to what was passed on last is the end.
    last: AtomicBool,
    /// The text that is being prepared.
    preparing: Mutex<Option<String>>,
    prepared: Mutex<HashMap<u32, String>>,
}

impl Proxy {
    /// Listens on a port of its own; `server` is `host:port`.
    pub(crate) fn start(server: &str, fault: Option<Fault>) -> io::Result<(Arc<Self>, u16)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let proxy = Arc::new(Self {
            server: server.to_owned(),
            fault,
            count: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
            log: Mutex::default(),
            open: Mutex::default(),
        });
        let own = Arc::clone(&proxy);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let own = Arc::clone(&own);
                thread::spawn(move || own.relay(client));
            }
        });
        Ok((proxy, port))
    }

    /// The statements so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().expect("no panic").clone()
    }

    fn relay(self: Arc<Self>, client: TcpStream) -> io::Result<()> {
        if self.gone.load(Ordering::SeqCst) {
            return client.shutdown(Shutdown::Both);
        }
        let server = TcpStream::connect(&self.server)?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
            let mut open = self.open.lock().expect("no panic");
            open.push(stream.try_clone()?);
        }
        let link = Arc::new(Link::default());
        let (own, other) = (Arc::clone(&self), Arc::clone(&link));
        let (from, to) = (server.try_clone()?, client.try_clone()?);
        thread::spawn(move || {
            let result = own.answers(&from, &to, &other);
            end(&from, &to);
            result
        });
        let result = self.statements(&client, &server, &link);
        end(&client, &server);
        result
    }

    fn statements(&self, client: &TcpStream, server: &TcpStream, link: &Link) -> io::Result<()> {
        loop {
            let packet = read_packet(client)?;
            if let Some(text) = statement(&packet, link) {
                let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
                self.log.lock().expect("no panic").push(text);
                match self.fault.filter(|f| f.at == number) {
                    Some(fault) if fault.side == Side::Before => return self.strike(fault.mode),
                    Some(_) => link.last.store(true, Ordering::SeqCst),
                    None => {}
                }
            }
            (&mut &*server).write_all(&packet)?;
        }
    }

    fn answers(&self, server: &TcpStream, client: &TcpStream, link: &Link) -> io::Result<()> {
        loop {
            let packet = read_packet(server)?;
            if link.last.load(Ordering::SeqCst) {
                let fault = self.fault.expect("something is to strike");
                return self.strike(fault.mode);
            }
            let preparing = link.preparing.lock().expect("no panic").take();
            if let (Some(text), Some(0)) = (preparing, packet.get(4)) {
                let id = packet.get(5..9).and_then(|b| b.try_into().ok());
                let id = u32::from_le_bytes(id.unwrap_or_default());
                link.prepared.lock().expect("no panic").insert(id, text);
            }
            (&mut &*client).write_all(&packet)?;
        }
    }

    fn strike(&self, mode: Mode) -> io::Result<()> {
        match mode {
            Mode::Kill => kill_self(),
            Mode::Cut => {}
            Mode::Gone => {
                self.gone.store(true, Ordering::SeqCst);
                for stream in self.open.lock().expect("no panic").iter() {
                    let _ = stream.shutdown(Shutdown::Both);
                }
            }
        }
        Ok(())
    }
}

/// Ends this process as if the machine had lost its power.
pub(crate) fn kill_self() -> ! {
    let _ = std::process::Command::new("kill")
        .args(["-9", &std::process::id().to_string()])
        .status();
    loop {
        thread::park();
    }
}

fn end(a: &TcpStream, b: &TcpStream) {
    let _ = a.shutdown(Shutdown::Both);
    let _ = b.shutdown(Shutdown::Both);
}

/// One packet with its header.
fn read_packet(mut stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut packet = vec![0; 4];
    stream.read_exact(&mut packet)?;
    let length =
        usize::from(packet[0]) | usize::from(packet[1]) << 8 | usize::from(packet[2]) << 16;
    packet.resize(4 + length, 0);
    stream.read_exact(&mut packet[4..])?;
    Ok(packet)
}

/// The text of a packet that is a statement to be executed.
fn statement(packet: &[u8], link: &Link) -> Option<String> {
    // Only a command begins a new count; a login goes on with the server's.
    let (&[_, _, _, 0, command], rest) = packet.split_first_chunk::<5>()? else {
        return None;
    };
    let text = || String::from_utf8_lossy(rest).into_owned();
    match command {
        0x03 => Some(text()),
        0x16 => {
            *link.preparing.lock().expect("no panic") = Some(text());
            None
        }
        0x17 => {
            let id = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
            let prepared = link.prepared.lock().expect("no panic");
            Some(prepared.get(&id).cloned().unwrap_or_default())
        }
        _ => None,
    }
}
