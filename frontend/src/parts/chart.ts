import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Cell } from "../cell";
import { h } from "../dom";
import { short } from "../format";
import type { Translate } from "../i18n";
import type { Theme } from "../page";

/** A colour with a meaning; style.css says which. */
export type Colour = "value" | "derivative" | "truth" | "error" | "other" | "quiet" | `curve-${1 | 2 | 3 | 4 | 5 | 6}`;

export interface Curve {
  readonly name: string;
  /** One value for each x; the curve breaks where one is nan or infinite. */
  readonly values: ArrayLike<number>;
  readonly colour: Colour;
  /** Lengths of strokes and gaps, in pixels. */
  readonly dash?: readonly number[];
  readonly width?: number;
  /** Points instead of a line. */
  readonly isDotted?: boolean;
}

export interface Picture {
  /** Increasing. */
  readonly x: ArrayLike<number>;
  readonly curves: readonly Curve[];
  /** The ends of what is shown. */
  readonly span: readonly [number, number];
  /** The ends of the vertical axis; without them it fits the curves. */
  readonly height?: readonly [number, number];
  /** Pale stretches of the x-axis, such as where a function is saturated. */
  readonly bands?: readonly (readonly [number, number])[];
  /** Jumps: the value that holds is a closed dot, the other an open one. */
  readonly dots?: readonly { readonly x: number; readonly y: number; readonly isOpen: boolean; readonly colour: Colour }[];
  /** Level lines with a word. */
  readonly levels?: readonly { readonly y: number; readonly label: string }[];
}

interface Options {
  /** What is drawn, for those who cannot see it. */
  readonly label: string;
  readonly theme: Cell<Theme>;
  readonly t: Translate;
  readonly ended: AbortSignal;
  /** The cursor: dragged, or moved with the arrow keys. Charts with the same cell move together. */
  readonly cursor?: Cell<number>;
  /** What is said of a place of the cursor; by default x. */
  readonly describe?: (x: number) => string;
  /** Hear that the reader wants to see another span: by the wheel, by + and −, or by dragging with Shift. */
  readonly zoom?: (span: readonly [number, number]) => void;
  /** Symmetric-logarithmic: linear up to this number, logarithmic from there. */
  readonly symlog?: number;
}

export interface Chart {
  readonly element: HTMLElement;
  draw(picture: Picture): void;
  /** How many columns of pixels there are: as many places as it is worth to compute. */
  columns(): number;
}

const broken = (values: ArrayLike<number>) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));
const FONT = '12px system-ui, "Noto Sans KR", sans-serif';
const ZOOM = 1.25;

/** Ticks of a symmetric-logarithmic axis: 0, the threshold, and powers of ten. */
function symlogTicks(threshold: number, low: number, high: number): number[] {
  const ticks = [0];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const powers = Math.max(1, Math.ceil(Math.log10(largest / threshold)));
  const stride = Math.ceil(powers / 4);
  for (let tick = threshold; tick <= largest; tick = tick === threshold ? 10 ** Math.ceil(Math.log10(threshold * 1.01)) : tick * 10 ** stride) ticks.push(tick, -tick);
  return ticks.filter((tick) => tick >= low && tick <= high).sort((a, b) => a - b);
}

