//! Rows on their way to a server that asks for a file.

use tokio::sync::{mpsc, oneshot};

/// What a statement that asks for a file is fed with.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "mysql"),
    allow(dead_code, reason = "an embedded database asks for no file")
)]
pub(crate) struct Feed {
    /// Told when the server asks: until then nothing is taken.
    pub(crate) asked: oneshot::Sender<()>,
    /// The file, piece by piece; it ends when the sender is dropped.
    pub(crate) pieces: mpsc::Receiver<Vec<u8>>,
}
