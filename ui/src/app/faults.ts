import { version } from '../../package.json';

/** What went wrong in the page itself, as text for whoever mends it. */
export function reportOf(fault: unknown): string {
  const { userAgent, language } = navigator;
  const what = fault instanceof Error ? (fault.stack ?? `${fault.name}: ${fault.message}`) : String(fault);
  return `Conclave ${version}\n${userAgent}\n${language}\n\n${what}`;
}
