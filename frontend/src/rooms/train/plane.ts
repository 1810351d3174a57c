import { h, svg } from "../../dom";
import { short } from "../../format";
import type { Translate } from "../../i18n";
import type { TrainFrame } from "../../messages";
import type { Colours } from "./colours";

export interface Sample {
  readonly x: number;
  readonly y: number;
  readonly label: number;
  readonly isHeld: boolean;
}

export type Span = readonly [left: number, right: number, bottom: number, top: number];

interface Options {
  readonly colours: Colours;
  readonly t: Translate;
  /** What a click adds. */
  readonly label: () => number;
  /** Hear that the reader has added, moved or removed a sample. */
  readonly edited: (samples: readonly Sample[]) => void;
  /** Hear where the cross is. */
  readonly pointed: (text: string) => void;
}

export interface Plane {
  readonly element: HTMLElement;
  show(samples: readonly Sample[], span: Span): void;
  draw(frame: TrainFrame | null): void;
}

const SIDE = 400; // of the drawing's own coordinates
const NEAR = 12; // how close a pointer takes hold of a sample
const STEPS = 40; // of the cross along a side

/** The plane: the probability as colour, the samples on top; samples are added, dragged and removed by pointer or keyboard. */
export function plane({ colours, t, label, edited, pointed }: Options): Plane {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const marks = svg("g");
  const cross = svg("path", { class: "cross", d: "M-9 0H-3M3 0H9M0 -9V-3M0 3V9M-3 -3H3V3H-3Z" });
  const drawing = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" }, marks, cross);
  const element = h("div", { class: "train-plane", role: "application", tabindex: 0, "aria-label": t("train.plane") }, canvas, drawing);
  let samples: Sample[] = [];
  let span: Span = [-1, 1, -1, 1];
  let shown: TrainFrame | null = null;
  let at = { x: SIDE / 2, y: SIDE / 2 }; // the cross
  let held: number | null = null; // the sample that is dragged
  let hasMoved = false;

  const toX = (x: number) => ((x - span[0]) / (span[1] - span[0])) * SIDE;
  const toY = (y: number) => ((span[3] - y) / (span[3] - span[2])) * SIDE;
  const rounded = (value: number, extent: number) => Number(value.toFixed(Math.max(0, Math.min(12, 3 - Math.floor(Math.log10(extent))))));
  const place = (x: number, y: number) => ({
    x: rounded(span[0] + (x / SIDE) * (span[1] - span[0]), span[1] - span[0]),
    y: rounded(span[3] - (y / SIDE) * (span[3] - span[2]), span[3] - span[2]),
  });
  const inside = (value: number) => Math.min(SIDE, Math.max(0, value));

  function mark({ x, y, label, isHeld }: Sample): SVGElement {
    const names = `sample train-${label ? "b" : "a"}${isHeld ? " held" : ""}`;
    const [cx, cy] = [toX(x), toY(y)];
    return label ? svg("rect", { class: names, x: cx - 4.5, y: cy - 4.5, width: 9, height: 9, rx: 1 }) : svg("circle", { class: names, cx, cy, r: 5 });
  }

  function redraw(): void {
    marks.replaceChildren(...samples.map(mark));
  }

  function nearest(x: number, y: number, reach: number): number | null {
    let [best, distance] = [null as number | null, reach];
    samples.forEach((sample, i) => {
      const away = Math.hypot(toX(sample.x) - x, toY(sample.y) - y);
      if (away <= distance) [best, distance] = [i, away];
    });
    return best;
  }

  function move(index: number, x: number, y: number): void {
    samples = samples.map((sample, i) => (i === index ? { ...sample, ...place(x, y) } : sample));
    hasMoved = true;
    redraw();
  }

  function add(x: number, y: number, label: number): void {
    samples = [...samples, { ...place(x, y), label, isHeld: false }];
    redraw();
    edited(samples);
  }

  function remove(index: number): void {
    samples = samples.filter((_, i) => i !== index);
    held = null;
    redraw();
    edited(samples);
  }

  function letGo(): void {
    if (held !== null && hasMoved) edited(samples);
    held = null;
    hasMoved = false;
  }

  function point(x: number, y: number): void {
    at = { x: inside(x), y: inside(y) };
    cross.setAttribute("transform", `translate(${at.x} ${at.y})`);
    const { x: first, y: second } = place(at.x, at.y);
    pointed(`x₁ = ${short(first)}, x₂ = ${short(second)}`);
  }

  const where = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return [inside(((event.clientX - box.left) / box.width) * SIDE), inside(((event.clientY - box.top) / box.height) * SIDE)] as const;
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = where(event);
    element.setPointerCapture(event.pointerId);
    held = nearest(x, y, NEAR);
    hasMoved = false;
    if (held === null) add(x, y, label());
  });
  element.addEventListener("pointermove", (event) => {
    if (held === null || !element.hasPointerCapture(event.pointerId)) return;
    const [x, y] = where(event);
    const sample = samples[held] as Sample;
    if (hasMoved || Math.hypot(toX(sample.x) - x, toY(sample.y) - y) > 4) move(held, x, y);
  });
  element.addEventListener("lostpointercapture", letGo);
  element.addEventListener("dblclick", (event) => {
    const index = nearest(...where(event), NEAR);
    if (index !== null) remove(index);
  });
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (SIDE / STEPS) * (event.shiftKey ? 5 : 1);
    const moves: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const by = moves[event.key];
    const index = nearest(at.x, at.y, SIDE / STEPS);
    if (by) {
      point(at.x + by[0], at.y + by[1]);
      if (held !== null) move(held, at.x, at.y);
    } else if (event.code === "KeyA" || event.code === "KeyB") add(at.x, at.y, event.code === "KeyA" ? 0 : 1);
    else if ((event.key === "Delete" || event.key === "Backspace") && index !== null) remove(index);
    else if (event.key === " " || event.key === "Enter") {
      if (held !== null) letGo();
      else held = index;
    } else return;
    event.preventDefault();
  });
  element.addEventListener("focus", () => cross.setAttribute("transform", `translate(${at.x} ${at.y})`));
  element.addEventListener("blur", letGo);
  colours.changed(() => paint());

  function paint(): void {
    canvas.hidden = shown === null;
    if (shown) colours.paint(canvas, shown.plane.data, shown.plane.shape[0] as number);
  }

  return {
    element,
    show(next, around) {
      samples = [...next];
      span = around;
      redraw();
    },
    draw(frame) {
      shown = frame;
      paint();
    },
  };
}
