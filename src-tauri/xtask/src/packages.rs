//! The one list of what the system must have, with a reason each.

/// A Debian package that something here needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its name in Debian.
    pub(crate) name: &'static str,
    /// What needs it, and what for.
    pub(crate) reason: &'static str,
    /// What it is needed for here.
    pub(crate) purpose: Purpose,
    /// Where it is needed.
    pub(crate) systems: Systems,
    /// How its presence shows on a system without Debian's package list.
    pub(crate) sign: Sign,
}

/// On which systems something is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Systems {
    /// Linux; elsewhere the system has its own way.
    Linux,
    /// Everywhere.
    All,
}

/// What a package is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To build the programs.
    Build,
    /// To build, and to show the app's window where there is no display.
    Window,
    /// To build, to show windows, and for the tests' rigs as well.
    Test,
}

impl Purpose {
    /// Whether what is done for this purpose needs `package`.
    fn needs(self, package: &Package) -> bool {
        match self {
            Self::Build => package.purpose == Self::Build,
            Self::Window => matches!(package.purpose, Self::Build | Self::Window),
            Self::Test => true,
        }
    }
}

/// How a package's presence shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A program on the search path.
    Program(&'static str),
    /// A library that `pkg-config` knows.
    Library(&'static str),
    /// A shared library whose file name starts so, in a folder where its users look for it.
    SharedObject(&'static str),
}

const PACKAGES: &[Package] = &[
    Package {
        name: "build-essential",
        reason: "C and C++ compilers: openh264, libopus, ring, libFuzzer and the test rigs are compiled here",
        purpose: Purpose::Build,
        systems: Systems::Linux,
        sign: Sign::Program("c++"),
    },
    Package {
        name: "pkg-config",
        reason: "alsa-sys finds ALSA with it",
        purpose: Purpose::Build,
        systems: Systems::Linux,
        sign: Sign::Program("pkg-config"),
    },
    Package {
        name: "nasm",
        reason: "assembles openh264's SIMD code; without it openh264 builds silently at 2.5 times the cost a picture",
        purpose: Purpose::Build,
        systems: Systems::All,
        sign: Sign::Program("nasm"),
    },
    Package {
        name: "cmake",
        reason: "builds the bundled libopus",
        purpose: Purpose::Build,
        systems: Systems::All,
        sign: Sign::Program("cmake"),
    },
    Package {
        name: "libclang-dev",
        reason: "bindgen reads the kernel's camera header with it (v4l2-sys-mit)",
        purpose: Purpose::Build,
        systems: Systems::Linux,
        sign: Sign::SharedObject("libclang"),
    },
    Package {
        name: "libasound2-dev",
        reason: "ALSA, for cpal",
        purpose: Purpose::Build,
        systems: Systems::Linux,
        sign: Sign::Library("alsa"),
    },
    Package {
        name: "libwebkit2gtk-4.1-dev",
        reason: "the web view that the app's window consists of",
        purpose: Purpose::Build,
        systems: Systems::Linux,
        sign: Sign::Library("webkit2gtk-4.1"),
    },
    Package {
        name: "librsvg2-dev",
        reason: "draws the SVG icons of the window's theme; the app's packages depend on it",
        purpose: Purpose::Build,
        systems: Systems::Linux,
        sign: Sign::Library("librsvg-2.0"),
    },
    Package {
        name: "xvfb",
        reason: "a display in memory: for the app's window where there is none, and for the tests' screens",
        purpose: Purpose::Window,
        systems: Systems::Linux,
        sign: Sign::Program("Xvfb"),
    },
    Package {
        name: "dbus-daemon",
        reason: "dbus-run-session: by a session bus the app knows that it runs already",
        purpose: Purpose::Window,
        systems: Systems::Linux,
        sign: Sign::Program("dbus-run-session"),
    },
    Package {
        name: "scrot",
        reason: "takes the picture of that display",
        purpose: Purpose::Window,
        systems: Systems::Linux,
        sign: Sign::Program("scrot"),
    },
    Package {
        name: "webkit2gtk-driver",
        reason: "WebKitWebDriver: the tests click and read in the app's window by it",
        purpose: Purpose::Test,
        systems: Systems::Linux,
        sign: Sign::Program("WebKitWebDriver"),
    },
    Package {
        name: "chromium",
        reason: "shows each screen of the page in every size and colour to the tests, quicker than the app's window",
        purpose: Purpose::Test,
        systems: Systems::Linux,
        sign: Sign::Program("chromium"),
    },
    Package {
        name: "chromium-driver",
        reason: "chromedriver: the tests click and read in that browser by it",
        purpose: Purpose::Test,
        systems: Systems::Linux,
        sign: Sign::Program("chromedriver"),
    },
    Package {
        name: "firefox-esr",
        reason: "the other browser that a guest may come with",
        purpose: Purpose::Test,
        systems: Systems::Linux,
        sign: Sign::Program("firefox-esr"),
    },
    Package {
        name: "pulseaudio",
        reason: "the tests' private sound server",
        purpose: Purpose::Test,
        systems: Systems::Linux,
        sign: Sign::Program("pulseaudio"),
    },
    Package {
        name: "pulseaudio-utils",
        reason: "paplay, parec and pactl feed and tap that sound server",
        purpose: Purpose::Test,
        systems: Systems::Linux,
        sign: Sign::Program("paplay"),
    },
    Package {
        name: "espeak-ng",
        reason: "makes the speech that the tests' microphone hears",
        purpose: Purpose::Test,
        systems: Systems::Linux,
        sign: Sign::Program("espeak-ng"),
    },
];

/// The packages needed for a purpose on this system.
pub(crate) fn needed(purpose: Purpose) -> impl Iterator<Item = &'static Package> {
    let here = |package: &&Package| package.systems == Systems::All || cfg!(target_os = "linux");
    PACKAGES.iter().filter(here).filter(move |package| purpose.needs(package))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn building_needs_no_rig() {
        let names: Vec<_> = needed(Purpose::Build).map(|package| package.name).collect();
        assert!(names.contains(&"nasm"));
        assert!(!names.contains(&"pulseaudio") && !names.contains(&"xvfb"));
    }

    #[test]
    fn showing_a_window_needs_what_building_needs() {
        let names: Vec<_> = needed(Purpose::Window).map(|package| package.name).collect();
        assert!(needed(Purpose::Build).all(|package| names.contains(&package.name)));
        assert_eq!(names.contains(&"xvfb"), cfg!(target_os = "linux"));
        assert!(!names.contains(&"pulseaudio"));
    }

    #[test]
    fn testing_needs_everything_once() {
        let mut names: Vec<_> = needed(Purpose::Test).map(|package| package.name).collect();
        assert_eq!(names.len(), PACKAGES.len());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PACKAGES.len());
    }
}
