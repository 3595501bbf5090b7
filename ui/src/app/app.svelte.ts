import type { CreatedRoom, CreateError, Engine, JoinError, Result } from '../engine/engine';
import { readInviteLink } from '../links/invite';
import { wordingOf } from '../notices/wording';
import type { DeviceChoice, HostCommand, Notice, ParticipantId, RoomSnapshot } from '../protocol';
import type { Layout, StageContext } from '../stage/view';
import { words } from '../words/words.svelte';
import { Attention } from './attention.svelte';
import { ReconnectClock } from './clock.svelte';
import type { Dialog, LobbyEntry } from './dialog';
import { EngineState } from './engine-state.svelte';
import type { Panel, UiIntent } from './intents';
import { Knocks } from './knocks';
import type { ShortcutAction } from './shortcuts';
import { Toasts } from './toasts.svelte';

/** What the window shows and does: keeps what isn't the engine's, and turns what a person asks for into its calls. */
export class App {
  readonly state: EngineState;
  readonly toasts = new Toasts();
  /** The room that is about to be joined, or that the call is in. */
  lobby = $state.raw<LobbyEntry | null>(null);
  joinError = $state<JoinError | null>(null);
  joining = $state(false);
  dialog = $state.raw<Dialog | null>(null);
  panel = $state<Panel | null>(null);
  layout = $state<Layout>('grid');
  pinned = $state<string | null>(null);
  statistics = $state(false);
  coHosts = $state.raw<readonly ParticipantId[]>([]);
  readonly #engine: Engine;
  readonly #clock = new ReconnectClock();
  readonly #names = new Map<ParticipantId, string>();
  readonly #attention = new Attention();
  #fullScreen = false;
  readonly #knocks = new Knocks(this.toasts);

