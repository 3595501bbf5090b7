import type { MediaState, VideoLine } from '../../../protocol';

/** The media lines that every link has for its whole life, in the order of its m-lines; a data line follows them. */
export const LINES = ['microphone', 'camera', 'screen', 'screenSound'] as const satisfies readonly Line[];

export type Line = keyof MediaState;

export function kindOf(line: Line): 'audio' | 'video' {
  return isVideo(line) ? 'video' : 'audio';
}

export function isVideo(line: Line): line is VideoLine {
  return line === 'camera' || line === 'screen';
}

/** Whether this browser speaks the one video codec that everybody in a room does. */
export function speaksH264(): boolean {
  return h264().length > 0;
}

/** Has a line's offer speak nothing but H.264, so that everybody sends what everybody reads. */
export function preferH264(transceiver: RTCRtpTransceiver): void {
  const codecs = h264();
  if (codecs.length > 0) transceiver.setCodecPreferences([...codecs, ...repair()]);
}

/** RFC 6184, in the packetization mode that the app writes. */
function h264(): RTCRtpCodec[] {
  return codecs().filter(
    ({ mimeType, sdpFmtpLine }) =>
      mimeType.toLowerCase() === 'video/h264' && sdpFmtpLine?.includes('packetization-mode=1') === true,
  );
}

/** Of use between two browsers. */
function repair(): RTCRtpCodec[] {
  return codecs().filter(({ mimeType }) => mimeType.toLowerCase() === 'video/rtx');
}

function codecs(): RTCRtpCodec[] {
  const receives = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  const sends = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
  const isSent = ({ mimeType }: RTCRtpCodec) => sends.some((codec) => codec.mimeType === mimeType);
  return receives.filter(isSent);
}
