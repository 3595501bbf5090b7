//! Who may import whom: the design's table, and the one home of each kind of foreign crate.

use crate::workspace::{Dependency, DependencyKind, Metadata, Package};

/// What one crate of the workspace may import of the others.
struct Row {
    package: &'static str,
    /// For its code.
    imports: &'static [&'static str],
    /// For its tests, beyond that.
    tests_import: &'static [&'static str],
}

const TABLE: &[Row] = &[
    Row {
        // The desktop app, in src-tauri/shell.
        package: "conclave",
        imports: &["conclave-call", "conclave-server", "conclave-protocol"],
        tests_import: &[],
    },
    Row {
        package: "conclave-call",
        imports: &[
            "conclave-conference",
            "conclave-trust",
            "conclave-room",
            "conclave-peer",
            "conclave-media",
            "conclave-keys",
            "conclave-protocol",
        ],
        tests_import: &[],
    },
    Row {
        // Pure: the room, and whom it believes. So it runs in browsers too.
        package: "conclave-conference",
        imports: &["conclave-trust", "conclave-room", "conclave-keys", "conclave-protocol"],
        tests_import: &[],
    },
    Row {
        package: "conclave-guest",
        imports: &["conclave-conference", "conclave-trust", "conclave-room", "conclave-keys", "conclave-protocol"],
        tests_import: &[],
    },
    Row {
        package: "conclave-trust",
        imports: &["conclave-room", "conclave-keys", "conclave-protocol"],
        tests_import: &[],
    },
    Row { package: "conclave-headless", imports: &["conclave-call"], tests_import: &[] },
    Row {
        package: "conclave-room",
        imports: &["conclave-protocol"],
        // The simulation runs rooms against the server's own registry.
        tests_import: &["conclave-server"],
    },
    Row { package: "conclave-keys", imports: &["conclave-protocol"], tests_import: &[] },
    Row { package: "conclave-server", imports: &["conclave-keys", "conclave-protocol"], tests_import: &[] },
    Row { package: "conclave-protocol", imports: &[], tests_import: &[] },
    Row { package: "conclave-peer", imports: &[], tests_import: &[] },
    Row { package: "conclave-media", imports: &[], tests_import: &[] },
    Row { package: "conclave-xtask", imports: &[], tests_import: &[] },
    Row {
        // End-to-end tests drive the real programs and know the wire; of the media only what can't be driven so: the
        // camera with a device that isn't there, and what the fuzz corpora are run through.
        package: "conclave-tests",
        // A participant that lies has to speak the key agreement, and offer a link.
        imports: &["conclave-protocol", "conclave-media", "conclave-keys", "conclave-peer"],
        tests_import: &[],
    },
];

/// A kind of foreign crate, and the only crates that may use it.
struct Home {
    what: &'static str,
    homes: &'static [&'static str],
    /// Names; one that ends in `*` stands for all that begin so.
    crates: &'static [&'static str],
}

/// The first one that a crate fits counts.
const HOMES: &[Home] = &[
    Home {
        what: "reading session descriptions",
        // What is proven of a description is read as what is applied.
        homes: &["conclave-peer", "conclave-trust"],
        crates: &["rtc-sdp"],
    },
    Home {
        what: "serving TURN",
        // Calls by relay alone are tried with a server of the tests'.
        homes: &["conclave-tests"],
        crates: &["turn", "webrtc-util"],
    },
    Home {
        what: "WebRTC",
        homes: &["conclave-peer"],
        crates: &["webrtc", "webrtc-*", "rtc", "rtc-*", "str0m", "libwebrtc", "datachannel"],
    },
    Home {
        what: "devices",
        homes: &["conclave-media"],
        crates: &["nokhwa*", "v4l", "v4l2-*", "cpal", "rodio", "alsa*", "pulseaudio", "libpulse*", "pipewire", "xcap"],
    },
    Home {
        what: "X11",
        // The tests' display has a program with windows.
        homes: &["conclave-media", "conclave-tests"],
        crates: &["x11rb"],
    },
    Home {
        what: "codecs and signal processing",
        homes: &["conclave-media"],
        crates: &[
            "openh264*",
            "opus",
            "opusic*",
            "audiopus*",
            "rubato",
            "yuv",
            "zune-jpeg",
            "turbojpeg*",
            "mozjpeg*",
            "sonora*",
            "webrtc-audio-processing*",
            "neteq",
        ],
    },
    Home {
        what: "cryptography",
        homes: &["conclave-keys"],
        crates: &[
            "aead",
            "aes",
            "aes-gcm*",
            "argon2",
            "blake2",
            "blake3",
            "chacha20*",
            "curve25519-dalek",
            "ed25519*",
            "hkdf",
            "hmac",
            "hpke*",
            "keyring",
            "openmls*",
            "p256",
            "pbkdf2",
            "ring",
            "rsa",
            "sframe*",
            "sha1",
            "sha2",
            "sha3",
            "snow",
            "subtle",
            "x25519-dalek",
            "aws-lc-*",
            "openssl*",
        ],
    },
    Home { what: "the window", homes: &["conclave"], crates: &["tauri", "tauri-*", "wry", "tao"] },
];

