import type { LinkFigures } from '../figures';
import type { LinkFigures as ShellFigures } from './shell';

/** The shell's figures, as tiles show them. What it doesn't measure yet is not known. */
export function figuresOf(figures: ShellFigures): LinkFigures {
  return { codec: null, latencyMs: null, ...figures };
}
