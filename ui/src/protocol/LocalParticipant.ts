// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { DeviceState } from "./DeviceState";
import type { DisplayName } from "./DisplayName";
import type { ParticipantId } from "./ParticipantId";
import type { SharingState } from "./SharingState";
import type { SoundProcessing } from "./SoundProcessing";

/**
 * This participant.
 */
export type LocalParticipant = { 
/**
 * Known once the server has said so.
 */
id: ParticipantId | null, 
/**
 * The name the others see.
 */
name: DisplayName, 
/**
 * The camera.
 */
camera: DeviceState, 
/**
 * The microphone.
 */
microphone: DeviceState, 
/**
 * The speaker.
 */
speaker: DeviceState, 
/**
 * Whether the microphone is silenced.
 */
microphoneMuted: boolean, 
/**
 * What is done to the microphone's sound.
 */
soundProcessing: SoundProcessing, 
/**
 * The monitor or window that is shown to the others.
 */
sharing: SharingState, };
