import { ownMediaOf } from '../engine/abilities';
import type { Device } from '../engine/devices';
import type { Engine, GlobalKeyEvent } from '../engine/engine';
import type { Failures } from '../lobby/devices';
import type { DeviceChoice, DeviceKind, Notice } from '../protocol';
import { words } from '../words/words.svelte';
import type { Dialogs } from './dialog.svelte';
import type { EngineState } from './engine-state.svelte';
import type { DeviceIntent, HandlersOf } from './intents';
import type { Toasts } from './toasts.svelte';

/** The system's default, by whatever name it has. */
const SYSTEM_CHOICE: DeviceChoice = 'device';

interface Wanted {
  readonly camera: DeviceChoice | null;
  readonly microphone: DeviceChoice | null;
  readonly speaker: DeviceChoice | null;
}

/** One's own camera, microphone and speaker: in the lobby, in the settings and in the call. */
export class OwnDevices {
  /** Whether the lobby shows the preview. */
  inLobby = false;
  failed = $state.raw<Failures>({});

  constructor(
    private readonly engine: Engine,
    private readonly state: EngineState,
    private readonly dialogs: Dialogs,
    private readonly toasts: Toasts,
  ) {
    engine.notices.listen((notice) => this.#hear(notice));
    engine.globalKeys.listen((event) => this.pressed(event));
    engine.devices.subscribe(() => this.preview());
  }

  /** What is chosen, switched on, and plugged in. */
  get wanted(): Wanted {
    const { settings, devices } = this.state;
    const own = ownMediaOf(this.engine.abilities);
    const { state, cameras, microphones, speakers } = devices;
    const there = (chosen: DeviceChoice | null, list: readonly Device[]) => {
      // Before it was looked, what was chosen is believed to be there, or else the system's own choice.
      if (state === 'looking') return chosen ?? SYSTEM_CHOICE;
      if (list.some(({ choice }) => choice === chosen)) return chosen;
      return list[0]?.choice ?? null;
    };
    return {
      camera: own.camera === 'available' && settings.cameraOn ? there(settings.camera, cameras) : null,
      microphone: own.microphone === 'available' ? there(settings.microphone, microphones) : null,
      speaker: this.engine.abilities.speakers === 'available' ? there(settings.speaker, speakers) : null,
    };
  }

  readonly does: HandlersOf<DeviceIntent> = {
    toggleMicrophone: () => {
      const { snapshot, settings } = this.state;
      this.#mute(snapshot ? !snapshot.me.microphoneMuted : settings.microphoneOn);
    },
    toggleCamera: () => this.#toggleCamera(),
    selectCamera: ({ camera }) => {
      this.#forgetFailure('camera');
      this.engine.changeSettings({ camera, cameraOn: true });
      if (this.state.inCall) this.engine.dispatch({ type: 'selectCamera', camera });
      this.preview();
    },
    selectCameraSize: ({ size }) => {
      this.engine.changeSettings({ cameraSize: size });
      const { camera } = this.wanted;
      if (this.state.inCall && camera !== null) this.engine.dispatch({ type: 'selectCamera', camera });
      this.preview();
    },
    selectMicrophone: ({ microphone }) => {
      this.#forgetFailure('microphone');
      this.engine.changeSettings({ microphone });
      if (this.state.inCall) this.engine.dispatch({ type: 'selectMicrophone', microphone });
      this.preview();
    },
    selectSpeaker: ({ speaker }) => {
      this.#forgetFailure('speaker');
      this.engine.changeSettings({ speaker });
      if (this.state.inCall) this.engine.dispatch({ type: 'selectSpeaker', speaker });
    },
    testSpeaker: () => this.engine.preview.testSpeaker(this.wanted.speaker),
  };

  /** Devices are open only where a person sees or hears something of it. */
  preview(): void {
    if (this.state.snapshot) return;
    if (!this.inLobby && this.dialogs.open?.type !== 'settings') {
      this.engine.preview.close();
      return;
    }
    const { camera, microphone } = this.wanted;
    this.engine.preview.open({ camera, microphone: this.state.settings.microphoneOn ? microphone : null });
  }

  /** A key that works in other windows too, or, where the system gives none, in this one alone. */
  pressed({ key, state }: GlobalKeyEvent): void {
    if (!this.state.inCall) return;
    // What is held says nothing of how the next call is to begin.
    if (key === 'pushToTalk') this.#silence(state === 'released');
    else if (state === 'pressed') this.does.toggleMicrophone({ type: 'toggleMicrophone' });
  }

  #mute(muted: boolean): void {
    const { snapshot } = this.state;
    this.engine.changeSettings({ microphoneOn: !muted });
    if (!snapshot) {
      this.preview();
      return;
    }
    this.#silence(muted);
    this.toasts.say(muted ? words.t.notices.muted : words.t.notices.unmuted);
  }

  /** Whatever the snapshot says: it may be older than the press of a key that is let go now. */
  #silence(muted: boolean): void {
    this.engine.dispatch({ type: 'muteMicrophone', muted });
  }

  #toggleCamera(): void {
    const room = this.state.snapshot;
    const on = room
      ? room.me.camera.active === null && room.me.camera.requested === null
      : !this.state.settings.cameraOn;
    this.engine.changeSettings({ cameraOn: on });
    if (!room) {
      this.preview();
      return;
    }
    this.#forgetFailure('camera');
    const { camera } = this.wanted;
    if (on && camera === null) {
      this.toasts.show(words.t.device.noneFound.camera, 'trouble');
      return;
    }
    this.engine.dispatch({ type: 'selectCamera', camera });
    this.toasts.say(on ? words.t.notices.cameraOn : words.t.notices.cameraOff);
  }

  #hear(notice: Notice): void {
    if (notice.type === 'device') {
      const { kind, device, fault } = notice;
      this.failed = { ...this.failed, [kind]: { device, fault } };
    }
    if (notice.type === 'deviceRecovered') this.#forgetFailure(notice.kind);
  }

  #forgetFailure(kind: DeviceKind): void {
    this.failed = Object.fromEntries(Object.entries(this.failed).filter(([other]) => other !== kind));
  }
}
