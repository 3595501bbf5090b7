//! Calls between windows, and with a participant that has none.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, Locator};
use conclave_tests::rigs::fake_cameras::{CameraModel, FakeCameras};
use conclave_tests::rigs::participant::ParticipantBuilder;
use conclave_tests::rigs::sound_server::{SPEAKER, SoundServer};
use conclave_tests::rigs::tone;

use crate::scene::{SOON, assert_is_drawn, join_from_lobby, open_room, photograph};

#[test]
fn two_windows_and_one_without_hold_a_call_by_invite_link() -> Result<()> {
    let (at_ada, at_bob) = (FakeCameras::new()?, FakeCameras::new()?);
    let _cameras = (
        at_ada.plug_in(0, &CameraModel::webcam("Ada's", "A1")?)?,
        at_bob.plug_in(0, &CameraModel::webcam("Bob's", "B1")?)?,
    );
    let (sound_of_ada, sound_of_bob) = (SoundServer::start()?, SoundServer::start()?);
    let ada = AppBuilder::new("Ada").cameras(&at_ada).sound_server(&sound_of_ada).start()?;
    let link = open_room(&ada, "Ada")?;
    // The link as it is given to others, opened as the system opens it.
    let bob = AppBuilder::new("Bob").cameras(&at_bob).sound_server(&sound_of_bob).argument(&link).start()?;
    join_from_lobby(&bob, "Bob")?;
    let cleo = ParticipantBuilder::new(&link, "Cleo").camera("pattern:640x360@30").microphone("tone").view(640, 360);
    let cleo = cleo.start()?;
    for name in ["Ada", "Bob"] {
        cleo.wait_until_connected_to(name, SOON)?;
    }

    for (window, others) in [(&ada, ["Bob", "Cleo"]), (&bob, ["Ada", "Cleo"])] {
        for other in others {
            assert_is_drawn(window, other, 30)?;
        }
    }
    photograph(&ada, "call")?;
    photograph(&bob, "call-bob")?;
    for (name, sound) in [("Ada", &sound_of_ada), ("Bob", &sound_of_bob)] {
        let heard = sound.listen_to(SPEAKER)?;
        std::thread::sleep(Duration::from_secs(2));
        let level = heard.finish()?.level_dbfs();
        eprintln!("{name} hears Cleo's tone at {level:.1} dBFS");
        assert!((level - tone::LEVEL_DBFS).abs() <= 3.0, "{name} hears {level} dBFS");
    }
    let cleo = cleo.leave()?;
    for name in ["Ada", "Bob"] {
        let seen = &cleo.peer(name)?.video;
        assert!(seen.fps >= 20.0, "Cleo sees {} pictures a second of {name}", seen.fps);
        assert_eq!(cleo.peer(name)?.links_built, 1);
    }
    for window in [&ada, &bob] {
        window.wait_until_gone(&Locator::tile("Cleo"))?;
    }
    Ok(())
}
