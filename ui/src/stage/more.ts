import ChartLine from '@lucide/svelte/icons/chart-line';
import Eye from '@lucide/svelte/icons/eye';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Maximize from '@lucide/svelte/icons/maximize';
import Settings from '@lucide/svelte/icons/settings';

import type { Emit } from '../app/intents';
import { keyOf } from '../app/shortcuts';
import type { MenuEntry } from '../design/Menu.svelte';
import type { Words } from '../words/en';
import type { Layout } from './view';

interface Shown {
  readonly layout: Layout;
  readonly statistics: boolean;
  readonly selfShown: boolean;
}

/** The menu at the end of the control bar. */
export function moreEntries({ layout, statistics, selfShown }: Shown, t: Words, emit: Emit): MenuEntry[] {
  const layoutEntry = (value: Layout): MenuEntry => ({
    type: 'choice',
    text: t.bar[value],
    chosen: layout === value,
    onselect: () => emit({ type: 'layout', layout: value }),
  });
  const self: MenuEntry[] = selfShown
    ? []
    : [
        {
          type: 'action',
          text: t.stage.showSelf,
          icon: Eye,
          onselect: () => emit({ type: 'changeSettings', change: { showSelf: true } }),
        },
      ];
  return [
    { type: 'heading', text: t.bar.layout },
    layoutEntry('grid'),
    layoutEntry('speaker'),
    { type: 'line' },
    ...self,
    {
      type: 'action',
      text: t.bar.fullScreen,
      icon: Maximize,
      onselect: () => emit({ type: 'fullScreen' }),
    },
    {
      type: 'action',
      text: statistics ? t.bar.statisticsOff : t.bar.statisticsOn,
      icon: ChartLine,
      onselect: () => emit({ type: 'statistics' }),
    },
    {
      type: 'action',
      text: t.bar.shortcuts,
      icon: Keyboard,
      shortcut: keyOf('help'),
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
