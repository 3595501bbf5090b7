// Generated from the Rust types in src-tauri/shell; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave --test the_page_has_these_types

import type {
  Access,
  DeviceChoice,
  DeviceFault,
  DeviceKind,
  DisplayName,
  EndReason,
  Notice,
  RoomSnapshot,
  ScreenChoice,
  SoundProcessing,
  Switch,
} from '../../protocol';

export type AppEvent = { "type": "linkOpened", 
/**
 * Where it leads: to a lobby at most.
 */
outcome: LinkOutcome, };

export type CallEvent = { "type": "snapshot", 
/**
 * It.
 */
snapshot: RoomSnapshot, } | { "type": "notice", 
/**
 * What.
 */
notice: Notice, } | { "type": "levels", 
/**
 * This end's microphone: 0 silence, 1 as loud as a voice gets.
 */
own: number, 
/**
 * The others, before their volume here.
 */
others: Array<Level>, } | { "type": "figures", 
/**
 * One for each link.
 */
links: Array<LinkFigures>, } | { "type": "ended", 
/**
 * Why.
 */
reason: EndReason, };

export type CameraSize = "large" | "small";

export type CreatedRoom = { 
/**
 * The invite link.
 */
link: Link, };

export type Device = { 
/**
 * What it is asked for by.
 */
choice: DeviceChoice, 
/**
 * What people call it.
 */
name: string, };

export type DeviceError = { "kind": "notADevice" };

export type DeviceList = { 
/**
 * Cameras.
 */
cameras: Array<Device>, 
/**
 * Microphones.
 */
microphones: Array<Device>, 
/**
 * Speakers and headphones.
 */
speakers: Array<Device>, };

export type DispatchError = { "kind": "noCall" } | { "kind": "device", 
/**
 * Why.
 */
error: DeviceError, };

export type FormerPage = "gone" | "brokeDown";

export type GlobalKey = "mute" | "pushToTalk";

export type GlobalKeyEvent = { 
/**
 * Which.
 */
key: GlobalKey, 
/**
 * How.
 */
state: KeyState, };

export type GlobalKeys = { 
/**
 * Silences the microphone, or lets it be heard.
 */
mute: string | null, 
/**
 * Lets the microphone be heard while it is held.
 */
pushToTalk: string | null, };

export type GlobalKeysError = { "kind": "unavailable" } | { "kind": "taken" } | { "kind": "failed" };

export type IdentityError = { "kind": "keyringUnavailable" } | { "kind": "lost" } | { "kind": "damaged" } | { "kind": "failed" };

export type JoinError = { "kind": "alreadyInCall" } | { "kind": "link", 
/**
 * What is wrong with it.
 */
problem: LinkProblem, } | { "kind": "invalidPassword" } | { "kind": "passwordMissing" } | { "kind": "wrongPassword" } | { "kind": "identity", 
/**
 * Why.
 */
error: IdentityError, } | { "kind": "device", 
/**
 * Why.
 */
error: DeviceError, } | { "kind": "failed" };

export type JoinRequest = { 
/**
 * The invite link.
 */
link: string, 
/**
 * What the others call this person.
 */
name: DisplayName, 
/**
 * The room's password, if it has one.
 */
password: string | null, 
/**
 * The camera to begin with; `None` for none.
 */
camera: DeviceChoice | null, 
/**
 * The microphone to begin with; `None` for none.
 */
microphone: DeviceChoice | null, 
/**
 * The speaker; `None` for the system's default.
 */
speaker: DeviceChoice | null, 
/**
 * Whether the microphone is silenced at first.
 */
muted: boolean, 
/**
 * What is done to the microphone's sound.
 */
soundProcessing: SoundProcessing, };

export type KeyState = "pressed" | "released";

export type Level = { 
/**
 * Who.
 */
participant: string, 
/**
 * 0 silence, 1 as loud as a voice gets.
 */
level: number, };

export type Link = string;

