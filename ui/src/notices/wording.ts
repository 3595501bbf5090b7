import type { Notice, ParticipantId, SecurityProblem } from '../protocol';
import type { Words } from '../words/en';

export type Tone = 'plain' | 'good' | 'trouble';

export interface Wording {
  readonly text: string;
  readonly tone: Tone;
}

/** What a notice says; `null` for one that the screen shows by itself. */
export function wordingOf(
  notice: Notice,
  nameOf: (participant: ParticipantId) => string,
  t: Words,
): Wording | null {
  const plain = (text: string): Wording => ({ text, tone: 'plain' });
  const trouble = (text: string): Wording => ({ text, tone: 'trouble' });
  switch (notice.type) {
    case 'device':
      return trouble(t.device.faults[notice.kind][notice.fault]);
    case 'deviceRecovered':
      return { text: t.device.recovered[notice.kind], tone: 'good' };
    case 'screenNotShared':
      return trouble(t.notices.screenNotShared[notice.fault]);
    case 'sharingEnded':
      return trouble(t.notices.sharingEnded[notice.fault]);
    case 'serverUnreachable':
      // A line above the stage says so as long as it lasts.
      return null;
    case 'serverBack':
      return { text: t.notices.serverBack, tone: 'good' };
    case 'participantJoined':
      return plain(t.notices.joined(nameOf(notice.participant)));
    case 'participantLeft':
      return plain(t.notices.left(nameOf(notice.participant)));
    case 'participantRemoved':
      return plain(t.notices.removed(nameOf(notice.participant)));
    case 'linkTrouble':
      return trouble(t.notices.linkTrouble(nameOf(notice.participant)));
    case 'commandRefused':
      return trouble(t.notices.commandRefused[notice.reason]);
    case 'security':
      return trouble(security(notice.problem, nameOf(notice.participant), t));
  }
}

function security(problem: SecurityProblem, name: string, t: Words): string {
  const words = t.notices.security;
  switch (problem) {
    case 'forged':
    case 'replayed':
    case 'intercepted':
    case 'fingerprint':
    case 'otherDevice':
      return words.meddling(name);
    case 'twoHosts':
    case 'passwordGuessing':
      return words[problem];
    default:
      return words[problem](name);
  }
}
