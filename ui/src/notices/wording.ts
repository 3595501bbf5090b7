import type { DeviceChoice, DeviceKind, Notice, ParticipantId, SecurityProblem } from '../protocol';
import type { Words } from '../words/en';

export type Tone = 'plain' | 'good' | 'trouble';

/** How people know who and what notices are about. */
export interface Names {
  readonly person: (participant: ParticipantId) => string;
  /** `null` when it isn't known. */
  readonly device: (kind: DeviceKind, device: DeviceChoice) => string | null;
  /** The device that is used now. */
  readonly inUse: (kind: DeviceKind) => string | null;
}

export interface Wording {
  readonly text: string;
  readonly tone: Tone;
}

/** What a notice says; `null` for one that the screen shows by itself. */
export function wordingOf(notice: Notice, names: Names, t: Words): Wording | null {
  const nameOf = names.person;
  const plain = (text: string): Wording => ({ text, tone: 'plain' });
  const trouble = (text: string): Wording => ({ text, tone: 'trouble' });
  switch (notice.type) {
    case 'device':
      return trouble(faulty(notice, names, t));
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

function faulty(notice: Extract<Notice, { type: 'device' }>, names: Names, t: Words): string {
  const { kind, fault } = notice;
  const name = names.device(kind, notice.device);
  if (name === null) return t.device.faults[kind][fault];
  const inUse = names.inUse(kind);
  const instead = inUse === name ? null : inUse;
  if (fault === 'unplugged') return t.device.unplugged(name, instead);
  // Another one was asked for, and the one before goes on.
  return instead === null
    ? t.device.faults[kind][fault]
    : t.device.kept(name, t.device.short[fault], instead);
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
