import type Drawing from '@lucide/svelte/icons/key';

/** Any of Lucide's drawings: they have one type. */
export type IconDrawing = typeof Drawing;
