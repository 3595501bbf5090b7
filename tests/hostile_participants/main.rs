//! Participants that lie, in rooms whose server enforces nothing: only the others' programs stand in their way.
#![cfg(test)]

mod admissions;
mod claims;
mod put_out;
mod scene;
