import { afterEach, describe, expect, it, vi } from 'vitest';

import { openScreen } from '../src/engine/browser/media/capture';

afterEach(() => void vi.unstubAllGlobals());

async function askedFor(constraints: object): Promise<unknown> {
  const getDisplayMedia = vi.fn(async () => ({}));
  const mediaDevices = { getSupportedConstraints: () => constraints, getDisplayMedia };
  vi.stubGlobal('navigator', { mediaDevices });
  await openScreen();
  return getDisplayMedia.mock.calls.flat()[0];
}

describe('the sound of a screen that a guest shares', () => {
  it('is without what the others say, where the browser can tell them apart', async () => {
    const asked = await askedFor({ restrictOwnAudio: true });
    expect(asked).toMatchObject({ audio: { restrictOwnAudio: true } });
    expect(asked).not.toHaveProperty('systemAudio');
  });

  it('is otherwise a tab’s alone', async () => {
    expect(await askedFor({ width: true })).toMatchObject({ audio: true, systemAudio: 'exclude' });
  });
});
