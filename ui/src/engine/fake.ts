import { type LinkReading, readInviteLink } from '../links/invite';
import type { DeviceChoice, Intent, Notice, ParticipantId, RoomSnapshot, SoundProcessing } from '../protocol';
import { abilitiesOf } from './fake/abilities';
import { type Abilities, ownMediaOf } from './abilities';
import type { DeviceList } from './devices';
import type { Engine, GlobalKeyEvent, GlobalKeysError, Result, Trouble, WindowMode } from './engine';
import { DEVICES, KEYS, LINK, NEARBY, NO_DEVICES, recentRooms, SETTINGS } from './fake/memory';
import { firstLink, linkOfCall } from './fake/links';
import { FakePictures } from './fake/pictures';
import { FakePreview } from './fake/preview';
import { roomOf, withIntent } from './fake/room';
import { phaseOf, type Scene } from './fake/scene';
import { screens, SHARED } from './fake/screens';
import { figuresOf, levelsAt, voice } from './fake/sound';
import type { LinkFigures, SoundLevels } from './figures';
import type { CreatedRoom, CreateError, JoinError, JoinRequest, RecentRoom, RoomOptions } from './rooms';
import {
  NOTHING_SHARED,
  type ScreensError,
  type ShareableScreen,
  type SharedScreen,
  type Sharing,
} from './screens';
import type { GlobalKeys, Settings } from './settings';
import { emitter, writable, patientEmitter } from './store';

const TICK_MS = 100;
const JOIN_MS = 700;
/** How long a device or a screen takes to open. */
const OPEN_MS = 500;

interface Asked {
  readonly call: string;
  readonly what: unknown;
}

/** A whole engine without a network, a camera or a core: for tests, pictures of screens, and work on the UI. */
export class FakeEngine implements Engine {
  readonly abilities: Abilities;
  readonly snapshot = writable<RoomSnapshot | null>(null);
  readonly link = writable<string | null>(null);
  readonly sharing = writable<Sharing>(NOTHING_SHARED);
  readonly notices = emitter<Notice>();
  readonly troubles = emitter<Trouble>();
  readonly levels = writable<SoundLevels>({ own: 0, others: new Map() });
  readonly figures = writable<ReadonlyMap<ParticipantId, LinkFigures>>(new Map());
  readonly devices = writable<DeviceList>(DEVICES);
  readonly settings = writable<Settings>(SETTINGS);
  readonly recentRooms = writable<readonly RecentRoom[]>([]);
  readonly nearbyRooms;
  readonly openedLinks = patientEmitter<LinkReading>();
  readonly globalKeys = emitter<GlobalKeyEvent>();
  readonly pictures: FakePictures;
  readonly preview: FakePreview;
  /** Everything that was asked for, for tests. */
  readonly asked: Asked[] = [];

