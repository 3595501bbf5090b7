export const between = {
  joining: {
    title: 'Joining…',
    body: 'The room is being looked up.',
    waitingTitle: 'Waiting to be let in',
    waitingBody: 'The host has been told that you are here. You come in as soon as they say so.',
    waitingDevices: 'Nobody sees or hears you yet.',
    giveUp: 'Stop waiting',
  },
  broken: {
    title: 'The app broke down',
    body: 'It made a mistake that it can’t mend by itself. Restarting usually helps; a report helps to mend it for good.',
    details: 'What happened',
  },
  ended: {
    left: { title: 'You left the call', body: 'The room stays open for the others.' },
    serverUnreachable: {
      title: 'The room server can’t be reached',
      body: 'Check your connection. If others can’t reach it either, ask whoever runs the room.',
    },
    notAdmitted: {
      title: 'You were not let in',
      body: 'The host said no, or nobody came to the door. You can ask again.',
    },
    removed: {
      title: 'You were removed from the call',
      body: 'The host put you out. This link does not open the room for you any more.',
    },
    crashed: {
      title: 'The call broke down',
      body: 'This app made a mistake. Joining again usually helps.',
    },
    roomFull: {
      title: 'The room is full',
      body: 'No more people fit into this call. Try again when somebody has left.',
    },
    locked: {
      title: 'The room is locked',
      body: 'Nobody new comes in for now. Ask somebody inside to open it, then try again.',
    },
    unsupportedVersion: {
      title: 'This app is too old or too new',
      body: 'The room server speaks another version. Update the app, then try again.',
    },
    replaced: {
      title: 'The call goes on elsewhere',
      body: 'You joined again from another window, and that one took over.',
    },
    shuttingDown: {
      title: 'The room server is restarting',
      body: 'It will be back soon. Try again in a moment.',
    },
    busy: {
      title: 'Too many tries',
      body: 'The room server asks for a pause. Try again in a minute.',
    },
    refused: {
      title: 'The room server said no',
      body: 'It did not accept what this app sent. Try again; if that does not help, update the app.',
    },
    copyReport: 'Copy report',
    restart: 'Restart the app',
    again: 'Try again',
    askAgain: 'Ask again',
    rejoin: 'Join again',
  },
};
