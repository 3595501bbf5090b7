import type { LinkReading } from '../links/invite';
import type { EndReason, Intent, Notice, ParticipantId, RoomSnapshot, SoundProcessing } from '../protocol';
import { listedNotice, listedSnapshot, sized, sizedIntent } from './desktop/camera-size';
import { commands } from './desktop/commands';
import { createErrorOf, joinErrorOf } from './desktop/errors';
import { ShellPictures } from './desktop/frames/pictures';
import { linkReadingOf } from './desktop/links';
import { forbidBrowsing } from './desktop/no-browser';
import { ShellPreview } from './desktop/preview';
import { recentRoomOf, settingsOf } from './desktop/settings';
import type { AppEvent, CallEvent, Start } from './desktop/shell';
import { ShellWindow } from './desktop/window';
import { WINDOW_ABILITIES } from './abilities';
import type { DeviceList } from './devices';
import type { Engine, GlobalKeyEvent, GlobalKeysError, Result, Trouble, WindowMode } from './engine';
import type { LinkFigures, SoundLevels } from './figures';
import type {
  CreatedRoom,
  CreateError,
  JoinError,
  JoinRequest,
  NearbyRoom,
  RecentRoom,
  RoomOptions,
} from './rooms';
import {
  NOTHING_SHARED,
  type ScreensError,
  type ShareableScreen,
  type SharedScreen,
  type Sharing,
} from './screens';
import type { CameraSize, GlobalKeys, Settings } from './settings';
import { emitter, writable, patientEmitter } from './store';

/** How often it is looked what is plugged in. */
const DEVICES_EVERY_MS = 2_000;
const NO_DEVICES: DeviceList = { state: 'looking', cameras: [], microphones: [], speakers: [] };
const SILENCE: SoundLevels = { own: 0, others: new Map() };

