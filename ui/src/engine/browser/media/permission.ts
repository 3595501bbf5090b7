import type { CaptureKind } from './capture';

/** Whether a page may open a device as things are. A browser that doesn't say is taken to let it. */
export async function permissionOf(kind: CaptureKind): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: kind })).state;
  } catch {
    return 'granted';
  }
}
