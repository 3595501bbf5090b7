/** Draws synthetic people and screens: no file and no camera is needed for a call that moves. */

/** The size that is drawn in; pictures are half as large. */
const WIDTH = 1280;
const HEIGHT = 720;
export const PICTURE = { width: WIDTH / 2, height: HEIGHT / 2 };

interface Look {
  readonly wall: string;
  readonly light: string;
  readonly shirt: string;
  readonly skin: string;
  readonly hair: string;
}

const SKIN = [
  '#e3b797',
  '#c98f6b',
  '#f0cdb2',
  '#7a4a32',
  '#d8a582',
  '#eac1a2',
  '#a86f4c',
  '#efc9ae',
  '#b98058',
];
const HAIR = [
  '#3a261c',
  '#8a5a2b',
  '#171314',
  '#1d1614',
  '#b4763a',
  '#5c4a3e',
  '#2a1b17',
  '#c29a5b',
  '#40271d',
];

function lookOf(index: number): Look {
  const hue = (index * 67 + 30) % 360;
  return {
    wall: `oklch(52% 0.035 ${hue})`,
    light: `oklch(82% 0.06 ${(hue + 40) % 360})`,
    shirt: `oklch(42% 0.08 ${(hue + 190) % 360})`,
    skin: SKIN[index % SKIN.length] ?? '#e3b797',
    hair: HAIR[index % HAIR.length] ?? '#3a261c',
  };
}

export function paintPerson(context: CanvasRenderingContext2D, index: number, seconds: number): void {
  const look = lookOf(index);
  context.setTransform(0.5, 0, 0, 0.5, 0, 0);
  paintRoom(context, look, index);
  const sway = Math.sin(seconds * 0.9 + index * 2) * 14;
  const nod = Math.sin(seconds * 1.7 + index) * 5;
  context.save();
  context.translate(WIDTH / 2 + sway, HEIGHT + 10 + nod);
  paintBust(context, look, seconds, index);
  context.restore();
}

function paintRoom(context: CanvasRenderingContext2D, look: Look, index: number): void {
  const wall = context.createLinearGradient(0, 0, WIDTH, HEIGHT);
  wall.addColorStop(0, look.wall);
  wall.addColorStop(1, 'oklch(25% 0.02 60)');
  context.fillStyle = wall;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  const x = index % 2 === 0 ? WIDTH * 0.16 : WIDTH * 0.84;
  const lamp = context.createRadialGradient(x, 150, 10, x, 150, 560);
  lamp.addColorStop(0, look.light);
  lamp.addColorStop(1, 'transparent');
  context.globalAlpha = 0.75;
  context.fillStyle = lamp;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.globalAlpha = 0.28;
  for (let book = 0; book < 9; book++) {
    const side = index % 2 === 0 ? WIDTH * 0.68 : WIDTH * 0.06;
    context.fillStyle = `oklch(${35 + ((book * 13 + index * 7) % 35)}% 0.05 ${(book * 47 + index * 31) % 360})`;
    context.fillRect(side + book * 36, 150 - ((book * 29) % 50), 28, 150 + ((book * 29) % 50));
  }
  context.fillStyle = 'oklch(22% 0.02 60)';
  context.fillRect(index % 2 === 0 ? WIDTH * 0.66 : WIDTH * 0.04, 300, 360, 14);
  context.globalAlpha = 1;
}

function paintBust(context: CanvasRenderingContext2D, look: Look, seconds: number, index: number): void {
  const ellipse = (x: number, y: number, width: number, height: number, fill: string) => {
    context.fillStyle = fill;
    context.beginPath();
    context.ellipse(x, y, width, height, 0, 0, Math.PI * 2);
    context.fill();
  };
  ellipse(0, -6, 310, 190, look.shirt);
  context.fillStyle = look.skin;
  context.beginPath();
  context.roundRect(-52, -270, 104, 130, 46);
  context.fill();
  if (index % 3 !== 1) ellipse(0, -395, 152, 182, look.hair);
  if (index % 3 === 2) {
    context.fillStyle = look.hair;
    context.beginPath();
    context.roundRect(-152, -400, 304, 230, 60);
    context.fill();
    context.fillStyle = look.skin;
    context.fillRect(-52, -270, 104, 110);
  }
  ellipse(0, -365, 122, 156, look.skin);
  ellipse(0, -490, 130, 62, look.hair);
  const blink = (seconds + index * 1.3) % 4 < 0.14 ? 2 : 11;
  ellipse(-46, -372, 10, blink, '#221a18');
  ellipse(46, -372, 10, blink, '#221a18');
  const mouth = 6 + Math.abs(Math.sin(seconds * 5 + index)) * 9;
  ellipse(0, -292, 32, mouth, 'oklch(42% 0.09 25)');
}

/** A page of text and a chart, as somebody would share it. */
export function paintScreen(context: CanvasRenderingContext2D, seconds: number): void {
  context.setTransform(0.5, 0, 0, 0.5, 0, 0);
  context.fillStyle = '#f6f4ef';
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = '#e6e2d9';
  context.fillRect(0, 0, WIDTH, 56);
  context.fillStyle = '#2b2723';
  context.font = '600 40px "Inter Variable", sans-serif';
  context.fillText('Quarterly review', 80, 150);
  context.font = '450 22px "Inter Variable", sans-serif';
  context.fillStyle = '#5c554c';
  context.fillText('Visitors by month, in thousands', 80, 192);
  for (let month = 0; month < 12; month++) {
    const grown = Math.min(1, Math.max(0, seconds * 1.5 - month * 0.1));
    const height = (110 + ((month * 83) % 190) + month * 10) * grown;
    context.fillStyle = month === 11 ? '#a77a23' : '#cdbb95';
    context.fillRect(80 + month * 94, 640 - height, 62, height);
  }
  context.fillStyle = '#2b2723';
  context.fillRect(80, 640, 1120, 2);
}

/** A page of lines, as a window with text looks from afar. */
export function paintPage(context: CanvasRenderingContext2D, index: number): void {
  context.setTransform(0.5, 0, 0, 0.5, 0, 0);
  context.fillStyle = index % 2 === 0 ? '#24262b' : '#fbfaf7';
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = index % 2 === 0 ? '#30333a' : '#ece8df';
  context.fillRect(0, 0, index % 3 === 0 ? WIDTH : 260, index % 3 === 0 ? 64 : HEIGHT);
  context.fillStyle = index % 2 === 0 ? '#8b93a5' : '#a09889';
  for (let line = 0; line < 11; line++) {
    const width = 380 + ((line * 197 + index * 71) % 460);
    context.fillRect(320, 110 + line * 52, width, 18);
  }
}
