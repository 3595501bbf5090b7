//! A greeting is repeated while it may have been lost.

use conclave_protocol::signal::Signal;
use conclave_room::LinkEvent;

use crate::rig::{EARLIER, Rig, earlier, name, profile, seconds, signals};

#[test]
fn the_offerer_greets_again_with_each_attempt_until_it_knows_the_others_name() {
    let hello = || Signal::Hello { name: name("Ada") };
    let mut rig = Rig::joined(&[earlier()]);
    assert_eq!(signals(&rig.wait(seconds(8))), [hello()]);
    assert_eq!(signals(&rig.wait(seconds(8))), [hello()]);
    rig.signal(EARLIER, Signal::Hello { name: name("Alan") });
    assert_eq!(signals(&rig.wait(seconds(8))), []);
}

#[test]
fn a_profile_does_for_a_greeting() {
    let mut rig = Rig::connected_as_offerer();
    rig.hears(EARLIER, 1, profile(name("Alan")));
    rig.link(EARLIER, 1, LinkEvent::Failed);
    assert_eq!(signals(&rig.wait(seconds(8))), []);
}