  constructor(engine: Engine) {
    this.#engine = engine;
    this.state = new EngineState(engine);
    engine.snapshot.subscribe((room) => this.#follow(room));
    engine.levels.subscribe((levels) => this.#attention.hear(levels, this.state.snapshot));
    engine.notices.listen((notice) => this.#tell(notice));
    engine.openedLinks.listen((link) => this.#openLink(link));
  }

  /** The camera that is asked for: chosen, and switched on. */
  get wantedCamera(): DeviceChoice | null {
    const { camera, cameraOn } = this.state.settings;
    return cameraOn ? (camera ?? this.state.devices.cameras[0]?.choice ?? null) : null;
  }

  get stageContext(): StageContext {
    return {
      someone: words.t.someone,
      you: words.t.you,
      levels: this.state.levels,
      figures: this.state.figures,
      settings: this.state.settings,
      layout: this.layout,
      pinned: this.pinned,
      activeSpeaker: this.#attention.activeSpeaker,
      speaks: (participant) => this.#attention.speaks(participant),
      reconnectingSeconds: (participant) => this.#clock.seconds(participant),
      statistics: this.statistics,
      mutedButTalking: this.#attention.mutedButTalking,
    };
  }

  readonly emit = (intent: UiIntent): void => {
    const engine = this.#engine;
    switch (intent.type) {
      case 'home':
        this.#goHome();
        break;
      case 'newRoom':
        this.dialog = { type: 'newRoom', error: null, busy: false };
        break;
      case 'createRoom':
        this.dialog = { type: 'newRoom', error: null, busy: true };
        void engine.createRoom(intent.options).then((made) => this.#created(made, intent.options.password));
        break;
      case 'testCall':
        void engine.createTestRoom().then((made) => this.#created(made, null));
        break;
      case 'openLink':
        this.#openLink(intent.text);
        break;
      case 'forgetRoom':
        engine.forgetRoom(intent.link);
        break;
      case 'join':
        void this.#join(intent.name, intent.password);
        break;
      case 'tryAgain':
        void this.#tryAgain();
        break;
      case 'giveUp':
        this.#goHome();
        break;
      case 'leave':
        engine.dispatch({ type: 'leave' });
        break;
      case 'toggleMicrophone':
        this.#toggleMicrophone();
        break;
      case 'toggleCamera':
        this.#toggleCamera();
        break;
      case 'selectCamera':
        engine.changeSettings({ camera: intent.camera, cameraOn: true });
        if (this.#inCall) engine.dispatch({ type: 'selectCamera', camera: intent.camera });
        this.#refreshPreview();
        break;
      case 'selectMicrophone':
        engine.changeSettings({ microphone: intent.microphone });
        if (this.#inCall) engine.dispatch({ type: 'selectMicrophone', microphone: intent.microphone });
        this.#refreshPreview();
        break;
      case 'selectSpeaker':
        engine.changeSettings({ speaker: intent.speaker });
        if (this.#inCall) engine.dispatch({ type: 'selectSpeaker', speaker: intent.speaker });
        break;
      case 'testSpeaker':
        engine.preview.testSpeaker(this.state.settings.speaker);
        break;
      case 'soundProcessing':
        engine.dispatch({ type: 'setSoundProcessing', processing: intent.processing });
        break;
      case 'changeSettings':
        engine.changeSettings(intent.change);
        if (intent.change.name && this.#inCall) engine.dispatch({ type: 'rename', name: intent.change.name });
        break;
      case 'layout':
        this.layout = intent.layout;
        this.pinned = null;
        break;
      case 'pin':
        this.pinned = intent.key;
        break;
      case 'volume':
        engine.dispatch({ type: 'setVolume', participant: intent.participant, volume: intent.volume });
        break;
      case 'statistics':
        this.statistics = !this.statistics;
        break;
      case 'fullScreen':
        this.#fullScreen = !this.#fullScreen;
        engine.setFullScreen(this.#fullScreen);
        break;
      case 'invite':
        this.dialog = { type: 'invite' };
        break;
      case 'copyLink':
        void this.#copyLink();
        break;
      case 'shortcuts':
        this.dialog = { type: 'shortcuts' };
        break;
      case 'settings':
        this.#openSettings();
        break;
      case 'panel':
        this.#show(intent.panel);
        break;
      case 'verify':
      case 'askRemove':
      case 'askHandOver':
        this.dialog = { type: dialogOf[intent.type], participant: intent.participant };
        break;
      case 'confirmIdentity':
        engine.dispatch({ type: 'confirmIdentity', participant: intent.participant });
        this.dialog = null;
        break;
      case 'coHost':
        this.#nameCoHosts(intent.participant, intent.coHost);
        break;
      case 'govern':
        this.#govern(intent.command);
        break;
      case 'closeDialog':
        this.#closeDialog();
        break;
      case 'dismiss':
        this.toasts.dismiss(intent.toast);
        break;
    }
  };

  /** What a key does. */
  readonly act = (action: ShortcutAction): void => {
    switch (action) {
      case 'toggleMicrophone':
      case 'toggleCamera':
      case 'settings':
      case 'invite':
        this.emit({ type: action });
        break;
      case 'people':
        this.#show(this.panel === 'people' ? null : 'people');
        break;
      case 'help':
        this.emit({ type: 'shortcuts' });
        break;
      case 'escape':
        if (this.panel) this.panel = null;
        else this.pinned = null;
        break;
    }
  };

  get #inCall(): boolean {
    return this.state.snapshot?.phase.type === 'joined';
  }

  nameOf(participant: ParticipantId): string {
    return this.#names.get(participant) ?? words.t.someone;
  }

  #follow(room: RoomSnapshot | null): void {
    this.#clock.follow(room);
    for (const { id, name } of room?.others ?? []) {
      if (name !== null) this.#names.set(id, name);
    }
    this.#knocks.follow(room, this.panel === 'people');
    if (room?.phase.type === 'ended') {
      this.panel = null;
      this.dialog = null;
      this.pinned = null;
      this.toasts.clear();
    }
    if (room === null) {
      this.#names.clear();
      this.coHosts = [];
    }
  }

  #tell(notice: Notice): void {
    const wording = wordingOf(notice, (participant) => this.nameOf(participant), words.t);
    if (wording) this.toasts.show(wording.text, wording.tone);
    else this.toasts.say(words.t.notices.serverAway);
    if (notice.type === 'participantLeft') this.#attention.forget(notice.participant);
  }

  #openLink(text: string): void {
    const reading = readInviteLink(text);
    if (reading.type === 'fault') this.dialog = { type: 'linkFault', fault: reading.fault };
    if (reading.type !== 'link') return;
    if (this.#inCall) {
      this.toasts.show(words.t.lobby.errors.alreadyInCall, 'trouble');
      return;
    }
    this.#enterLobby({ link: reading.link, server: reading.server, created: false, password: null });
  }

  #created(made: Result<CreatedRoom, CreateError>, password: string | null): void {
    if (!made.ok) {
      this.dialog = { type: 'newRoom', error: made.error, busy: false };
      return;
    }
    const reading = readInviteLink(made.value.link);
    if (reading.type !== 'link') return;
    this.#enterLobby({ link: reading.link, server: reading.server, created: true, password });
  }

  #enterLobby(entry: LobbyEntry | null): void {
    this.dialog = null;
    this.joinError = null;
    this.lobby = entry;
    this.#refreshPreview();
  }

  async #join(name: string, password: string | null): Promise<void> {
    const entry = this.lobby;
    if (!entry || this.joining) return;
    const { settings, devices } = this.state;
    this.joining = true;
    const camera = this.wantedCamera;
    this.#engine.changeSettings({ name });
    this.#engine.preview.close();
    const joined = await this.#engine.join({
      link: entry.link,
      name,
      password,
      camera,
      microphone: settings.microphone ?? devices.microphones[0]?.choice ?? null,
      speaker: settings.speaker ?? devices.speakers[0]?.choice ?? null,
      muted: !settings.microphoneOn,
    });
    this.joining = false;
    this.joinError = joined.ok ? null : joined.error;
    if (!joined.ok) this.#refreshPreview();
  }

  /** Whoever was in a call, or nearly, comes back by the lobby. */
  async #tryAgain(): Promise<void> {
    const { link } = this.state;
    await this.#engine.leave();
    if (this.lobby) this.#enterLobby(this.lobby);
    else if (link !== null) this.#openLink(link);
  }

  #goHome(): void {
    this.lobby = null;
    this.dialog = null;
    this.panel = null;
    this.#engine.preview.close();
    void this.#engine.leave();
  }

