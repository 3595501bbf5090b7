//! A page at an address of this computer.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::rigs::error::{Result, RigError};

/// Browsers open connections that they may never need: nobody else waits longer for those than this.
const PATIENCE: Duration = Duration::from_millis(500);

/// A server that answers everything with one page; ended when dropped.
#[derive(Debug)]
pub struct Site {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Site {
    /// Serves a page.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn start(page: &'static str) -> Result<Self> {
        let failed = || RigError::io("serving a page");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed())?;
        let address = listener.local_addr().map_err(failed())?;
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            for client in listener.incoming().map_while(std::result::Result::ok) {
                if told.load(Ordering::Relaxed) {
                    return;
                }
                // A client that went away has no use for the page.
                let _ = answer(client, page);
            }
        });
        Ok(Self { address, ended, thread: Some(thread) })
    }

    /// Its address, to which browsers give camera and microphone.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

fn answer(client: TcpStream, page: &str) -> std::io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let mut client = BufReader::new(client);
    let mut line = String::new();
    while client.read_line(&mut line)? > 2 {
        line.clear();
    }
    let length = page.len();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
    write!(client.get_mut(), "{head}Content-Length: {length}\r\n\r\n{page}")
}

impl Drop for Site {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the thread; one that is gone already refuses.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            // One that panicked has said so.
            let _ = thread.join();
        }
    }
}
