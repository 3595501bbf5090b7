import type { LinkFault, LinkReading } from '../../links/invite';
import type { LinkOutcome, LinkProblem } from './shell';

export function linkReadingOf(outcome: LinkOutcome): LinkReading {
  if (outcome.type === 'invalid') return { type: 'fault', fault: faultOf(outcome.problem) };
  return { type: 'link', link: outcome.link, server: outcome.server };
}

function faultOf(problem: LinkProblem): LinkFault {
  switch (problem) {
    case 'tooLong':
    case 'missingKey':
      return problem;
    case 'noServer':
      return 'server';
    case 'noInvitation':
      return 'path';
    case 'damagedRoom':
      return 'room';
    case 'damagedKey':
      return 'key';
    case 'newerVersion':
      return 'version';
  }
}
