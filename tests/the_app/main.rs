//! The desktop app, as a person uses it: the real program in a real window, clicked and read, its pictures looked at and
//! its sound listened to.
#![cfg(test)]

mod calls;
mod cameras;
mod hosting;
mod keys;
mod links;
mod nearby;
mod network;
mod scene;
mod starting;
mod trouble;
mod windows;
