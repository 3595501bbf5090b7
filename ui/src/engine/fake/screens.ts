import type { SharedScreen, ShareableScreen } from '../screens';
import { paintPage, paintScreen, PICTURE } from './painter';

/** Monitors and windows to choose from, with pictures. */
export function screens(): ShareableScreen[] {
  const chart = thumbnail((context) => paintScreen(context, 10));
  return [
    {
      choice: 'monitor:1',
      kind: 'monitor',
      name: 'Built-in display',
      width: 1920,
      height: 1200,
      thumbnail: chart,
    },
    {
      choice: 'monitor:2',
      kind: 'monitor',
      name: 'DELL U2723QE',
      width: 3840,
      height: 2160,
      thumbnail: thumbnail((context) => paintPage(context, 0)),
    },
    ...['Quarterly review – Impress', 'Inbox – Mail', 'notes.md – Editor', 'Untitled window'].map(
      (name, index): ShareableScreen => ({
        choice: `window:${index}`,
        kind: 'window',
        name,
        width: 1280,
        height: 800,
        thumbnail: index === 3 ? null : thumbnail((context) => paintPage(context, index + 1)),
      }),
    ),
  ];
}

export const SHARED: SharedScreen = { choice: 'monitor:1', kind: 'monitor', name: 'Built-in display' };

function thumbnail(paint: (context: CanvasRenderingContext2D) => void): string | null {
  const canvas = document.createElement('canvas');
  canvas.width = PICTURE.width;
  canvas.height = PICTURE.height;
  const context = canvas.getContext('2d');
  if (!context) return null;
  paint(context);
  return canvas.toDataURL('image/png');
}
