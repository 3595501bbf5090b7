import type { guest as english } from '../en/guest';

export const guest: typeof english = {
  invited: {
    title: 'Du bist zu einem Gespräch eingeladen.',
    at: (server: string) => `Der Raum ist auf ${server}.`,
    join: 'Im Browser beitreten',
    open: 'In der App öffnen',
    faultTitle: 'Diese Einladung lässt sich nicht öffnen',
    faults: {
      missingKey:
        'Diese Adresse ist nicht vollständig: Der Teil hinter dem # fehlt. Bitte noch einmal darum.',
      damaged: 'Diese Adresse ist beschädigt. Kopiere den ganzen Link noch einmal oder bitte darum.',
      version:
        'Dieser Link stammt von einer neueren Version von Conclave, als dieser Server kennt. Füge ihn in der App ein.',
    },
    trustTitle: 'Im Browser traust du diesem Server',
    trust:
      'Dein Gespräch geht direkt zu den anderen. Aber diese Seite kommt vom Server: Wer ihn betreibt, könnte sie verändern und sehen und hören, was du siehst und hörst. Die App traut niemandem außer dem Link.',
    appTitle: 'Wenn sich keine App öffnet',
    app: 'Bitte die Person darum, die dich eingeladen hat. Füge dort unter „Mit einem Link beitreten“ den Link ein, den du bekommen hast: In der Adresse dieser Seite steht sein Schlüssel nicht mehr.',
    keyTitle: 'Der Teil hinter dem # ist der Schlüssel',
    key: 'Dein Browser behält ihn für sich: Der Server sieht ihn nie. Teile den Link nur mit Leuten, die du im Gespräch haben willst.',
  },
  guest: {
    badge: 'Gast im Browser',
    about: (name: string) =>
      `${name} ist im Browser da, mit einer Seite vom Raumserver. Wer den Server betreibt, könnte die Seite verändern und sehen und hören, was ${name} sieht und hört.`,
    aboutYou:
      'Du bist im Browser da, mit einer Seite vom Raumserver. Wer den Server betreibt, könnte die Seite verändern und sehen und hören, was du siehst und hörst.',
    aboutBadge: (name: string) => `Was das für ${name} heißt`,
    noVideo: (name: string) => `Der Browser von ${name} kann kein Video zeigen oder senden`,
    unseen: 'Dieser Browser kann es nicht zeigen',
    ownNoVideoTitle: 'Dieser Browser kann in diesem Gespräch kein Video zeigen: Ihm fehlt H.264.',
    ownNoVideo:
      'Du kannst sprechen und zuhören. Firefox lädt das Plugin OpenH264 kurz nach dem ersten Start: Versuche es in ein paar Minuten wieder, oder nimm die App oder einen anderen Browser.',
    capture: {
      insecureContext: {
        title: 'Diese Seite kann weder Kamera noch Mikrofon haben.',
        body: 'Browser geben sie nur Seiten, deren Adresse mit https beginnt, und diese tut das nicht. Du kannst zusehen und zuhören. Um gesehen und gehört zu werden, nimm die App oder bitte um einen Link mit https.',
      },
      unsupported: {
        title: 'Dieser Browser bietet weder Kamera noch Mikrofon.',
        body: 'Du kannst zusehen und zuhören. Um gesehen und gehört zu werden, nimm die App oder einen anderen Browser.',
      },
    },
    watchAndListen: 'Zusehen und zuhören',
    onlyListen: 'Zuhören',
    reload: 'Seite neu laden',
    end: 'Du kannst diese Seite schließen.',
  },
};
