import { dirname, join } from 'node:path';

export const ui = dirname(import.meta.dirname);
export const workspace = dirname(ui);
export const pictures = join(workspace, 'target/screenshots/ui');
