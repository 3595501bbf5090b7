export const guest = {
  invited: {
    title: 'You’re invited to a call.',
    at: (server: string) => `The room is on ${server}.`,
    join: 'Join in the browser',
    open: 'Open in the app',
    faultTitle: 'This invitation can’t be opened',
    faults: {
      missingKey: 'This address is not whole: the part after # is missing. Ask for the link again.',
      damaged: 'This address is damaged. Copy the whole link again, or ask for it.',
      version:
        'This link was made by a newer version of Conclave than this server knows. Paste it into the app.',
    },
    trustTitle: 'In the browser, you trust this server',
    trust:
      'Your call goes straight to the others. But this page comes from the server: whoever runs it could change the page and see and hear what you do. The app trusts nobody but the link.',
    appTitle: 'If no app opens',
    app: 'Ask whoever invited you for it. Then choose “Join with a link” there and paste the link that you were sent: this page’s address is without its key now.',
    keyTitle: 'The part after # is the key',
    key: 'Your browser keeps it to itself: the server never sees it. Share the link only with people you want in the call.',
  },
  guest: {
    badge: 'Browser guest',
    about: (name: string) =>
      `${name} joined in a browser, with a page from the room server. Whoever runs that server could change the page, and see and hear what ${name} does.`,
    aboutYou:
      'You joined in a browser, with a page from the room server. Whoever runs that server could change the page, and see and hear what you do.',
    aboutBadge: (name: string) => `What this means for ${name}`,
    noVideo: (name: string) => `${name}’s browser can’t show or send video`,
    unseen: 'This browser can’t show it',
    ownNoVideoTitle: 'This browser can’t show video in this call: it has no H.264.',
    ownNoVideo:
      'You can talk and listen. In Firefox, the OpenH264 plug-in is downloaded shortly after the first start: try again in a few minutes, or use the app or another browser.',
    capture: {
      insecureContext: {
        title: 'This page can have no camera and no microphone.',
        body: 'Browsers give them only to pages whose address begins with https, and this one doesn’t. You can watch and listen here. To be seen and heard, use the app, or ask for an https link.',
      },
      unsupported: {
        title: 'This browser offers no camera and no microphone.',
        body: 'You can watch and listen here. To be seen and heard, use the app or another browser.',
      },
    },
    watchAndListen: 'Join to watch and listen',
    onlyListen: 'Join to listen',
    reload: 'Load the page again',
    end: 'You can close this page.',
  },
};
