/** Every word of the interface, in English. The other languages have the same keys by type. */
import { general } from './en/general';
import { home } from './en/home';
import { lobby } from './en/lobby';
import { call } from './en/call';
import { guest } from './en/guest';
import { panel } from './en/panel';
import { settings } from './en/settings';
import { between } from './en/between';
import { notices } from './en/notices';

export const en = {
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

export type Words = typeof en;
