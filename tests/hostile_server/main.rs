//! A hostile room server tries to hear, to see, to join and to be somebody else, against real participants. In each
//! attack no media flows, the person is told, and honest pairs in the same room are not affected.
#![cfg(test)]

mod altering;
mod links;
mod misdelivering;
mod replaying;
mod scene;
