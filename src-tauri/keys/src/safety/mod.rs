//! What people compare to be sure of each other.

pub mod emoji;
pub mod room_code;
