/** All that is said in German: fetched by whoever reads it, as most who open a page read only one language. */
import { de } from './de';
import { page } from './de/page';
import { inPage } from './in-page';

export { GERMAN_SIGNS } from './signs';

export const german = { window: de, page: inPage(de, page) };
