/** How long nothing moves until the controls step back. */
const IDLE_MS = 3_000;

export class Idle {
  idle = $state(false);
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    this.moved();
  }

  readonly moved = (): void => {
    this.idle = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.idle = true), IDLE_MS);
  };
}
