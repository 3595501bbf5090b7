//! The room server as a program.

#![forbid(unsafe_code)]

mod arguments;
mod descriptors;
mod ice_servers;
mod new_files;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use conclave_server::registry::RegistryConfig;
use conclave_server::{LoopbackClients, Server, ServerConfig};
use serde::Serialize;
use tracing_subscriber::EnvFilter;

use arguments::Arguments;

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
    new_files::keep_private();
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
        certificate: arguments.certificate(),
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
