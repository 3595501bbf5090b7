import type { DeviceFault, ScreenFault } from '../../../protocol';

/** What `getUserMedia` means by its errors (W3C Media Capture and Streams, section 10.6). */
export function deviceFaultOf(error: unknown): DeviceFault {
  switch (nameOf(error)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'permissionDenied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'notFound';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** The same of `getDisplayMedia`. */
export function screenFaultOf(error: unknown): ScreenFault {
  switch (nameOf(error)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'permissionDenied';
    case 'NotFoundError':
      return 'notFound';
    default:
      return 'failed';
  }
}

function nameOf(error: unknown): string {
  return error instanceof DOMException ? error.name : '';
}
