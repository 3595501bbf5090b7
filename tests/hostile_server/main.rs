//! A hostile room server tries to hear, to see, to join and to be somebody else, against real participants. In each
//! attack no media flows, the person is told, and honest pairs in the same room are not affected.
#![cfg(test)]

/// Makes two tests of each attack: on the app, and on a guest in a browser.
macro_rules! attacks {
    ($($name:ident),+ $(,)?) => {
        mod on_the_app {
            $(
                #[test]
                fn $name() -> conclave_tests::rigs::Result<()> {
                    super::$name(crate::bob::With::App)
                }
            )+
        }

        mod on_the_guest {
            $(
                #[test]
                fn $name() -> conclave_tests::rigs::Result<()> {
                    super::$name(crate::bob::With::Browser)
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
