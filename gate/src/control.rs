//! The control side of a gate: a handle in the program, a line protocol on a port of its own, and
//! `GATE …` statements on any connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::faults::{Action, Fault, When};
use crate::options::{LastKey, Role, Savepoints};
use crate::refusal::Refusal;
use crate::server::Shared;
use crate::stats::{Counts, Note};

/// Steers a running gate. Clones steer the same one.
#[derive(Debug, Clone)]
pub struct Control {
    pub(crate) shared: Arc<Shared>,
}

impl Control {
    /// Arms a fault.
    pub fn arm(&self, fault: Fault) {
        self.shared.state().faults.arm(fault);
    }

    /// Disarms all faults.
    pub fn disarm(&self) {
        self.shared.state().faults.clear();
    }

    /// How many faults have struck.
    pub fn fired(&self) -> u64 {
        self.shared.state().faults.fired()
    }

    /// Counts of statements.
    pub fn counts(&self) -> Counts {
        self.shared.state().stats.counts()
    }

    /// The statements of a kind, up to 50.
    pub fn examples(&self, note: Note) -> Vec<String> {
        self.shared.state().stats.examples(note)
    }

    /// Shapes of statements, each with how often it came.
    pub fn shapes(&self) -> Vec<(String, u64)> {
        self.shared.state().stats.shapes()
    }

    /// The last 10,000 statements, oldest first.
    pub fn log(&self) -> Vec<String> {
        self.shared.state().stats.log()
    }

    /// Starts the counts, the shapes and the log anew.
    pub fn reset(&self) {
        self.shared.state().stats = crate::stats::Stats::default();
    }

    /// Ends every connection; takes no new one for so long.
    pub fn kill(&self, down: Duration) {
        self.shared.kill(down);
    }

    /// Plays the master or a child aggregator from now on.
    pub fn set_role(&self, role: Role) {
        self.shared.state().role = role;
    }

    /// What SHOW AGGREGATORS tells from now on: host, port, whether it is the master.
    pub fn set_aggregators(&self, aggregators: &[(&str, u16, bool)]) {
        let told = aggregators
            .iter()
            .map(|(h, p, m)| ((*h).to_owned(), *p, *m));
        self.shared.state().aggregators = told.collect();
    }

    /// Plays a shared tier from now on, or no longer.
    pub fn set_shared_tier(&self, shared: bool) {
        self.shared.state().shared_tier = shared;
    }

    /// What happens to savepoints from now on.
    pub fn set_savepoints(&self, savepoints: Savepoints) {
        self.shared.state().savepoints = savepoints;
    }

    /// What LAST_INSERT_ID() among the values of an INSERT is from now on.
    pub fn set_last_key(&self, last_key: LastKey) {
        self.shared.state().last_key = last_key;
    }

    /// Whether COM_STMT_PREPARE works from now on.
    pub fn set_prepare(&self, prepare: bool) {
        self.shared.state().prepare = prepare;
    }

    /// Forgets copies of table descriptions: after tables were changed behind the gate's back.
    pub fn forget(&self) {
        self.shared.catalog.forget();
    }

    /// Runs a command of the line protocol; see the crate's documentation.
    ///
    /// # Errors
    /// What is wrong with the command.
    pub fn command(&self, line: &str) -> Result<Vec<String>, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let done = Ok(vec!["ok".to_owned()]);
        match words.as_slice() {
            ["counts"] => Ok(counts(&self.counts())),
            ["shapes"] => Ok(self
                .shapes()
                .into_iter()
                .map(|(s, n)| format!("{n}\t{s}"))
                .collect()),
            ["log"] => Ok(self.log()),
            ["examples", word] => {
                let note = Note::ALL.into_iter().find(|n| n.word() == *word);
                note.map(|n| self.examples(n)).ok_or_else(|| usage(line))
            }
            ["reset"] => {
                self.reset();
                done
            }
            ["fired"] => Ok(vec![self.fired().to_string()]),
            ["disarm"] => {
                self.disarm();
                done
            }
            ["forget"] => {
                self.forget();
                done
            }
            ["kill", ms] => {
                self.kill(millis(ms)?);
                done
            }
            ["fault", rest @ ..] => {
                self.arm(fault(rest).ok_or_else(|| usage(line))?);
                done
            }
            ["set", name, value] => {
                self.set(name, value).ok_or_else(|| usage(line))?;
                done
            }
            _ => Err(usage(line)),
        }
    }

    fn set(&self, name: &str, value: &str) -> Option<()> {
        match (name, value) {
            ("role", "master") => self.set_role(Role::Master),
            ("role", "child") => self.set_role(Role::Child),
            ("shared_tier", "on") => self.set_shared_tier(true),
            ("shared_tier", "off") => self.set_shared_tier(false),
            ("savepoints", "ignore") => self.set_savepoints(Savepoints::Ignore),
            ("savepoints", "refuse") => self.set_savepoints(Savepoints::Refuse),
            ("last_key", "known") => self.set_last_key(LastKey::Known),
            ("last_key", "zero") => self.set_last_key(LastKey::Zero),
            ("last_key", "refused") => self.set_last_key(LastKey::Refused),
            ("prepare", "on") => self.set_prepare(true),
            ("prepare", "off") => self.set_prepare(false),
            _ => return None,
        }
        Some(())
    }
}

