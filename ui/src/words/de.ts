import type { Words } from './en';
import { general } from './de/general';
import { home } from './de/home';
import { lobby } from './de/lobby';
import { call } from './de/call';
import { guest } from './de/guest';
import { panel } from './de/panel';
import { settings } from './de/settings';
import { between } from './de/between';
import { notices } from './de/notices';

export const de: Words = {
  ...general,
  ...home,
  ...lobby,
  ...call,
  ...guest,
  ...panel,
  ...settings,
  ...between,
  ...notices,
};
