//! A hostile room server tries to hear, to see, to join and to be somebody else, against real participants. In each
//! attack no media flows, the person is told, and honest pairs in the same room are not affected.
#![cfg(test)]

/// Makes each attack a test of its own on the app, and lists all for the guest, on whom they are tried together.
macro_rules! attacks {
    ($($name:ident),+ $(,)?) => {
        pub(crate) const ATTACKS: &[crate::guest::Attack] = &[$((stringify!($name), $name)),+];

        mod on_the_app {
            $(
                #[test]
                fn $name() -> conclave_tests::rigs::Result<()> {
                    super::$name(crate::bob::With::App)
                }
            )+
        }
    };
}

mod altering;
mod bob;
mod guest;
mod links;
mod misdelivering;
mod replaying;
mod scene;
