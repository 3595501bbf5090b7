//! Where ids and tokens come from.

/// Gives the bytes of participant ids and resume tokens.
///
/// A server's source must be unpredictable, as a token is a secret; a simulation's may be seeded. Neither repeats
/// itself, nor what the source of an earlier registry gave: clients bring their ids along. Any `FnMut() -> [u8; 16]` is one.
pub trait IdSource: Send {
    /// The next 16 bytes.
    fn draw(&mut self) -> [u8; 16];
}

impl<F: FnMut() -> [u8; 16] + Send> IdSource for F {
    fn draw(&mut self) -> [u8; 16] {
        self()
    }
}