/** The engine of the app's window: the core, reached by the shell's commands. */
export class DesktopEngine implements Engine {
  readonly abilities = WINDOW_ABILITIES;
  readonly snapshot = writable<RoomSnapshot | null>(null);
  readonly link = writable<string | null>(null);
  readonly sharing = writable<Sharing>(NOTHING_SHARED);
  readonly notices = emitter<Notice>();
  readonly troubles = emitter<Trouble>();
  readonly levels = writable<SoundLevels>(SILENCE);
  readonly figures = writable<ReadonlyMap<ParticipantId, LinkFigures>>(new Map());
  readonly devices = writable<DeviceList>(NO_DEVICES);
  readonly settings;
  readonly recentRooms;
  readonly nearbyRooms = writable<readonly NearbyRoom[]>([]);
  readonly openedLinks = patientEmitter<LinkReading>();
  readonly globalKeys = emitter<GlobalKeyEvent>();
  readonly pictures: ShellPictures;
  readonly preview = new ShellPreview((camera) => sized(camera, this.#cameraSize()));
  /** What was chosen to be shared, by how it is asked for. */
  readonly #screens = new Map<string, SharedScreen>();
  readonly #window = new ShellWindow(() => this.troubles.emit('notDone'));
  /** Which call events are of: those of one that was left come late. */
  #call = 0;
  /** What is asked of the call. */
  #wishes: Promise<void> = Promise.resolve();
  /** Coming into a call and leaving it. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(start: Start) {
    this.settings = writable<Settings>(settingsOf(start.preferences));
    this.recentRooms = writable<readonly RecentRoom[]>(start.recentRooms.map(recentRoomOf));
    this.pictures = new ShellPictures(
      { socket: start.frames, withoutSocket: start.framesWithoutSocket },
      commands.setTiles,
      () => this.troubles.emit('noPictures'),
    );
    // Told once somebody listens.
    if (start.settings === 'unreadable') setTimeout(() => this.troubles.emit('settingsLost'));
    if (start.formerPage === 'brokeDown') setTimeout(() => this.troubles.emit('pageBrokeDown'));
    void this.#listDevices();
    // A shell that doesn't look for rooms has none to show.
    commands.watchNearbyRooms((rooms) => this.nearbyRooms.set(rooms)).catch(() => this.nearbyRooms.set([]));
  }

  static async start(): Promise<DesktopEngine> {
    forbidBrowsing();
    const early: AppEvent[] = [];
    let hear = (event: AppEvent): void => void early.push(event);
    const engine = new DesktopEngine(await commands.start((event) => hear(event)));
    setTimeout(() => {
      hear = (event) => engine.#hear(event);
      early.forEach(hear);
    });
    return engine;
  }

  /** One after the other: the shell takes what comes at the same time in whichever order. */
  dispatch(intent: Intent): void {
    this.#wishes = this.#wishes.then(async () => {
      const { ok } = await commands.dispatch(sizedIntent(intent, this.#cameraSize()));
      // Leaving a call that is over is nothing to complain of.
      if (!ok && intent.type !== 'leave') this.troubles.emit('notDone');
    });
  }

  async createRoom(options: RoomOptions): Promise<Result<CreatedRoom, CreateError>> {
    const made = await commands.createRoom({ ...options, server: this.settings.get().server });
    void this.#refreshRooms();
    return made.ok ? made : { ok: false, error: createErrorOf(made.error) };
  }

  async createTestRoom(): Promise<Result<CreatedRoom, CreateError>> {
    const made = await commands.createTestRoom();
    return made.ok ? made : { ok: false, error: createErrorOf(made.error) };
  }

  async join(request: JoinRequest): Promise<Result<void, JoinError>> {
    const call = ++this.#call;
    this.link.set(request.link);
    // A preview that is just being opened would hold the camera.
    await this.preview.settled();
    const camera = sized(request.camera, this.#cameraSize());
    const joined = await this.#inTurn(async () => {
      // Somebody went back meanwhile.
      if (call !== this.#call) return { ok: true as const };
      return commands.join({ ...request, camera }, (event) => {
        if (call === this.#call) this.#follow(event);
      });
    });
    if (joined.ok) return { ok: true, value: undefined };
    if (call === this.#call) this.link.set(null);
    return { ok: false, error: joinErrorOf(joined.error) };
  }

  async leave(): Promise<void> {
    this.#call += 1;
    this.link.set(null);
    this.snapshot.set(null);
    this.sharing.set(NOTHING_SHARED);
    this.levels.set(SILENCE);
    this.figures.set(new Map());
    // After a call that is just being joined.
    await this.#inTurn(() => commands.leave());
    void this.#refreshRooms();
  }

  changeSettings(change: Partial<Settings>): void {
    this.settings.update((settings) => ({ ...settings, ...change }));
    this.#keep(commands.setPreferences(this.settings.get()));
  }

  forgetRoom(link: string): void {
    this.recentRooms.update((rooms) => rooms.filter((room) => room.link !== link));
    this.#keep(commands.forgetRoom(link));
  }

  forgetAllRooms(): void {
    this.recentRooms.set([]);
    this.#keep(commands.forgetAllRooms());
  }

  forgetKnownDevices(): void {
    this.#keep(commands.forgetKnownDevices());
  }

  async listScreens(): Promise<Result<readonly ShareableScreen[], ScreensError>> {
    const found = await commands.listScreens();
    return found.ok ? found : { ok: false, error: found.error.kind ?? 'unavailable' };
  }

  shareScreen(screen: SharedScreen): void {
    this.#screens.set(screen.choice, screen);
    this.dispatch({ type: 'shareScreen', screen: screen.choice });
  }

  stopSharing(): void {
    this.dispatch({ type: 'stopSharing' });
  }

  /** Outside of a call it is a setting for the next one. */
  setSoundProcessing(processing: SoundProcessing): void {
    if (this.snapshot.get()?.phase.type === 'joined')
      this.dispatch({ type: 'setSoundProcessing', processing });
  }

  async setGlobalKeys(keys: GlobalKeys): Promise<Result<void, GlobalKeysError>> {
    const set = await commands.setGlobalKeys(keys, (event) => this.globalKeys.emit(event));
    return set.ok ? { ok: true, value: undefined } : { ok: false, error: set.error.kind ?? 'unavailable' };
  }

  async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
  }

  setWindowMode(mode: WindowMode): void {
    this.#window.setMode(mode);
  }

  /** Not every desktop shows such lines; in the window it is said in any case. */
  notify(text: string): void {
    void commands.notify(text);
  }

  openDataFolder(): void {
    void commands.openDataFolder().then(({ ok }) => {
      if (!ok) this.troubles.emit('notDone');
    });
  }

  report(): Promise<string> {
    return commands.report();
  }

  restart(): void {
    commands.restart().catch(() => this.troubles.emit('notDone'));
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(step);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #cameraSize(): CameraSize {
    return this.settings.get().cameraSize;
  }

  /** Says so if something could not be written down. */
  #keep(written: Promise<Result<unknown, unknown>>): void {
    void written.then(({ ok }) => {
      if (!ok) this.troubles.emit('notSaved');
    });
  }

  #hear(event: AppEvent): void {
    switch (event.type) {
      case 'linkOpened':
        this.openedLinks.emit(linkReadingOf(event.outcome));
        break;
    }
  }

  #follow(event: CallEvent): void {
    switch (event.type) {
      case 'snapshot':
        this.snapshot.set(listedSnapshot(event.snapshot));
        this.#followSharing(event.snapshot);
        break;
      case 'notice':
        this.notices.emit(listedNotice(event.notice));
        break;
      case 'levels':
        this.levels.set({
          own: event.own,
          others: new Map(event.others.map(({ participant, level }) => [participant, level])),
        });
        break;
      case 'figures':
        this.figures.set(new Map(event.links.map((link) => [link.participant, link])));
        break;
      case 'ended':
        this.#end(event.reason);
        break;
    }
  }

  #end(reason: EndReason): void {
    // The last snapshot says so already, unless the core ended without one.
    this.snapshot.update((room) => room && { ...room, phase: { type: 'ended', reason } });
    this.levels.set(SILENCE);
    void this.#refreshRooms();
  }

  async #refreshRooms(): Promise<void> {
    this.recentRooms.set((await commands.recentRooms()).map(recentRoomOf));
  }

  #followSharing({ me }: RoomSnapshot): void {
    const screenOf = (choice: string | null) =>
      choice === null ? null : (this.#screens.get(choice) ?? null);
    const { active, requested } = me.sharing;
    this.sharing.set({ active: screenOf(active), requested: screenOf(requested) });
  }

  /** Neither Linux nor Windows tells of everything that comes and goes. */
  async #listDevices(): Promise<void> {
    const devices: DeviceList = { state: 'known', ...(await commands.listDevices()) };
    if (JSON.stringify(devices) !== JSON.stringify(this.devices.get())) this.devices.set(devices);
    setTimeout(() => void this.#listDevices(), DEVICES_EVERY_MS);
  }
}
