import type { I420Picture } from '../../../stage/video/painter';

/** A picture on its way to its tile. */
export interface FramePicture extends I420Picture {
  /** The tile's number, and what an acknowledgement consists of. */
  readonly tile: number;
  /** The picture's number in its tile; what is missing was skipped. */
  readonly sequence: number;
}

const HEADER_LENGTH = 32;
const ALIGNMENT = 4;
const FORMAT_I420 = 0;

/**
 * The pictures of a message of the frames' socket, as `src-tauri/shell/src/frames/header.rs` lays them out. Their bytes
 * are those of the message. What isn't of that form ends them.
 */
export function readMessage(message: ArrayBuffer): FramePicture[] {
  const view = new DataView(message);
  const pictures: FramePicture[] = [];
  let at = 0;
  while (at + HEADER_LENGTH <= message.byteLength) {
    const length = view.getUint32(at + 24, true);
    const begin = at + HEADER_LENGTH;
    if (view.getUint8(at + 1) !== FORMAT_I420 || begin + length > message.byteLength) break;
    pictures.push({
      tile: view.getUint8(at),
      sequence: view.getUint32(at + 4, true),
      width: view.getUint32(at + 16, true),
      height: view.getUint32(at + 20, true),
      bytes: new Uint8Array(message, begin, length),
    });
    at = begin + Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  return pictures;
}
