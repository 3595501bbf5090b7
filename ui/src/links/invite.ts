/**
 * Recognises an invite link while it is typed or pasted: `http(s)://HOST[:PORT]/j/R#1.S.H`, or the same with
 * `conclave://`. This is for the person's sake alone; the engine reads the link again, and checks it.
 */

const MAX_LINK_BYTES = 512;
const VERSION = '1';
/** base64url of 16 bytes: 22 characters, the last of which carries two bits. */
const SIXTEEN_BYTES = /^[A-Za-z0-9_-]{21}[AQgw]$/;

export type LinkFault = 'tooLong' | 'server' | 'path' | 'room' | 'missingKey' | 'version' | 'key';

export type LinkReading =
  { type: 'empty' } | { type: 'link'; link: string; server: string } | { type: 'fault'; fault: LinkFault };

export function readInviteLink(text: string): LinkReading {
  const link = text.trim();
  if (link === '') return { type: 'empty' };
  const fault = (fault: LinkFault): LinkReading => ({ type: 'fault', fault });
  if (new TextEncoder().encode(link).length > MAX_LINK_BYTES) return fault('tooLong');

  const address = /^(?:https?|conclave):\/\/([^/\\?#\s@]+)(\/[^?#]*)?(\?[^#]*)?(?:#(.*))?$/su.exec(link);
  if (!address) return fault('server');
  const [, host = '', path = '', query, key = ''] = address;
  if (!isHost(host)) return fault('server');
  const room = /^\/j\/([^/\\]*)$/.exec(path)?.[1];
  if (room === undefined || query !== undefined) return fault('path');
  if (!SIXTEEN_BYTES.test(room)) return fault('room');
  if (key === '') return fault('missingKey');
  const [version, secret, hostKey, ...rest] = key.split('.');
  if (version !== VERSION) return fault('version');
  if (!secret || !hostKey || rest.length > 0) return fault('key');
  if (!SIXTEEN_BYTES.test(secret) || !SIXTEEN_BYTES.test(hostKey)) return fault('key');
  return { type: 'link', link, server: host };
}

/** The same link, for the app to be opened by. */
export function appLinkOf(link: string): string {
  return link.replace(/^https?:/u, 'conclave:');
}

/** Whether a text is a room server's address, as the settings take it. */
export function isServerAddress(text: string): boolean {
  const host = /^https?:\/\/([^/\\?#\s@]+)\/?$/u.exec(text.trim())?.[1];
  return host !== undefined && isHost(host);
}

function isHost(host: string): boolean {
  return URL.canParse(`http://${host}/`);
}
