import { type LinkReading, readInviteLink } from '../../links/invite';
import { kept } from './kept';

/**
 * The invite link that led to this page. Its key leaves the address bar at once, where it would be seen, synchronised and
 * sent on; a reload finds it in the tab's own storage.
 */
export function takeLink(): LinkReading {
  const { origin, pathname, hash } = window.location;
  const address = origin + pathname;
  if (hash !== '') {
    history.replaceState(null, '', pathname);
    const reading = readInviteLink(address + hash);
    if (reading.type === 'link') kept.keepLink(reading.link);
    return reading;
  }
  const former = kept.link();
  return readInviteLink(former?.startsWith(`${address}#`) === true ? former : address);
}
