const people = (count: number) => (count === 1 ? '1 person' : `${count} people`);

export const general = {
  appName: 'Conclave',
  tagline: 'A quiet room with a good door.',
  someone: 'Someone',
  you: 'You',
  common: {
    cancel: 'Cancel',
    close: 'Close',
    copy: 'Copy link',
    copied: 'Copied',
    more: 'More',
    back: 'Back',
    toHome: 'Back to start',
    settings: 'Settings',
    dismiss: 'Dismiss',
    understood: 'OK',
  },
  time: {
    today: 'Today',
    yesterday: 'Yesterday',
  },
  people,
};
