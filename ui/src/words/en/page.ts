import type { InPage } from '../in-page';

/** What is said otherwise in a browser's page, where there is no app and no system's settings. */
export const page = {
  broken: {
    title: 'The page broke down',
    body: 'It made a mistake that it can’t mend by itself. Loading it again usually helps; a report helps to mend it for good.',
  },
  ended: {
    crashed: { body: 'This page made a mistake. Joining again usually helps.' },
    unsupportedVersion: {
      title: 'This page is too old or too new',
      body: 'The room server speaks another version. Load the page again, or use the app.',
    },
    replaced: { body: 'You joined again from another tab or window, and that one took over.' },
    refused: {
      body: 'It did not accept what this page sent. Load the page again; if that does not help, use the app.',
    },
    restart: 'Load the page again',
  },
  lobby: {
    errors: {
      identity: 'This browser does not let the page make a key. Leave private browsing, or use the app.',
    },
  },
  device: {
    faults: {
      camera: {
        notFound: 'No camera found. Connect one, or join without.',
        busy: 'Another app or tab uses the camera. Close it, or join without camera.',
        permissionDenied:
          'The browser does not let this page use the camera. Click the camera or lock beside the address, allow it, and load the page again. Or join without.',
      },
      microphone: {
        notFound: 'No microphone found. Connect one, or join without.',
        busy: 'Another app or tab uses the microphone. Close it, or join without microphone.',
        permissionDenied:
          'The browser does not let this page use the microphone. Click the microphone or lock beside the address, allow it, and load the page again. Or join without.',
      },
      speaker: { permissionDenied: 'The browser does not let this page use the speaker.' },
    },
    short: { busy: 'Used by another app or tab', permissionDenied: 'Not allowed by the browser' },
  },
  link: {
    version: 'This link was made by a newer version of Conclave. Load the page again, or use the app.',
  },
  troubles: {
    noPictures: 'Pictures can’t be shown. Load the page again.',
    settingsLost: 'Your settings were damaged. They begin anew.',
    notSaved: 'This could not be saved. It holds until the page is closed.',
  },
  notices: {
    reportCopied: 'Report copied. Send it to whoever runs the room server.',
    screenNotShared: {
      permissionDenied: 'The browser did not let this page see the screen. Share again, and allow it.',
      unavailable: 'This browser can’t share a screen.',
    },
    sharingEnded: { permissionDenied: 'Sharing ended: the browser does not allow it any more.' },
  },
  settings: {
    tabs: { room: 'You' },
    kept: 'What is kept in this browser',
    keptBody:
      'How you set things here, and your name. Neither rooms with their links nor the people you met are remembered.',
  },
} satisfies InPage;
