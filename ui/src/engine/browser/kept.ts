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
      const parsed: unknown = JSON.parse(read(local, SETTINGS) ?? '{}');
      return { ...FIRST, ...(parsed as Partial<Settings>) };
    } catch {
      return FIRST;
    }
  },
  keepSettings: (settings: Settings) => write(local, SETTINGS, JSON.stringify(settings)),

  /** Secret: what makes this browser the same device next time. */
  identity: () => read(local, IDENTITY),
  keepIdentity: (identity: string) => write(local, IDENTITY, identity),
  forgetIdentity: () => forget(local, IDENTITY),

  known: () => read(local, KNOWN),
  keepKnown: (known: string) => write(local, KNOWN, known),
  forgetKnown: () => forget(local, KNOWN),

  /** The invite link, for a reload of this tab and no longer. */
  link: () => read(tab, LINK),
  keepLink: (link: string) => write(tab, LINK, link),
};

/** Where a person lets pages keep nothing, asking for the storage is refused already. */
type GetStorage = () => Storage;
const local: GetStorage = () => localStorage;
const tab: GetStorage = () => sessionStorage;

function read(storage: GetStorage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

/** Whether it is kept. */
function write(storage: GetStorage, key: string, value: string): boolean {
  try {
    storage().setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

function forget(storage: GetStorage, key: string): void {
  try {
    storage().removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
