import type { Result } from '../engine/engine';
import type { CreateError } from '../engine/rooms';
import type { ScreensError, ShareableScreen } from '../engine/screens';
import type { LinkFault } from '../links/invite';
import type { ParticipantId } from '../protocol';
import type { DialogIntent, Forgettable, HandlersOf } from './intents';
import type { Toasts } from './toasts.svelte';

export type Dialog =
  | { type: 'newRoom'; error: CreateError | null; busy: boolean }
  | { type: 'invite' }
  | { type: 'settings' }
  | { type: 'shortcuts' }
  | { type: 'linkFault'; fault: LinkFault }
  /** A link that was opened during a call. */
  | { type: 'otherRoom'; link: string; server: string }
  /** What can be shared; `null` while it is looked. */
  | { type: 'share'; found: Result<readonly ShareableScreen[], ScreensError> | null }
  | { type: 'forget'; what: Forgettable }
  | { type: 'verify'; participant: ParticipantId }
  | { type: 'remove'; participant: ParticipantId }
  | { type: 'handOver'; participant: ParticipantId };

/** The one dialog that is open. */
export class Dialogs {
  open = $state.raw<Dialog | null>(null);

  constructor(
    private readonly toasts: Toasts,
    /** Another one is open, or none. */
    private readonly onChanged: () => void,
  ) {}

  show(dialog: Dialog): void {
    this.open = dialog;
    this.onChanged();
  }

  close(): void {
    this.open = null;
    this.onChanged();
  }

  readonly does: HandlersOf<DialogIntent> = {
    invite: () => this.show({ type: 'invite' }),
    shortcuts: () => this.show({ type: 'shortcuts' }),
    closeDialog: () => this.close(),
    dismiss: ({ toast }) => this.toasts.dismiss(toast),
  };
}
