import type { WindowMode } from '../engine';
import { commands } from './commands';

/** The window is in one mode at a time: each is left before the next is entered. */
export class ShellWindow {
  #mode: WindowMode = 'normal';

  constructor(private readonly onFailed: () => void) {}

  setMode(mode: WindowMode): void {
    const former = this.#mode;
    if (mode === former) return;
    this.#mode = mode;
    void this.#change(former, mode).catch(this.onFailed);
  }

  async #change(former: WindowMode, mode: WindowMode): Promise<void> {
    if (former === 'fullScreen') await commands.setFullScreen(false);
    if (former === 'compact') await commands.setCompact(false);
    if (mode === 'fullScreen') await commands.setFullScreen(true);
    if (mode === 'compact') await commands.setCompact(true);
  }
}
