import type { DeviceList, PreviewState } from '../engine/devices';
import type { Engine } from '../engine/engine';
import type { LinkFigures, SoundLevels } from '../engine/figures';
import type { NearbyRoom, RecentRoom } from '../engine/rooms';
import type { Settings } from '../engine/settings';
import type { ParticipantId, RoomSnapshot } from '../protocol';

/** The engine's stores as state that components follow. */
export class EngineState {
  snapshot = $state.raw<RoomSnapshot | null>(null);
  link = $state<string | null>(null);
  levels = $state.raw<SoundLevels>({ own: 0, others: new Map() });
  figures = $state.raw<ReadonlyMap<ParticipantId, LinkFigures>>(new Map());
  devices: DeviceList;
  settings: Settings;
  recentRooms = $state.raw<readonly RecentRoom[]>([]);
  nearbyRooms = $state.raw<readonly NearbyRoom[]>([]);
  preview: PreviewState;

  constructor(engine: Engine) {
    this.devices = $state.raw(engine.devices.get());
    this.settings = $state.raw(engine.settings.get());
    this.preview = $state.raw(engine.preview.state.get());
    engine.snapshot.subscribe((value) => (this.snapshot = value));
    engine.link.subscribe((value) => (this.link = value));
    engine.levels.subscribe((value) => (this.levels = value));
    engine.figures.subscribe((value) => (this.figures = value));
    engine.devices.subscribe((value) => (this.devices = value));
    engine.settings.subscribe((value) => (this.settings = value));
    engine.recentRooms.subscribe((value) => (this.recentRooms = value));
    engine.nearbyRooms.subscribe((value) => (this.nearbyRooms = value));
    engine.preview.state.subscribe((value) => (this.preview = value));
  }

  get inCall(): boolean {
    return this.snapshot?.phase.type === 'joined';
  }
}
