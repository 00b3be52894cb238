//! A running gate: its port, its sessions, what they share.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mysql_async::{Conn, Opts};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::catalog::{self, Catalog};
use crate::control::{self, Control};
use crate::faults::Faults;
use crate::ids::Ids;
use crate::options::{LastKey, Options, Role, Savepoints};
use crate::random::Random;
use crate::session;
use crate::stats::Stats;

/// Why a gate does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The backend's URL cannot be read.
    #[error("the backend's URL `{url}` is not `mysql://user:password@host:port/`: {reason}")]
    Url {
        /// The URL.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The backend cannot be reached, or refuses to make gate's schema.
    #[error("the backend does not take the schema {}", catalog::SCHEMA)]
    Backend(#[from] mysql_async::Error),
    /// The port cannot be opened.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: std::io::Error,
    },
}

/// A stand-in that runs until it is dropped.
#[derive(Debug)]
pub struct Gate {
    url: String,
    control_address: Option<SocketAddr>,
    control: Control,
    tasks: Vec<JoinHandle<()>>,
}

/// What the sessions of a gate share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) backend: String,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) ids: Ids,
    state: Mutex<State>,
    seeds: AtomicU64,
    killed: watch::Sender<u64>,
}

/// What changes while a gate runs.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) faults: Faults,
    pub(crate) stats: Stats,
    pub(crate) role: Role,
    /// What SHOW AGGREGATORS tells: host, port, whether it is the master.
    pub(crate) aggregators: Vec<(String, u16, bool)>,
    pub(crate) shared_tier: bool,
    pub(crate) savepoints: Savepoints,
    pub(crate) prepare: bool,
    pub(crate) last_key: LastKey,
    pub(crate) ignore_foreign_keys: bool,
    /// Statements that still fail since the master moved.
    pub(crate) moved: u32,
    /// How often the master has moved.
    pub(crate) epoch: u64,
    down_until: Option<Instant>,
}

impl Gate {
    /// Starts a gate in front of a MariaDB whose URL holds a user that may create databases.
    ///
    /// # Errors
    /// [`StartError`] when the backend does not answer or the port is taken.
    pub async fn start(backend_url: &str, options: Options) -> Result<Self, StartError> {
        let opts = opts(backend_url)?;
        let mut conn = Conn::new(opts.clone()).await?;
        catalog::install(&mut conn).await?;
        conn.disconnect().await?;
        let listener = listen(&options.listen).await?;
        let address = listener
            .local_addr()
            .map_err(|e| no_port(&options.listen, e))?;
        let control_listener = match &options.control {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let control_address = control_listener.as_ref().and_then(|l| l.local_addr().ok());
        let shared = Arc::new(Shared::new(options, &opts));
        let control = Control {
            shared: Arc::clone(&shared),
        };
        let mut tasks = vec![tokio::spawn(accept(listener, shared))];
        tasks.extend(control_listener.map(|l| tokio::spawn(control::serve(l, control.clone()))));
        Ok(Self {
            url: url(&opts, backend_url, address),
            control_address,
            control,
            tasks,
        })
    }

    /// `mysql://user:password@127.0.0.1:port/`, with the user of the backend's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The handle that steers it.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Where the line protocol listens.
    pub fn control_address(&self) -> Option<SocketAddr> {
        self.control_address
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.control.shared.kill(Duration::MAX);
    }
}

impl Shared {
    fn new(options: Options, opts: &Opts) -> Self {
        let state = State {
            faults: Faults::default(),
            stats: Stats::default(),
            role: options.role,
            aggregators: vec![("127.0.0.1".to_owned(), 3306, true)],
            shared_tier: options.shared_tier,
            savepoints: options.savepoints,
            prepare: options.prepare,
            last_key: options.last_key,
            ignore_foreign_keys: false,
            moved: 0,
            epoch: 0,
            down_until: None,
        };
        Self {
            backend: format!("{}:{}", opts.ip_or_hostname(), opts.tcp_port()),
            catalog: Arc::default(),
            ids: Ids::new(opts.clone(), options.contiguous_ids),
            state: Mutex::new(state),
            seeds: AtomicU64::new(options.seed.unwrap_or_else(Random::any_seed)),
            killed: watch::Sender::new(0),
            options,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Random numbers for one session.
    pub(crate) fn random(&self) -> Random {
        Random::new(self.seeds.fetch_add(0x51_7c_c1_b7, Ordering::Relaxed))
    }

    pub(crate) fn kill(&self, down: Duration) {
        self.state().down_until = Instant::now().checked_add(down);
        self.killed.send_modify(|n| *n += 1);
    }

    fn is_down(&self) -> bool {
        let until = self.state().down_until;
        until.is_some_and(|until| Instant::now() < until)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((socket, _)) if !shared.is_down() => {
                tokio::spawn(serve(
                    socket,
                    Arc::clone(&shared),
                    shared.killed.subscribe(),
                ));
            }
            // A dead server's port: the connection ends at once.
            Ok(_) => {}
            // Out of descriptors, say: others may free some.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// A session ends with its client, with its backend, or when all are killed.
async fn serve(socket: TcpStream, shared: Arc<Shared>, mut killed: watch::Receiver<u64>) {
    tokio::select! {
        _ = session::run(socket, shared) => {}
        _ = killed.changed() => {}
    }
}

async fn listen(address: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|e| no_port(address, e))
}

fn no_port(address: &str, source: std::io::Error) -> StartError {
    StartError::Listen {
        address: address.to_owned(),
        source,
    }
}

fn opts(url: &str) -> Result<Opts, StartError> {
    let plain = match url.split_once("://") {
        Some((_, rest)) => format!("mysql://{rest}"),
        None => url.to_owned(),
    };
    Opts::from_url(&plain).map_err(|e| StartError::Url {
        url: url.to_owned(),
        reason: e.to_string(),
    })
}

/// The client's URL: the backend's with another host and port.
fn url(opts: &Opts, backend_url: &str, address: SocketAddr) -> String {
    let user = backend_url
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'))
        .map_or("", |(user, _)| user);
    let at = if user.is_empty() { "" } else { "@" };
    let database = opts.db_name().unwrap_or_default();
    format!("mysql://{user}{at}{address}/{database}")
}
