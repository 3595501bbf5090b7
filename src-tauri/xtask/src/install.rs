//! Installs what the system lacks, saying so: Debian packages with apt-get, Rust's own components with rustup.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::packages::{Package, Purpose, Sign, needed};
use crate::process;

/// Makes sure that what `purpose` needs is installed.
pub(crate) fn packages(purpose: Purpose) -> Result<(), Failure> {
    let debian = is_debian();
    let missing = if debian { missing_by_dpkg(purpose) } else { missing_by_sign(purpose) };
    if missing.is_empty() {
        println!("    nothing is missing");
        return Ok(());
    }
    println!("    missing:\n{}", describe(&missing));
    match (debian, privilege()) {
        (true, Some(privilege)) => apt_install(privilege, &missing),
        (true, None) => {
            Err(Failure::MissingPackages(format!("this needs root or sudo once: apt-get install {}", names(&missing))))
        }
        (false, _) => Err(Failure::MissingPackages(format!(
            "this system has no apt-get; please install what these packages of Debian contain: {}",
            names(&missing)
        ))),
    }
}

/// Makes sure that Rust's formatter and linter are there: a minimal toolchain lacks them.
pub(crate) fn rust_components() -> Result<(), Failure> {
    for component in ["rustfmt", "clippy"] {
        let program = if component == "rustfmt" { "cargo-fmt" } else { "cargo-clippy" };
        if !process::succeeds(Command::new(program).arg("--version")) {
            println!("    Rust's {component} is missing: installing it with rustup");
            process::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// Makes sure that Rust's standard library for a target is there.
pub(crate) fn rust_target(target: &str) -> Result<(), Failure> {
    let mut libraries = Command::new("rustc");
    libraries.args(["--print", "target-libdir", "--target", target]);
    let folder = process::output(&mut libraries)?;
    if !Path::new(folder.trim()).is_dir() {
        println!("    Rust's standard library for {target} is missing: installing it with rustup");
        process::run(Command::new("rustup").args(["target", "add", target]))?;
    }
    Ok(())
}

fn is_debian() -> bool {
    process::succeeds(Command::new("dpkg-query").arg("--version"))
        && process::succeeds(Command::new("apt-get").arg("--version"))
}

/// By whose right packages are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Privilege {
    Root,
    Sudo,
}

fn privilege() -> Option<Privilege> {
    let user = process::output(Command::new("id").arg("-u")).unwrap_or_default();
    if user.trim() == "0" {
        return Some(Privilege::Root);
    }
    // Without a terminal nobody can type a password.
    let usable = if std::io::stdin().is_terminal() {
        process::succeeds(Command::new("sudo").arg("--version"))
    } else {
        process::succeeds(Command::new("sudo").args(["-n", "true"]))
    };
    usable.then_some(Privilege::Sudo)
}

fn apt_install(privilege: Privilege, missing: &[&Package]) -> Result<(), Failure> {
    println!("    installing them with apt-get");
    apt_get(privilege, &["update", "--quiet"], &[])?;
    let names: Vec<_> = missing.iter().map(|package| package.name).collect();
    apt_get(privilege, &["install", "--quiet", "--yes", "--no-install-recommends"], &names)
}

fn apt_get(privilege: Privilege, arguments: &[&str], packages: &[&str]) -> Result<(), Failure> {
    let mut command = match privilege {
        Privilege::Root => Command::new("env"),
        Privilege::Sudo => {
            let mut sudo = Command::new("sudo");
            sudo.arg("env");
            sudo
        }
    };
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"])
        .args(arguments)
        .args(packages);
    // sudo asks for the password on the terminal itself, not on the closed standard input.
    process::run(&mut command)
}

fn missing_by_dpkg(purpose: Purpose) -> Vec<&'static Package> {
    let listing = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status} ${Package}\\n"])
        .args(needed(purpose).map(|package| package.name))
        .output();
    // It ends with an error when one of the packages is unknown; what it printed is right all the same.
    let listing = listing.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let installed = installed_of(&listing.unwrap_or_default());
    needed(purpose).filter(|package| !installed.contains(package.name)).collect()
}

/// The packages that a listing of `STATUS NAME` lines calls installed.
fn installed_of(listing: &str) -> BTreeSet<String> {
    listing.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect()
}

fn missing_by_sign(purpose: Purpose) -> Vec<&'static Package> {
    needed(purpose).filter(|package| !is_there(package.sign)).collect()
}

fn is_there(sign: Sign) -> bool {
    match sign {
        Sign::Program(name) => on_search_path(name),
        Sign::Library(name) => process::succeeds(Command::new("pkg-config").args(["--exists", name])),
        Sign::SharedObject(start) => library_folders().iter().any(|folder| contains_file(folder, start)),
    }
}

fn on_search_path(program: &str) -> bool {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(&file).is_file()))
}

/// Where bindgen looks for libclang, as far as distributions use it.
fn library_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("LIBCLANG_PATH").map(PathBuf::from).into_iter().collect();
    for top in ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib"] {
        folders.push(top.into());
        let inner = std::fs::read_dir(top).into_iter().flatten().flatten();
        for entry in inner.filter(|entry| entry.file_name().to_string_lossy().contains("llvm")) {
            folders.push(entry.path().join("lib"));
            folders.push(entry.path().join("lib64"));
        }
    }
    folders
}

fn contains_file(folder: &Path, start: &str) -> bool {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with(start))
}

fn names(packages: &[&Package]) -> String {
    packages.iter().map(|package| package.name).collect::<Vec<_>>().join(" ")
}

fn describe(packages: &[&Package]) -> String {
    packages.iter().map(|package| format!("      {}: {}", package.name, package.reason)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_package_with_its_settings_left_is_not_installed() {
        let installed = installed_of("installed nasm\nconfig-files cmake\nnot-installed espeak-ng\n");
        assert!(installed.contains("nasm"));
        assert_eq!(installed.len(), 1);
    }

    #[test]
    fn a_program_that_nobody_has_is_missing() {
        assert!(!is_there(Sign::Program("a-program-that-nobody-has")));
        assert!(is_there(Sign::Program("cargo")));
    }
}
