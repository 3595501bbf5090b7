import { describe, expect, it } from 'vitest';

import { kept } from '../src/engine/browser/kept';

const refused = () => {
  throw new DOMException('no storage here', 'SecurityError');
};

describe('a browser that lets pages keep nothing', () => {
  it.each(['localStorage', 'sessionStorage'])('is as good as new each time: no %s', (name) => {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { configurable: true, get: refused });
    try {
      expect(kept.settings().name).toBe('');
      expect([kept.identity(), kept.known(), kept.link()]).toEqual([null, null, null]);
      expect(name === 'localStorage' ? kept.keepIdentity('mine') : kept.keepLink('link')).toBe(false);
      kept.forgetKnown();
      kept.forgetIdentity();
    } finally {
      if (before) Object.defineProperty(globalThis, name, before);
      else Reflect.deleteProperty(globalThis, name);
    }
  });
});
