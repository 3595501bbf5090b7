//! A host runs its room: with the real server and real participants, by the commands that a person gives.
#![cfg(test)]

mod lobby;
mod password;
mod putting_out;
mod scene;
mod succession;
