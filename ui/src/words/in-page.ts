import type { Words } from './en';

/** Some messages of a catalogue, each where it stands there. */
type Part<T> = { readonly [Key in keyof T]?: T[Key] extends string ? string : Part<T[Key]> };

export type InPage = Part<Words>;

/** A catalogue as it reads in a browser's page. */
export function inPage(catalogue: Words, other: InPage): Words {
  return replaced(catalogue, other) as Words;
}

function replaced(message: unknown, other: unknown): unknown {
  if (!isGroup(message) || !isGroup(other)) return other ?? message;
  const entries = Object.entries(message).map(([key, value]) => [key, replaced(value, other[key])]);
  return Object.fromEntries(entries);
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
