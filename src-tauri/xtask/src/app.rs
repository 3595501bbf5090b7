//! `cargo xtask run`: the app, in its window.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::display::{self, Display};
use crate::failure::Failure;
use crate::packages::Purpose;
use crate::workspace::Workspace;
use crate::{install, interrupt, process, ui};

/// How long the app has until it is photographed: several times what it needs; on a slow computer longer, as long as
/// nothing is shown or the picture still changes.
const SHOWN_AFTER: Duration = Duration::from_secs(6);
const SHOWN_WITHIN: Duration = Duration::from_secs(30);
/// How long a picture that is ready stays as it is.
const UNCHANGED: Duration = Duration::from_millis(1500);
const LOOK: Duration = Duration::from_millis(500);
const END_WITHIN: Duration = Duration::from_secs(10);

/// Builds the app and opens it, with an invite link if there is one.
pub(crate) fn run(workspace: &Workspace, link: Option<&str>) -> Result<(), Failure> {
    let is_seen = display::is_there();
    println!("==> What the system must have");
    install::packages(if is_seen { Purpose::Build } else { Purpose::Window })?;
    println!("==> Building the window's page");
    ui::build(workspace)?;
    println!("==> Building the app");
    let program = build(workspace)?;
    interrupt::remember();
    let mut app = if is_seen { Command::new(program) } else { in_a_session(program) };
    app.args(link);
    if is_seen { show(&mut app) } else { photograph(workspace, &mut app) }
}

pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf, Failure> {
    process::run(&mut workspace.cargo(&["build", "--locked", "--release", "-p", "conclave"]))?;
    Ok(workspace.target().join("release").join(format!("conclave{}", std::env::consts::EXE_SUFFIX)))
}

/// Where there is no display there is mostly no session bus either.
fn in_a_session(program: PathBuf) -> Command {
    let mut command = Command::new("dbus-run-session");
    command.arg("--").arg(program);
    // What the bus starts of itself ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

fn show(app: &mut Command) -> Result<(), Failure> {
    let mut child = process::start(app)?;
    let mut asked = None;
    process::wait_unless(&mut child, |child| {
        if !interrupt::requested() {
            return None;
        }
        let asked: Instant = *asked.get_or_insert_with(|| {
            interrupt::ask_to_end(child);
            Instant::now()
        });
        (asked.elapsed() > END_WITHIN)
            .then(|| Failure::TooLong { what: "closing the app".into(), seconds: END_WITHIN.as_secs() })
    })?;
    Ok(())
}

fn photograph(workspace: &Workspace, app: &mut Command) -> Result<(), Failure> {
    let folder = workspace.target().join("screenshots");
    fs::create_dir_all(&folder).map_err(|source| Failure::File { path: folder.clone(), source })?;
    let picture = folder.join("app.png");
    let display = Display::start()?;
    let look = || {
        display.photograph(&picture)?;
        fs::read(&picture).map_err(|source| Failure::File { path: picture.clone(), source })
    };
    let empty = look()?;
    let mut child = process::start(display.show(app))?;
    let taken = wait_until_shown(&mut child, &process::line(app), &empty, look);
    end(&mut child)?;
    taken?;
    println!("\nThere is no display here. This is how the app looks:\n\n    {}\n", picture.display());
    Ok(())
}

/// Looks until something is shown that stays, or there was time enough for it.
fn wait_until_shown(
    child: &mut Child,
    command: &str,
    empty: &[u8],
    look: impl Fn() -> Result<Vec<u8>, Failure>,
) -> Result<(), Failure> {
    let start = Instant::now();
    let (mut shown, mut since) = (look()?, start);
    while start.elapsed() < SHOWN_WITHIN && !interrupt::requested() {
        if let Ok(Some(status)) = child.try_wait() {
            return Err(Failure::Command { command: command.into(), status });
        }
        std::thread::sleep(LOOK);
        let now = look()?;
        if now != shown {
            (shown, since) = (now, Instant::now());
        }
        if start.elapsed() >= SHOWN_AFTER && shown != empty && since.elapsed() >= UNCHANGED {
            return Ok(());
        }
    }
    Ok(())
}

fn end(child: &mut Child) -> Result<(), Failure> {
    interrupt::ask_group_to_end(child);
    process::wait_within(child, END_WITHIN, "closing the app").map(drop)
}
