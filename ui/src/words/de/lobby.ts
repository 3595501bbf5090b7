import type { lobby as english } from '../en/lobby';

export const lobby: typeof english = {
  lobby: {
    title: 'Bereit?',
    titleHost: 'Dein Raum ist bereit',
    at: (server: string) => `Raum auf ${server}`,
    name: 'Dein Name',
    namePlaceholder: 'Wie Leute dich nennen',
    password: 'Passwort des Raums',
    passwordHint: 'Nur wenn der Raum eines hat.',
    hasPassword: 'Passwort, falls es eins gibt',
    join: 'Beitreten',
    joining: 'Beitreten…',
    camera: 'Kamera',
    microphone: 'Mikrofon',
    speaker: 'Lautsprecher',
    cameraOff: 'Deine Kamera ist aus',
    plugInCamera: 'Schließ eine an oder tritt ohne bei.',
    cameraStarting: 'Kamera wird gestartet…',
    playSound: 'Ton abspielen',
    needsName: 'Sag, wie Leute dich nennen sollen.',
    level: 'Pegel des Mikrofons',
    errors: {
      damagedLink: 'Dieser Link ist beschädigt. Bitte noch einmal darum.',
      alreadyInCall: 'Du bist schon in einem Gespräch. Verlass es zuerst.',
      invalidPassword: 'Dieses Passwort ist zu lang. Es hat höchstens 128 Zeichen.',
      passwordMissing: 'Dieser Raum hat ein Passwort. Gib es ein, um hereinzukommen.',
      wrongPassword: 'Das ist nicht das Passwort des Raums.',
      identity:
        'Der Schlüssel dieses Rechners ist nicht lesbar. Entsperre den Schlüsselbund und versuche es noch einmal.',
      failed: 'Das Beitreten hat nicht geklappt. Versuche es noch einmal.',
    },
  },
  device: {
    camera: 'Kamera',
    microphone: 'Mikrofon',
    speaker: 'Lautsprecher',
    faults: {
      camera: {
        notFound: 'Keine Kamera gefunden. Schließ eine an oder tritt ohne bei.',
        busy: 'Eine andere App benutzt die Kamera. Schließ sie oder tritt ohne Kamera bei.',
        permissionDenied:
          'Das System gibt dieser App die Kamera nicht. Erlaube sie in den Systemeinstellungen.',
        unsupportedFormat: 'Diese Kamera liefert kein brauchbares Bild. Wähle eine andere.',
        unplugged: 'Kamera ausgesteckt. Sie wird wieder benutzt, wenn sie zurück ist.',
        stalled: 'Die Kamera steht. Sie wird neu gestartet.',
        failed: 'Die Kamera geht nicht. Wähle eine andere.',
      },
      microphone: {
        notFound: 'Kein Mikrofon gefunden. Schließ eines an oder tritt ohne bei.',
        busy: 'Eine andere App benutzt das Mikrofon. Schließ sie oder tritt ohne Mikrofon bei.',
        permissionDenied:
          'Das System gibt dieser App das Mikrofon nicht. Erlaube es in den Systemeinstellungen.',
        unsupportedFormat: 'Dieses Mikrofon liefert keinen brauchbaren Ton. Wähle ein anderes.',
        unplugged: 'Mikrofon ausgesteckt. Es wird wieder benutzt, wenn es zurück ist.',
        stalled: 'Das Mikrofon steht. Es wird neu gestartet.',
        failed: 'Das Mikrofon geht nicht. Wähle ein anderes.',
      },
      speaker: {
        notFound: 'Kein Lautsprecher gefunden. Schließ einen an, um Leute zu hören.',
        busy: 'Eine andere App benutzt den Lautsprecher. Schließ sie oder wähle einen anderen.',
        permissionDenied: 'Das System gibt dieser App den Lautsprecher nicht.',
        unsupportedFormat: 'Dieser Lautsprecher nimmt unseren Ton nicht. Wähle einen anderen.',
        unplugged: 'Lautsprecher ausgesteckt. Er wird wieder benutzt, wenn er zurück ist.',
        stalled: 'Der Lautsprecher steht. Er wird neu gestartet.',
        failed: 'Der Lautsprecher geht nicht. Wähle einen anderen.',
      },
    },
    noneFound: {
      camera: 'Keine Kamera gefunden',
      microphone: 'Kein Mikrofon gefunden',
      speaker: 'Kein Lautsprecher gefunden',
    },
    none: { camera: 'Keine Kamera', microphone: 'Kein Mikrofon', speaker: 'Kein Lautsprecher' },
    looking: 'Wird gesucht…',
    unplugged: (name: string, instead: string | null) =>
      instead === null
        ? `${name} wurde abgezogen. Sobald es wieder da ist, wird es wieder benutzt.`
        : `${name} wurde abgezogen. Bis es wieder da ist, wird ${instead} benutzt.`,
    kept: (name: string, why: string, instead: string) => `${name}: ${why}. Es bleibt bei ${instead}.`,
    short: {
      notFound: 'Nicht gefunden',
      busy: 'Von einer anderen App benutzt',
      permissionDenied: 'Vom System nicht erlaubt',
      unsupportedFormat: 'Nicht brauchbar',
      unplugged: 'Abgezogen',
      stalled: 'Steht still',
      failed: 'Geht nicht',
    },
    recovered: {
      camera: 'Kamera ist wieder da.',
      microphone: 'Mikrofon ist wieder da.',
      speaker: 'Lautsprecher ist wieder da.',
    },
  },
};
