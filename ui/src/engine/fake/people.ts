import type { RemoteParticipant, SafetySign, WaitingParticipant } from '../../protocol';

/** Names of different lengths and scripts. */
const NAMES = [
  'Ada Lovelace',
  'Jonas Weber',
  'Mei Tanaka',
  'Oluwaseun Adeyemi',
  'Zoë',
  'Bartholomew Featherstonehaugh-Cholmondeley',
  'Nadia Rahman',
  'Łukasz Wójcik',
  'Ines Castillo',
];

const SIGNS: readonly SafetySign[] = [
  { symbol: '🦊', name: 'fox' },
  { symbol: '🍋', name: 'lemon' },
  { symbol: '🔔', name: 'bell' },
  { symbol: '🐳', name: 'whale' },
  { symbol: '🌵', name: 'cactus' },
  { symbol: '🎸', name: 'guitar' },
  { symbol: '🌙', name: 'moon' },
];

export const ROOM_CODE = '482019375561048827390164752093';

/** 16 bytes as base64url, different for each number. */
export function idOf(index: number): string {
  return `${'person'.padEnd(19, 'x')}${String(index).padStart(2, '0')}A`;
}

export function person(index: number): RemoteParticipant {
  return {
    id: idOf(index),
    order: index + 1,
    name: NAMES[index % NAMES.length] ?? null,
    link: 'connected',
    verified: { device: `device-${index}`, safety: [...SIGNS] },
    client: 'app',
    recognition: index === 0 ? 'confirmed' : index % 3 === 1 ? 'new' : 'known',
    media: { microphone: 'live', camera: 'live', screen: 'off', screenSound: 'off' },
    volume: 1,
  };
}

export function knocking(index: number): WaitingParticipant {
  const names = ['Priya Nair', 'Tomás Ferreira'];
  return {
    id: idOf(50 + index),
    knock: {
      name: names[index % names.length] ?? 'Priya Nair',
      device: `device-${50 + index}`,
      recognition: index === 0 ? 'known' : 'new',
    },
  };
}
