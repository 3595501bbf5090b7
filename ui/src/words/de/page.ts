import type { page as english } from '../en/page';

export const page: typeof english = {
  broken: {
    title: 'Die Seite ist abgestürzt',
    body: 'Sie hat einen Fehler gemacht, den sie selbst nicht beheben kann. Neu laden hilft meistens; ein Bericht hilft, ihn ganz zu beheben.',
  },
  ended: {
    crashed: { body: 'Diese Seite hat einen Fehler gemacht. Meist hilft es, noch einmal beizutreten.' },
    unsupportedVersion: {
      title: 'Diese Seite ist zu alt oder zu neu',
      body: 'Der Raumserver spricht eine andere Version. Lade die Seite neu oder nimm die App.',
    },
    replaced: { body: 'Du bist in einem anderen Tab oder Fenster beigetreten, und das hat übernommen.' },
    refused: {
      body: 'Er nahm nicht an, was diese Seite sandte. Lade sie neu; hilft das nicht, nimm die App.',
    },
    restart: 'Seite neu laden',
  },
  lobby: {
    errors: {
      identity:
        'Dieser Browser lässt die Seite keinen Schlüssel anlegen. Verlass das private Fenster oder nimm die App.',
    },
  },
  device: {
    faults: {
      camera: {
        notFound: 'Keine Kamera gefunden. Schließ eine an oder tritt ohne bei.',
        busy: 'Eine andere App oder ein anderer Tab benutzt die Kamera. Schließ sie oder tritt ohne Kamera bei.',
        permissionDenied:
          'Der Browser gibt dieser Seite die Kamera nicht. Klick auf die Kamera oder das Schloss neben der Adresse, erlaube sie und lade die Seite neu. Oder tritt ohne bei.',
      },
      microphone: {
        notFound: 'Kein Mikrofon gefunden. Schließ eines an oder tritt ohne bei.',
        busy: 'Eine andere App oder ein anderer Tab benutzt das Mikrofon. Schließ sie oder tritt ohne Mikrofon bei.',
        permissionDenied:
          'Der Browser gibt dieser Seite das Mikrofon nicht. Klick auf das Mikrofon oder das Schloss neben der Adresse, erlaube es und lade die Seite neu. Oder tritt ohne bei.',
      },
      speaker: { permissionDenied: 'Der Browser gibt dieser Seite den Lautsprecher nicht.' },
    },
    short: {
      busy: 'Von einer anderen App oder einem anderen Tab benutzt',
      permissionDenied: 'Vom Browser nicht erlaubt',
    },
  },
  link: {
    version:
      'Dieser Link stammt von einer neueren Version von Conclave. Lade die Seite neu oder nimm die App.',
  },
  troubles: {
    noPictures: 'Bilder können nicht gezeigt werden. Lade die Seite neu.',
    settingsLost: 'Deine Einstellungen waren beschädigt. Sie beginnen von vorn.',
    notSaved: 'Das konnte nicht gespeichert werden. Es gilt, bis die Seite geschlossen wird.',
  },
  notices: {
    reportCopied: 'Bericht kopiert. Schick ihn an die, die den Raumserver betreiben.',
    screenNotShared: {
      permissionDenied:
        'Der Browser zeigte dieser Seite den Bildschirm nicht. Teile noch einmal und erlaube es.',
      unavailable: 'Dieser Browser kann keinen Bildschirm teilen.',
    },
    sharingEnded: { permissionDenied: 'Das Teilen ist zu Ende: der Browser erlaubt es nicht mehr.' },
  },
  settings: {
    tabs: { room: 'Du' },
    kept: 'Was in diesem Browser steht',
    keptBody:
      'Wie du die Dinge hier eingestellt hast, und dein Name. Weder Räume mit ihren Links noch die Leute, die du getroffen hast, bleiben gemerkt.',
  },
};
