//! Packets on a socket: a head of three bytes of length and one of sequence, then the payload.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// A payload of this length goes on in the next packet.
const FULL: usize = 0xff_ffff;
/// Written out once so much has gathered.
const FLUSH_AT: usize = 64 * 1024;

/// One side of a session.
#[derive(Debug)]
pub(crate) struct Stream {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    out: Vec<u8>,
    /// Sequence number of the next packet written.
    pub(crate) seq: u8,
}

impl Stream {
    pub(crate) fn new(socket: TcpStream) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        let (reader, writer) = socket.into_split();
        Ok(Self {
            reader: BufReader::with_capacity(FLUSH_AT, reader),
            writer,
            out: Vec::new(),
            seq: 0,
        })
    }

    /// Reads one payload into `buffer`, however many packets it came in. The next packet written
    /// follows it in sequence.
    pub(crate) async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        loop {
            let mut head = [0; 4];
            self.reader.read_exact(&mut head).await?;
            let length = u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize;
            self.seq = head[3].wrapping_add(1);
            let from = buffer.len();
            buffer.resize(from + length, 0);
            self.reader.read_exact(&mut buffer[from..]).await?;
            if length < FULL {
                return Ok(());
            }
        }
    }

    /// Appends a payload to what will be written.
    pub(crate) async fn write(&mut self, payload: &[u8]) -> io::Result<()> {
        let mut rest = payload;
        loop {
            let (now, later) = rest.split_at(rest.len().min(FULL));
            let length = (now.len() as u32).to_le_bytes();
            self.out
                .extend_from_slice(&[length[0], length[1], length[2], self.seq]);
            self.seq = self.seq.wrapping_add(1);
            self.out.extend_from_slice(now);
            if now.len() < FULL {
                break;
            }
            rest = later;
        }
        if self.out.len() >= FLUSH_AT {
            self.flush().await?;
        }
        Ok(())
    }

    /// Sends what was written.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        self.writer.write_all(&self.out).await?;
        self.out.clear();
        if self.out.capacity() > 4 * FLUSH_AT {
            self.out.shrink_to(FLUSH_AT);
        }
        Ok(())
    }

    /// Sends a command, which starts a sequence of its own.
    pub(crate) async fn command(&mut self, payload: &[u8]) -> io::Result<()> {
        self.seq = 0;
        self.write(payload).await?;
        self.flush().await
    }
}
