import { contextOf, type I420Picture, type Painter, resize, type Surface } from './painter';

const VERTICES = `#version 300 es
out vec2 at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  at = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** BT.601, video range. */
const PIXELS = `#version 300 es
precision highp float;
in vec2 at;
uniform sampler2D luma, blueness, redness;
out vec4 colour;
void main() {
  float y = 1.164383 * (texture(luma, at).r - 16.0 / 255.0);
  float u = texture(blueness, at).r - 128.0 / 255.0;
  float v = texture(redness, at).r - 128.0 / 255.0;
  colour = vec4(y + 1.596027 * v, y - 0.391762 * u - 0.812968 * v, y + 2.017232 * u, 1.0);
}`;

const PLANES = ['luma', 'blueness', 'redness'] as const;

/**
 * Has one WebGL2 canvas turn pictures into RGBA, and copies from it to the surfaces: the quicker way with a graphics
 * card. One for all surfaces, as browsers allow few such canvases.
 */
export class WebGlPainter implements Painter {
  readonly name = 'webgl';
  readonly settings: CanvasRenderingContext2DSettings = { alpha: false };

  private constructor(
    private readonly canvas: OffscreenCanvas,
    private readonly gl: WebGL2RenderingContext,
  ) {}

  /** `null` where there is no WebGL2, or none that works. */
  static open(): WebGlPainter | null {
    if (typeof OffscreenCanvas === 'undefined') return null;
    const canvas = new OffscreenCanvas(2, 2);
    const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false });
    if (!gl || !prepare(gl)) return null;
    return new WebGlPainter(canvas, gl);
  }

  paint(picture: I420Picture, surface: Surface): void {
    const { width, height } = picture;
    const context = contextOf(surface, this.settings);
    if (!context || this.gl.isContextLost()) return;
    if (resize(this.canvas, width, height)) this.gl.viewport(0, 0, width, height);
    this.#upload(picture);
    this.gl.drawArrays(this.gl.TRIANGLE_STRIP, 0, 4);
    resize(surface, width, height);
    context.drawImage(this.canvas, 0, 0);
  }

  #upload({ width, height, bytes }: I420Picture): void {
    const { gl } = this;
    const [across, down] = [(width + 1) >> 1, (height + 1) >> 1];
    const sizes = [
      [width, height],
      [across, down],
      [across, down],
    ] as const;
    let from = 0;
    sizes.forEach(([planeWidth, planeHeight], unit) => {
      const plane = bytes.subarray(from, from + planeWidth * planeHeight);
      from += planeWidth * planeHeight;
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, planeWidth, planeHeight, 0, gl.RED, gl.UNSIGNED_BYTE, plane);
    });
  }
}

function prepare(gl: WebGL2RenderingContext): boolean {
  const program = gl.createProgram();
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, VERTICES],
    [gl.FRAGMENT_SHADER, PIXELS],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return false;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return false;
  gl.useProgram(program);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  PLANES.forEach((plane, unit) => {
    gl.uniform1i(gl.getUniformLocation(program, plane), unit);
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    }
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
    }
  });
  return true;
}