export type LinkFigures = { 
/**
 * To whom.
 */
participant: string, 
/**
 * Whether it is good enough.
 */
quality: LinkQuality, 
/**
 * Pixels of their pictures across, as they come.
 */
width: number | null, 
/**
 * Pixels of their pictures down.
 */
height: number | null, 
/**
 * Pictures a second.
 */
framesPerSecond: number | null, 
/**
 * What their pictures are coded with.
 */
codec: string | null, 
/**
 * From their microphone to this computer's speaker, without what both computers' devices add.
 */
latencyMs: number | null, 
/**
 * To them and back.
 */
roundTripMs: number | null, 
/**
 * Packets of theirs that did not come, of a hundred, in the last second.
 */
lossPercent: number | null, 
/**
 * What comes from them.
 */
receivedKbps: number | null, 
/**
 * What goes to them.
 */
sentKbps: number | null, 
/**
 * The way it takes.
 */
path: LinkPath | null, };

export type LinkOutcome = { "type": "lobby", 
/**
 * The link, as it is given to others.
 */
link: Link, 
/**
 * The room, as its server knows it.
 */
room: string, 
/**
 * The room server, as people read it: `HOST[:PORT]`.
 */
server: string, } | { "type": "invalid", 
/**
 * What is wrong with it.
 */
problem: LinkProblem, };

export type LinkPath = "direct" | "relay";

export type LinkProblem = "tooLong" | "noServer" | "noInvitation" | "damagedRoom" | "missingKey" | "damagedKey" | "newerVersion";

export type LinkQuality = "good" | "poor" | "bad";

export type NearbyRoom = { 
/**
 * The invite link.
 */
link: Link, 
/**
 * What its host calls it; may be empty.
 */
name: string, 
/**
 * Who the host is, as they say.
 */
host: string, };

export type NetworkSettings = { 
/**
 * By which ways.
 */
route: Route, 
/**
 * STUN and TURN servers besides the room server's.
 */
servers: Array<OwnServer>, };

export type NumberedTile = { 
/**
 * What it shows.
 */
source: PictureSource, 
/**
 * How its pictures are marked.
 */
tile: TileNumber, };

export type OwnServer = { 
/**
 * As `turn:turn.example.org:3478`.
 */
url: string, 
/**
 * The TURN user; empty for STUN.
 */
username: string, 
/**
 * The TURN password; empty for STUN.
 */
password: string, };

export type PictureSource = { "type": "camera", 
/**
 * Whose.
 */
participant: string, } | { "type": "screen", 
/**
 * Who.
 */
participant: string, } | { "type": "self" } | { "type": "preview" };

export type Preferences = { 
/**
 * What the others call this person; empty until it is said.
 */
name: string, 
/**
 * The camera; `None` for the system's first.
 */
camera: DeviceChoice | null, 
/**
 * How large the camera's pictures are.
 */
cameraSize: CameraSize, 
/**
 * The microphone; `None` for the system's default.
 */
microphone: DeviceChoice | null, 
/**
 * The speaker; `None` for the system's default.
 */
speaker: DeviceChoice | null, 
/**
 * Whether the next call begins with the camera.
 */
cameraOn: boolean, 
/**
 * Whether the next call begins with the microphone heard.
 */
microphoneOn: boolean, 
/**
 * Whether this person is drawn as in a mirror.
 */
mirrorSelf: boolean, 
/**
 * Whether this person is drawn at all.
 */
showSelf: boolean, 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * The language, as its BCP 47 tag; `system` for the system's.
 */
language: string, 
/**
 * Where rooms are made.
 */
roomPlace: RoomPlace, 
/**
 * The address of a room server, for [`RoomPlace::Server`].
 */
server: string, 
/**
 * What is done to the microphone's sound.
 */
soundProcessing: SoundProcessing, 
/**
 * What closing the window does.
 */
whenClosed: WhenClosed, 
/**
 * Whether letters alone are shortcuts.
 */
letterShortcuts: Switch, 
/**
 * Keys that work in other windows, too.
 */
globalKeys: GlobalKeys, 
/**
 * How the others are reached.
 */
network: NetworkSettings, 
/**
 * Whether it is remembered where this device was.
 */
recentRooms: RecentRoomsKept, };

