/** What can be shared: the text form that the engine reads (`monitor:ID`, `window:ID`, …). */
type ScreenChoice = string;

/** A monitor or a window, as it is chosen from. */
export interface ShareableScreen {
  readonly choice: ScreenChoice;
  readonly kind: 'monitor' | 'window';
  /** As people know it. */
  readonly name: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** The address of a small picture of it; `null` where there is none. */
  readonly thumbnail: string | null;
}

export type ScreensError =
  /** This system has no way to share, or none that the engine knows. */
  | 'unavailable'
  /** The system does not let this app see the screen. */
  | 'permissionDenied'
  | 'failed';

/** What this participant shares. What was asked for is not yet what is sent. */
export interface Sharing {
  readonly active: SharedScreen | null;
  readonly requested: SharedScreen | null;
}

export interface SharedScreen {
  readonly choice: ScreenChoice;
  readonly kind: ShareableScreen['kind'];
  readonly name: string;
}

/** Asks the browser to show its own picker. What was picked there is in `Sharing`. */
export const ANY_SCREEN: SharedScreen = { choice: 'any', kind: 'monitor', name: '' };

export const NOTHING_SHARED: Sharing = { active: null, requested: null };
