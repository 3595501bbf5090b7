import type { Invitation } from '../app/entrance.svelte';
import type { Abilities } from '../engine/abilities';
import { appLinkOf } from '../links/invite';
import type { ClientKind } from '../protocol';

/** What the page's first screen shows. */
export type InvitedView =
  | {
      readonly type: 'whole';
      readonly server: string;
      /** Opens the app; `null` where that can't be. */
      readonly appLink: string | null;
    }
  | { readonly type: 'fault'; readonly fault: 'missingKey' | 'version' | 'damaged' };

export function invitedView(invitation: Invitation, abilities: Abilities): InvitedView {
  if (invitation.type === 'link') {
    const { server, link } = invitation;
    return { type: 'whole', server, appLink: appLinkIn(abilities, link) };
  }
  const { fault } = invitation;
  return { type: 'fault', fault: fault === 'missingKey' || fault === 'version' ? fault : 'damaged' };
}

export function appLinkIn({ openInApp }: Abilities, link: string | null): string | null {
  return openInApp === 'available' && link !== null ? appLinkOf(link) : null;
}

/** Whether somebody is in a browser. */
export function isGuest(client: ClientKind | null): boolean {
  return client === 'browser' || client === 'browserWithoutVideo';
}

/** What cannot be done in this browser, and is told before a call and in it. */
export type Limit = 'insecureContext' | 'unsupported' | 'noVideo';

export function limitsOf({ capture, video }: Abilities): Limit[] {
  return [...(capture === 'available' ? [] : [capture]), ...(video === 'none' ? ['noVideo' as const] : [])];
}
