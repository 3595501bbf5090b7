// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { CommandRefusal } from "./CommandRefusal";
import type { DeviceChoice } from "./DeviceChoice";
import type { DeviceFault } from "./DeviceFault";
import type { DeviceKind } from "./DeviceKind";
import type { ParticipantId } from "./ParticipantId";
import type { ScreenChoice } from "./ScreenChoice";
import type { ScreenFault } from "./ScreenFault";
import type { SecurityProblem } from "./SecurityProblem";

/**
 * Something the person should know. Each says what happened; what is done about it follows from the kind.
 */
export type Notice = { "type": "device", 
/**
 * Which kind.
 */
kind: DeviceKind, 
/**
 * Which one.
 */
device: DeviceChoice, 
/**
 * What is the matter.
 */
fault: DeviceFault, } | { "type": "deviceRecovered", 
/**
 * Which kind.
 */
kind: DeviceKind, 
/**
 * Which one.
 */
device: DeviceChoice, } | { "type": "screenNotShared", 
/**
 * Which one.
 */
screen: ScreenChoice, 
/**
 * Why not.
 */
fault: ScreenFault, } | { "type": "sharingEnded", 
/**
 * Which one.
 */
screen: ScreenChoice, 
/**
 * Why.
 */
fault: ScreenFault, } | { "type": "serverUnreachable" } | { "type": "serverBack" } | { "type": "participantJoined", 
/**
 * Who.
 */
participant: ParticipantId, } | { "type": "participantLeft", 
/**
 * Who.
 */
participant: ParticipantId, } | { "type": "linkTrouble", 
/**
 * To whom.
 */
participant: ParticipantId, } | { "type": "security", 
/**
 * In whose name it came.
 */
participant: ParticipantId, 
/**
 * What is wrong with it.
 */
problem: SecurityProblem, } | { "type": "participantRemoved", 
/**
 * Who.
 */
participant: ParticipantId, } | { "type": "commandRefused", 
/**
 * Why not.
 */
reason: CommandRefusal, };
