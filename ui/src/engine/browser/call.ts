import type {
  DeviceChoice,
  DeviceKind,
  EndReason,
  Intent,
  Notice,
  ParticipantId,
  RoomSnapshot,
  TileSize,
  VideoLine,
} from '../../protocol';
import type { LinkFigures, SoundLevels } from '../figures';
import type { CameraSize } from '../settings';
import { Conference } from './conference';
import type { GuestDeed, GuestOptions, StartError } from './core';
import type { Result } from '../engine';
import { FigureKeeper } from './link/figures';
import { kindOf, type Line } from './link/lines';
import { Link } from './link/link';
import { LocalMedia } from './media/local';
import { meter, TrackMeter } from './media/meter';
import { SoundOutput } from './media/output';
import { Speaker } from './media/speaker';
import type { VideoPictures } from './pictures';
import { Signalling } from './signalling';
import { Watchdog } from './watchdog';

/** Often enough for who speaks to be seen; each time costs every link a report. */
const LEVELS_MS = 200;
const FIGURES_MS = 1_000;
const WATCH_MS = 1_000;

/** What a call shows of itself. */
export interface CallEnds {
  snapshot(snapshot: RoomSnapshot): void;
  notice(notice: Notice): void;
  levels(levels: SoundLevels): void;
  figures(figures: ReadonlyMap<ParticipantId, LinkFigures>): void;
  /** From now on the browser may tell what devices are called. */
  deviceOpened(): void;
  ended(reason: EndReason): void;
}

/** A call: does what the conference wants done, with the browser's links, devices and socket. */
export class Call {
  readonly #links = new Map<ParticipantId, Link>();
  readonly #local: LocalMedia;
  readonly #output = new SoundOutput();
  readonly #speaker: Speaker;
  readonly #figures = new FigureKeeper();
  readonly #stopFollowing: () => void;
  readonly #timers: number[];
  readonly #watchdog = new Watchdog();
  #signalling: Signalling | null = null;
  #isRepairing = false;
  #ownVoice: { track: MediaStreamTrack; meter: TrackMeter } | null = null;
  #isOver = false;
  #hearing = false;

