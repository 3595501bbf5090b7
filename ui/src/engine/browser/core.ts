// Generated from the Rust types in src-tauri/guest; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-guest --test the_guest_page_has_these_types

import type {
  ClientKind,
  DeviceChoice,
  DeviceFault,
  DeviceKind,
  DisplayName,
  EndReason,
  Intent,
  Notice,
  ScreenChoice,
  ScreenFault,
  SoundProcessing,
  TileSize,
  VideoLine,
} from '../../protocol';

export type GuestDeed = { "type": "openSocket", 
/**
 * The number its events come back with.
 */
socket: number, } | { "type": "closeSocket" } | { "type": "sendToServer", 
/**
 * JSON.
 */
text: string, } | { "type": "openLink", 
/**
 * To whom.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, 
/**
 * Who offers.
 */
role: GuestRole, 
/**
 * STUN and TURN servers.
 */
iceServers: Array<GuestIceServer>, } | { "type": "applyOffer", 
/**
 * To whom the link is.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, 
/**
 * The offer's number.
 */
round: number, 
/**
 * RFC 8866 text.
 */
sdp: string, 
/**
 * SHA-256 of the only certificate that the other end may show, in hexadecimal.
 */
fingerprint: string, } | { "type": "applyAnswer", 
/**
 * To whom the link is.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, 
/**
 * RFC 8866 text.
 */
sdp: string, 
/**
 * As of an offer.
 */
fingerprint: string, } | { "type": "applyCandidate", 
/**
 * To whom the link is.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, 
/**
 * As the other end has it.
 */
candidate: IceCandidate, } | { "type": "restartIce", 
/**
 * To whom the link is.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, 
/**
 * The number of the offer that this makes.
 */
round: number, } | { "type": "verified", 
/**
 * To whom the link is.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, } | { "type": "closeLink", 
/**
 * To whom.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, } | { "type": "sendControl", 
/**
 * To whom.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, 
/**
 * The sealed message, base64url.
 */
sealed: string, } | { "type": "setDemand", 
/**
 * Who.
 */
peer: string, 
/**
 * Which of this end's lines.
 */
line: VideoLine, 
/**
 * How large.
 */
size: TileSize, } | { "type": "openDevice", 
/**
 * Which kind.
 */
kind: DeviceKind, 
/**
 * Which one; `None` closes the former one.
 */
device: DeviceChoice | null, 
/**
 * The number its answer comes back with.
 */
generation: number, } | { "type": "shareScreen", 
/**
 * Which one.
 */
screen: ScreenChoice | null, 
/**
 * The number its answer comes back with.
 */
generation: number, } | { "type": "muteMicrophone", 
/**
 * Whether it is silent.
 */
muted: boolean, } | { "type": "processSound", 
/**
 * In which.
 */
processing: SoundProcessing, } | { "type": "setVolume", 
/**
 * Who.
 */
peer: string, 
/**
 * 0 silent, 1 as sent, at most 2.
 */
volume: number, } | { "type": "notify", 
/**
 * What.
 */
notice: Notice, } | { "type": "end", 
/**
 * Why.
 */
reason: EndReason, };

export type GuestEvent = { "type": "intent", 
/**
 * What.
 */
intent: Intent, } | { "type": "socket", 
/**
 * Which opening of it.
 */
socket: number, 
/**
 * What happened.
 */
event: GuestSocketEvent, } | { "type": "link", 
/**
 * To whom.
 */
peer: string, 
/**
 * Which attempt.
 */
generation: number, 
/**
 * What happened.
 */
event: GuestLinkEvent, } | { "type": "deviceReady", 
/**
 * Which kind.
 */
kind: DeviceKind, 
/**
 * The deed's number.
 */
generation: number, } | { "type": "deviceRefused", 
/**
 * Which kind.
 */
kind: DeviceKind, 
/**
 * The deed's number.
 */
generation: number, 
/**
 * Why.
 */
fault: DeviceFault, } | { "type": "deviceFault", 
/**
 * Which kind.
 */
kind: DeviceKind, 
/**
 * Which device.
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
 * Which device.
 */
device: DeviceChoice, } | { "type": "sharingReady", 
/**
 * The deed's number.
 */
generation: number, } | { "type": "sharingRefused", 
/**
 * The deed's number.
 */
generation: number, 
/**
 * Why.
 */
fault: ScreenFault, } | { "type": "sharingEnded", 
/**
 * Which one.
 */
screen: ScreenChoice, 
/**
 * Why.
 */
fault: ScreenFault, } | { "type": "tick" };

export type GuestIceServer = { urls: Array<string>, username: string, credential: string, };

export type GuestLinkEvent = { "type": "localDescription", 
/**
 * The number of the offer that this is, or answers.
 */
round: number, 
/**
 * RFC 8866 text.
 */
sdp: string, } | { "type": "localCandidate", 
/**
 * As the browser has it.
 */
candidate: IceCandidate, } | { "type": "connected" } | { "type": "interrupted" } | { "type": "failed" };

export type GuestOptions = { 
/**
 * The whole invite link.
 */
link: string, 
/**
 * What the others call this participant.
 */
name: DisplayName, 
/**
 * Which browser they meet.
 */
client: ClientKind, 
/**
 * The room's password, if the person gave one.
 */
password: string | null, 
/**
 * What [`crate::Guest::identity`] gave before; `None` makes a new device.
 */
identity: string | null, 
/**
 * What [`crate::Guest::known_devices`] gave before.
 */
known: string | null, 
/**
 * The camera to start with.
 */
camera: DeviceChoice | null, 
/**
 * The microphone to start with.
 */
microphone: DeviceChoice | null, 
/**
 * The speaker to start with.
 */
speaker: DeviceChoice | null, 
/**
 * Whether the microphone starts silent.
 */
muted: boolean, 
/**
 * What is done to the microphone's sound.
 */
soundProcessing: SoundProcessing, };

export type GuestRole = "offerer" | "answerer";

export type GuestSocketEvent = { "type": "opened" } | { "type": "message", 
/**
 * JSON, as it came.
 */
text: string, } | { "type": "closed" };

export type IceCandidate = { 
/**
 * `candidate:…`, or empty for the end of candidates.
 */
candidate: string, 
/**
 * The m-line's identification tag.
 */
sdpMid: string | null, 
/**
 * The m-line's index.
 */
sdpMLineIndex: number | null, };

export type StartError = "damagedLink" | "invalidPassword" | "identity" | "failed";
