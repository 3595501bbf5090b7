/** How pictures come from the shell. */
export interface FrameTransport {
  /** Tells the shell that pictures of these tiles were drawn, or passed over. */
  acknowledge(tiles: Uint8Array<ArrayBuffer>): void;
}

/** How often a socket that was open is opened again, should the system close it. */
const MAX_REOPENINGS = 5;
const REOPEN_AFTER_MS = 200;

/** Reads pictures from the loopback socket of this launch. `onFailed` is called once, when it can't be opened. */
export function openSocket(
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