  #toggleMicrophone(): void {
    const room = this.state.snapshot;
    if (!room) {
      this.#engine.changeSettings({ microphoneOn: !this.state.settings.microphoneOn });
      this.#refreshPreview();
      return;
    }
    const muted = !room.me.microphoneMuted;
    this.#engine.changeSettings({ microphoneOn: !muted });
    this.#engine.dispatch({ type: 'muteMicrophone', muted });
    this.toasts.say(muted ? words.t.notices.muted : words.t.notices.unmuted);
  }

  #toggleCamera(): void {
    const room = this.state.snapshot;
    const on = room ? room.me.camera.active === null : !this.state.settings.cameraOn;
    this.#engine.changeSettings({ cameraOn: on });
    if (!room) {
      this.#refreshPreview();
      return;
    }
    this.#engine.dispatch({ type: 'selectCamera', camera: this.wantedCamera });
    this.toasts.say(on ? words.t.notices.cameraOn : words.t.notices.cameraOff);
  }

  async #copyLink(): Promise<void> {
    const { link } = this.state;
    if (link === null) return;
    try {
      await this.#engine.copy(link);
      this.toasts.show(words.t.notices.copied, 'good');
    } catch {
      this.toasts.show(words.t.notices.copyFailed, 'trouble');
    }
  }

  #show(panel: Panel | null): void {
    this.panel = panel;
    this.#knocks.follow(this.state.snapshot, panel === 'people');
  }

  #openSettings(): void {
    if (this.#inCall) {
      this.panel = this.panel === 'settings' ? null : 'settings';
      return;
    }
    this.dialog = { type: 'settings' };
    this.#refreshPreview();
  }

  #closeDialog(): void {
    this.dialog = null;
    this.#refreshPreview();
  }

  #nameCoHosts(participant: ParticipantId, coHost: boolean): void {
    const others = this.coHosts.filter((id) => id !== participant);
    this.coHosts = coHost ? [...others, participant] : others;
    this.#govern({ type: 'nameCoHosts', participants: [...this.coHosts] });
  }

  #govern(command: HostCommand): void {
    this.dialog = null;
    this.#engine.dispatch({ type: 'govern', command });
  }

  /** Devices are open only where a person sees or hears something of it. */
  #refreshPreview(): void {
    if (this.state.snapshot) return;
    const wanted = this.lobby !== null || this.dialog?.type === 'settings';
    if (!wanted) {
      this.#engine.preview.close();
      return;
    }
    const { settings, devices } = this.state;
    const microphone = settings.microphone ?? devices.microphones[0]?.choice ?? null;
    this.#engine.preview.open({
      camera: this.wantedCamera,
      microphone: settings.microphoneOn ? microphone : null,
    });
  }
}

const dialogOf = { verify: 'verify', askRemove: 'remove', askHandOver: 'handOver' } as const;