/// What the room must not import to stay a pure state machine: whatever brings in tasks, a clock, chance or I/O.
const IMPURE: &[&str] = &[
    "tokio*",
    "async-*",
    "futures*",
    "rand*",
    "getrandom",
    "libc",
    "mio",
    "socket2",
    "reqwest",
    "hyper",
    "axum",
    "tracing*",
    "log",
    "chrono",
    "time",
    "uuid",
];

/// Every import against the rules.
pub(crate) fn faults(metadata: &Metadata) -> Vec<String> {
    metadata.packages.iter().flat_map(package_faults).collect()
}

fn package_faults(package: &Package) -> Vec<String> {
    let Some(row) = TABLE.iter().find(|row| row.package == package.name) else {
        return vec![format!("{} has no row in the table of imports", package.name)];
    };
    package
        .dependencies
        .iter()
        .filter_map(|dependency| internal_fault(row, dependency).or_else(|| external_fault(package, dependency)))
        .collect()
}

fn internal_fault(row: &Row, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    if !name.starts_with("conclave-") || row.imports.contains(&name) {
        return None;
    }
    if is_for_tests(dependency) && row.tests_import.contains(&name) {
        return None;
    }
    let allowed = if row.imports.is_empty() { "none".to_owned() } else { row.imports.join(", ") };
    Some(format!("{} imports {name}; of the workspace it may import: {allowed}", row.package))
}

fn external_fault(package: &Package, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    let home = HOMES.iter().find(|home| matches_any(home.crates, name));
    if let Some(home) = home.filter(|home| !home.homes.contains(&package.name.as_str())) {
        return Some(format!("{} imports {name}; {} belongs in {}", package.name, home.what, home.homes.join(", ")));
    }
    let impure = package.name == "conclave-room" && !is_for_tests(dependency) && matches_any(IMPURE, name);
    impure.then(|| format!("conclave-room imports {name}; the room has no tasks, clock, chance or I/O of its own"))
}

fn is_for_tests(dependency: &Dependency) -> bool {
    dependency.kind == Some(DependencyKind::Dev)
}

fn matches_any(patterns: &[&str], name: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *pattern,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(package: &str, dependency: &str, kind: &str) -> Metadata {
        let json = serde_json::json!({
            "packages": [{ "name": package, "dependencies": [{
                "name": dependency,
                "kind": if kind == "normal" { serde_json::Value::Null } else { kind.into() },
            }] }],
            "workspace_root": ".",
            "target_directory": "target",
        });
        serde_json::from_value(json).unwrap()
    }

    fn is_allowed(package: &str, dependency: &str, kind: &str) -> bool {
        faults(&graph(package, dependency, kind)).is_empty()
    }

    #[test]
    fn the_design_s_arrows_are_allowed() {
        assert!(is_allowed("conclave-call", "conclave-room", "normal"));
        assert!(is_allowed("conclave-peer", "webrtc", "normal"));
        assert!(is_allowed("conclave-media", "openh264-sys2", "normal"));
        assert!(is_allowed("conclave-server", "axum", "normal"));
        assert!(is_allowed("conclave", "conclave-server", "normal"));
        assert!(is_allowed("conclave", "tauri-build", "build"));
    }

    #[test]
    fn media_and_peer_never_meet() {
        assert!(!is_allowed("conclave-media", "conclave-peer", "normal"));
        assert!(!is_allowed("conclave-peer", "conclave-media", "normal"));
        assert!(!is_allowed("conclave-peer", "conclave-media", "dev"));
    }

    #[test]
    fn an_arrow_against_the_table_is_named() {
        let found = faults(&graph("conclave-server", "conclave-room", "normal"));
        assert_eq!(
            found,
            ["conclave-server imports conclave-room; of the workspace it may import: conclave-keys, conclave-protocol"]
        );
    }

    #[test]
    fn a_foreign_crate_outside_its_home_is_named_with_its_home() {
        let found = faults(&graph("conclave-call", "rtc-ice", "normal"));
        assert_eq!(found, ["conclave-call imports rtc-ice; WebRTC belongs in conclave-peer"]);
        assert!(is_allowed("conclave-trust", "rtc-sdp", "normal"));
        assert!(!is_allowed("conclave-peer", "sha2", "normal"));
        assert!(!is_allowed("conclave-server", "ed25519-dalek", "dev"));
        assert!(!is_allowed("conclave-call", "cpal", "build"));
        assert!(!is_allowed("conclave-headless", "tauri", "normal"));
    }

    #[test]
    fn what_the_tests_may_import_the_code_may_not() {
        assert!(is_allowed("conclave-room", "conclave-server", "dev"));
        assert!(!is_allowed("conclave-room", "conclave-server", "normal"));
    }

    #[test]
    fn the_room_stays_pure() {
        assert!(!is_allowed("conclave-room", "tokio", "normal"));
        assert!(!is_allowed("conclave-room", "rand_chacha", "normal"));
        assert!(is_allowed("conclave-room", "rand_chacha", "dev"));
    }

    #[test]
    fn a_crate_that_the_table_forgot_is_a_fault() {
        assert!(!is_allowed("conclave-utilities", "serde", "normal"));
    }
}
