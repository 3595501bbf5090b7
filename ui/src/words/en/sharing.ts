/** Why a window or a screen is not shared, by its fault. */
const screenNotShared = {
  notFound: 'That window or screen is not there any more. Choose another one.',
  closed: 'That window or screen is not there any more. Choose another one.',
  minimised: 'A minimised window has nothing to show. Open it, then share it.',
  permissionDenied: 'The system does not let this app see screens. Allow it in the privacy settings.',
  unavailable: 'Screens can’t be shared in this kind of session.',
  failed: 'Sharing did not work. Choose another window or screen.',
};

/** Why one is shared no more. */
const sharingEnded = {
  notFound: 'Sharing ended: the window or screen is gone.',
  closed: 'Sharing ended: the window was closed.',
  minimised: 'Sharing ended: the window shows nothing any more.',
  permissionDenied: 'Sharing ended: the system does not allow it any more.',
  unavailable: 'Sharing ended: screens are not available any more.',
  failed: 'Sharing ended: the screen could not be read any more.',
};

export const sharing = { screenNotShared, sharingEnded };
