//! Those who come into a room, may not come in, leave, vanish and come back.
#![cfg(test)]

mod a_computer_that_slept_comes_back;
mod a_crashed_participant_disappears;
mod a_full_room_takes_nobody_more;
mod a_wrong_link_is_refused_with_a_message;
mod leaving_is_told_at_once_and_rejoining_works;
