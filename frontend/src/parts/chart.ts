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
  /** Points instead of a line, of this size or 3 pixels. */
  readonly isDotted?: boolean;
  readonly size?: number;
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
  /** What is written along the x-axis; without them, round numbers. */
  readonly ticks?: readonly { readonly x: number; readonly label: string }[];
  /** Stretches of the x-axis with a row of triangles and a word: where something overflows. */
  readonly flags?: readonly { readonly low: number; readonly high: number; readonly label: string; readonly colour: Colour }[];
}

interface Options {
  /** What is drawn, for those who cannot see it. */
  readonly label: string;
  readonly theme: Cell<Theme>;
  readonly t: Translate;
  readonly ended: AbortSignal;
  /** The cursor: dragged, or moved with the arrow keys. Charts with the same cell move together. */
  readonly cursor?: Cell<number>;
  /** The name of the cursor, where it has one of its own. */
  readonly cursorLabel?: string;
  /** The width of the vertical axis, to line up charts one below the other. */
  readonly axisWidth?: number;
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

const broken = (values: ArrayLike<number>, unit: number) => Array.from(values, (value) => (Number.isFinite(value) ? value / unit : null));
const scaled = (values: ArrayLike<number>, unit: number) => Array.from(values, (value) => value / unit);
const FONT = '12px system-ui, "Noto Sans KR", sans-serif';
const ZOOM = 1.25;

/** Dividing by a power of two is exact. Numbers as large or small as floats can be are drawn in such a unit: their differences overflow. */
function unitOf([low, high]: readonly [number, number]): number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return size > 1e15 || (size < 1e-15 && size > 0) ? 2 ** Math.min(1023, Math.floor(Math.log2(size))) : 1;
}

/** Round numbers between two, at most so many, and how many digits tell them apart. */
function roundTicks(low: number, high: number, most: number): { readonly ticks: number[]; readonly digits: number } {
  const rough = high / most - low / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
  const ticks = [];
  for (let k = Math.ceil(low / step); k <= Math.floor(high / step) && ticks.length < 50; k++) ticks.push(Number((k * step).toPrecision(15)));
  return { ticks, digits: Math.min(17, Math.max(6, Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / step)) + 1)) };
}

/** Ticks of a symmetric-logarithmic axis: 0, powers of ten, the threshold; the larger first, as long as there is room. */
function symlogTicks(threshold: number, low: number, high: number, height: number): number[] {
  const place = (value: number) => ((Math.asinh(value / threshold) - Math.asinh(low / threshold)) / (Math.asinh(high / threshold) - Math.asinh(low / threshold))) * height;
  const largest = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high))));
  const smallest = Math.ceil(Math.log10(threshold * 1.01));
  const stride = Math.max(1, Math.ceil((largest - smallest + 1) / 4));
  const sizes = [];
  for (let power = largest; power >= smallest; power -= stride) sizes.push(10 ** power);
  const kept = [0];
  for (const tick of [...sizes, threshold].flatMap((size) => [size, -size])) {
    if (tick >= low && tick <= high && kept.every((each) => Math.abs(place(each) - place(tick)) >= 14)) kept.push(tick);
  }
  return kept.sort((a, b) => a - b);
}

/** A line that is lifted where there is no value, however close its ends are: a jump is no slope. */
function brokenLine(u: uPlot, series: number, first: number, last: number): uPlot.Series.Paths {
  const stroke = new Path2D();
  const [x, y] = [u.data[0], u.data[series] as (number | null)[]];
  let isDown = false;
  for (let i = first; i <= last; i++) {
    const value = y[i];
    if (value === null || value === undefined) {
      isDown = false;
      continue;
    }
    const at = u.valToPos(x[i] as number, "x", true);
    const height = Math.max(-1e5, Math.min(1e5, u.valToPos(value, "y", true)));
    if (isDown) stroke.lineTo(at, height);
    else stroke.moveTo(at, height);
    isDown = true;
  }
  return { stroke, fill: null, clip: null, band: null, gaps: null, flags: 1 } as unknown as uPlot.Series.Paths;
}

