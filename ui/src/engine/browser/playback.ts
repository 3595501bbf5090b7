/** After these a page may play that might not before; a finger counts once it is lifted. */
const GESTURES = ['pointerdown', 'pointerup', 'touchend', 'click', 'keydown'] as const;

/** Calls the listener whenever what the browser has refused or stopped may play, until that is ended. */
export function onPlayable(listener: () => void): () => void {
  for (const gesture of GESTURES) window.addEventListener(gesture, listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    for (const gesture of GESTURES) window.removeEventListener(gesture, listener);
    document.removeEventListener('visibilitychange', listener);
  };
}
