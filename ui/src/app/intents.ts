import type { RoomOptions, Settings } from '../engine/engine';
import type { DeviceChoice, HostCommand, ParticipantId, SoundProcessing } from '../protocol';
import type { Layout } from '../stage/view';

export type Panel = 'people' | 'settings';

/** Everything a person can ask for by a click or a key. Screens emit these; `app.svelte.ts` does them. */
export type UiIntent =
  | { type: 'home' }
  | { type: 'newRoom' }
  | { type: 'createRoom'; options: RoomOptions }
  | { type: 'testCall' }
  | { type: 'openLink'; text: string }
  | { type: 'forgetRoom'; link: string }
  | { type: 'join'; name: string; password: string | null }
  | { type: 'tryAgain' }
  | { type: 'giveUp' }
  | { type: 'leave' }
  | { type: 'toggleMicrophone' }
  | { type: 'toggleCamera' }
  | { type: 'selectCamera'; camera: DeviceChoice }
  | { type: 'selectMicrophone'; microphone: DeviceChoice }
  | { type: 'selectSpeaker'; speaker: DeviceChoice }
  | { type: 'testSpeaker' }
  | { type: 'soundProcessing'; processing: SoundProcessing }
  | { type: 'changeSettings'; change: Partial<Settings> }
  | { type: 'layout'; layout: Layout }
  | { type: 'pin'; key: string | null }
  | { type: 'volume'; participant: ParticipantId; volume: number }
  | { type: 'statistics' }
  | { type: 'fullScreen' }
  | { type: 'invite' }
  | { type: 'copyLink' }
  | { type: 'shortcuts' }
  | { type: 'settings' }
  | { type: 'panel'; panel: Panel | null }
  | { type: 'verify'; participant: ParticipantId }
  | { type: 'confirmIdentity'; participant: ParticipantId }
  | { type: 'askRemove'; participant: ParticipantId }
  | { type: 'askHandOver'; participant: ParticipantId }
  | { type: 'coHost'; participant: ParticipantId; coHost: boolean }
  | { type: 'govern'; command: HostCommand }
  | { type: 'closeDialog' }
  | { type: 'dismiss'; toast: number };

export type Emit = (intent: UiIntent) => void;
