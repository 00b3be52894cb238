//! Starts a gate: in front of a MariaDB of its own, or of the one at `--backend`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

mod mariadb;

use std::process::ExitCode;

use gate::{Gate, LastKey, Options, Role, Savepoints, Shapes, TableType};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
gate [--backend URL] [--listen ADDRESS] [--control ADDRESS] [SWITCH…]

Starts a stand-in for SingleStore and prints two lines: its URL, and `control ADDRESS`.
Without --backend it starts a private MariaDB, gone with it. It ends on SIGTERM and Ctrl-C.

  --backend URL          mysql://user:password@host:port/ of a MariaDB to stand in front of
  --listen ADDRESS       where clients connect; default 127.0.0.1:0, a free port
  --control ADDRESS      where the line protocol listens; default 127.0.0.1:0
  --child                play a child aggregator
  --shared-tier          refuse ROWSTORE, as the shared tier does
  --rowstore             default_table_type = rowstore
  --refuse-savepoints    answer SAVEPOINT with an error, not with a warning
  --refuse-prepare       refuse COM_STMT_PREPARE
  --int-auto-increment   take AUTO_INCREMENT on INT
  --leaf-errors          begin errors of execution with \"Leaf Error (host:port): \"
  --contiguous-ids       give the rows of one INSERT contiguous ids
  --no-last-key          LAST_INSERT_ID() among the values of an INSERT is 0
  --refuse-last-key      refuse it there
  --timeout-rolls-back   roll the transaction back after a lock wait timed out
  --upsert-counts-rows   count each row of ON DUPLICATE KEY UPDATE once
  --strict-shapes        refuse every correlated subquery that does not match on shard keys
  --accept-shapes        refuse no query shape
  --no-shuffle           leave rows in the order of the backend
  --version VERSION      @@memsql_version; default 9.0.12
  --seed N               seed of all that is random
";

struct Arguments {
    backend: Option<String>,
    options: Options,
}

fn arguments() -> Result<Arguments, String> {
    let mut options = Options::default();
    options.control = Some("127.0.0.1:0".to_owned());
    let mut backend = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--backend" => backend = Some(value()?),
            "--listen" => options.listen = value()?,
            "--control" => options.control = Some(value()?),
            "--version" => options.engine_version = value()?,
            "--seed" => {
                let seed = value()?;
                options.seed = Some(
                    seed.parse()
                        .map_err(|_| format!("`{seed}` is not a number"))?,
                );
            }
            "--child" => options.role = Role::Child,
            "--shared-tier" => options.shared_tier = true,
            "--rowstore" => options.default_table_type = TableType::Rowstore,
            "--refuse-savepoints" => options.savepoints = Savepoints::Refuse,
            "--refuse-prepare" => options.prepare = false,
            "--int-auto-increment" => options.int_auto_increment = true,
            "--leaf-errors" => options.leaf_errors = true,
            "--contiguous-ids" => options.contiguous_ids = true,
            "--no-last-key" => options.last_key = LastKey::Zero,
            "--refuse-last-key" => options.last_key = LastKey::Refused,
            "--timeout-rolls-back" => options.lock_timeout_rolls_back = true,
            "--upsert-counts-rows" => options.upsert_counts_rows = true,
            "--strict-shapes" => options.shapes = Shapes::Strict,
            "--accept-shapes" => options.shapes = Shapes::Accept,
            "--no-shuffle" => options.shuffle = false,
            _ => return Err(format!("unknown argument `{word}`")),
        }
    }
    Ok(Arguments { backend, options })
}

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().skip(1).any(|a| a == "--help" || a == "-h") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprint!("gate: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gate: {error}");
            ExitCode::from(3)
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let private = match &arguments.backend {
        Some(_) => None,
        None => Some(mariadb::Private::start().await?),
    };
    let backend = match (&arguments.backend, &private) {
        (Some(url), _) => url.clone(),
        (None, Some(private)) => private.url(),
        (None, None) => String::new(),
    };
    let gate = Gate::start(&backend, arguments.options)
        .await
        .map_err(|e| with_sources(&e))?;
    println!("{}", gate.url());
    if let Some(address) = gate.control_address() {
        println!("control {address}");
    }
    wait().await.map_err(|e| e.to_string())?;
    drop(gate);
    if let Some(private) = private {
        private.stop().await;
    }
    Ok(())
}

/// Until SIGTERM, SIGINT or SIGHUP.
async fn wait() -> std::io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut hup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
        _ = hup.recv() => {}
    }
    Ok(())
}

fn with_sources(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        out.push_str(&format!(": {error}"));
        source = error.source();
    }
    out
}
