//! The room server as a program.

#![forbid(unsafe_code)]

mod descriptors;
mod ice_servers;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use conclave_protocol::invite::ServerAddress;
use conclave_server::config::DEFAULT_PORT;
use conclave_server::registry::RegistryConfig;
use conclave_server::{LoopbackClients, Server, ServerConfig};
use serde::Serialize;
use tracing_subscriber::EnvFilter;

/// The Conclave room server: relays sealed messages between the people of a room. It can neither read them nor let
/// anyone in. Stops on SIGTERM or Ctrl-C; logs go to standard error (RUST_LOG sets what).
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)))]
    listen: SocketAddr,
    /// How people reach this server, like https://rooms.example.org, when a proxy stands before it.
    #[arg(long, value_name = "URL", value_parser = ServerAddress::parse)]
    public_url: Option<ServerAddress>,
    /// Don't limit how many connections and joins come from this computer.
    #[arg(long)]
    exempt_loopback: bool,
    /// A proxy before this server, whose word is taken for whom it speaks (the last entry of X-Forwarded-For); may be
    /// said several times. Without it all who come through the proxy share one address's limits.
    #[arg(long, value_name = "IP")]
    trusted_proxy: Vec<IpAddr>,
    /// STUN and TURN servers to tell everyone of: a JSON list of {"urls": […], "username": …, "credential": …}.
    #[arg(long, value_name = "FILE")]
    ice_servers: Option<PathBuf>,
}

/// The line on standard output that says the server is ready.
#[derive(Debug, Serialize)]
struct Ready {
    listening: SocketAddr,
    url: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_logging();
    descriptors::raise_limit();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn start_logging() {
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .finish();
    // Not `init`: that takes in the `log` records of the WebSocket crate too, which has whole messages in them.
    // There is no subscriber before this one, so it can't fail.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let ice_servers = match &arguments.ice_servers {
        Some(path) => ice_servers::read(path)?,
        None => Vec::new(),
    };
    let config = ServerConfig {
        listen: arguments.listen,
        public_url: arguments.public_url,
        loopback: if arguments.exempt_loopback { LoopbackClients::Exempt } else { LoopbackClients::Limited },
        trusted_proxies: arguments.trusted_proxy,
        rooms: RegistryConfig { ice_servers, ..RegistryConfig::default() },
        ..ServerConfig::default()
    };
    // Before anyone can know that the server is ready, so that it can be stopped from then on.
    let stop = stop_signal()?;
    let server = Server::bind(config).await?;
    let ready = Ready { listening: server.listening(), url: server.url().to_string() };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", serde_json::to_string(&ready)?)?;
    stdout.flush()?;
    drop(stdout);
    tracing::info!(listening = %ready.listening, url = ready.url, "ready");
    server.serve(stop).await;
    tracing::info!("stopped");
    Ok(())
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}

#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        tracing::info!("stopping");
    })
}