export type PreviewDevices = { 
/**
 * The camera, drawn by the tile of the source `preview`.
 */
camera: DeviceChoice | null, 
/**
 * The microphone, of which only the level is told.
 */
microphone: DeviceChoice | null, };

export type PreviewEvent = { "type": "level", 
/**
 * That.
 */
level: number, } | { "type": "live", 
/**
 * Which kind.
 */
kind: DeviceKind, } | { "type": "fault", 
/**
 * Which kind.
 */
kind: DeviceKind, 
/**
 * Why.
 */
fault: DeviceFault, };

export type RecentRoom = { 
/**
 * The invite link, which holds the room's key.
 */
link: string, 
/**
 * What the person called it; may be empty.
 */
name: string, 
/**
 * When it was last joined or made, in milliseconds since 1970 began in UTC.
 */
lastVisitMs: number, 
/**
 * Who was there then.
 */
people: Array<DisplayName>, 
/**
 * Whether this device made it.
 */
hosted: boolean, };

export type RecentRoomsKept = "kept" | "notKept";

export type RoomError = { "kind": "noNetwork" } | { "kind": "notHosted" } | { "kind": "serverAddress" } | { "kind": "password" } | { "kind": "identity", 
/**
 * Why.
 */
error: IdentityError, } | { "kind": "settings", 
/**
 * Why.
 */
error: SettingsError, } | { "kind": "failed" };

export type RoomOptions = { 
/**
 * What the person calls it; may be empty. Nobody else learns of it.
 */
name: string, 
/**
 * Where its server is.
 */
place: RoomPlace, 
/**
 * The room server's address, for [`RoomPlace::Server`].
 */
server: string, 
/**
 * Who may come in.
 */
access: Access, 
/**
 * What has to be known beside the link.
 */
password: string | null, 
/**
 * Whether everyone on the network is told its link.
 */
nearby: Visibility, };

export type RoomPlace = "thisComputer" | "localNetwork" | "server";

export type Route = "any" | "relayOnly";

export type ScreenKind = "monitor" | "window";

export type ScreensError = { "kind": "unavailable" } | { "kind": "failed" };

export type SettingsError = { "kind": "notSaved" } | { "kind": "tooManyRooms" };

export type SettingsFound = "kept" | "fresh" | "unreadable";

export type ShareableScreen = { 
/**
 * What it is asked for by.
 */
choice: ScreenChoice, 
/**
 * Which of the two.
 */
kind: ScreenKind, 
/**
 * As people know it.
 */
name: string, 
/**
 * Pixels across.
 */
width: number, 
/**
 * Pixels down.
 */
height: number, 
/**
 * A small picture of it, as a `data:` address; `None` where there is none.
 */
thumbnail: string | null, };

export type SpeakerTestError = { "kind": "device", 
/**
 * Why.
 */
error: DeviceError, } | { "kind": "fault", 
/**
 * What is the matter.
 */
fault: DeviceFault, };

export type Start = { 
/**
 * This program's version.
 */
version: string, 
/**
 * The address of the WebSocket for pictures; a secret of this launch.
 */
frames: string, 
/**
 * Where the same pictures are asked for when there is no socket; a secret of this launch, too.
 */
framesWithoutSocket: string, 
/**
 * What became of the page before.
 */
formerPage: FormerPage, 
/**
 * Whether there were settings.
 */
settings: SettingsFound, 
/**
 * What the person chose.
 */
preferences: Preferences, 
/**
 * Where this device was, the latest first.
 */
recentRooms: Array<RecentRoom>, };

export type Theme = "system" | "light" | "dark";

export type Tile = { 
/**
 * What it shows.
 */
source: PictureSource, 
/**
 * Pixels of the device across.
 */
width: number, 
/**
 * Pixels of the device down.
 */
height: number, };

export type TileNumber = number;

export type TilesError = { "kind": "tooMany" };

export type Visibility = "shown" | "hidden";

export type WhenClosed = "quit" | "tray";

export type WindowError = { "kind": "failed" };
