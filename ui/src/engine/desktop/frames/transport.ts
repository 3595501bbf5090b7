/** How pictures come from the shell. */
export interface FrameTransport {
  /** Tells the shell that pictures of these tiles were drawn, or passed over. */
  acknowledge(tiles: Uint8Array<ArrayBuffer>): void;
}

/** Where the shell's pictures are. */
export interface FrameAddresses {
  readonly socket: string;
  readonly withoutSocket: string;
}

/** How often a socket that was open is opened again, should the system close it. */
const MAX_REOPENINGS = 5;
const REOPEN_AFTER_MS = 200;

/** Reads pictures from the loopback socket of this launch. `onFailed` is called once, when it can't be opened. */
function openSocket(
  address: string,
  onMessage: (message: ArrayBuffer) => void,
  onFailed: () => void,
): FrameTransport {
  let socket: WebSocket;
  let reopenings = 0;
  const open = () => {
    let opened = false;
    socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => (opened = true);
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) onMessage(data);
    };
    socket.onclose = () => {
      reopenings += 1;
      if (!opened || reopenings > MAX_REOPENINGS) onFailed();
      else setTimeout(open, REOPEN_AFTER_MS);
    };
  };
  open();
  return {
    acknowledge(tiles) {
      if (socket.readyState === WebSocket.OPEN) socket.send(tiles);
    },
  };
}

const POLL_AGAIN_AFTER_MS = 500;
const MAX_FAILURES = 5;

/** Asks for the same messages, one after the other, where no socket can be opened. */
function poll(
  address: string,
  onMessage: (message: ArrayBuffer) => void,
  onFailed: () => void,
): FrameTransport {
  let drawn: number[] = [];
  let failures = 0;
  const ask = async (query: string): Promise<void> => {
    const answer = await fetch(`${address}?${query}`, { cache: 'no-store' });
    if (!answer.ok) throw new Error(answer.statusText);
    const message = await answer.arrayBuffer();
    failures = 0;
    if (message.byteLength > 0) onMessage(message);
  };
  const run = async () => {
    let query = 'begin';
    while (failures < MAX_FAILURES) {
      try {
        await ask(query);
        query = `drawn=${drawn.splice(0).join(',')}`;
      } catch {
        failures += 1;
        query = 'begin';
        drawn = [];
        await new Promise((resolve) => setTimeout(resolve, POLL_AGAIN_AFTER_MS));
      }
    }
    onFailed();
  };
  void run();
  return {
    acknowledge(tiles) {
      drawn.push(...tiles);
    },
  };
}

/** The socket if there can be one, else the other way; `onFailed` if neither works. */
export function openTransport(
  addresses: FrameAddresses,
  onMessage: (message: ArrayBuffer) => void,
  onFailed: () => void,
): FrameTransport {
  let transport: FrameTransport = openSocket(addresses.socket, onMessage, () => {
    transport = poll(addresses.withoutSocket, onMessage, onFailed);
  });
  return { acknowledge: (tiles) => transport.acknowledge(tiles) };
}
