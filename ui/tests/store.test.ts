import { beforeEach, describe, expect, it, vi } from 'vitest';

import { patientEmitter } from '../src/engine/store';

describe('an emitter that is patient', () => {
  beforeEach(() => void vi.useFakeTimers());

  it('has its latest event wait for the first who listens, and no other', () => {
    const links = patientEmitter<string>();
    const heard: string[] = [];
    links.emit('early');
    links.emit('later');
    links.listen((event) => heard.push(`first ${event}`));
    expect(heard).toEqual([]);
    vi.runAllTimers();
    links.listen((event) => heard.push(`second ${event}`));
    vi.runAllTimers();
    expect(heard).toEqual(['first later']);
    links.emit('last');
    expect(heard).toEqual(['first later', 'first last', 'second last']);
  });
});
