import type { home as english } from '../en/home';

export const home: typeof english = {
  home: {
    newRoom: 'Neuer Raum',
    newRoomHint: 'Beginne ein Gespräch und lade Leute ein.',
    joinLabel: 'Mit einem Link beitreten',
    joinPlaceholder: 'Einladungslink einfügen',
    join: 'Beitreten',
    recent: 'Letzte Räume',
    nothingYet: 'Hier stehen später die Räume, in denen du warst.',
    nearby: 'Offen in diesem Netz',
    nearbyRoom: (host: string) => `Raum von ${host}`,
    testCall: 'Probegespräch starten',
    remove: (name: string) => `${name} aus der Liste entfernen`,
    hosted: 'Deiner',
    alone: 'Niemand sonst kam',
    server: {
      thisComputer: 'Neue Räume sind auf diesem Rechner, nur für diesen Rechner.',
      localNetwork: 'Neue Räume sind auf diesem Rechner, für dein lokales Netz.',
      server: (address: string) => `Neue Räume sind auf ${address}.`,
    },
    change: 'Ändern',
  },
  link: {
    tooLong: 'Das ist länger als jeder Einladungslink.',
    server: 'Das ist nicht die Adresse eines Raums.',
    path: 'Diese Adresse ist kein Einladungslink.',
    room: 'Der Raum in diesem Link ist beschädigt. Kopiere den ganzen Link noch einmal.',
    missingKey: 'Der Schlüssel fehlt. Kopiere den ganzen Link, mit allem hinter dem #.',
    version:
      'Dieser Link stammt von einer neueren Version der App. Aktualisiere sie und versuche es noch einmal.',
    key: 'Der Schlüssel in diesem Link ist beschädigt. Kopiere den ganzen Link noch einmal.',
    alreadyThere: 'Du bist schon in diesem Raum.',
    opened: 'Dieser Link lässt sich nicht öffnen',
  },
  otherRoom: {
    title: 'Dieses Gespräch verlassen?',
    body: (server: string) =>
      `Der Link führt in einen anderen Raum, auf ${server}. Du kannst nur in einem Gespräch sein.`,
    go: 'Verlassen und hingehen',
    stay: 'Hierbleiben',
  },
  newRoom: {
    title: 'Neuer Raum',
    name: 'Name',
    namePlaceholder: 'Wochentreffen',
    lobby: 'Fragen, bevor jemand hereinkommt',
    lobbyHint: 'Leute warten, bis du sie hereinlässt.',
    password: 'Passwort',
    passwordHint: 'Freiwillig. Sag es den Leuten auf anderem Weg als den Link.',
    nearby: 'In diesem Netz zeigen',
    nearbyHint: 'Alle in deinem lokalen Netz sehen den Raum und können ohne Link um Einlass bitten.',
    place: 'Wo der Raum ist',
    places: {
      thisComputer: 'Nur dieser Rechner',
      localNetwork: 'Lokales Netz',
      server: 'Raumserver',
    },
    placeHints: {
      thisComputer: 'Zum Ausprobieren. Niemand sonst kann ihn erreichen.',
      localNetwork: 'Für Leute im selben Büro oder Haus.',
      server: (address: string) => `Für Leute überall, über ${address}.`,
    },
    create: 'Raum anlegen',
    errors: {
      noNetwork: 'Dieser Rechner ist in keinem Netz. Verbinde ihn oder wähle nur diesen Rechner.',
      notHosted: 'Dieser Rechner kann den Raum nicht halten. Wähle einen Raumserver.',
      serverAddress: 'Das ist keine Adresse eines Raumservers. Berichtige sie in den Einstellungen.',
      password: 'Dieses Passwort ist zu lang. Wähle eins mit höchstens 128 Zeichen.',
      identity:
        'Der Schlüssel dieses Rechners ist nicht lesbar. Entsperre den Schlüsselbund und versuche es noch einmal.',
      tooManyRooms: 'Dieser Rechner hat zu viele Räume angelegt. Entferne welche, die du nicht brauchst.',
      failed: 'Der Raum konnte nicht angelegt werden. Versuche es noch einmal.',
    },
  },
};
