//! Which camera is meant.

use crate::source::DeviceInfo;

/// In an id, what follows this sign is where the camera is plugged in and may change.
pub(super) const PORT_SIGN: char = '@';

/// The cameras that `wanted` may mean, the likeliest first; all of them, in order, when nothing is wanted.
///
/// The id is matched first, then the name, then the id without its port: a camera without a serial number has another
/// id in another socket, and is still the same to its owner.
pub(super) fn select<'a, T>(cameras: &'a [T], info: impl Fn(&T) -> &DeviceInfo, wanted: Option<&str>) -> Vec<&'a T> {
    let Some(wanted) = wanted else {
        return cameras.iter().collect();
    };
    let matches: [&dyn Fn(&DeviceInfo) -> bool; 3] =
        [&|camera| camera.id == wanted, &|camera| camera.name == wanted, &|camera| is_same_model(&camera.id, wanted)];
    matches
        .iter()
        .map(|is_meant| cameras.iter().filter(|camera| is_meant(info(camera))).collect::<Vec<_>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// One that has a twin beside it has the port in its id, and none when the twin is gone.
fn is_same_model(id: &str, wanted: &str) -> bool {
    let model = |id: &str| id.split_once(PORT_SIGN).map_or(id, |(model, _)| model).to_owned();
    model(id) == model(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(name: &str, id: &str) -> DeviceInfo {
        DeviceInfo { name: name.into(), id: id.into() }
    }

    fn ids(cameras: &[DeviceInfo], wanted: Option<&str>) -> Vec<String> {
        let found = select(cameras, |camera| camera, wanted);
        found.into_iter().map(|camera| camera.id.clone()).collect()
    }

    #[test]
    fn nothing_wanted_is_all_in_order() {
        let cameras = [camera("A", "1"), camera("B", "2")];
        assert_eq!(ids(&cameras, None), ["1", "2"]);
    }

    #[test]
    fn an_id_is_stronger_than_a_name() {
        let cameras = [camera("usb-x", "1"), camera("B", "usb-x")];
        assert_eq!(ids(&cameras, Some("usb-x")), ["usb-x"]);
    }

    #[test]
    fn a_name_may_mean_several() {
        let cameras = [camera("Twin", "1"), camera("Other", "2"), camera("Twin", "3")];
        assert_eq!(ids(&cameras, Some("Twin")), ["1", "3"]);
    }

    #[test]
    fn a_camera_in_another_socket_is_found_by_its_model() {
        let cameras = [camera("A", "usb-046d:0825.0@1-2"), camera("B", "usb-1111:2222.0@1-1")];
        assert_eq!(ids(&cameras, Some("usb-046d:0825.0@1-1")), ["usb-046d:0825.0@1-2"]);
    }

    #[test]
    fn another_camera_is_not_taken_for_it() {
        let cameras = [camera("A", "usb-046d:0825.0#S1")];
        for wanted in ["usb-046d:0825.0#S2", "usb-046d:0825.0@1-1", "a", ""] {
            assert_eq!(ids(&cameras, Some(wanted)), Vec::<String>::new(), "{wanted:?}");
        }
    }
}
