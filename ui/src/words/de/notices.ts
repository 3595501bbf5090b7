import type { notices as english } from '../en/notices';
import { sharing } from './sharing';

export const notices: typeof english = {
  troubles: {
    noPictures: 'Bilder können nicht gezeigt werden. Starte die App neu.',
    settingsLost:
      'Deine Einstellungen waren beschädigt. Sie beginnen von vorn; die beschädigte Datei liegt daneben.',
    pageBrokeDown: 'Das Fenster war abgestürzt und wurde neu geöffnet. Du kannst wieder beitreten.',
    notSaved: 'Das konnte nicht gespeichert werden. Es gilt, bis die App geschlossen wird.',
    notDone: 'Das hat nicht geklappt. Versuche es noch einmal.',
  },
  notices: {
    ...sharing,
    region: 'Mitteilungen',
    joined: (name: string) => `${name} ist da.`,
    left: (name: string) => `${name} ist gegangen.`,
    removed: (name: string) => `${name} wurde vom Gastgeber entfernt.`,
    knocking: (name: string) => `${name} bittet um Einlass.`,
    serverAway: 'Der Raumserver ist nicht erreichbar. Das Gespräch geht weiter; es wird weiter versucht.',
    serverBack: 'Der Raumserver ist wieder da.',
    linkTrouble: (name: string) => `Noch keine Verbindung zu ${name}. Es wird weiter versucht.`,
    muted: 'Du bist stumm.',
    unmuted: 'Man hört dich.',
    cameraOn: 'Deine Kamera ist an.',
    cameraOff: 'Deine Kamera ist aus.',
    copied: 'Link kopiert. Schick ihn an alle, die kommen sollen.',
    copyFailed: 'Der Link ließ sich nicht kopieren. Markiere ihn und kopiere ihn von Hand.',
    reportCopied: 'Bericht kopiert. Schick ihn an die, die sich um die App kümmern.',
    reportFailed: 'Der Bericht ließ sich nicht kopieren.',
    shares: (name: string) => `${name} teilt einen Bildschirm.`,
    sharesNoMore: (name: string) => `${name} teilt nicht mehr.`,
    office: {
      host: 'Du leitest jetzt den Raum.',
      actingHost: 'Du vertrittst jetzt die Leitung.',
      coHost: 'Du vertrittst die Leitung, solange sie nicht da ist.',
      guest: 'Du leitest den Raum nicht mehr.',
    },
    lock: { locked: 'Der Raum ist zugesperrt.', unlocked: 'Der Raum ist offen.' },
    commandRefused: {
      notHost: 'Das kann nur der Gastgeber.',
      somebodyWasPutOut:
        'Jemand wurde aus diesem Raum entfernt und hat noch den Link. Lass die Tür zu oder leg einen neuen Raum an.',
      nobodyThere: 'Die Person ist nicht mehr da.',
      tooMany: 'Das ist mehr, als ein Raum haben kann.',
      failed: 'Das hat nicht geklappt. Versuche es noch einmal.',
    },
    security: {
      meddling: (name: string) =>
        `Etwas Falsches kam im Namen von ${name}. Es wurde nicht benutzt. Vergleicht die Zeichen.`,
      nameWithOtherDevice: (name: string) =>
        `${name} hat ein anderes Gerät als das bestätigte. Vergleicht die Zeichen, bevor du ihm traust.`,
      otherVersion: (name: string) =>
        `${name} hat eine andere Version der App. Jemand von euch muss aktualisieren.`,
      otherKey: (name: string) =>
        `${name} hat ein anderes Passwort oder einen anderen Link. Verbinden geht erst, wenn beide gleich sind.`,
      removed: (name: string) => `${name} wurde entfernt und versucht zurückzukommen. Die Tür bleibt zu.`,
      notAdmitted: (name: string) => `${name} ist noch nicht eingelassen. Ihr werdet dann verbunden.`,
      forgedAdmission: (name: string) => `${name} zeigt eine falsche Erlaubnis vor. Die Tür bleibt zu.`,
      expiredAdmission: (name: string) =>
        `${name} wurde vor zu langer Zeit eingelassen. Der Gastgeber muss es noch einmal tun.`,
      otherRoomsAdmission: (name: string) =>
        `${name} wurde in einen anderen Raum eingelassen. Die Tür bleibt zu.`,
      roomLocked: (name: string) => `${name} kam, während der Raum abgeschlossen ist. Die Tür bleibt zu.`,
      twoHosts: 'Zwei behaupten, Gastgeber zu sein. Was vorher galt, gilt weiter.',
      passwordGuessing: 'Jemand probiert Passwörter. Eine Minute lang bekommt niemand Neues Antwort.',
    },
  },
};
