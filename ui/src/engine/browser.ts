import type { LinkReading } from '../links/invite';
import type {
  DeviceChoice,
  DeviceKind,
  Intent,
  Notice,
  ParticipantId,
  RoomSnapshot,
  SoundProcessing,
} from '../protocol';
import { words } from '../words/words.svelte';
import { pageAbilities } from './browser/abilities';
import { takeLink } from './browser/address';
import { Call, type CallEnds } from './browser/call';
import { DEFAULT_CHOICE } from './browser/media/capture';
import { loadConference } from './browser/conference';
import type { StartError } from './browser/core';
import { kept } from './browser/kept';
import { PageDevices } from './browser/media/list';
import { PagePreview } from './browser/media/preview';
import { VideoPictures } from './browser/pictures';
import type { DeviceList } from './devices';
import type { Engine, GlobalKeyEvent, GlobalKeysError, Result, Trouble, WindowMode } from './engine';
import type { LinkFigures, SoundLevels } from './figures';
import type { CreatedRoom, CreateError, JoinError, JoinRequest, NearbyRoom, RecentRoom } from './rooms';
import {
  ANY_SCREEN,
  NOTHING_SHARED,
  type ScreensError,
  type ShareableScreen,
  type SharedScreen,
  type Sharing,
} from './screens';
import type { Settings } from './settings';
import { emitter, writable, patientEmitter } from './store';

/** How long after the first screen the conference is loaded. */
const PREPARE_MS = 500;
/** What is said at last is said by then. */
const LEAVE_WITHIN_MS = 1_000;
const SILENCE: SoundLevels = { own: 0, others: new Map() };

