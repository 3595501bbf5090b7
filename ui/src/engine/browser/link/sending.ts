import type { TileSize, VideoLine } from '../../../protocol';

/** What of an encoding follows from who sees it. */
export interface Encoding {
  readonly active: boolean;
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number;
  readonly maxFramerate: number;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

interface Limits {
  readonly full: PictureSize;
  readonly bps: number;
  readonly fps: number;
  /** Pictures that are no higher than this come less often. */
  readonly small: { readonly height: number; readonly fps: number };
}

/** As the app's largest and smallest layers are (`src-tauri/media/src/video/layer.rs`). */
const LIMITS: Record<VideoLine, Limits> = {
  camera: {
    full: { width: 1280, height: 720 },
    bps: 1_800_000,
    fps: 30,
    small: { height: 180, fps: 15 },
  },
  screen: {
    full: { width: 1920, height: 1080 },
    bps: 2_500_000,
    fps: 15,
    small: { height: 360, fps: 5 },
  },
};

/** Steps, so that a tile that grows slowly doesn't cost a keyframe for each pixel. */
const SCALES = [8, 6, 4, 3, 2, 1.5, 1];
/** A quarter of the pixels needs a third of the bits. */
const BITS_BY_PIXELS = 0.8;

/**
 * How a line's one encoding is to be, for a viewer who draws it this large. Unlike the app, a browser encodes for each
 * viewer anew, so that each gets no more than fills the tile.
 */
export function encodingFor(line: VideoLine, tile: TileSize, source: PictureSize): Encoding {
  const { full, bps, fps, small } = LIMITS[line];
  const active = tile.width > 0 && tile.height > 0;
  const upright = source.height > source.width;
  const most = upright ? { width: full.height, height: full.width } : full;
  const scale = Math.max(scaleTo(source, most), active ? stepBelow(scaleTo(source, tile)) : 1);
  const sent = { width: source.width / scale, height: source.height / scale };
  const share = Math.min((sent.width * sent.height) / (full.width * full.height), 1);
  return {
    active,
    scaleResolutionDownBy: scale,
    maxBitrate: Math.round(bps * share ** BITS_BY_PIXELS),
    maxFramerate: Math.min(sent.width, sent.height) <= small.height ? small.fps : fps,
  };
}

/** By how much the source is to be made smaller, so that it just covers a box; never larger. */
function scaleTo(source: PictureSize, box: PictureSize): number {
  return Math.max(Math.min(source.width / box.width, source.height / box.height), 1);
}

function stepBelow(scale: number): number {
  return SCALES.find((step) => step <= scale) ?? 1;
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
