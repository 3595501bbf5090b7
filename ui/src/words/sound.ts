import type { SoundProcessing } from '../protocol';

/** What is said of each thing that is done to the microphone's sound. */
export type SoundWords = Record<keyof SoundProcessing, { readonly label: string; readonly hint: string }>;

export const soundEn: SoundWords = {
  echoCancellation: {
    label: 'Remove echo',
    hint: 'Keeps what your speaker plays out of your microphone.',
  },
  noiseSuppression: {
    label: 'Reduce noise',
    hint: 'Turns down fans and hum. Switch it off to play music.',
  },
  automaticGain: {
    label: 'Even out my volume',
    hint: 'Brings your voice to a usual level.',
  },
};

export const soundDe: SoundWords = {
  echoCancellation: {
    label: 'Echo entfernen',
    hint: 'Hält aus deinem Mikrofon heraus, was dein Lautsprecher spielt.',
  },
  noiseSuppression: {
    label: 'Rauschen mindern',
    hint: 'Dämpft Lüfter und Brummen. Schalte es aus, um Musik zu machen.',
  },
  automaticGain: {
    label: 'Meine Lautstärke ausgleichen',
    hint: 'Bringt deine Stimme auf eine übliche Lautstärke.',
  },
};
