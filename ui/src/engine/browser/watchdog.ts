/** A socket that has said nothing for this long while a link is being repaired leads nowhere: repairs are signalled. */
const SILENCE_MS = 5_000;
/** How long a repair may take to be answered: a restart is asked for a second after the interruption. */
const ANSWER_MS = 2_000;
/** The least time from one to the next, doubling while links stay broken: that may be for their other ends alone. */
const LEAST_GAP_MS = 15_000;
const GREATEST_GAP_MS = 120_000;
/** A page that was not asked for this long has slept, with its computer or alone. */
const SLEPT_MS = 15_000;
/** Browsers let a page that nobody sees act once a minute. */
const SLEPT_HIDDEN_MS = 75_000;

/** What a page sees of the way to the server. */
export interface Sight {
  /** Milliseconds, by a clock that may stand while the computer sleeps. */
  readonly now: number;
  /** The time of day, in milliseconds. */
  readonly time: number;
  /** When the server last said something; `null` while there is no connection. */
  readonly heard: number | null;
  /** A link that was up is not. */
  readonly isRepairing: boolean;
  /** Nobody sees the page. */
  readonly isHidden: boolean;
}

/**
 * Whether a socket that says nothing is to be given up: a network that was left, or slept through, doesn't tell, and pages
 * can't ping. A new one comes back to the same place. Pure: to be asked once a second.
 */
export class Watchdog {
  #asked: number | null = null;
  #brokenSince: number | null = null;
  #gaveUp = -Infinity;
  /** How often, since links are broken. */
  #times = 0;

  /** Whether to give it up now. */
  look(sight: Sight): boolean {
    const isUseless = this.#hasSlept(sight) || this.#isUnanswered(sight);
    if (!isUseless || sight.heard === null) return false;
    this.#gaveUp = sight.now;
    return true;
  }

  #hasSlept({ time, isHidden }: Sight): boolean {
    const before = this.#asked ?? time;
    this.#asked = time;
    return time - before >= (isHidden ? SLEPT_HIDDEN_MS : SLEPT_MS);
  }

  #isUnanswered({ now, heard, isRepairing }: Sight): boolean {
    if (!isRepairing) {
      this.#brokenSince = null;
      this.#times = 0;
      return false;
    }
    this.#brokenSince ??= now;
    const gap = Math.min(LEAST_GAP_MS * 2 ** Math.max(this.#times - 1, 0), GREATEST_GAP_MS);
    const isSilent = heard !== null && now - heard >= SILENCE_MS;
    if (!isSilent || now - this.#brokenSince < ANSWER_MS || now - this.#gaveUp < gap) return false;
    this.#times += 1;
    return true;
  }
}
