import { expect, test } from 'vitest';

import type { RoomSnapshot } from '../src/protocol';
import { listedNotice, listedSnapshot, sized, sizedIntent } from '../src/engine/desktop/camera-size';

test('a device is asked for in a size, and nothing else is', () => {
  expect(sized('device:usb-1:2', 'small')).toBe('device@640x360@30:usb-1:2');
  expect(sized('device', 'small')).toBe('device@640x360@30');
  expect(sized('device:usb-1', 'large')).toBe('device:usb-1');
  expect(sized('pattern:320x180@15', 'small')).toBe('pattern:320x180@15');
  expect(sized(null, 'small')).toBeNull();
  expect(sizedIntent({ type: 'selectMicrophone', microphone: 'device:x' }, 'small')).toEqual({
    type: 'selectMicrophone',
    microphone: 'device:x',
  });
});

test('what the core says of a camera is as in the list of devices', () => {
  const camera = { active: 'device@640x360@30:a@b', fault: null, requested: 'device:c@d' };
  const room = { me: { camera } } as unknown as RoomSnapshot;
  expect(listedSnapshot(room).me.camera).toEqual({
    active: 'device:a@b',
    fault: null,
    requested: 'device:c@d',
  });
  const notice = { type: 'device', kind: 'camera', device: 'device@640x360@30', fault: 'busy' } as const;
  expect(listedNotice(notice)).toEqual({ ...notice, device: 'device' });
});
