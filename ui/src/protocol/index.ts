// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

export type { Access } from './Access';
export type { CommandRefusal } from './CommandRefusal';
export type { DeviceChoice } from './DeviceChoice';
export type { DeviceFault } from './DeviceFault';
export type { DeviceKind } from './DeviceKind';
export type { DeviceState } from './DeviceState';
export type { DisplayName } from './DisplayName';
export type { EndReason } from './EndReason';
export type { Governance } from './Governance';
export type { HostCommand } from './HostCommand';
export type { Intent } from './Intent';
export type { JoinOrder } from './JoinOrder';
export type { Knock } from './Knock';
export type { LineState } from './LineState';
export type { LinkPhase } from './LinkPhase';
export type { LocalParticipant } from './LocalParticipant';
export type { Lock } from './Lock';
export type { MediaState } from './MediaState';
export type { Notice } from './Notice';
export type { Office } from './Office';
export type { ParticipantId } from './ParticipantId';
export type { Recognition } from './Recognition';
export type { RemoteParticipant } from './RemoteParticipant';
export type { RoomPhase } from './RoomPhase';
export type { RoomSnapshot } from './RoomSnapshot';
export type { SafetySign } from './SafetySign';
export type { SecurityProblem } from './SecurityProblem';
export type { ServerPresence } from './ServerPresence';
export type { SignallingError } from './SignallingError';
export type { SoundProcessing } from './SoundProcessing';
export type { Switch } from './Switch';
export type { TileSize } from './TileSize';
export type { VerifiedIdentity } from './VerifiedIdentity';
export type { VideoLine } from './VideoLine';
export type { WaitingParticipant } from './WaitingParticipant';
