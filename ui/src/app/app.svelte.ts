import { type Abilities, ownClientOf } from '../engine/abilities';
import type { Engine } from '../engine/engine';
import { wordingOf } from '../notices/wording';
import type { ClientKind, DeviceChoice, DeviceKind, Notice, ParticipantId, RoomSnapshot } from '../protocol';
import type { SettingsContext } from '../settings/view';
import type { StageContext } from '../stage/view';
import { words } from '../words/words.svelte';
import { Arrangement } from './arrangement.svelte';
import { Attention } from './attention.svelte';
import { changesBetween } from './changes';
import { ReconnectClock } from './clock.svelte';
import { Dialogs } from './dialog.svelte';
import { EngineState } from './engine-state.svelte';
import { Entrance } from './entrance.svelte';
import { Guests } from './guests';
import { Hosting } from './hosting.svelte';
import type { Handlers, UiIntent } from './intents';
import { Keeping } from './keeping.svelte';
import { Knocks } from './knocks';
import { OwnDevices } from './own-devices.svelte';
import { OwnSharing } from './sharing.svelte';
import type { ShortcutAction } from './shortcuts';
import { Toasts } from './toasts.svelte';

/** What the window shows and does: what isn't the engine's is kept by subject, and each subject does its intents. */
export class App {
  readonly abilities: Abilities;
  readonly state: EngineState;
  readonly toasts = new Toasts();
  readonly dialogs: Dialogs;
  readonly devices: OwnDevices;
  readonly entrance: Entrance;
  readonly sharing: OwnSharing;
  readonly arrangement: Arrangement;
  readonly hosting: Hosting;
  readonly keeping: Keeping;
  readonly #does: Handlers;
  readonly #clock = new ReconnectClock();
  readonly #names = new Map<ParticipantId, string>();
  /** Who came in, and has yet to say their name. */
  readonly #nameless = new Set<ParticipantId>();
  readonly #attention = new Attention();
  readonly #knocks: Knocks;
  readonly #guests: Guests;
  #former: RoomSnapshot | null = null;

