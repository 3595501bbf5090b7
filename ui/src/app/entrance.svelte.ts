import type { Engine, Result } from '../engine/engine';
import type { CreatedRoom, CreateError, JoinError } from '../engine/rooms';
import { type LinkReading, readInviteLink } from '../links/invite';
import { words } from '../words/words.svelte';
import type { Dialogs } from './dialog.svelte';
import type { EngineState } from './engine-state.svelte';
import type { EntranceIntent, HandlersOf } from './intents';
import type { OwnDevices } from './own-devices.svelte';
import type { Toasts } from './toasts.svelte';

/** The room that is about to be joined, or that the call is in. */
export interface LobbyEntry {
  readonly link: string;
  readonly server: string;
  /** The room was made here just now. */
  readonly created: boolean;
  readonly password: string | null;
}

/** What the link is that a browser's page was opened by. */
export type Invitation = Exclude<LinkReading, { type: 'empty' }>;

/** How one comes into a room and out of it: always by the lobby. */
export class Entrance {
  /** In a page this is the first screen, and where every way back leads. */
  invitation = $state.raw<Invitation | null>(null);
  lobby = $state.raw<LobbyEntry | null>(null);
  joinError = $state<JoinError | null>(null);
  joining = $state(false);

  constructor(
    private readonly engine: Engine,
    private readonly state: EngineState,
    private readonly dialogs: Dialogs,
    private readonly devices: OwnDevices,
    private readonly toasts: Toasts,
  ) {
    engine.openedLinks.listen((reading) => this.#opened(reading));
  }

  /** The door is a page's first screen. */
  get at(): 'door' | 'home' | 'lobby' | 'call' {
    if (this.state.snapshot) return 'call';
    if (this.lobby) return 'lobby';
    return this.engine.abilities.newRooms === 'available' ? 'home' : 'door';
  }

  readonly does: HandlersOf<EntranceIntent> = {
    home: () => this.#goHome(),
    giveUp: () => this.#goHome(),
    newRoom: () => this.dialogs.show({ type: 'newRoom', error: null, busy: false }),
    createRoom: ({ options }) => {
      this.dialogs.show({ type: 'newRoom', error: null, busy: true });
      void this.engine.createRoom(options).then((made) => this.#created(made, options.password));
    },
    testCall: () => void this.engine.createTestRoom().then((made) => this.#created(made, null)),
    acceptInvitation: () => {
      if (this.invitation) this.#open(this.invitation);
    },
    openLink: ({ text }) => this.#open(readInviteLink(text)),
    leaveAndOpen: ({ link }) => {
      this.dialogs.close();
      void this.engine.leave().then(() => this.#opened(readInviteLink(link)));
    },
    join: ({ name, password }) => void this.#join(name, password),
    tryAgain: () => void this.#tryAgain(),
    leave: () => this.engine.dispatch({ type: 'leave' }),
  };

  #opened(reading: LinkReading): void {
    const { place } = this.engine.abilities;
    if (place === 'window' || this.state.inCall || reading.type === 'empty') {
      this.#open(reading);
      return;
    }
    if (this.lobby ?? this.state.snapshot) this.#goHome();
    this.invitation = reading;
  }

  #open(reading: LinkReading): void {
    if (reading.type === 'fault') this.dialogs.show({ type: 'linkFault', fault: reading.fault });
    if (reading.type !== 'link') return;
    const { link, server } = reading;
    const entry: LobbyEntry = { link, server, created: false, password: null };
    const phase = this.state.snapshot?.phase.type;
    if (phase === 'ended') {
      // What is left of the last call makes room.
      void this.engine.leave().then(() => this.#enterLobby(entry));
      return;
    }
    if (phase || this.joining) {
      if (link === this.state.link) this.toasts.show(words.t.link.alreadyThere);
      else this.dialogs.show({ type: 'otherRoom', link, server });
      return;
    }
    this.#enterLobby(entry);
  }

  #created(made: Result<CreatedRoom, CreateError>, password: string | null): void {
    if (!made.ok) {
      this.dialogs.show({ type: 'newRoom', error: made.error, busy: false });
      return;
    }
    const reading = readInviteLink(made.value.link);
    if (reading.type !== 'link') return;
    this.#enterLobby({ link: reading.link, server: reading.server, created: true, password });
  }

  #enterLobby(entry: LobbyEntry): void {
    this.dialogs.close();
    this.joinError = null;
    this.lobby = entry;
    this.devices.inLobby = true;
    this.devices.preview();
  }

  async #join(name: string, password: string | null): Promise<void> {
    const entry = this.lobby;
    if (!entry || this.joining) return;
    this.joining = true;
    const { camera, microphone, speaker } = this.devices.wanted;
    const { microphoneOn, soundProcessing } = this.state.settings;
    this.engine.changeSettings({ name });
    this.engine.preview.close();
    const joined = await this.engine.join({
      link: entry.link,
      name,
      password,
      camera,
      microphone,
      speaker,
      muted: !microphoneOn,
      soundProcessing,
    });
    this.joining = false;
    this.joinError = joined.ok ? null : joined.error;
    if (!joined.ok) this.devices.preview();
  }

  /** Whoever was in a call, or nearly, comes back by the lobby. */
  async #tryAgain(): Promise<void> {
    const { link } = this.state;
    await this.engine.leave();
    if (this.lobby) this.#enterLobby(this.lobby);
    else if (link !== null) this.#open(readInviteLink(link));
  }

  #goHome(): void {
    this.lobby = null;
    this.devices.inLobby = false;
    this.dialogs.close();
    this.engine.preview.close();
    void this.engine.leave();
  }
}
