//! A MariaDB that lives as long as the program: its own folder and port, nothing synced to disk.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running server; its folder is removed when it stops.
pub(crate) struct Private {
    child: Child,
    folder: Folder,
    port: u16,
}

/// A folder that is removed with this.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Private {
    /// Makes a data folder and starts a server on a free port.
    pub(crate) async fn start() -> Result<Self, String> {
        let folder = folder().map_err(|e| format!("no folder for MariaDB's data: {e}"))?;
        install(&folder.0).await?;
        for _ in 0..5 {
            let port = free_port().map_err(|e| format!("no free port: {e}"))?;
            let mut child = launch(&folder.0, port)?;
            if answers(&mut child, port).await {
                return Ok(Self {
                    child,
                    folder,
                    port,
                });
            }
            let _ = child.kill().await;
        }
        let log = std::fs::read_to_string(folder.0.join("server.log")).unwrap_or_default();
        Err(format!("MariaDB did not start; its log:\n{log}"))
    }

    pub(crate) fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/", self.port)
    }

    /// Ends the server and removes its folder.
    pub(crate) async fn stop(mut self) {
        // Nothing of it is kept, so it need not end in order.
        let _ = self.child.kill().await;
        drop(self.folder);
    }
}

/// MariaDB's programs sit in /usr/sbin, which is not on every user's path.
fn path() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:/usr/sbin:/sbin")
}

/// A folder of its own, which nobody else has made.
fn folder() -> std::io::Result<Folder> {
    let name = std::env::temp_dir().join(format!("gate.{}", std::process::id()));
    let mut folder = name.clone();
    for n in 1.. {
        match std::fs::create_dir(&folder) {
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && n < 100 => {
                folder = name.with_extension(format!("{}.{n}", std::process::id()));
            }
            result => {
                result?;
                break;
            }
        }
    }
    let folder = Folder(folder);
    std::fs::create_dir(folder.0.join("data"))?;
    Ok(folder)
}

fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn user() -> String {
    let name = std::process::Command::new("id").arg("-un").output();
    let name = name.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
    name.unwrap_or_else(|_| "root".to_owned())
}

async fn install(folder: &Path) -> Result<(), String> {
    let output = Command::new("mariadb-install-db")
        .env("PATH", path())
        .args([
            "--no-defaults",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
        ])
        .arg(format!("--user={}", user()))
        .arg(format!("--datadir={}", folder.join("data").display()))
        .output()
        .await
        .map_err(|e| {
            format!(
                "mariadb-install-db: {e}. Install MariaDB (on Debian: apt-get install \
                 mariadb-server-core mariadb-client-core), or give --backend URL"
            )
        })?;
    if !output.status.success() {
        return Err(format!(
            "mariadb-install-db failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let grant = "CREATE USER IF NOT EXISTS root@'127.0.0.1'; GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;";
    std::fs::write(folder.join("init.sql"), grant).map_err(|e| e.to_string())
}

fn launch(folder: &Path, port: u16) -> Result<Child, String> {
    let log = std::fs::File::create(folder.join("server.log")).map_err(|e| e.to_string())?;
    let out = log.try_clone().map_err(|e| e.to_string())?;
    let file = |name: &str| folder.join(name).display().to_string();
    Command::new("mariadbd")
        .env("PATH", path())
        .arg("--no-defaults")
        .arg(format!("--user={}", user()))
        .arg(format!("--datadir={}", file("data")))
        .arg(format!("--socket={}", file("s.sock")))
        .arg(format!("--pid-file={}", file("pid")))
        .arg(format!("--tmpdir={}", folder.display()))
        .arg(format!("--init-file={}", file("init.sql")))
        .arg(format!("--port={port}"))
        .args([
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_general_ci",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-flush-method=nosync",
            "--skip-innodb-doublewrite",
            "--innodb-buffer-pool-size=256M",
            "--innodb-log-file-size=64M",
            // A cycle of locks ends by a time-out on SingleStore.
            "--innodb-deadlock-detect=OFF",
            "--skip-log-bin",
            "--max-connections=1000",
            "--max-allowed-packet=64M",
        ])
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(log)
        // Ctrl-C reaches the program alone, which then ends the server.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| format!("mariadbd: {e}"))
}

/// Whether the server takes connections within half a minute.
async fn answers(child: &mut Child, port: u16) -> bool {
    for _ in 0..300 {
        if !matches!(child.try_wait(), Ok(None)) {
            return false;
        }
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .is_ok()
        {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}