  private constructor(
    private readonly conference: Conference,
    options: GuestOptions,
    cameraSize: () => CameraSize,
    private readonly pictures: VideoPictures,
    private readonly ends: CallEnds,
  ) {
    const start = { processing: options.soundProcessing, muted: options.muted };
    this.#local = new LocalMedia(start, cameraSize, {
      ready: (kind, generation) => {
        conference.handle({ type: 'deviceReady', kind, generation });
        ends.deviceOpened();
      },
      refused: (kind, generation, fault) =>
        conference.handle({ type: 'deviceRefused', kind, generation, fault }),
      fault: (kind, device, fault) => conference.handle({ type: 'deviceFault', kind, device, fault }),
      recovered: (kind, device) => conference.handle({ type: 'deviceRecovered', kind, device }),
      sharingReady: (generation) => conference.handle({ type: 'sharingReady', generation }),
      sharingRefused: (generation, fault) => conference.handle({ type: 'sharingRefused', generation, fault }),
      sharingEnded: (screen, fault) => conference.handle({ type: 'sharingEnded', screen, fault }),
    });
    const kind = 'speaker';
    this.#speaker = new Speaker((choice) => this.#output.select(choice), {
      ready: (generation) => conference.handle({ type: 'deviceReady', kind, generation }),
      refused: (generation, fault) => conference.handle({ type: 'deviceRefused', kind, generation, fault }),
      fault: (device, fault) => conference.handle({ type: 'deviceFault', kind, device, fault }),
      recovered: (device) => conference.handle({ type: 'deviceRecovered', kind, device }),
    });
    this.#stopFollowing = this.#local.follow((line) => this.#followOwn(line));
    this.#timers = [
      window.setInterval(() => void this.#hearLevels(), LEVELS_MS),
      window.setInterval(() => void this.#lookAtFigures(), FIGURES_MS),
      window.setInterval(() => this.#watchSocket(), WATCH_MS),
    ];
  }

  /** `null` when it is not wanted any more by the time it could begin: then nothing was opened. */
  static async join(
    options: GuestOptions,
    cameraSize: () => CameraSize,
    pictures: VideoPictures,
    ends: CallEnds,
    isWanted: () => boolean,
  ): Promise<Result<Call | null, StartError>> {
    const started = await Conference.start(options);
    if (!started.ok) return started;
    if (!isWanted()) return { ok: true, value: null };
    const call = new Call(started.value, options, cameraSize, pictures, ends);
    started.value.run({
      perform: (deed) => call.#tryToPerform(deed),
      changed: (snapshot) => call.#show(snapshot),
    });
    return { ok: true, value: call };
  }

  get identity(): string {
    return this.conference.identity;
  }

  get knownDevices(): string {
    return this.conference.knownDevices;
  }

  dispatch(intent: Intent): void {
    if (!this.#isOver) this.conference.handle({ type: 'intent', intent });
  }

  /** How large somebody's picture is drawn here. */
  view(participant: ParticipantId, line: VideoLine, size: TileSize): void {
    this.dispatch({ type: 'viewVideo', participant, line, size });
  }

  /** Devices came or went. */
  look(present: (kind: DeviceKind, choice: DeviceChoice) => boolean): void {
    if (this.#isOver) return;
    this.#local.look(present);
    this.#speaker.look((choice) => present('speaker', choice));
  }

  /** Lets go of everything at once, whatever the conference still wanted. */
  drop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.conference.end();
    this.#signalling?.close();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
    this.#stopFollowing();
    this.#ownVoice?.meter.end();
    this.#local.close();
    this.#output.close();
    this.pictures.set({ type: 'self' }, null);
    this.#timers.forEach((timer) => clearInterval(timer));
  }

  /** What a browser refuses to do, as for a peer that says nonsense, costs a link at most. */
  #tryToPerform(deed: GuestDeed): void {
    try {
      this.#perform(deed);
    } catch (fault) {
      console.debug(`could not ${deed.type}`, fault);
      if (!('peer' in deed && 'generation' in deed)) return;
      const { peer, generation } = deed;
      this.conference.handle({ type: 'link', peer, generation, event: { type: 'failed' } });
    }
  }

  #perform(deed: GuestDeed): void {
    const { conference } = this;
    switch (deed.type) {
      case 'openSocket': {
        const { socket } = deed;
        this.#signalling?.close();
        this.#signalling = new Signalling(conference.signallingUrl, (event) =>
          conference.handle({ type: 'socket', socket, event }),
        );
        break;
      }
      case 'closeSocket':
        this.#signalling?.close();
        this.#signalling = null;
        break;
      case 'sendToServer':
        this.#signalling?.send(deed.text);
        break;
      case 'openLink':
        this.#openLink(deed);
        break;
      case 'applyOffer':
        this.#link(deed)?.applyOffer(deed.round, deed.sdp, deed.fingerprint);
        break;
      case 'applyAnswer':
        this.#link(deed)?.applyAnswer(deed.sdp, deed.fingerprint);
        break;
      case 'applyCandidate': {
        // What comes from the app names no line by its mid.
        const { candidate, sdpMid, sdpMLineIndex } = deed.candidate;
        this.#link(deed)?.applyCandidate({ candidate, sdpMid, sdpMLineIndex: sdpMLineIndex ?? 0 });
        break;
      }
      case 'restartIce':
        this.#link(deed)?.restartIce(deed.round);
        break;
      case 'verified':
        this.#link(deed)?.proven();
        break;
      case 'closeLink':
        this.#closeLink(deed);
        break;
      case 'sendControl':
        this.#link(deed)?.sendControl(bytesOf(deed.sealed));
        break;
      case 'setDemand':
        this.#links.get(deed.peer)?.setDemand(deed.line, deed.size);
        break;
      case 'openDevice':
        if (deed.kind === 'speaker') this.#speaker.select(deed.device, deed.generation);
        else this.#local.select(deed.kind, deed.device, deed.generation);
        break;
      case 'shareScreen':
        void this.#local.share(deed.screen, deed.generation);
        break;
      case 'muteMicrophone':
        this.#local.mute(deed.muted);
        break;
      case 'processSound':
        this.#local.processSound(deed.processing);
        break;
      case 'setVolume':
        this.#output.setVolume(deed.peer, deed.volume);
        break;
      case 'notify':
        this.ends.notice(deed.notice);
        break;
      case 'end':
        // Once what is said at last has been said, and the last snapshot shown.
        queueMicrotask(() => {
          this.drop();
          this.ends.ended(deed.reason);
        });
        break;
    }
  }

  #show(snapshot: RoomSnapshot): void {
    if (this.#isOver) return;
    this.#isRepairing = snapshot.others.some(({ link }) => link === 'reconnecting');
    this.#output.keepOnly(new Set(snapshot.others.map(({ id }) => id)));
    this.ends.snapshot(snapshot);
  }

  #openLink({ peer, generation, role, iceServers }: Extract<GuestDeed, { type: 'openLink' }>): void {
    this.#links.get(peer)?.close();
    this.pictures.forget(peer);
    const link = new Link(peer, generation, role, iceServers, this.#local, {
      tell: (event) => this.conference.handle({ type: 'link', peer, generation, event }),
      control: (bytes) => this.conference.control(peer, generation, bytes),
      receives: (line, track) => this.#receive(peer, line, track),
    });
    this.#links.set(peer, link);
  }

  #receive(peer: ParticipantId, line: Line, track: MediaStreamTrack): void {
    // What comes on a line is what the other end put there.
    if (track.kind !== kindOf(line)) return;
    if (line === 'camera' || line === 'screen') this.pictures.set({ type: line, participant: peer }, track);
    else this.#output.play(peer, line, track);
  }

  #closeLink({ peer, generation }: { peer: ParticipantId; generation: number }): void {
    const link = this.#link({ peer, generation });
    if (!link) return;
    link.close();
    this.#links.delete(peer);
    this.pictures.forget(peer);
  }

  #link({ peer, generation }: { peer: ParticipantId; generation: number }): Link | undefined {
    const link = this.#links.get(peer);
    return link?.generation === generation ? link : undefined;
  }

  #followOwn(line: Line): void {
    if (line === 'camera') this.pictures.set({ type: 'self' }, this.#local.trackOf('camera'));
    if (line !== 'microphone') return;
    this.#ownVoice?.meter.end();
    const track = this.#local.trackOf('microphone');
    this.#ownVoice = track && { track, meter: new TrackMeter(track) };
  }

  /** One at a time: a busy browser is not asked more than it answers. */
  async #hearLevels(): Promise<void> {
    if (this.#hearing) return;
    this.#hearing = true;
    const heard = [...this.#links.values()].map(
      async (link) => [link.peer, meter(await link.voiceLevel().catch(() => 0))] as const,
    );
    const others = new Map(await Promise.all(heard));
    this.#hearing = false;
    if (!this.#isOver) this.ends.levels({ own: this.#ownVoice?.meter.level ?? 0, others });
  }

  #watchSocket(): void {
    const isUseless = this.#watchdog.look({
      now: performance.now(),
      time: Date.now(),
      heard: this.#signalling?.heard ?? null,
      isRepairing: this.#isRepairing,
      isHidden: document.hidden,
    });
    if (isUseless) this.#signalling?.giveUp();
  }

  async #lookAtFigures(): Promise<void> {
    this.#local.lookAtSizes();
    const figures = await this.#figures.figures([...this.#links.values()]).catch(() => null);
    if (figures && !this.#isOver) this.ends.figures(figures);
  }
}

/** base64url. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