/** Write a number without an exponent, which assistive technology does not read. */
function decimal(value: number): string {
  const text = String(value);
  return !text.includes("e") ? text : Math.abs(value) > 1 ? BigInt(value).toString() : value.toFixed(100);
}

/** Curves over x. It fills its element, which must have a height of its own. */
export function chart({ label, theme, t, ended, cursor, cursorLabel, axisWidth = 46, describe, zoom, symlog }: Options): Chart {
  const element = h("div", { class: "chart", role: "figure", "aria-label": label });
  let picture: Picture | undefined;
  let plot: uPlot | undefined;
  let unit = { x: 1, y: 1 };
  let shape = ""; // of the series: another number or style of curves needs another plot

  const colour = (name: Colour | "axis" | "grid" | "band" | "surface") => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
  const size = () => ({ width: Math.max(element.clientWidth, 120), height: Math.max(element.clientHeight, 80) });

  const along = (u: uPlot, x: number) => u.valToPos(x / unit.x, "x", true);
  const up = (u: uPlot, y: number) => u.valToPos(y / unit.y, "y", true);

  /** Bands lie under the curves. */
  function drawUnder(u: uPlot): void {
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, top, width, height);
    u.ctx.clip();
    u.ctx.fillStyle = colour("band");
    for (const [low, high] of picture?.bands ?? []) {
      const from = Math.max(left, Number.isFinite(low) ? along(u, low) : left);
      const to = Math.min(left + width, Number.isFinite(high) ? along(u, high) : left + width);
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
      const at = up(u, y);
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
      if (label === "") continue;
      u.ctx.globalAlpha = 0.85;
      u.ctx.fillStyle = colour("surface");
      const length = u.ctx.measureText(label).width + 8 * ratio;
      u.ctx.fillRect(left + width - length - 2 * ratio, at - 18 * ratio, length, 15 * ratio);
      u.ctx.globalAlpha = 1;
      u.ctx.fillStyle = colour("axis");
      u.ctx.fillText(label, left + width - 6 * ratio, at - 4 * ratio);
    }
    u.ctx.setLineDash([]);
    for (const dot of picture?.dots ?? []) {
      u.ctx.beginPath();
      u.ctx.arc(along(u, dot.x), up(u, dot.y), 4 * ratio, 0, 2 * Math.PI);
      u.ctx.lineWidth = 2 * ratio;
      u.ctx.strokeStyle = colour(dot.colour);
      u.ctx.fillStyle = dot.isOpen ? colour("surface") : colour(dot.colour);
      u.ctx.fill();
      u.ctx.stroke();
    }
    (picture?.flags ?? []).forEach(({ low, high, label, colour: name }, i) => {
      const from = Math.max(left, along(u, low));
      const to = Math.min(left + width, along(u, high));
      if (to < left || from > left + width) return;
      const ground = top + height - (4 + 16 * i) * ratio;
      u.ctx.fillStyle = colour(name);
      const count = Math.max(1, Math.floor((to - from) / (14 * ratio)));
      for (let k = 0; k < count; k++) {
        const x = count === 1 ? (from + to) / 2 : from + ((k + 0.5) * (to - from)) / count;
        u.ctx.beginPath();
        u.ctx.moveTo(x - 4 * ratio, ground);
        u.ctx.lineTo(x + 4 * ratio, ground);
        u.ctx.lineTo(x, ground - 7 * ratio);
        u.ctx.fill();
      }
      u.ctx.font = FONT.replace("12px", `${12 * ratio}px`);
      u.ctx.textBaseline = "bottom";
      const length = u.ctx.measureText(label).width + 8 * ratio;
      const start = from + length < left + width ? from : Math.max(left, left + width - length);
      u.ctx.textAlign = "left";
      const written = ground - 9 * ratio;
      u.ctx.fillStyle = colour("surface");
      u.ctx.globalAlpha = 0.85;
      u.ctx.fillRect(start, written - 14 * ratio, length, 15 * ratio);
      u.ctx.globalAlpha = 1;
      u.ctx.fillStyle = colour(name);
      u.ctx.fillText(label, start + 4 * ratio, written);
    });
    u.ctx.restore();
    place();
  }

  /** Ticks of the x-axis: those that are given, or round numbers with room for their digits. */
  function across(): { readonly x: number; readonly label: string }[] {
    const [low, high] = picture?.span ?? [0, 1];
    const width = size().width - axisWidth - 12;
    if (picture?.ticks?.length) {
      let free = -Infinity; // from here on there is room for a label
      return picture.ticks.filter(({ x, label }) => {
        const [at, half] = [((x - low) / (high - low)) * width, 3.6 * label.length + 4];
        if (at - half < free || at + half > width + 60) return false;
        free = at + half;
        return true;
      });
    }
    const { digits } = roundTicks(low, high, Math.max(2, width / 70));
    const { ticks } = roundTicks(low, high, Math.max(2, width / (digits > 8 ? 8 * digits + 24 : 70)));
    return ticks.map((x) => ({ x, label: short(x, digits) }));
  }

  function upright(low: number, high: number): { readonly y: number; readonly label: string }[] {
    const { ticks, digits } = roundTicks(low * unit.y, high * unit.y, Math.max(2, (size().height - 40) / 36));
    return ticks.map((y) => ({ y, label: short(y, Math.min(digits, Math.floor((axisWidth - 10) / 7))) }));
  }

  function options(now: Picture): uPlot.Options {
    const axis = { stroke: () => colour("axis"), grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false }, font: FONT };
    const levels: Partial<uPlot.Axis> =
      symlog === undefined
        ? { splits: (_, __, low, high) => upright(low, high).map(({ y }) => y / unit.y), values: (u) => upright(u.scales.y?.min ?? 0, u.scales.y?.max ?? 1).map(({ label }) => label) }
        : { splits: (_, __, low, high) => symlogTicks(symlog, low, high, size().height - 40), values: (_, ticks) => ticks.map((tick) => short(tick, 6)) };
    return {
      ...size(),
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [(picture ?? now).span[0] / unit.x, (picture ?? now).span[1] / unit.x] },
        y: {
          ...(symlog === undefined ? {} : { distr: 4, asinh: symlog }),
          range: (_, low, high) => {
            const wanted = picture?.height;
            if (wanted) return [wanted[0] / unit.y, wanted[1] / unit.y];
            if (low === null || high === null) return [-1, 1];
            const margin = (high - low || Math.abs(high) || 1) * 0.06;
            return [low - margin, high + margin];
          },
        },
      },
      axes: [
        { ...axis, size: 28, space: 1, splits: () => across().map(({ x }) => x / unit.x), values: () => across().map(({ label }) => label) },
        { ...axis, size: axisWidth, space: 1, ...levels },
      ],
      series: [
        {},
        ...now.curves.map((curve): uPlot.Series => ({
          label: curve.name,
          stroke: () => colour(curve.colour),
          width: curve.width ?? 2,
          pxAlign: 0, // or steep curves would be staircases
          ...(curve.dash ? { dash: [...curve.dash] } : {}),
          ...(curve.isDotted ? { paths: () => null, points: { show: true, size: curve.size ?? 3, width: 0, fill: () => colour(curve.colour) } } : { paths: brokenLine, points: { show: false } }),
        })),
      ],
      hooks: { drawClear: [drawUnder], draw: [drawOver] },
    };
  }

  // The cursor: a line with a handle, a slider to assistive technology.
  const line = h("div", { class: "cursor", role: "slider", tabindex: 0, "aria-label": cursorLabel ?? t("part.cursor", { label }), title: t("part.cursorHint"), hidden: true });

  function place(): void {
    if (!plot || !cursor || !picture) return;
    const x = cursor.get();
    const [low, high] = picture.span;
    line.hidden = !(x >= low && x <= high);
    if (line.hidden) return;
    line.style.transform = `translateX(${plot.valToPos(x / unit.x, "x")}px)`;
    line.setAttribute("aria-valuemin", decimal(low));
    line.setAttribute("aria-valuemax", decimal(high));
    line.setAttribute("aria-valuenow", decimal(x));
    line.setAttribute("aria-valuetext", describe?.(x) ?? short(x, 6));
  }

  /** Ask for a span, with as many digits as the pixels need. */
  const show = (low: number, high: number) => {
    const digits = Math.max(0, 3 - Math.floor(Math.log10(high - low)));
    zoom?.(digits > 14 ? [low, high] : [Number(low.toFixed(digits)), Number(high.toFixed(digits))]);
  };
  const width = () => Math.max(plot?.over.clientWidth ?? 1, 1);
  const pixel = () => (picture?.span[1] ?? 1) / width() - (picture?.span[0] ?? 0) / width();
  const within = (x: number) => Math.min(picture?.span[1] ?? x, Math.max(picture?.span[0] ?? x, x));
  /** A place as coarse as the pixels are, so that numbers stay short. */
  const rounded = (x: number) => {
    const digits = Math.max(0, Math.min(100, 1 - Math.floor(Math.log10(pixel()))));
    return digits > 14 ? x : Number(x.toFixed(digits));
  };
  const at = (event: MouseEvent) => (plot?.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x") ?? 0) * unit.x;
  const zoomAbout = (x: number, factor: number) => {
    if (picture) show(x + (picture.span[0] - x) * factor, x + (picture.span[1] - x) * factor);
  };

  function wire(u: uPlot): void {
    u.over.append(line);
    u.over.addEventListener("mousedown", (event) => event.preventDefault()); // it would take the focus from the cursor
    let grabbed: { readonly x: number; readonly span: readonly [number, number] } | undefined; // while the picture is dragged
    const fingers = new Map<number, number>(); // where they are
    const apart = () => Math.max(...fingers.values()) - Math.min(...fingers.values());
    u.over.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !picture) return;
      if (event.pointerType === "touch") fingers.set(event.pointerId, event.clientX);
      u.over.setPointerCapture(event.pointerId);
      if (zoom && (event.shiftKey || !cursor)) grabbed = { x: event.clientX, span: picture.span };
      else cursor?.set(rounded(within(at(event))));
      if (cursor && !grabbed) line.focus({ preventScroll: true });
    });
    u.over.addEventListener("pointermove", (event) => {
      if (!u.over.hasPointerCapture(event.pointerId)) return;
      if (zoom && fingers.size === 2 && fingers.has(event.pointerId)) {
        const before = apart();
        fingers.set(event.pointerId, event.clientX);
        const middle = [...fingers.values()].reduce((sum, x) => sum + x / 2, 0);
        if (before > 0 && apart() > 0) zoomAbout(at(new MouseEvent("pinch", { clientX: middle })), before / apart());
        return;
      }
      if (grabbed) {
        const shift = (event.clientX - grabbed.x) * pixel();
        show(grabbed.span[0] - shift, grabbed.span[1] - shift);
      } else cursor?.set(rounded(within(at(event))));
    });
    u.over.addEventListener("lostpointercapture", (event) => {
      grabbed = undefined;
      fingers.delete(event.pointerId);
    });
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
      unit = { x: unitOf(now.span), y: now.height && symlog === undefined ? unitOf(now.height) : 1 };
      const data = [scaled(now.x, unit.x), ...now.curves.map((curve) => broken(curve.values, unit.y))] as uPlot.AlignedData;
      const wanted = now.curves.map(({ name, colour, dash, width, isDotted, size }) => `${name} ${colour} ${dash} ${width} ${isDotted} ${size}`).join("|");
      if (plot && wanted === shape) {
        plot.setData(data);
        plot.redraw(false, true); // the ticks may be others on the same span
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
