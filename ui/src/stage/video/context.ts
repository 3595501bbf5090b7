import { createContext } from 'svelte';

import type { Pictures } from '../../engine/pictures';

/** Video tiles get their pictures past the view models: thirty times a second is no matter of state. */
export const [pictures, providePictures] = createContext<Pictures>();