/** Curves over x. It fills its element, which must have a height of its own. */
export function chart({ label, theme, t, ended, cursor, describe, zoom, symlog }: Options): Chart {
  const element = h("div", { class: "chart", role: "figure", "aria-label": label });
  let picture: Picture | undefined;
  let plot: uPlot | undefined;
  let shape = ""; // of the series: another number or style of curves needs another plot

  const colour = (name: Colour | "axis" | "grid" | "band" | "surface") => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
  const size = () => ({ width: Math.max(element.clientWidth, 120), height: Math.max(element.clientHeight, 80) });

  /** Bands lie under the curves. */
  function drawUnder(u: uPlot): void {
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, top, width, height);
    u.ctx.clip();
    u.ctx.fillStyle = colour("band");
    for (const [low, high] of picture?.bands ?? []) {
      const from = Math.max(left, Number.isFinite(low) ? u.valToPos(low, "x", true) : left);
      const to = Math.min(left + width, Number.isFinite(high) ? u.valToPos(high, "x", true) : left + width);
      if (to > from) u.ctx.fillRect(from, top, to - from, height);
    }
    u.ctx.restore();
  }

  /** Dots and level lines lie over them. */
  function drawOver(u: uPlot): void {
    const { left, top, width, height } = u.bbox;
    const ratio = devicePixelRatio;
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, top, width, height);
    u.ctx.clip();
    for (const { y, label } of picture?.levels ?? []) {
      const at = u.valToPos(y, "y", true);
      u.ctx.strokeStyle = u.ctx.fillStyle = colour("axis");
      u.ctx.lineWidth = ratio;
      u.ctx.setLineDash([2 * ratio, 3 * ratio]);
      u.ctx.beginPath();
      u.ctx.moveTo(left, at);
      u.ctx.lineTo(left + width, at);
      u.ctx.stroke();
      u.ctx.font = FONT.replace("12px", `${12 * ratio}px`);
      u.ctx.textAlign = "right";
      u.ctx.textBaseline = "bottom";
      u.ctx.fillText(label, left + width - 6 * ratio, at - 3 * ratio);
    }
    u.ctx.setLineDash([]);
    for (const dot of picture?.dots ?? []) {
      u.ctx.beginPath();
      u.ctx.arc(u.valToPos(dot.x, "x", true), u.valToPos(dot.y, "y", true), 4 * ratio, 0, 2 * Math.PI);
      u.ctx.lineWidth = 2 * ratio;
      u.ctx.strokeStyle = colour(dot.colour);
      u.ctx.fillStyle = dot.isOpen ? colour("surface") : colour(dot.colour);
      u.ctx.fill();
      u.ctx.stroke();
    }
    u.ctx.restore();
    place();
  }

  function options(now: Picture): uPlot.Options {
    const axis = { stroke: () => colour("axis"), grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false }, font: FONT };
    const values = (_: uPlot, ticks: number[]) => ticks.map((tick) => short(tick, 6));
    return {
      ...size(),
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [...(picture ?? now).span] },
        y: {
          ...(symlog === undefined ? {} : { distr: 4, asinh: symlog }),
          range: (_, low, high) => {
            const wanted = picture?.height;
            if (wanted) return [...wanted];
            if (low === null || high === null) return [-1, 1];
            const margin = (high - low || Math.abs(high) || 1) * 0.06;
            return [low - margin, high + margin];
          },
        },
      },
      axes: [
        { ...axis, values, size: 28, space: 60 },
        { ...axis, values, size: 46, space: 32, ...(symlog === undefined ? {} : { splits: (_: uPlot, __: number, low: number, high: number) => symlogTicks(symlog, low, high) }) },
      ],
      series: [
        {},
        ...now.curves.map((curve): uPlot.Series => ({
          label: curve.name,
          stroke: () => colour(curve.colour),
          width: curve.width ?? 2,
          pxAlign: 0, // or steep curves would be staircases
          ...(curve.dash ? { dash: [...curve.dash] } : {}),
          ...(curve.isDotted ? { paths: () => null, points: { show: true, size: 3, width: 0, fill: () => colour(curve.colour) } } : { points: { show: false } }),
        })),
      ],
      hooks: { drawClear: [drawUnder], draw: [drawOver] },
    };
  }

  // The cursor: a line with a handle, a slider to assistive technology.
  const line = h("div", { class: "cursor", role: "slider", tabindex: 0, "aria-label": t("part.cursor", { label }), title: t("part.cursorHint"), hidden: true });

  function place(): void {
    if (!plot || !cursor || !picture) return;
    const x = cursor.get();
    const [low, high] = picture.span;
    line.hidden = !(x >= low && x <= high);
    if (line.hidden) return;
    line.style.transform = `translateX(${plot.valToPos(x, "x")}px)`;
    line.setAttribute("aria-valuemin", String(low));
    line.setAttribute("aria-valuemax", String(high));
    line.setAttribute("aria-valuenow", String(x));
    line.setAttribute("aria-valuetext", describe?.(x) ?? short(x, 6));
  }

  const pixel = () => ((picture?.span[1] ?? 1) - (picture?.span[0] ?? 0)) / Math.max(plot?.over.clientWidth ?? 1, 1);
  const within = (x: number) => Math.min(picture?.span[1] ?? x, Math.max(picture?.span[0] ?? x, x));
  /** A place as coarse as the pixels are, so that numbers stay short. */
  const rounded = (x: number) => {
    const digits = Math.max(0, Math.min(100, 1 - Math.floor(Math.log10(pixel()))));
    return digits > 14 ? x : Number(x.toFixed(digits));
  };
  const at = (event: MouseEvent) => plot?.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x") ?? 0;
  const zoomAbout = (x: number, factor: number) => {
    if (picture) zoom?.([x + (picture.span[0] - x) * factor, x + (picture.span[1] - x) * factor]);
  };

  function wire(u: uPlot): void {
    u.over.append(line);
    let grabbed: { readonly x: number; readonly span: readonly [number, number] } | undefined; // while the picture is dragged
    u.over.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !picture) return;
      u.over.setPointerCapture(event.pointerId);
      if (zoom && (event.shiftKey || !cursor)) grabbed = { x: event.clientX, span: picture.span };
      else cursor?.set(rounded(within(at(event))));
      if (cursor && !grabbed) line.focus({ preventScroll: true });
    });
    u.over.addEventListener("pointermove", (event) => {
      if (!u.over.hasPointerCapture(event.pointerId)) return;
      if (grabbed) {
        const shift = ((event.clientX - grabbed.x) * (grabbed.span[1] - grabbed.span[0])) / u.over.clientWidth;
        zoom?.([grabbed.span[0] - shift, grabbed.span[1] - shift]);
      } else cursor?.set(rounded(within(at(event))));
    });
    u.over.addEventListener("lostpointercapture", () => (grabbed = undefined));
    if (zoom) {
      u.over.addEventListener("wheel", (event) => {
        event.preventDefault();
        zoomAbout(at(event), event.deltaY > 0 ? ZOOM : 1 / ZOOM);
      }, { passive: false });
    }
  }

  line.addEventListener("keydown", (event) => {
    if (!cursor || !picture) return;
    const step = pixel() * (event.shiftKey ? 10 : 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -50 * step, PageUp: 50 * step, Home: -Infinity, End: Infinity,
    };
    const move = moves[event.key];
    if (move !== undefined) cursor.set(rounded(within(cursor.get() + move)));
    else if (event.key === "+" || event.key === "=") zoomAbout(cursor.get(), 1 / ZOOM);
    else if (event.key === "-") zoomAbout(cursor.get(), ZOOM);
    else return;
    event.preventDefault();
  });
  cursor?.changed(place, ended);
  theme.changed(() => requestAnimationFrame(() => plot?.redraw(false)), ended);
  const observer = new ResizeObserver(() => plot?.setSize(size()));
  observer.observe(element);
  ended.addEventListener("abort", () => {
    observer.disconnect();
    plot?.destroy();
  });

  return {
    element,
    draw(now) {
      picture = now;
      const data = [Array.from(now.x), ...now.curves.map((curve) => broken(curve.values))] as uPlot.AlignedData;
      const wanted = now.curves.map(({ name, colour, dash, width, isDotted }) => `${name} ${colour} ${dash} ${width} ${isDotted}`).join("|");
      if (plot && wanted === shape) {
        plot.setData(data);
        return;
      }
      const hadFocus = document.activeElement === line;
      plot?.destroy();
      shape = wanted;
      plot = new uPlot(options(now), data, element);
      wire(plot);
      if (hadFocus) line.focus({ preventScroll: true });
    },
    columns: () => Math.max(120, Math.round(plot?.over.clientWidth ?? element.clientWidth)),
  };
}
