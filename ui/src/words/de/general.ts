import type { general as english } from '../en/general';

const people = (count: number) => (count === 1 ? '1 Person' : `${count} Personen`);

export const general: typeof english = {
  appName: 'Conclave',
  tagline: 'Ein ruhiger Raum mit einer guten Tür.',
  someone: 'Jemand',
  you: 'Du',
  common: {
    cancel: 'Abbrechen',
    close: 'Schließen',
    copy: 'Link kopieren',
    copied: 'Kopiert',
    more: 'Mehr',
    back: 'Zurück',
    toHome: 'Zum Anfang',
    settings: 'Einstellungen',
    dismiss: 'Ausblenden',
    understood: 'OK',
  },
  time: {
    today: 'Heute',
    yesterday: 'Gestern',
  },
  people,
};
