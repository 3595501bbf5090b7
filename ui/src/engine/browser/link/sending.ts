import type { TileSize } from '../../../protocol';

interface Layer {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bps: number;
}

/** The sizes that the app's encoders have (`src-tauri/media/src/video/layer.rs`), smallest first. */
const CAMERA: readonly Layer[] = [
  { width: 320, height: 180, fps: 15, bps: 150_000 },
  { width: 640, height: 360, fps: 30, bps: 600_000 },
  { width: 1280, height: 720, fps: 30, bps: 1_800_000 },
];
const SCREEN: readonly Layer[] = [
  { width: 640, height: 360, fps: 5, bps: 300_000 },
  { width: 1920, height: 1080, fps: 15, bps: 2_500_000 },
];

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What of an encoding follows from who sees it. */
export interface Encoding {
  readonly active: boolean;
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number;
  readonly maxFramerate: number;
}

/** How a line's one encoding is to be, for a viewer who draws it this large. */
export function encodingFor(line: 'camera' | 'screen', tile: TileSize, source: PictureSize): Encoding {
  const layers = line === 'camera' ? CAMERA : SCREEN;
  const [smallest] = layers;
  const fills = ({ width, height }: Layer) => tile.width <= width && tile.height <= height;
  const layer = layers.find(fills) ?? layers.at(-1) ?? smallest;
  const { width, height, fps, bps } = layer ?? { width: 1, height: 1, fps: 1, bps: 1 };
  return {
    active: tile.width > 0 && tile.height > 0,
    scaleResolutionDownBy: scaleOf(source, { width, height }),
    maxBitrate: bps,
    maxFramerate: fps,
  };
}

/** A picture that is higher than wide is fitted into the box the other way round. */
function scaleOf(source: PictureSize, box: PictureSize): number {
  const long = Math.max(source.width, source.height) / Math.max(box.width, box.height);
  const short = Math.min(source.width, source.height) / Math.min(box.width, box.height);
  return Math.max(long, short, 1);
}

/** Tells a sender. What it can't do it leaves. */
export async function applyEncoding(
  sender: RTCRtpSender,
  encoding: Encoding,
  degradation: RTCDegradationPreference,
  priority: RTCPriorityType,
): Promise<void> {
  const parameters = sender.getParameters();
  const [first] = parameters.encodings;
  // Before the negotiation there are none.
  if (!first) return;
  Object.assign(first, encoding, { priority, networkPriority: priority });
  parameters.degradationPreference = degradation;
  await sender.setParameters(parameters);
}
