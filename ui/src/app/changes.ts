import type { ParticipantId, RoomSnapshot } from '../protocol';
import type { Words } from '../words/en';

type NameOf = (participant: ParticipantId) => string;

/** What is read out of one snapshot after another: what has changed, and no notice tells of. */
export function changesBetween(
  before: RoomSnapshot | null,
  after: RoomSnapshot | null,
  nameOf: NameOf,
  t: Words,
): string[] {
  if (before?.phase.type !== 'joined' || after?.phase.type !== 'joined') return [];
  return [...sharing(before, after, nameOf, t), ...office(before, after, t), ...lock(before, after, t)];
}

function sharing(before: RoomSnapshot, after: RoomSnapshot, nameOf: NameOf, t: Words): string[] {
  return after.others.flatMap(({ id, media }) => {
    const former = before.others.find((other) => other.id === id);
    const was = former?.media.screen === 'live';
    const is = media.screen === 'live';
    if (was === is) return [];
    return [is ? t.notices.shares(nameOf(id)) : t.notices.sharesNoMore(nameOf(id))];
  });
}

function office(before: RoomSnapshot, after: RoomSnapshot, t: Words): string[] {
  const [was, is] = [before.governance.office, after.governance.office];
  return was === is ? [] : [t.notices.office[is]];
}

function lock(before: RoomSnapshot, after: RoomSnapshot, t: Words): string[] {
  const [was, is] = [before.governance.lock, after.governance.lock];
  return was === is ? [] : [t.notices.lock[is]];
}
