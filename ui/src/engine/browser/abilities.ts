import type { Abilities, Capture } from '../abilities';
import { speaksH264 } from './link/lines';
import { choosesSpeakers } from './media/output';

/** What this browser lets a page do. */
export function pageAbilities(): Abilities {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  return {
    place: 'page',
    newRooms: 'missing',
    globalKeys: 'missing',
    dataFolder: 'missing',
    compactWindow: 'missing',
    fullScreen: document.fullscreenEnabled ? 'available' : 'missing',
    route: 'missing',
    tray: 'missing',
    openInApp: 'available',
    speakers: choosesSpeakers() ? 'available' : 'missing',
    screens: mediaDevices !== undefined && 'getDisplayMedia' in mediaDevices ? 'browser' : 'none',
    capture: capture(mediaDevices),
    video: speaksH264() ? 'full' : 'none',
    memory: 'settings',
  };
}

function capture(mediaDevices: MediaDevices | undefined): Capture {
  if (mediaDevices) return 'available';
  return window.isSecureContext ? 'unsupported' : 'insecureContext';
}