  constructor(engine: Engine) {
    const { toasts } = this;
    this.abilities = engine.abilities;
    const state = new EngineState(engine);
    this.state = state;
    this.dialogs = new Dialogs(toasts, () => this.devices.preview());
    const { dialogs } = this;
    this.devices = new OwnDevices(engine, state, dialogs, toasts);
    this.entrance = new Entrance(engine, state, dialogs, this.devices, toasts);
    this.sharing = new OwnSharing(engine, dialogs, toasts);
    this.arrangement = new Arrangement(engine, state, dialogs, toasts);
    this.hosting = new Hosting(engine, state, dialogs, toasts);
    this.keeping = new Keeping(engine, state, dialogs, toasts);
    this.#knocks = new Knocks(toasts, (text) => engine.notify(text));
    this.#guests = new Guests((text) => toasts.show(text));
    this.#does = {
      ...dialogs.does,
      ...this.devices.does,
      ...this.entrance.does,
      ...this.sharing.does,
      ...this.arrangement.does,
      ...this.hosting.does,
      ...this.keeping.does,
    };
    engine.snapshot.subscribe((room) => this.#follow(room));
    engine.levels.subscribe((levels) => this.#attention.hear(levels, state.snapshot));
    engine.notices.listen((notice) => this.#tell(notice));
    engine.troubles.listen((trouble) => {
      const restart = { text: words.t.ended.restart, intent: { type: 'restart' } as const };
      toasts.show(words.t.troubles[trouble], 'trouble', trouble === 'noPictures' ? restart : null);
    });
  }

  /** What the others are told that this participant joined with. */
  get ownClient(): ClientKind {
    return ownClientOf(this.abilities);
  }

  get settingsContext(): SettingsContext {
    const { devices, preview, snapshot, levels } = this.state;
    return {
      abilities: this.abilities,
      devices,
      preview,
      room: snapshot,
      level: levels.own,
      failed: this.devices.failed,
      globalKeysError: this.keeping.globalKeysError,
    };
  }

  get stageContext(): StageContext {
    const { layout, pinned, statistics, limitsShown } = this.arrangement;
    return {
      abilities: this.abilities,
      limitsShown,
      someone: words.t.someone,
      you: words.t.you,
      levels: this.state.levels,
      figures: this.state.figures,
      settings: this.state.settings,
      layout,
      pinned,
      activeSpeaker: this.#attention.activeSpeaker,
      speaks: (participant) => this.#attention.speaks(participant),
      reconnectingSeconds: (participant) => this.#clock.seconds(participant),
      statistics,
      mutedButTalking: this.#attention.mutedButTalking,
      sharing: this.sharing.current,
    };
  }

  readonly emit = (intent: UiIntent): void => {
    // The table has one for each type, which TypeScript can't follow through the lookup.
    const does = this.#does[intent.type] as (intent: UiIntent) => void;
    does(intent);
    this.#followKnocks();
  };

  /** What a key does. */
  readonly act = (action: ShortcutAction): void => {
    switch (action) {
      case 'escape':
        this.arrangement.escape();
        break;
      case 'people':
        this.emit({ type: 'panel', panel: this.arrangement.panel === 'people' ? null : 'people' });
        break;
      case 'fullScreen':
      case 'compact':
        this.emit({ type: 'windowMode', mode: action });
        break;
      default:
        this.emit({ type: action });
    }
  };

  nameOf(participant: ParticipantId): string {
    return this.#names.get(participant) ?? words.t.someone;
  }

  #follow(room: RoomSnapshot | null): void {
    this.#clock.follow(room);
    for (const { id, name } of room?.others ?? []) {
      if (name === null) continue;
      this.#names.set(id, name);
      if (this.#nameless.delete(id)) this.#tell({ type: 'participantJoined', participant: id });
    }
    const changes = changesBetween(this.#former, room, (id) => this.nameOf(id), words.t);
    if (changes.length > 0) this.toasts.say(changes.join(' '));
    this.#former = room;
    this.#followKnocks();
    // Whoever sees no pictures at all waits for none of theirs.
    if (this.abilities.video === 'full') this.#guests.follow(room);
    if (room?.phase.type === 'ended') {
      this.arrangement.clear();
      this.dialogs.close();
      this.toasts.clear();
    }
    if (room === null) {
      this.arrangement.clear();
      this.#names.clear();
      this.#nameless.clear();
      this.hosting.coHosts = [];
    }
  }

  #followKnocks(): void {
    this.#knocks.follow(this.state.snapshot, this.arrangement.panel === 'people');
  }

  #tell(notice: Notice): void {
    if (notice.type === 'participantJoined' && !this.#names.has(notice.participant)) {
      // They say their name once they are connected: "someone came in" helps nobody.
      this.#nameless.add(notice.participant);
      return;
    }
    if (notice.type === 'participantLeft' && this.#nameless.delete(notice.participant)) return;
    const names = {
      person: (participant: ParticipantId) => this.nameOf(participant),
      device: (kind: DeviceKind, device: DeviceChoice) => this.#nameOfDevice(kind, device),
      inUse: (kind: DeviceKind) => {
        const active = this.state.snapshot?.me[kind].active ?? null;
        return active === null ? null : this.#nameOfDevice(kind, active);
      },
    };
    const wording = wordingOf(notice, names, words.t);
    if (wording) this.toasts.show(wording.text, wording.tone);
    else this.toasts.say(words.t.notices.serverAway);
    if (notice.type === 'participantLeft') this.#attention.forget(notice.participant);
  }

  /** As people know it; `null` when it isn't listed, such as one that was unplugged long ago. */
  #nameOfDevice(kind: DeviceKind, device: DeviceChoice): string | null {
    const { cameras, microphones, speakers } = this.state.devices;
    const list = { camera: cameras, microphone: microphones, speaker: speakers }[kind];
    return list.find(({ choice }) => choice === device)?.name ?? null;
  }
}
