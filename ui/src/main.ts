import './design/base.css';
import './design/floating.css';

import { mount } from 'svelte';

import type { Engine } from './engine/engine';
import Root from './Root.svelte';

/** `--mode fake` makes a page without a core, for tests and pictures of screens. */
async function engine(): Promise<Engine> {
  if (import.meta.env.MODE === 'fake') {
    const [{ FakeEngine }, { readScene }] = await Promise.all([
      import('./engine/fake'),
      import('./engine/fake/scene'),
    ]);
    return new FakeEngine(readScene(window.location.search));
  }
  const { DesktopEngine } = await import('./engine/desktop');
  return DesktopEngine.start();
}

const target = document.getElementById('app');
if (target) mount(Root, { target, props: { engine: await engine() } });
