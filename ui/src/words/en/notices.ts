import { sharing } from './sharing';

export const notices = {
  troubles: {
    noPictures: 'Pictures can’t be shown. Start the app again.',
    settingsLost: 'Your settings were damaged. They begin anew; the damaged file was kept beside them.',
    pageBrokeDown: 'The window broke down and was opened again. You can join again.',
    notSaved: 'This could not be saved. It holds until the app is closed.',
    notDone: 'That did not work. Try again.',
  },
  notices: {
    ...sharing,
    region: 'Announcements',
    joined: (name: string) => `${name} came in.`,
    left: (name: string) => `${name} left.`,
    removed: (name: string) => `${name} was removed by the host.`,
    knocking: (name: string) => `${name} asks to come in.`,
    serverAway: 'The room server can’t be reached. The call goes on; it is being tried again.',
    serverBack: 'The room server is back.',
    linkTrouble: (name: string) => `No connection to ${name} yet. It is being tried again.`,
    muted: 'You are muted.',
    unmuted: 'You can be heard.',
    cameraOn: 'Your camera is on.',
    cameraOff: 'Your camera is off.',
    copied: 'Link copied. Send it to whoever should come.',
    copyFailed: 'The link could not be copied. Select it and copy it by hand.',
    reportCopied: 'Report copied. Send it to whoever looks after the app.',
    reportFailed: 'The report could not be copied.',
    shares: (name: string) => `${name} shares a screen.`,
    sharesNoMore: (name: string) => `${name} stopped sharing.`,
    office: {
      host: 'You are the host now.',
      actingHost: 'You act for the host now.',
      coHost: 'You act for the host while they are gone.',
      guest: 'You are not the host any more.',
    },
    lock: { locked: 'The room is locked.', unlocked: 'The room is open.' },
    commandRefused: {
      notHost: 'Only the host can do that.',
      somebodyWasPutOut:
        'Somebody was removed from this room and still has its link. Keep the door closed, or make a new room.',
      nobodyThere: 'They are not here any more.',
      tooMany: 'That is more than a room can have.',
      failed: 'That did not work. Try again.',
    },
    security: {
      meddling: (name: string) =>
        `Something false came in ${name}’s name. It was not used. Compare signs with them.`,
      nameWithOtherDevice: (name: string) =>
        `${name} is on another device than the one you confirmed. Compare signs before you trust it.`,
      otherVersion: (name: string) => `${name} uses another version of the app. One of you has to update.`,
      otherKey: (name: string) =>
        `${name} has another password or link. You can’t be connected until they match.`,
      removed: (name: string) => `${name} was removed from the room and tries to come back. They stay out.`,
      notAdmitted: (name: string) => `${name} has not been let in yet. You are connected once the host has.`,
      forgedAdmission: (name: string) => `${name} shows a false permission to be here. They stay out.`,
      expiredAdmission: (name: string) =>
        `${name} was let in too long ago. The host has to let them in again.`,
      otherRoomsAdmission: (name: string) =>
        `${name} was let into another room, not this one. They stay out.`,
      roomLocked: (name: string) => `${name} came while the room is locked. They stay out.`,
      twoHosts: 'Two people claim to be the host. What was known before stays in force.',
      passwordGuessing: 'Somebody tries passwords. For a minute nobody new is answered.',
    },
  },
};
