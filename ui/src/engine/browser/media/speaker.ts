import type { DeviceChoice, DeviceFault } from '../../../protocol';
import { DEFAULT_CHOICE } from './capture';
import { deviceFaultOf } from './faults';

/** What becomes of the speaker. */
export interface SpeakerEnds {
  ready(generation: number): void;
  refused(generation: number, fault: DeviceFault): void;
  fault(device: DeviceChoice, fault: DeviceFault): void;
  recovered(device: DeviceChoice): void;
}

/** The speaker of a call. While the chosen one is away the system's is used; once it is back, it is again. */
export class Speaker {
  #choice: DeviceChoice = DEFAULT_CHOICE;
  #isAway = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    /** Has all sound come from it, or throws and changes nothing. */
    private readonly use: (choice: DeviceChoice) => Promise<void>,
    private readonly ends: SpeakerEnds,
  ) {}

  select(choice: DeviceChoice | null, generation: number): void {
    this.#inTurn(() => this.#select(choice, generation));
  }

  /** Devices came or went. */
  look(present: (choice: DeviceChoice) => boolean): void {
    this.#inTurn(() => this.#look(present));
  }

  async #select(choice: DeviceChoice | null, generation: number): Promise<void> {
    if (choice !== null) {
      try {
        await this.use(choice);
      } catch (error) {
        this.ends.refused(generation, deviceFaultOf(error));
        return;
      }
      this.#choice = choice;
      this.#isAway = false;
    }
    this.ends.ready(generation);
  }

  async #look(present: (choice: DeviceChoice) => boolean): Promise<void> {
    const choice = this.#choice;
    if (choice === DEFAULT_CHOICE || present(choice) !== this.#isAway) return;
    if (this.#isAway) {
      // Listed is not yet ready: the next look tries again.
      const isBack = await this.use(choice).then(
        () => true,
        () => false,
      );
      if (!isBack) return;
      this.#isAway = false;
      this.ends.recovered(choice);
    } else {
      this.#isAway = true;
      await this.use(DEFAULT_CHOICE).catch(() => undefined);
      this.ends.fault(choice, 'unplugged');
    }
  }

  /** One after the other: a speaker that goes while another is asked for must not have the last word. */
  #inTurn(step: () => Promise<void>): void {
    this.#turn = this.#turn
      .then(step)
      .catch((error: unknown) => console.debug('a step of the speaker failed', error));
  }
}