  constructor(private readonly scene: Scene) {
    const { name } = scene;
    if (name === 'broken') throw new Error('The settings file has no end (settings.json, line 1)');
    this.abilities = abilitiesOf(scene);
    this.preview = new FakePreview(scene, this.#note);
    this.pictures = new FakePictures(
      this.snapshot,
      () => this.preview.state.get().cameraLive || this.snapshot.get() !== null,
      scene.frozen,
    );
    this.nearbyRooms = writable(name === 'home-nearby' ? NEARBY : []);
    if (name !== 'home-empty') this.recentRooms.set(recentRooms(Date.now()));
    if (name === 'lobby-no-devices') this.devices.set(NO_DEVICES);
    if (name === 'lobby-camera-off') this.settings.set({ ...SETTINGS, cameraOn: false, microphoneOn: false });
    if (name === 'sharing') this.sharing.set({ active: SHARED, requested: null });
    if (name === 'sharing-begins') this.sharing.set({ active: null, requested: SHARED });
    if (name === 'no-global-keys') this.settings.set({ ...SETTINGS, globalKeys: KEYS });
    const phase = phaseOf(name);
    const link = linkOfCall(scene);
    if (phase) this.link.set(link);
    if (phase) this.snapshot.set(roomOf(scene, phase, this.#request(link)));
    window.setInterval(() => this.#tick(), TICK_MS);
    window.setTimeout(() => this.#begin());
  }

  dispatch(intent: Intent): void {
    this.#note('dispatch', intent);
    if (intent.type === 'selectCamera' && intent.camera !== null) {
      this.#openCamera(intent.camera);
      return;
    }
    this.snapshot.update((room) => room && withIntent(room, intent));
    if (intent.type === 'govern' && intent.command.type === 'remove') {
      this.notices.emit({ type: 'participantRemoved', participant: intent.command.participant });
    }
    if (intent.type === 'govern' && intent.command.type === 'admit') {
      this.notices.emit({ type: 'participantJoined', participant: intent.command.participant });
    }
  }

  async createRoom(options: RoomOptions): Promise<Result<CreatedRoom, CreateError>> {
    this.#note('createRoom', options);
    return { ok: true, value: { link: LINK } };
  }

  async createTestRoom(): Promise<Result<CreatedRoom, CreateError>> {
    this.#note('createTestRoom', null);
    return { ok: true, value: { link: LINK } };
  }

  async join(request: JoinRequest): Promise<Result<void, JoinError>> {
    this.#note('join', request);
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
    this.#note('leave', null);
    this.link.set(null);
    this.snapshot.set(null);
    this.sharing.set(NOTHING_SHARED);
  }

  async listScreens(): Promise<Result<readonly ShareableScreen[], ScreensError>> {
    this.#note('listScreens', null);
    return { ok: true, value: screens() };
  }

  shareScreen(screen: SharedScreen): void {
    this.#note('shareScreen', screen);
    this.sharing.update(({ active }) => ({ active, requested: screen }));
    window.setTimeout(() => {
      if (this.sharing.get().requested === screen) this.sharing.set({ active: screen, requested: null });
    }, OPEN_MS);
  }

  stopSharing(): void {
    this.#note('stopSharing', null);
    this.sharing.set(NOTHING_SHARED);
  }

  setSoundProcessing(processing: SoundProcessing): void {
    this.#note('setSoundProcessing', processing);
  }

  changeSettings(change: Partial<Settings>): void {
    this.#note('changeSettings', change);
    this.settings.update((settings) => ({ ...settings, ...change }));
  }

  async setGlobalKeys(keys: GlobalKeys): Promise<Result<void, GlobalKeysError>> {
    this.#note('setGlobalKeys', keys);
    if (this.scene.name === 'no-global-keys') return { ok: false, error: 'unavailable' };
    return { ok: true, value: undefined };
  }

  forgetRoom(link: string): void {
    this.#note('forgetRoom', link);
    this.recentRooms.update((rooms) => rooms.filter((room) => room.link !== link));
  }

  forgetAllRooms(): void {
    this.#note('forgetAllRooms', null);
    this.recentRooms.set([]);
  }

  forgetKnownDevices(): void {
    this.#note('forgetKnownDevices', null);
  }

  async copy(text: string): Promise<void> {
    this.#note('copy', text);
    await navigator.clipboard.writeText(text);
  }

  setWindowMode(mode: WindowMode): void {
    this.#note('setWindowMode', mode);
  }

  notify(text: string): void {
    this.#note('notify', text);
  }

  openDataFolder(): void {
    this.#note('openDataFolder', null);
  }

  async report(): Promise<string> {
    return 'Conclave 0.1.0\nA computer that does not exist\nThe call ended by a fault in thread “driver”.';
  }

  restart(): void {
    window.location.reload();
  }

  readonly #note = (call: string, what: unknown): void => void this.asked.push({ call, what });

  /** The old camera goes on until the new one delivers, or for good if it doesn't. */
  #openCamera(camera: DeviceChoice): void {
    const own = (change: Partial<RoomSnapshot['me']['camera']>) =>
      this.snapshot.update(
        (room) => room && { ...room, me: { ...room.me, camera: { ...room.me.camera, ...change } } },
      );
    own({ requested: camera });
    if (this.scene.name === 'switching') return;
    window.setTimeout(() => {
      if (this.snapshot.get()?.me.camera.requested !== camera) return;
      if (this.scene.name !== 'camera-fails') return own({ active: camera, requested: null });
      own({ requested: null });
      this.notices.emit({ type: 'device', kind: 'camera', device: camera, fault: 'busy' });
    }, OPEN_MS);
  }

  #request(link: string): JoinRequest {
    const { name, camera, microphone, speaker, soundProcessing } = this.settings.get();
    const own = ownMediaOf(this.abilities);
    return {
      link,
      name,
      password: null,
      camera: own.camera === 'available' ? camera : null,
      microphone: own.microphone === 'available' ? microphone : null,
      speaker,
      muted: false,
      soundProcessing,
    };
  }

  /** What happens in the scene by itself, once somebody listens. */
  #begin(): void {
    const link = firstLink(this.scene);
    // A page's link was opened before its call.
    const told = this.scene.place === 'window' || this.snapshot.get() === null;
    if (link !== null && told) this.openedLinks.emit(readInviteLink(link));
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
