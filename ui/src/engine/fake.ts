import { type LinkReading, readInviteLink } from '../links/invite';
import type { Intent, Notice, ParticipantId, RoomSnapshot } from '../protocol';
import type {
  ChosenDevices,
  CreatedRoom,
  CreateError,
  Engine,
  JoinError,
  JoinRequest,
  LinkFigures,
  Preview,
  PreviewState,
  RecentRoom,
  Result,
  Settings,
  SoundLevels,
  Trouble,
} from './engine';
import { DEVICES, LINK, recentRooms, SETTINGS } from './fake/memory';
import { FakePictures } from './fake/pictures';
import { roomOf, withIntent } from './fake/room';
import { phaseOf, type Scene } from './fake/scene';
import { figuresOf, levelsAt, voice } from './fake/sound';
import { emitter, writable } from './store';

const TICK_MS = 100;
const JOIN_MS = 700;

/** A whole engine without a network, a camera or a core: for tests, pictures of screens, and work on the UI. */
export class FakeEngine implements Engine {
  readonly snapshot = writable<RoomSnapshot | null>(null);
  readonly link = writable<string | null>(null);
  readonly notices = emitter<Notice>();
  readonly troubles = emitter<Trouble>();
  readonly levels = writable<SoundLevels>({ own: 0, others: new Map() });
  readonly figures = writable<ReadonlyMap<ParticipantId, LinkFigures>>(new Map());
  readonly devices = writable(DEVICES);
  readonly settings = writable<Settings>(SETTINGS);
  readonly recentRooms = writable<readonly RecentRoom[]>([]);
  readonly openedLinks = emitter<LinkReading>();
  readonly pictures: FakePictures;
  readonly preview: FakePreview;
  /** Everything that was asked for, for tests. */
  readonly dispatched: Intent[] = [];

  constructor(private readonly scene: Scene) {
    this.preview = new FakePreview(scene);
    this.pictures = new FakePictures(
      this.snapshot,
      () => this.preview.state.get().cameraLive || this.snapshot.get() !== null,
      scene.frozen,
    );
    if (scene.name !== 'home-empty') this.recentRooms.set(recentRooms(Date.now()));
    if (scene.name === 'lobby-camera-off') this.changeSettings({ cameraOn: false, microphoneOn: false });
    const phase = phaseOf(scene.name);
    if (phase) this.link.set(LINK);
    if (phase) this.snapshot.set(roomOf(scene, phase, this.#request(LINK)));
    window.setInterval(() => this.#tick(), TICK_MS);
    window.setTimeout(() => this.#begin());
  }

  dispatch(intent: Intent): void {
    this.dispatched.push(intent);
    this.snapshot.update((room) => room && withIntent(room, intent));
    if (intent.type === 'govern' && intent.command.type === 'remove') {
      this.notices.emit({ type: 'participantRemoved', participant: intent.command.participant });
    }
    if (intent.type === 'govern' && intent.command.type === 'admit') {
      this.notices.emit({ type: 'participantJoined', participant: intent.command.participant });
    }
  }

  async createRoom(): Promise<Result<CreatedRoom, CreateError>> {
    return { ok: true, value: { link: LINK } };
  }

  createTestRoom(): Promise<Result<CreatedRoom, CreateError>> {
    return this.createRoom();
  }

  async join(request: JoinRequest): Promise<Result<void, JoinError>> {
    if (this.snapshot.get()?.phase.type === 'joined') return { ok: false, error: 'alreadyInCall' };
    this.link.set(request.link);
    this.snapshot.set(roomOf(this.scene, { type: 'joining' }, request));
    window.setTimeout(() => {
      if (this.snapshot.get()?.phase.type !== 'joining') return;
      this.snapshot.set(roomOf(this.scene, { type: 'joined' }, request));
    }, JOIN_MS);
    return { ok: true, value: undefined };
  }

  async leave(): Promise<void> {
    this.link.set(null);
    this.snapshot.set(null);
  }

  changeSettings(change: Partial<Settings>): void {
    this.settings.update((settings) => ({ ...settings, ...change }));
  }

  forgetRoom(link: string): void {
    this.recentRooms.update((rooms) => rooms.filter((room) => room.link !== link));
  }

  async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
  }

  setFullScreen(fullScreen: boolean): void {
    if (fullScreen) void document.documentElement.requestFullscreen();
    else void document.exitFullscreen();
  }

  #request(link: string): JoinRequest {
    const { name, camera, microphone, speaker } = this.settings.get();
    return { link, name, password: null, camera, microphone, speaker, muted: false };
  }

  /** What happens in the scene by itself, once somebody listens. */
  #begin(): void {
    if (this.scene.name.startsWith('lobby')) this.openedLinks.emit(readInviteLink(LINK));
    if (this.scene.name === 'device-lost') {
      this.notices.emit({ type: 'device', kind: 'microphone', device: 'device:headset', fault: 'unplugged' });
    }
  }

  #tick(): void {
    const seconds = performance.now() / 1000;
    this.levels.set(levelsAt(this.snapshot.get(), this.scene, seconds));
    this.figures.set(figuresOf(this.snapshot.get(), this.scene));
    this.preview.hear(this.scene.frozen ? 0.45 : voice(seconds));
  }
}

class FakePreview implements Preview {
  readonly state = writable<PreviewState>({ level: 0, cameraLive: false, faults: {} });
  #microphone = false;

  constructor(private readonly scene: Scene) {}

  open({ camera, microphone }: ChosenDevices): void {
    this.#microphone = microphone !== null;
    const busy = this.scene.name === 'lobby-camera-busy' && camera === SETTINGS.camera;
    this.state.set({
      level: 0,
      cameraLive: camera !== null && !busy,
      faults: busy ? { camera: 'busy' } : {},
    });
  }

  testSpeaker(): void {}

  close(): void {
    this.#microphone = false;
    this.state.set({ level: 0, cameraLive: false, faults: {} });
  }

  hear(level: number): void {
    this.state.update((state) => ({ ...state, level: this.#microphone ? level : 0 }));
  }
}
