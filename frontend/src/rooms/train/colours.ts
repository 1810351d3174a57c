import type { Cell } from "../../cell";
import type { Theme } from "../../page";

/** The colour of each byte of a picture: from class A through the boundary, at 127, to class B. */
export interface Colours {
  /** Paint bytes, one a pixel. */
  paint(canvas: HTMLCanvasElement, bytes: Uint8Array, side: number): void;
  /** Hear that the colours have changed. */
  changed(redraw: () => void): void;
}

const MIDDLE = 127;
const STRONGEST = 0.6; // samples are to be seen on top

/** Read a colour of the style sheet, however it is written. */
function channels(element: HTMLElement, name: string): [number, number, number] {
  const context = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = getComputedStyle(element).getPropertyValue(name).trim();
  const hex = parseInt(context.fillStyle.slice(1), 16);
  return [hex >> 16, (hex >> 8) & 255, hex & 255];
}

/** Mix the colours from the style sheet, anew whenever the theme changes. */
export function colours(element: HTMLElement, theme: Cell<Theme>, ended: AbortSignal): Colours {
  const table = new Uint32Array(256);
  const listeners: (() => void)[] = [];
  function mix(): void {
    const [a, middle, b] = [channels(element, "--class-a"), channels(element, "--class-middle"), channels(element, "--class-b")];
    for (let byte = 0; byte < 256; byte++) {
      const share = Math.min(1, Math.abs(byte - MIDDLE) / MIDDLE) * STRONGEST;
      const end = byte < MIDDLE ? a : b;
      const [red, green, blue] = middle.map((from, i) => Math.round(from + ((end[i] as number) - from) * share)) as [number, number, number];
      table[byte] = (255 << 24) | (blue << 16) | (green << 8) | red;
    }
  }
  mix();
  theme.changed(() => {
    mix();
    for (const listener of listeners) listener();
  }, ended);
  return {
    paint(canvas, bytes, side) {
      if (canvas.width !== side) canvas.width = canvas.height = side;
      const context = canvas.getContext("2d") as CanvasRenderingContext2D;
      const image = context.createImageData(side, side);
      const pixels = new Uint32Array(image.data.buffer);
      for (let i = 0; i < pixels.length; i++) pixels[i] = table[bytes[i] as number] as number;
      context.putImageData(image, 0, 0);
    },
    changed: (redraw) => listeners.push(redraw),
  };
}
