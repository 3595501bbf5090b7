//! A guest who comes with a browser: an invite link opened in a real Chromium or Firefox, its page clicked and read, its
//! pictures looked at and its sound listened to; in calls with a participant whose pictures and sound are known.
#![cfg(test)]

mod coming_and_going;
mod devices;
mod firefox;
mod inviting;
mod many;
mod meeting;
mod scene;
mod screens;
mod trouble;
mod with_the_app;
mod without_tls;
