import type { Abilities } from '../engine/abilities';
import type { EndReason } from '../protocol';
import type { Words } from '../words/en';

export interface EndedView {
  readonly kind: Exclude<keyof Words['ended'], 'again' | 'askAgain' | 'rejoin' | 'copyReport' | 'restart'>;
  /** What can be done besides going back to the start. */
  readonly next: 'again' | 'askAgain' | 'rejoin' | null;
  readonly place: Abilities['place'];
  /** Opens the same room in the app; `null` where that can't be, or does not help. */
  readonly appLink: string | null;
}

type End = Pick<EndedView, 'kind' | 'next'>;

export function endedView(reason: EndReason, place: Abilities['place'], appLink: string | null): EndedView {
  const end = endOf(reason);
  return { ...end, place, appLink: end.kind === 'removed' ? null : appLink };
}

function endOf(reason: EndReason): End {
  switch (reason.type) {
    case 'left':
      return { kind: 'left', next: 'rejoin' };
    case 'serverUnreachable':
      return { kind: 'serverUnreachable', next: 'again' };
    case 'notAdmitted':
      return { kind: 'notAdmitted', next: 'askAgain' };
    case 'removed':
      return { kind: 'removed', next: null };
    case 'crashed':
      return { kind: 'crashed', next: 'rejoin' };
    case 'refused':
      return refused(reason.error);
  }
}

function refused(error: Extract<EndReason, { type: 'refused' }>['error']): End {
  switch (error) {
    case 'roomFull':
      return { kind: 'roomFull', next: 'again' };
    case 'locked':
      return { kind: 'locked', next: 'again' };
    case 'removed':
      return { kind: 'removed', next: null };
    case 'notAdmitted':
      return { kind: 'notAdmitted', next: 'askAgain' };
    case 'unsupportedVersion':
      return { kind: 'unsupportedVersion', next: null };
    case 'replaced':
      return { kind: 'replaced', next: 'rejoin' };
    case 'shuttingDown':
      return { kind: 'shuttingDown', next: 'again' };
    case 'tooManyConnections':
    case 'tooManyMessages':
    case 'tooSlow':
    case 'helloTimeout':
      return { kind: 'busy', next: 'again' };
    case 'malformed':
    case 'tooLarge':
    case 'helloExpected':
    case 'unexpectedHello':
    case 'wrongToken':
    case 'notTheHost':
      return { kind: 'refused', next: 'again' };
  }
}
