import { Drawing } from './drawing';
import type { FromDrawing, ToDrawing } from './messages';
import { type FrameTransport, openTransport } from './transport';

/** Does what the page says, in a worker or in the page itself. */
export function drawer(tell: (event: FromDrawing) => void): (order: ToDrawing) => void {
  let transport: FrameTransport | null = null;
  const drawing = new Drawing(
    (tiles) => transport?.acknowledge(tiles),
    (place) => tell({ type: 'first', place }),
  );
  return (order) => {
    switch (order.type) {
      case 'connect':
        transport = openTransport(
          order.addresses,
          (message) => drawing.message(message),
          () => tell({ type: 'failed' }),
        );
        break;
      case 'addPlace':
        drawing.addPlace(order.place, order.source, order.surface);
        break;
      case 'removePlace':
        drawing.removePlace(order.place);
        break;
      case 'setTiles':
        drawing.setTiles(order.tiles);
        break;
    }
  };
}
