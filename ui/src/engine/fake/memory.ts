import type { DeviceList } from '../devices';
import type { NearbyRoom, RecentRoom } from '../rooms';
import { DEFAULTS, type GlobalKeys, type Settings } from '../settings';

export const DEVICES: DeviceList = {
  state: 'known',
  cameras: [
    { choice: 'device:studio', name: 'Studio Camera' },
    { choice: 'device:builtin', name: 'Integrated Camera' },
    { choice: 'pattern', name: 'Test pattern' },
  ],
  microphones: [
    { choice: 'device:headset', name: 'Headset Microphone' },
    { choice: 'device:array', name: 'Built-in Microphone Array' },
  ],
  speakers: [
    { choice: 'device:headphones', name: 'Headphones' },
    { choice: 'device:monitor', name: 'Monitor Speakers' },
  ],
};

export const KEYS: GlobalKeys = { mute: 'F9', pushToTalk: 'Control+Space' };

export const NO_DEVICES: DeviceList = { state: 'known', cameras: [], microphones: [], speakers: [] };

export const SETTINGS: Settings = {
  ...DEFAULTS,
  name: 'Robin Keller',
  camera: 'device:studio',
  microphone: 'device:headset',
  speaker: 'device:headphones',
  cameraOn: true,
  microphoneOn: true,
  mirrorSelf: true,
  showSelf: true,
  theme: 'system',
  language: 'system',
  roomPlace: 'localNetwork',
  server: 'https://rooms.example.org',
};

export const LINK =
  'http://127.0.0.1:7000/j/q83vEjRWeJCrze8SNFZ4kA#1.AAECAwQFBgcICQoLDA0ODw.8PHy8_T19vf4-fr7_P3-_w';

export function recentRooms(now: number): RecentRoom[] {
  const hour = 3_600_000;
  const link = (letter: string) =>
    `https://rooms.example.org/j/${letter.repeat(21)}A#1.AAECAwQFBgcICQoLDA0ODw.8PHy8_T19vf4-fr7_P3-_w`;
  return [
    {
      link: link('a'),
      name: 'Tuesday planning',
      lastVisit: now - 2 * hour,
      people: ['Ada Lovelace', 'Jonas Weber', 'Mei Tanaka'],
      hosted: true,
    },
    {
      link: link('b'),
      name: 'Grandparents',
      lastVisit: now - 26 * hour,
      people: ['Oma Ilse', 'Opa Karl'],
      hosted: false,
    },
    { link: link('c'), name: 'rooms.example.org', lastVisit: now - 120 * hour, people: [], hosted: false },
  ];
}

export const NEARBY: readonly NearbyRoom[] = [
  {
    link: 'http://192.168.1.20:7000/j/nearbyxxxxxxxxxxxxxxxA#1.AAECAwQFBgcICQoLDA0ODw.8PHy8_T19vf4-fr7_P3-_w',
    name: 'Stand-up',
    host: 'Mei Tanaka',
  },
  {
    link: 'http://192.168.1.34:7000/j/nearbyyyyyyyyyyyyyyyyA#1.AAECAwQFBgcICQoLDA0ODw.8PHy8_T19vf4-fr7_P3-_w',
    name: '',
    host: 'Jonas Weber',
  },
];
