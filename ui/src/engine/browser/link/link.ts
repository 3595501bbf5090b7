import type { ParticipantId, TileSize, VideoLine } from '../../../protocol';
import type { GuestIceServer, GuestLinkEvent, GuestRole } from '../core';
import type { LocalMedia } from '../media/local';
import { isProven } from './certificate';
import { Heartbeat } from './heartbeat';
import { isVideo, kindOf, type Line, LINES, preferH264, speaksH264 } from './lines';
import { Liveness, type Transport } from './liveness';
import { applyEncoding, encodingFor } from './sending';
import { answerWithout, offerWithout } from './without-video';

const POLL_MS = 100;
const MAX_CONTROL_BYTES = 16 * 1024;
/** Messages that wait until the other end can hear them. */
const MAX_WAITING_MESSAGES = 64;
/** Candidates that are taken before the description they belong to, and in all. */
const MAX_CANDIDATES = 64;
/** What was said last has this long to arrive. */
const LAST_WORDS_MS = 400;
const HIDDEN: TileSize = { width: 0, height: 0 };

/** Where a link puts what happens. */
export interface LinkEnds {
  tell(event: GuestLinkEvent): void;
  control(bytes: Uint8Array): void;
  /** A line of the other end is there, who has proven who it is. */
  receives(line: Line, track: MediaStreamTrack): void;
}

/** The link to one participant: a peer connection with the fixed lines. */
export class Link {
  readonly #pc: RTCPeerConnection;
  readonly #control: RTCDataChannel;
  readonly #heartbeat: Heartbeat;
  readonly #liveness = new Liveness();
  readonly #timer: number;
  readonly #rounds: number[] = [];
  /** What was handed out of each line: each ICE restart settles a link anew, with the same tracks. */
  readonly #received = new Map<Line, MediaStreamTrack>();
  readonly #demands: Record<VideoLine, TileSize> = { camera: HIDDEN, screen: HIDDEN };
  readonly #stopFollowing: () => void;
  #lines: RTCRtpTransceiver[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #candidates: RTCIceCandidateInit[] = [];
  #candidatesTaken = 0;
  #fingerprint: string | null = null;
  #isProven = false;
  #isClosed = false;

  constructor(
    readonly peer: ParticipantId,
    readonly generation: number,
    role: GuestRole,
    iceServers: GuestIceServer[],
    private readonly local: LocalMedia,
    private readonly ends: LinkEnds,
  ) {
    const pc = connection(iceServers);
    this.#pc = pc;
    // Before the first description, and never announced.
    this.#control = pc.createDataChannel('control', { negotiated: true, id: 0 });
    const heartbeat = pc.createDataChannel('heartbeat', {
      negotiated: true,
      id: 1,
      ordered: false,
      maxRetransmits: 0,
    });
    this.#heartbeat = new Heartbeat(heartbeat, (first) => this.#heard(first));
    this.#follow();
    this.#timer = window.setInterval(() => this.#poll(), POLL_MS);
    this.#stopFollowing = local.follow((line) => this.#send(line));
    if (role === 'offerer') this.#inTurn(() => this.#offerFirst());
  }