fn usage(line: &str) -> String {
    format!(
        "unknown command `{line}`; there are: counts · shapes · log · examples unordered|savepoint|foreign_key|unaliased|refused \
         · reset · fault before|after N cut|kill MS|error CODE TEXT|delay MS|moved N [repeat] [matching TEXT] · fired · disarm \
         · kill MS · forget · set role master|child · set shared_tier|prepare on|off · set savepoints ignore|refuse · set last_key known|zero|refused"
    )
}

fn millis(word: &str) -> Result<Duration, String> {
    let ms = word.parse();
    ms.map(Duration::from_millis)
        .map_err(|_| format!("`{word}` is not a number of milliseconds"))
}

fn counts(c: &Counts) -> Vec<String> {
    [
        ("statements", c.statements),
        ("shapes", c.shapes),
        ("trips", c.trips),
        ("refused", c.refused),
        ("unordered", c.unordered),
        ("savepoints", c.savepoints),
        ("foreign_keys", c.foreign_keys),
        ("unaliased", c.unaliased),
        ("prepared", c.prepared),
    ]
    .iter()
    .map(|(name, n)| format!("{name} {n}"))
    .collect()
}

/// `before|after N ACTION … [repeat] [matching TEXT]`
fn fault(words: &[&str]) -> Option<Fault> {
    let (words, matching) = match words.iter().position(|w| *w == "matching") {
        Some(at) => (&words[..at], Some(words[at + 1..].join(" "))),
        None => (words, None),
    };
    let (words, repeat) = match words.split_last() {
        Some((&"repeat", rest)) => (rest, true),
        _ => (words, false),
    };
    let [when, nth, action @ ..] = words else {
        return None;
    };
    let when = match *when {
        "before" => When::Before,
        "after" => When::After,
        _ => return None,
    };
    let action = match action {
        ["cut"] => Action::Cut,
        ["kill", ms] => Action::Kill {
            down: millis(ms).ok()?,
        },
        ["delay", ms] => Action::Delay(millis(ms).ok()?),
        ["error", code, text @ ..] => {
            Action::Error(Refusal::new(code.parse().ok()?, text.join(" ")))
        }
        ["moved", n] => Action::MasterMoved {
            statements: n.parse().ok()?,
        },
        _ => return None,
    };
    Some(Fault {
        nth: nth.parse().ok()?,
        matching,
        when,
        action,
        repeat,
    })
}

/// Serves the line protocol: one command a line; the answer's lines, then an empty one.
pub(crate) async fn serve(listener: TcpListener, control: Control) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(answer(socket, control.clone()));
    }
}

async fn answer(socket: TcpStream, control: Control) -> std::io::Result<()> {
    let (reader, mut writer) = socket.into_split();
    let mut lines = BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await? {
        let mut out = match control.command(&line) {
            Ok(lines) => lines
                .iter()
                .fold(String::new(), |out, l| out + &l.replace('\n', " ") + "\n"),
            Err(error) => format!("error: {error}\n"),
        };
        out.push('\n');
        writer.write_all(out.as_bytes()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_from_words() {
        let words = |s: &'static str| s.split(' ').collect::<Vec<_>>();
        assert_eq!(
            fault(&words("before 3 cut")),
            Some(Fault::new(3, When::Before, Action::Cut))
        );
        let error = Action::Error(Refusal::new(1205, "Lock wait timeout"));
        assert_eq!(
            fault(&words(
                "after 1 error 1205 Lock wait timeout repeat matching INSERT INTO"
            )),
            Some(
                Fault::new(1, When::After, error)
                    .repeating()
                    .matching("INSERT INTO")
            )
        );
        for bad in ["before cut", "during 1 cut", "after 1 kill", "after x cut"] {
            assert_eq!(fault(&words(bad)), None, "{bad}");
        }
    }
}
