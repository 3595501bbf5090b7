import { drawer } from './drawer';
import type { ToDrawing } from './messages';

const order = drawer((event) => postMessage(event));
onmessage = ({ data }: MessageEvent<ToDrawing>) => order(data);
