import { DEFAULTS, type Settings } from '../settings';

const SETTINGS = 'conclave.settings';
const IDENTITY = 'conclave.identity';
const KNOWN = 'conclave.known';
const LINK = 'conclave.link';

const FIRST: Settings = {
  ...DEFAULTS,
  name: '',
  camera: null,
  microphone: null,
  speaker: null,
  cameraOn: true,
  microphoneOn: true,
  mirrorSelf: true,
  showSelf: true,
  theme: 'system',
  language: 'system',
  roomPlace: 'server',
  server: '',
};

/** What a page keeps in this browser. A browser that lets it keep nothing is as good as new each time. */
export const kept = {
  settings(): Settings {
    try {
      const parsed: unknown = JSON.parse(read(localStorage, SETTINGS) ?? '{}');
      return { ...FIRST, ...(parsed as Partial<Settings>) };
    } catch {
      return FIRST;
    }
  },
  keepSettings: (settings: Settings) => write(localStorage, SETTINGS, JSON.stringify(settings)),

  /** Secret: what makes this browser the same device next time. */
  identity: () => read(localStorage, IDENTITY),
  keepIdentity: (identity: string) => write(localStorage, IDENTITY, identity),
  forgetIdentity: () => localStorage.removeItem(IDENTITY),

  known: () => read(localStorage, KNOWN),
  keepKnown: (known: string) => write(localStorage, KNOWN, known),
  forgetKnown: () => localStorage.removeItem(KNOWN),

  /** The invite link, for a reload of this tab and no longer. */
  link: () => read(sessionStorage, LINK),
  keepLink: (link: string) => write(sessionStorage, LINK, link),
};

function read(storage: Storage, key: string): string | null {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

/** Whether it is kept. */
function write(storage: Storage, key: string, value: string): boolean {
  try {
    storage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
