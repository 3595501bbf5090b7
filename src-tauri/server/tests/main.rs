//! The room server's tests, a file a behaviour.

mod a_place_outlives_its_connection;
mod a_room_admits_and_announces;
mod relayed_bytes_reach_whom_they_are_for;
mod support;
