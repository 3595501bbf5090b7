import type { between as english } from '../en/between';

export const between: typeof english = {
  joining: {
    title: 'Beitreten…',
    body: 'Der Raum wird gesucht.',
    waitingTitle: 'Warten auf Einlass',
    waitingBody: 'Der Gastgeber weiß, dass du hier bist. Du kommst herein, sobald er es sagt.',
    waitingDevices: 'Noch sieht und hört dich niemand.',
    giveUp: 'Nicht mehr warten',
  },
  broken: {
    title: 'Die App ist abgestürzt',
    body: 'Sie hat einen Fehler gemacht, den sie selbst nicht beheben kann. Ein Neustart hilft meistens; ein Bericht hilft, ihn ganz zu beheben.',
    details: 'Was geschehen ist',
  },
  ended: {
    left: { title: 'Du hast das Gespräch verlassen', body: 'Für die anderen bleibt der Raum offen.' },
    serverUnreachable: {
      title: 'Der Raumserver ist nicht erreichbar',
      body: 'Prüfe deine Verbindung. Erreichen ihn auch andere nicht, frag, wer den Raum betreibt.',
    },
    notAdmitted: {
      title: 'Du wurdest nicht eingelassen',
      body: 'Der Gastgeber sagte nein, oder niemand kam an die Tür. Du kannst noch einmal fragen.',
    },
    removed: {
      title: 'Du wurdest aus dem Gespräch entfernt',
      body: 'Der Gastgeber hat das entschieden. Dieser Link öffnet dir den Raum nicht mehr.',
    },
    crashed: {
      title: 'Das Gespräch ist abgebrochen',
      body: 'Diese App hat einen Fehler gemacht. Meist hilft es, noch einmal beizutreten.',
    },
    roomFull: {
      title: 'Der Raum ist voll',
      body: 'Mehr Leute passen nicht in dieses Gespräch. Versuche es wieder, wenn jemand gegangen ist.',
    },
    locked: {
      title: 'Der Raum ist abgeschlossen',
      body: 'Vorerst kommt niemand Neues herein. Bitte jemanden drinnen, zu öffnen, und versuche es wieder.',
    },
    unsupportedVersion: {
      title: 'Diese App ist zu alt oder zu neu',
      body: 'Der Raumserver spricht eine andere Version. Aktualisiere die App und versuche es wieder.',
    },
    replaced: {
      title: 'Das Gespräch geht woanders weiter',
      body: 'Du bist in einem anderen Fenster beigetreten, und das hat übernommen.',
    },
    shuttingDown: {
      title: 'Der Raumserver startet neu',
      body: 'Er ist bald zurück. Versuche es gleich noch einmal.',
    },
    busy: {
      title: 'Zu viele Versuche',
      body: 'Der Raumserver bittet um eine Pause. Versuche es in einer Minute wieder.',
    },
    refused: {
      title: 'Der Raumserver hat abgelehnt',
      body: 'Er nahm nicht an, was diese App sandte. Versuche es wieder; hilft das nicht, aktualisiere die App.',
    },
    copyReport: 'Bericht kopieren',
    restart: 'App neu starten',
    again: 'Noch einmal versuchen',
    askAgain: 'Noch einmal fragen',
    rejoin: 'Wieder beitreten',
  },
};
