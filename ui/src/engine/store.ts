/** Ends a subscription. */
type Unsubscribe = () => void;

/** A value that changes. Svelte reads it as one of its own stores. */
export interface Store<T> {
  get(): T;
  /** Calls the listener with the value now, and with each later one. */
  subscribe(listener: (value: T) => void): Unsubscribe;
}

export interface WritableStore<T> extends Store<T> {
  set(value: T): void;
  update(change: (value: T) => T): void;
}

export function writable<T>(initial: T): WritableStore<T> {
  let value = initial;
  const listeners = new Set<(value: T) => void>();
  const set = (next: T) => {
    value = next;
    for (const listener of listeners) listener(value);
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe(listener) {
      listeners.add(listener);
      listener(value);
      return () => listeners.delete(listener);
    },
  };
}

/** Things that happen once, such as notices. */
export interface Events<T> {
  listen(listener: (event: T) => void): Unsubscribe;
}

export interface Emitter<T> extends Events<T> {
  emit(event: T): void;
}

export function emitter<T>(): Emitter<T> {
  const listeners = new Set<(event: T) => void>();
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * An emitter whose latest event, if nobody listens yet, waits for the first who does: it comes to them in a task of its
 * own.
 */
export function patientEmitter<T>(): Emitter<T> {
  const { emit, listen } = emitter<T>();
  let unheard: { event: T } | null = null;
  let isHeard = false;
  return {
    emit(event) {
      if (isHeard) emit(event);
      else unheard = { event };
    },
    listen(listener) {
      isHeard = true;
      const end = listen(listener);
      const waiting = unheard;
      unheard = null;
      if (waiting) setTimeout(() => emit(waiting.event));
      return end;
    },
  };
}
