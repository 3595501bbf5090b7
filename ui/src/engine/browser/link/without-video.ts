/**
 * A browser without H.264 is in calls by its voice alone. The app takes no offer without the codec that its lines have, so
 * the offer says H.264 in lines that carry nothing, and the answer comes to the browser with these lines turned down
 * (RFC 9429 section 5.3.1). What the key agreement proves of a description stays as it is.
 */

const PAYLOAD_TYPE = '126';
const CODEC_ATTRIBUTES = /^a=(?:rtpmap|fmtp|rtcp-fb|rid|simulcast|imageattr|ssrc|ssrc-group):/;
const DIRECTION = /^a=(?:sendrecv|sendonly|recvonly|inactive)$/;
const H264 = [
  `a=rtpmap:${PAYLOAD_TYPE} H264/90000`,
  `a=fmtp:${PAYLOAD_TYPE} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f`,
  'a=inactive',
];

/** The offer as it is sent. */
export function offerWithout(sdp: string): string {
  return mapVideo(sdp, ([first = '', ...rest]) => {
    const [kind, port, protocol] = first.split(' ');
    const kept = rest.filter((line) => !CODEC_ATTRIBUTES.test(line) && !DIRECTION.test(line));
    return [[kind, port, protocol, PAYLOAD_TYPE].join(' '), ...kept, ...H264];
  });
}

/** The answer as the browser takes it. */
export function answerWithout(sdp: string): string {
  const turnedDown: string[] = [];
  const mapped = mapVideo(sdp, ([first = '', ...rest]) => {
    const mid = rest.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length);
    if (mid !== undefined) turnedDown.push(mid);
    return [first.replace(/^m=video \d+/, 'm=video 0'), ...rest];
  });
  return mapped.replace(/^a=group:BUNDLE .*$/m, (group) =>
    group
      .split(' ')
      .filter((mid) => !turnedDown.includes(mid))
      .join(' '),
  );
}

function mapVideo(sdp: string, change: (section: string[]) => string[]): string {
  const lines = sdp.split('\r\n');
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  const isVideo = (section: string[]) => section[0]?.startsWith('m=video ') === true;
  return sections
    .map((section, index) => {
      // The end of the text is an empty line of its last section.
      const ends = index === sections.length - 1 && section.at(-1) === '';
      const whole = ends ? section.slice(0, -1) : section;
      const changed = isVideo(section) ? change(whole) : whole;
      return ends ? [...changed, ''] : changed;
    })
    .flat()
    .join('\r\n');
}