/** The engine of a guest's page: the conference as WebAssembly, with what the browser has. */
export class BrowserEngine implements Engine {
  readonly abilities = pageAbilities();
  readonly snapshot = writable<RoomSnapshot | null>(null);
  readonly link = writable<string | null>(null);
  readonly sharing = writable<Sharing>(NOTHING_SHARED);
  readonly notices = emitter<Notice>();
  readonly troubles = emitter<Trouble>();
  readonly levels = writable<SoundLevels>(SILENCE);
  readonly figures = writable<ReadonlyMap<ParticipantId, LinkFigures>>(new Map());
  readonly settings = writable<Settings>(kept.settings());
  readonly recentRooms = writable<readonly RecentRoom[]>([]);
  readonly nearbyRooms = writable<readonly NearbyRoom[]>([]);
  readonly openedLinks = patientEmitter<LinkReading>();
  readonly globalKeys = emitter<GlobalKeyEvent>();
  readonly pictures = new VideoPictures((participant, line, size) =>
    this.#call?.view(participant, line, size),
  );
  readonly #devices = new PageDevices(() => ({
    videoinput: words.t.device.camera,
    audioinput: words.t.device.microphone,
    audiooutput: words.t.device.speaker,
  }));
  readonly devices = this.#devices.list;
  readonly preview = new PagePreview(
    () => this.settings.get().cameraSize,
    (track) => this.pictures.set({ type: 'preview' }, track),
    () => void this.#devices.look(),
  );
  #call: Call | null = null;
  /** Whom this device has last been seen to know: what is kept of them changes with it. */
  #company = '';
  /** Which call is the one that was asked for last: those that were left come late. */
  #joining = 0;

  constructor() {
    this.#open();
    // Another link that is typed into the address bar loads no page anew if only its key is another one.
    window.addEventListener('hashchange', () => this.#open());
    window.addEventListener('pagehide', () => this.#call?.dispatch({ type: 'leave' }));
    this.#devices.looked.listen((list) => this.#call?.look((kind, choice) => isListed(list, kind, choice)));
  }

  dispatch(intent: Intent): void {
    this.#call?.dispatch(intent);
  }

  async createRoom(): Promise<Result<CreatedRoom, CreateError>> {
    return { ok: false, error: 'failed' };
  }

  async createTestRoom(): Promise<Result<CreatedRoom, CreateError>> {
    return { ok: false, error: 'failed' };
  }

  async join(request: JoinRequest): Promise<Result<void, JoinError>> {
    if (this.#call) return { ok: false, error: 'alreadyInCall' };
    const joining = ++this.#joining;
    this.link.set(request.link);
    const capture = this.abilities.capture === 'available';
    const options = {
      ...request,
      // A page without devices watches and listens.
      camera: capture && this.abilities.video === 'full' ? request.camera : null,
      microphone: capture ? request.microphone : null,
      speaker: request.speaker ?? 'device',
      client: this.abilities.video === 'full' ? ('browser' as const) : ('browserWithoutVideo' as const),
      identity: kept.identity(),
      known: kept.known(),
    };
    const ends: CallEnds = {
      snapshot: (snapshot) => this.#show(snapshot),
      notice: (notice) => this.notices.emit(notice),
      levels: (levels) => this.levels.set(levels),
      figures: (figures) => this.figures.set(figures),
      deviceOpened: () => void this.#devices.look(),
      ended: (reason) => this.#end(reason),
    };
    const isWanted = () => joining === this.#joining;
    const cameraSize = () => this.settings.get().cameraSize;
    const joined = await Call.join(options, cameraSize, this.pictures, ends, isWanted);
    if (!joined.ok) {
      if (isWanted()) this.link.set(null);
      return { ok: false, error: joinErrorOf(joined.error) };
    }
    // Somebody went back while it was loading.
    if (joined.value === null || !isWanted()) {
      joined.value?.drop();
      return { ok: true, value: undefined };
    }
    this.#call = joined.value;
    kept.keepIdentity(joined.value.identity);
    return { ok: true, value: undefined };
  }

  async leave(): Promise<void> {
    this.#joining += 1;
    const call = this.#call;
    this.#call = null;
    call?.dispatch({ type: 'leave' });
    // Whatever became of that: devices are given back.
    setTimeout(() => call?.drop(), LEAVE_WITHIN_MS);
    this.link.set(null);
    this.snapshot.set(null);
    this.sharing.set(NOTHING_SHARED);
    this.levels.set(SILENCE);
    this.figures.set(new Map());
  }

  async listScreens(): Promise<Result<readonly ShareableScreen[], ScreensError>> {
    return { ok: false, error: 'unavailable' };
  }

  shareScreen({ choice }: SharedScreen): void {
    this.dispatch({ type: 'shareScreen', screen: choice });
  }

  stopSharing(): void {
    this.dispatch({ type: 'stopSharing' });
  }

  setSoundProcessing(processing: SoundProcessing): void {
    this.dispatch({ type: 'setSoundProcessing', processing });
  }

  changeSettings(change: Partial<Settings>): void {
    this.settings.update((settings) => ({ ...settings, ...change }));
    if (!kept.keepSettings(this.settings.get())) this.troubles.emit('notSaved');
  }

  async setGlobalKeys(): Promise<Result<void, GlobalKeysError>> {
    return { ok: false, error: 'unavailable' };
  }

  forgetRoom(): void {}

  forgetAllRooms(): void {}

  forgetKnownDevices(): void {
    kept.forgetKnown();
    // A call that goes on would remember them again.
    this.#call?.dispatch({ type: 'forgetDevices' });
  }

  async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
  }

  setWindowMode(mode: WindowMode): void {
    const changed =
      mode === 'fullScreen'
        ? document.documentElement.requestFullscreen()
        : document.fullscreenElement && document.exitFullscreen();
    changed?.catch(() => this.troubles.emit('notDone'));
  }

  /** In the page it is said in any case; a browser would have to ask the person first. */
  notify(): void {}

  openDataFolder(): void {}

  async report(): Promise<string> {
    return `Conclave in a browser\n${navigator.userAgent}\n${new Date().toISOString()}`;
  }

  restart(): void {
    window.location.reload();
  }

  #open(): void {
    const reading = takeLink();
    this.openedLinks.emit(reading);
    // What a call needs comes while the person reads; what they read comes first.
    if (reading.type === 'link') setTimeout(() => void loadConference().catch(() => undefined), PREPARE_MS);
  }

  #show(snapshot: RoomSnapshot): void {
    this.snapshot.set(snapshot);
    const { active, requested } = snapshot.me.sharing;
    this.sharing.set({ active: screenOf(active), requested: screenOf(requested) });
    const met = snapshot.others.map(({ name, verified, recognition }) => [
      name,
      verified?.device,
      recognition,
    ]);
    const company = JSON.stringify(met);
    if (!this.#call || company === this.#company) return;
    this.#company = company;
    kept.keepKnown(this.#call.knownDevices);
  }

  #end(reason: Extract<RoomSnapshot['phase'], { type: 'ended' }>['reason']): void {
    this.#call = null;
    this.snapshot.update((room) => room && { ...room, phase: { type: 'ended', reason } });
    this.levels.set(SILENCE);
    this.sharing.set(NOTHING_SHARED);
  }
}

function isListed(
  { cameras, microphones, speakers }: DeviceList,
  kind: DeviceKind,
  choice: DeviceChoice,
): boolean {
  const devices = { camera: cameras, microphone: microphones, speaker: speakers }[kind];
  return choice === DEFAULT_CHOICE ? devices.length > 0 : devices.some((device) => device.choice === choice);
}

function joinErrorOf(error: StartError): JoinError {
  return error;
}

/** What is shared has no name that a page is told. */
function screenOf(choice: string | null): SharedScreen | null {
  return choice === null ? null : ANY_SCREEN;
}
