import type { Device, DeviceList } from '../engine/devices';
import type { DeviceChoice, DeviceFault, DeviceKind, DeviceState } from '../protocol';

/** What was asked for last, of each kind, and did not come about. */
export type Failures = Partial<Record<DeviceKind, FailedChoice>>;

export interface FailedChoice {
  readonly device: DeviceChoice;
  readonly fault: DeviceFault;
}

/** A device as it is picked. */
export interface PickerView {
  /** The chosen device's text form; empty when there is none. */
  readonly value: string;
  readonly options: readonly { value: string; text: string }[];
  readonly fault: DeviceFault | null;
  /** Whether it was looked what there is. */
  readonly list: DeviceList['state'];
}

/** One of several devices. What was asked for is not yet what delivers: both are shown. */
export interface DeviceRow {
  readonly choice: DeviceChoice;
  readonly name: string;
  readonly state: 'idle' | 'active' | 'opening' | 'failed';
  readonly fault: DeviceFault | null;
}

export function pickerView(
  list: DeviceList['state'],
  devices: readonly Device[],
  chosen: DeviceChoice | null,
  fault: DeviceFault | undefined,
): PickerView {
  const options = devices.map(({ choice, name }) => ({ value: choice, text: name }));
  // A device that was chosen and is gone now is taken again when it is back; until then the first one serves.
  const there = options.some(({ value }) => value === chosen);
  return { value: (there ? chosen : options[0]?.value) ?? '', options, fault: fault ?? null, list };
}

export function deviceRows(
  devices: readonly Device[],
  state: DeviceState,
  failed: FailedChoice | undefined,
): DeviceRow[] {
  return devices.map(({ choice, name }) => {
    const row = { choice, name, fault: null };
    if (state.requested === choice) return { ...row, state: 'opening' };
    if (failed?.device === choice) return { ...row, state: 'failed', fault: failed.fault };
    return { ...row, state: state.active === choice ? 'active' : 'idle' };
  });
}
