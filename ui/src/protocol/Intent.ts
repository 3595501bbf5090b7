// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { DeviceChoice } from "./DeviceChoice";
import type { DisplayName } from "./DisplayName";
import type { HostCommand } from "./HostCommand";
import type { ParticipantId } from "./ParticipantId";
import type { ScreenChoice } from "./ScreenChoice";
import type { SoundProcessing } from "./SoundProcessing";
import type { TileSize } from "./TileSize";
import type { VideoLine } from "./VideoLine";

/**
 * Something the person asks for.
 */
export type Intent = { "type": "leave" } | { "type": "rename", 
/**
 * The new name.
 */
name: DisplayName, } | { "type": "selectCamera", 
/**
 * Which; `None` turns the camera off.
 */
camera: DeviceChoice | null, } | { "type": "selectMicrophone", 
/**
 * Which; `None` turns the microphone off.
 */
microphone: DeviceChoice | null, } | { "type": "selectSpeaker", 
/**
 * Which.
 */
speaker: DeviceChoice, } | { "type": "muteMicrophone", 
/**
 * Whether it is silent.
 */
muted: boolean, } | { "type": "setSoundProcessing", 
/**
 * In which.
 */
processing: SoundProcessing, } | { "type": "shareScreen", 
/**
 * Which.
 */
screen: ScreenChoice, } | { "type": "stopSharing" } | { "type": "viewVideo", 
/**
 * Whose.
 */
participant: ParticipantId, 
/**
 * Which of their lines.
 */
line: VideoLine, 
/**
 * How large, in device pixels.
 */
size: TileSize, } | { "type": "setVolume", 
/**
 * Who.
 */
participant: ParticipantId, 
/**
 * 0 silent, 1 as sent, at most 2.
 */
volume: number, } | { "type": "confirmIdentity", 
/**
 * Who.
 */
participant: ParticipantId, } | { "type": "forgetDevices" } | { "type": "govern", 
/**
 * What is to be done.
 */
command: HostCommand, };