  applyOffer(round: number, sdp: string, fingerprint: string): void {
    this.#inTurn(async () => {
      this.#fingerprint = fingerprint;
      // Each round has its own; those that came before it wait.
      this.#candidatesTaken = this.#candidates.length;
      await this.#pc.setRemoteDescription({ type: 'offer', sdp });
      this.#lines = this.#pc.getTransceivers();
      for (const transceiver of this.#lines) transceiver.direction = 'sendrecv';
      this.#rounds.push(round);
      await this.#describe(await this.#pc.createAnswer());
      await this.#settled();
    });
  }

  applyAnswer(sdp: string, fingerprint: string): void {
    this.#inTurn(async () => {
      this.#fingerprint = fingerprint;
      const taken = speaksH264() ? sdp : answerWithout(sdp);
      await this.#pc.setRemoteDescription({ type: 'answer', sdp: taken });
      await this.#settled();
    });
  }

  applyCandidate(candidate: RTCIceCandidateInit): void {
    this.#inTurn(async () => {
      if (this.#candidatesTaken >= MAX_CANDIDATES) return;
      this.#candidatesTaken += 1;
      if (this.#pc.remoteDescription) await this.#add(candidate);
      else this.#candidates.push(candidate);
    });
  }

  restartIce(round: number): void {
    this.#inTurn(async () => {
      this.#rounds.push(round);
      this.#candidatesTaken = 0;
      await this.#describe(await this.#pc.createOffer({ iceRestart: true }));
    });
  }

  /** Both ends have proven who they are: from here on media flow. */
  proven(): void {
    this.#isProven = true;
    for (const line of LINES) {
      this.#send(line);
      const track = this.#transceiver(line)?.receiver.track;
      if (!track || this.#received.get(line) === track) continue;
      this.#received.set(line, track);
      this.ends.receives(line, track);
    }
  }

  sendControl(sealed: Uint8Array<ArrayBuffer>): void {
    if (this.#waiting.length >= MAX_WAITING_MESSAGES) {
      this.#tell({ type: 'failed' });
      return;
    }
    this.#waiting.push(sealed);
    this.#flush();
  }

  /** The other end draws a line of this one's this large. */
  setDemand(line: VideoLine, size: TileSize): void {
    this.#demands[line] = size;
    this.#encode(line);
  }

  statistics(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  get roundTripMs(): number | null {
    return this.#heartbeat.roundTripMs;
  }

  /**
   * How loud the other end's voice comes, from 0 to 1, as samples are. Asked for by statistics: what browsers give at once
   * makes the page wait for the thread that all media pass through.
   */
  async voiceLevel(): Promise<number> {
    const report = await this.#transceiver('microphone')?.receiver.getStats();
    let level = 0;
    report?.forEach(({ type, audioLevel }: { type: string; audioLevel?: number }) => {
      if (type === 'inbound-rtp') level = audioLevel ?? 0;
    });
    return level;
  }

  midOf(line: Line): string | null {
    return this.#transceiver(line)?.mid ?? null;
  }

  /** Ends it, once what was said is written or a short time is over. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#heartbeat.end();
    this.#stopFollowing();
    const end = () => this.#pc.close();
    if (this.#control.readyState === 'open') setTimeout(end, LAST_WORDS_MS);
    else end();
  }

  async #offerFirst(): Promise<void> {
    const [person, screen] = [new MediaStream(), new MediaStream()];
    for (const line of LINES) {
      const stream = line === 'microphone' || line === 'camera' ? person : screen;
      const transceiver = this.#pc.addTransceiver(kindOf(line), {
        direction: 'sendrecv',
        streams: [stream],
      });
      if (isVideo(line)) preferH264(transceiver);
      this.#lines.push(transceiver);
    }
    this.#rounds.push(1);
    await this.#describe(await this.#pc.createOffer());
  }

  async #describe(description: RTCSessionDescriptionInit): Promise<void> {
    await this.#pc.setLocalDescription(description);
    const round = this.#rounds.shift();
    const text = description.sdp ?? '';
    const sdp = description.type === 'offer' && !speaksH264() ? offerWithout(text) : text;
    if (round !== undefined) this.#tell({ type: 'localDescription', round, sdp });
  }

  async #settled(): Promise<void> {
    this.#liveness.negotiated(performance.now());
    for (const candidate of this.#candidates.splice(0)) await this.#add(candidate);
    if (this.#isProven) this.proven();
  }

  /** One unusable candidate must not cost the others. */
  async #add(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#pc.addIceCandidate(candidate).catch(() => undefined);
  }

  #follow(): void {
    const pc = this.#pc;
    pc.onicecandidate = ({ candidate }) => {
      const sent = candidate
        ? { candidate: candidate.candidate, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex }
        : { candidate: '', sdpMid: null, sdpMLineIndex: 0 };
      this.#tell({ type: 'localCandidate', candidate: sent });
    };
    pc.oniceconnectionstatechange = () => {
      if (pc.iceConnectionState === 'connected') this.#liveness.pathFound(performance.now());
      this.#transported();
    };
    pc.onconnectionstatechange = () => this.#transported();
    this.#control.binaryType = 'arraybuffer';
    this.#control.onopen = () => {
      this.#liveness.controlOpened();
      this.#poll();
      this.#flush();
    };
    this.#control.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.#isClosed || !(data instanceof ArrayBuffer)) return;
      this.#liveness.heard(performance.now());
      if (data.byteLength <= MAX_CONTROL_BYTES) this.ends.control(new Uint8Array(data));
    };
  }

  #transported(): void {
    if (this.#isClosed) return;
    this.#liveness.transport(transportOf(this.#pc));
    const transport = this.#pc.sctp?.transport;
    if (this.#pc.connectionState === 'connected' && transport && this.#fingerprint !== null) {
      const refuse = () => {
        this.#liveness.transport('failed');
        this.#poll();
      };
      isProven(transport, this.#fingerprint).then((proven) => proven || refuse(), refuse);
    }
    this.#poll();
  }

  #heard(first: boolean): void {
    this.#liveness.heard(performance.now());
    if (!first) return;
    this.#canBeHeard = true;
    this.#flush();
  }

  #canBeHeard = false;

  /** What arrives before the other end has opened its channels would be lost. */
  #flush(): void {
    if (!this.#canBeHeard || this.#control.readyState !== 'open') return;
    try {
      for (const message of this.#waiting.splice(0)) this.#control.send(message);
    } catch {
      // Larger than what the other end takes, or more than the browser holds.
      this.#tell({ type: 'failed' });
    }
  }

  #poll(): void {
    const transition = this.#liveness.poll(performance.now());
    if (transition !== null) this.#tell({ type: transition });
  }

  #send(line: Line): void {
    if (!this.#isProven) return;
    const sender = this.#transceiver(line)?.sender;
    if (!sender) return;
    const track = this.local.trackOf(line);
    if (sender.track !== track) void sender.replaceTrack(track).catch(() => undefined);
    if (isVideo(line)) this.#encode(line);
  }

  #encode(line: VideoLine): void {
    const sender = this.#transceiver(line)?.sender;
    const source = this.local.sizeOf(line);
    if (!sender || !source || !this.#isProven) return;
    const encoding = encodingFor(line, this.#demands[line], source);
    const [degradation, priority] =
      line === 'screen'
        ? (['maintain-resolution', 'medium'] as const)
        : (['maintain-framerate', 'low'] as const);
    // One order after the other: parameters that others have changed meanwhile are refused.
    this.#inTurn(() => applyEncoding(sender, encoding, degradation, priority));
  }

  #transceiver(line: Line): RTCRtpTransceiver | undefined {
    return this.#lines[LINES.indexOf(line)];
  }

  /** What fails, as a hostile description does, never becomes a link: the room's watchdog decides what next. */
  #inTurn(step: () => Promise<void>): void {
    const guarded = async () => {
      if (!this.#isClosed) await step();
    };
    this.#turn = this.#turn
      .then(guarded)
      .catch((error: unknown) => console.debug('a link refused a step', error));
  }

  #tell(event: GuestLinkEvent): void {
    if (!this.#isClosed) this.ends.tell(event);
  }
}

/** A server that the browser doesn't take is left out. */
function connection(iceServers: GuestIceServer[]): RTCPeerConnection {
  const open = (servers: GuestIceServer[]) =>
    new RTCPeerConnection({ iceServers: servers, bundlePolicy: 'max-bundle' });
  try {
    return open(iceServers);
  } catch {
    const isTaken = (server: GuestIceServer) => {
      try {
        open([server]).close();
        return true;
      } catch {
        return false;
      }
    };
    return open(iceServers.filter(isTaken));
  }
}

function transportOf(pc: RTCPeerConnection): Transport {
  if (pc.connectionState === 'failed' || pc.connectionState === 'closed') return 'failed';
  if (pc.iceConnectionState === 'disconnected' || pc.connectionState === 'disconnected')
    return 'disconnected';
  return pc.connectionState === 'connected' ? 'connected' : 'connecting';
}
