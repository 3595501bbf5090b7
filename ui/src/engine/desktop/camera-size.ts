import type { DeviceChoice, Intent, Notice, RoomSnapshot } from '../../protocol';
import type { CameraSize } from '../settings';

/** What the core is asked for; the usual one goes without saying. */
const FORMATS: Record<CameraSize, string> = { large: '', small: '@640x360@30' };

/** A camera of the device list, asked for in a size. */
export function sized<Choice extends DeviceChoice | null>(choice: Choice, size: CameraSize): Choice {
  // What isn't a device has its size in its own name.
  return (choice?.replace(/^device(?=:|$)/, `device${FORMATS[size]}`) ?? null) as Choice;
}

/** The camera as it is in the device list, whatever its size. */
function listed<Choice extends DeviceChoice | null>(choice: Choice): Choice {
  return (choice?.replace(/^device@[^:]*/, 'device') ?? null) as Choice;
}

export function sizedIntent(intent: Intent, size: CameraSize): Intent {
  return intent.type === 'selectCamera' ? { ...intent, camera: sized(intent.camera, size) } : intent;
}

export function listedSnapshot(room: RoomSnapshot): RoomSnapshot {
  const { camera } = room.me;
  const { active, requested } = camera;
  return {
    ...room,
    me: { ...room.me, camera: { ...camera, active: listed(active), requested: listed(requested) } },
  };
}

export function listedNotice(notice: Notice): Notice {
  return 'device' in notice ? { ...notice, device: listed(notice.device) } : notice;
}
