import ChartLine from '@lucide/svelte/icons/chart-line';
import Eye from '@lucide/svelte/icons/eye';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Maximize from '@lucide/svelte/icons/maximize';
import Minimize from '@lucide/svelte/icons/minimize';
import PictureInPicture from '@lucide/svelte/icons/picture-in-picture-2';
import Settings from '@lucide/svelte/icons/settings';
import UserPlus from '@lucide/svelte/icons/user-plus';

import type { Emit } from '../app/intents';
import { keyOf } from '../app/shortcuts';
import type { Ability } from '../engine/abilities';
import type { WindowMode } from '../engine/engine';
import type { MenuEntry } from '../design/Menu.svelte';
import type { Words } from '../words/en';
import type { Layout } from './view';

interface Shown {
  readonly layout: Layout;
  readonly statistics: boolean;
  readonly selfShown: boolean;
  readonly windowMode: WindowMode;
  readonly fullScreen: Ability;
  readonly compact: Ability;
  /** Where the bar has no room for it. */
  readonly invite: 'here' | 'inBar';
}

/** The menu at the end of the control bar. */
export function moreEntries(shown: Shown, t: Words, emit: Emit): MenuEntry[] {
  const { layout, statistics, selfShown, windowMode, fullScreen, compact, invite } = shown;
  const where = (there: boolean, entry: MenuEntry): MenuEntry[] => (there ? [entry] : []);
  const layoutEntry = (value: Layout): MenuEntry => ({
    type: 'choice',
    text: t.bar[value],
    chosen: layout === value,
    onselect: () => emit({ type: 'layout', layout: value }),
  });
  return [
    ...where(invite === 'here', {
      type: 'action',
      text: t.bar.invite,
      icon: UserPlus,
      onselect: () => emit({ type: 'invite' }),
    }),
    { type: 'heading', text: t.bar.layout },
    layoutEntry('grid'),
    layoutEntry('speaker'),
    layoutEntry('sideBySide'),
    { type: 'line' },
    ...where(!selfShown, {
      type: 'action',
      text: t.stage.showSelf,
      icon: Eye,
      onselect: () => emit({ type: 'changeSettings', change: { showSelf: true } }),
    }),
    ...where(fullScreen === 'available', {
      type: 'action',
      text: windowMode === 'fullScreen' ? t.bar.fullScreenOff : t.bar.fullScreen,
      icon: windowMode === 'fullScreen' ? Minimize : Maximize,
      shortcut: keyOf('fullScreen'),
      onselect: () => emit({ type: 'windowMode', mode: 'fullScreen' }),
    }),
    ...where(compact === 'available', {
      type: 'action',
      text: t.bar.compact,
      icon: PictureInPicture,
      shortcut: keyOf('compact'),
      onselect: () => emit({ type: 'windowMode', mode: 'compact' }),
    }),
    {
      type: 'action',
      text: statistics ? t.bar.statisticsOff : t.bar.statisticsOn,
      icon: ChartLine,
      shortcut: keyOf('statistics'),
      onselect: () => emit({ type: 'statistics' }),
    },
    {
      type: 'action',
      text: t.bar.shortcuts,
      icon: Keyboard,
      shortcut: keyOf('shortcuts'),
      onselect: () => emit({ type: 'shortcuts' }),
    },
    {
      type: 'action',
      text: t.common.settings,
      icon: Settings,
      shortcut: keyOf('settings'),
      onselect: () => emit({ type: 'settings' }),
    },
  ];
}
