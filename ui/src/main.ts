import './design/base.css';
import './design/floating.css';

import { mount } from 'svelte';

import type { Engine } from './engine/engine';
import { reportOf } from './app/faults';
import { followTheme } from './app/theme';
import Broken from './between/Broken.svelte';
import Root from './Root.svelte';
import { languageFor, words } from './words/words.svelte';

/**
 * `--mode guest` makes the page that the room server has for browsers; `--mode fake` one without a core, for tests and
 * pictures of screens.
 */
async function engine(): Promise<Engine> {
  if (import.meta.env.MODE === 'fake') {
    const [{ FakeEngine }, { readScene }] = await Promise.all([
      import('./engine/fake'),
      import('./engine/fake/scene'),
    ]);
    const fake = new FakeEngine(readScene(window.location.search));
    // For tests, which ask what was asked for.
    return Object.assign(window, { fake }).fake;
  }
  if (import.meta.env.MODE === 'guest') {
    const { BrowserEngine } = await import('./engine/browser');
    return new BrowserEngine();
  }
  const { DesktopEngine } = await import('./engine/desktop');
  return DesktopEngine.start();
}

const target = document.getElementById('app');
if (target) {
  try {
    const started = await engine();
    // What is said first is said in the right language; without it, in English.
    const language = languageFor(started.settings.get().language, navigator.languages);
    await words.fetch(language).catch(() => undefined);
    mount(Root, { target, props: { engine: started } });
  } catch (fault) {
    // Without an engine there are no settings either.
    target.replaceChildren();
    followTheme('system');
    if (import.meta.env.MODE === 'guest') words.place = 'page';
    words.language = languageFor('system', navigator.languages);
    mount(Broken, { target, props: { report: reportOf(fault), onrestart: () => window.location.reload() } });
  }
}
