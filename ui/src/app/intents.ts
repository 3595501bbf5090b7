import type { WindowMode } from '../engine/engine';
import type { RoomOptions } from '../engine/rooms';
import type { SharedScreen } from '../engine/screens';
import type { CameraSize, Settings } from '../engine/settings';
import type { DeviceChoice, HostCommand, ParticipantId } from '../protocol';
import type { Layout } from '../stage/view';

export type Panel = 'people' | 'settings';

/** Everything a person can ask for by a click or a key. Screens emit these; `app.svelte.ts` says who does them. */
export type UiIntent =
  | EntranceIntent
  | DeviceIntent
  | SharingIntent
  | ArrangementIntent
  | HostingIntent
  | KeepingIntent
  | DialogIntent;

/** How one comes into a room and out of it. */
type EntranceIntent =
  | { type: 'home' }
  | { type: 'newRoom' }
  | { type: 'createRoom'; options: RoomOptions }
  | { type: 'testCall' }
  /** Goes on from the page's first screen. */
  | { type: 'acceptInvitation' }
  | { type: 'openLink'; text: string }
  | { type: 'leaveAndOpen'; link: string }
  | { type: 'join'; name: string; password: string | null }
  | { type: 'tryAgain' }
  | { type: 'giveUp' }
  | { type: 'leave' };

/** One's own camera, microphone and speaker. */
type DeviceIntent =
  | { type: 'toggleMicrophone' }
  | { type: 'toggleCamera' }
  | { type: 'selectCamera'; camera: DeviceChoice }
  | { type: 'selectCameraSize'; size: CameraSize }
  | { type: 'selectMicrophone'; microphone: DeviceChoice }
  | { type: 'selectSpeaker'; speaker: DeviceChoice }
  | { type: 'testSpeaker' };

type SharingIntent =
  /** Chooses what to share, or ends it. */
  | { type: 'toggleSharing' }
  | { type: 'chooseScreen' }
  | { type: 'shareScreen'; screen: SharedScreen }
  | { type: 'stopSharing' };

/** Where things are, and what is shown of them. */
type ArrangementIntent =
  | { type: 'layout'; layout: Layout }
  | { type: 'nextLayout' }
  | { type: 'pin'; key: string | null }
  | { type: 'statistics' }
  /** Enters the mode, or leaves it. */
  | { type: 'windowMode'; mode: WindowMode }
  | { type: 'settings' }
  | { type: 'panel'; panel: Panel | null }
  | { type: 'hideLimits' }
  | { type: 'volume'; participant: ParticipantId; volume: number };

type HostingIntent =
  | { type: 'verify'; participant: ParticipantId }
  | { type: 'confirmIdentity'; participant: ParticipantId }
  | { type: 'askRemove'; participant: ParticipantId }
  | { type: 'askHandOver'; participant: ParticipantId }
  | { type: 'coHost'; participant: ParticipantId; coHost: boolean }
  | { type: 'admitNext' }
  | { type: 'toggleLock' }
  | { type: 'govern'; command: HostCommand };

/** What is remembered, copied, or forgotten. */
type KeepingIntent =
  | { type: 'changeSettings'; change: Partial<Settings> }
  | { type: 'forgetRoom'; link: string }
  | { type: 'askForget'; what: Forgettable }
  | { type: 'forget'; what: Forgettable }
  | { type: 'copyLink' }
  | { type: 'copyReport' }
  | { type: 'openDataFolder' }
  | { type: 'restart' };

type DialogIntent =
  { type: 'invite' } | { type: 'shortcuts' } | { type: 'closeDialog' } | { type: 'dismiss'; toast: number };

export type Forgettable = 'rooms' | 'knownDevices';

export type Emit = (intent: UiIntent) => void;

/** Who does what: a missing one does not compile. */
export type Handlers<Kind extends UiIntent['type'] = UiIntent['type']> = {
  readonly [Type in Kind]: (intent: Extract<UiIntent, { type: Type }>) => void;
};

export type HandlersOf<Subject extends UiIntent> = Handlers<Subject['type']>;
export type {
  ArrangementIntent,
  DeviceIntent,
  DialogIntent,
  EntranceIntent,
  HostingIntent,
  KeepingIntent,
  SharingIntent,
};
