import { h, svg } from "../../dom";
import { number, short } from "../../format";
import type { Translate } from "../../i18n";
import type { AuditAxis, AuditPicture, AuditView } from "../../messages";
import { many } from "./words";

export interface Seen {
  readonly axis: AuditAxis | null;
  readonly picture: AuditPicture | null;
  /** The largest error that is allowed. */
  readonly allowed: number;
  /** A stretch of the axis to point out. */
  readonly span: readonly [number, number] | null;
}

export interface UlpPicture {
  readonly element: HTMLElement;
  draw(seen: Seen): void;
}

const HEIGHT = 300; // in units of the drawing's own
const REACHES = [2, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e10, 1e12, 1e16, 1e24, 1e40, 1e80, 1e160, 1e308];
const LEAST_GAP = 0.065; // of two labels beside the axis

/** Straight next to 0, logarithmic far out, on both sides. */
const bend = (error: number) => Math.asinh(4 * error);

/** Write a level: −1e5 rather than −100000. */
const level = (error: number) => (Math.abs(error) >= 1e5 ? error.toExponential().replace("e+", "e").replace("-", "−") : short(error, 3));

/** The signed error against x: a bar to a column of numbers, from the least error to the largest. */
export function ulpPicture(label: string, hint: string, t: Translate): UlpPicture {
  const drawing = svg("svg", { viewBox: `0 0 1 ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const left = h("div", { class: "ulp-left", "aria-hidden": "true" });
  const below = h("div", { class: "ulp-below", "aria-hidden": "true" });
  const over = h("div", { class: "ulp-over", "aria-hidden": "true" });
  const empty = h("p", { class: "ulp-empty" }, hint);
  const line = h("div", { class: "cursor", role: "slider", tabindex: 0, "aria-label": t("part.cursor", { label }), "aria-valuemin": 0, hidden: true });
  const stage = h("div", { class: "ulp-stage" }, drawing, over, empty, line);
  const readout = h("p", { class: "ulp-readout quiet" }, "");
  const element = h("div", { class: "ulp", role: "figure", "aria-label": label }, left, stage, below, readout);
  let seen: Seen = { axis: null, picture: null, allowed: 1, span: null };
  let column = -1;

  function describe(i: number): string {
    const { axis, picture } = seen;
    if (!axis || !picture || i < 0) return "";
    const ends = { low: short(axis.low[i] ?? NaN), high: short(axis.high[i] ?? NaN) };
    const count = picture.count[i] ?? 0;
    if (count === 0) return t("audit.columnEmpty", ends);
    const values = { n: many(count), wrong: many(picture.not_nearest[i] ?? 0), least: short(picture.least[i] ?? 0, 3), most: short(picture.most[i] ?? 0, 3) };
    return t("audit.column", { ...ends, ...values });
  }

  function place(): void {
    const columns = seen.axis?.low.length ?? 0;
    line.hidden = columns === 0;
    if (columns === 0) {
      readout.textContent = "";
      return;
    }
    const i = column < 0 ? Math.floor(columns / 2) : Math.min(column, columns - 1);
    line.style.left = `${(100 * (i + 0.5)) / columns}%`;
    line.classList.toggle("unset", column < 0);
    line.setAttribute("aria-valuemax", String(columns - 1));
    line.setAttribute("aria-valuenow", String(i));
    line.setAttribute("aria-valuetext", describe(i));
    readout.textContent = column < 0 ? t("audit.columnHint") : describe(i);
  }

  const set = (i: number) => {
    column = Math.max(0, Math.min(i, (seen.axis?.low.length ?? 1) - 1));
    place();
  };
  const under = (event: PointerEvent) => {
    const { left: start, width } = drawing.getBoundingClientRect(); // inside the border
    return Math.floor(((event.clientX - start) / width) * (seen.axis?.low.length ?? 1));
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !seen.axis) return;
    stage.setPointerCapture(event.pointerId);
    set(under(event));
    line.focus({ preventScroll: true });
    event.preventDefault();
  });
  stage.addEventListener("pointermove", (event) => {
    if (stage.hasPointerCapture(event.pointerId)) set(under(event));
  });
  line.addEventListener("keydown", (event) => {
    const columns = seen.axis?.low.length ?? 1;
    const now = column < 0 ? Math.floor(columns / 2) : column;
    const step = event.shiftKey ? 10 : 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: now - step, ArrowDown: now - step, ArrowRight: now + step, ArrowUp: now + step, PageDown: now - 50, PageUp: now + 50, Home: 0, End: columns - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    set(to);
    event.preventDefault();
  });

  function paint(): void {
    const { axis, picture, allowed, span } = seen;
    const columns = axis?.low.length ?? 1;
    const errors = picture ? [...picture.least, ...picture.most].filter(Number.isFinite) : [];
    const largest = errors.reduce((most, error) => Math.max(most, Math.abs(error)), Math.min(allowed, 1e12));
    const top = bend((REACHES.find((reach) => reach >= largest) ?? 1e308) * 1.15);
    const share = (error: number) => (error === Infinity ? 0 : error === -Infinity ? 1 : Math.min(1, Math.max(0, (1 - bend(error) / top) / 2)));
    const height = (error: number) => HEIGHT * share(error);

    const bars = { calm: "", loud: "" };
    const bad: { at: number; isAbove: boolean }[] = [];
    if (picture) {
      for (let i = 0; i < columns; i++) {
        const [least, most] = [picture.least[i] ?? NaN, picture.most[i] ?? NaN];
        if (Number.isNaN(least) || Number.isNaN(most)) continue;
        let [high, low] = [height(most), height(least)];
        if (low - high < 2) [high, low] = [(high + low) / 2 - 1, (high + low) / 2 + 1];
        bars[-allowed <= least && most <= allowed ? "calm" : "loud"] += `M${i} ${high.toFixed(1)}h1v${(low - high).toFixed(1)}h-1z`;
        if (most === Infinity) bad.push({ at: i, isAbove: true });
        if (least === -Infinity) bad.push({ at: i, isAbove: false });
      }
    }
    const rule = (error: number, kind: string) => svg("line", { class: kind, x1: 0, x2: columns, y1: height(error), y2: height(error) });
    drawing.setAttribute("viewBox", `0 0 ${columns} ${HEIGHT}`);
    drawing.replaceChildren(
      ...(span ? [svg("rect", { class: "span", x: span[0] * columns, y: 0, width: Math.max((span[1] - span[0]) * columns, columns / 400), height: HEIGHT })] : []),
      svg("path", { class: "calm", d: bars.calm }), svg("path", { class: "loud", d: bars.loud }),
      ...(axis ? [rule(0, "zero")] : []), rule(0.5, "half"), rule(-0.5, "half"),
      ...(allowed !== 0.5 && bend(allowed) < top ? [rule(allowed, "allowed"), rule(-allowed, "allowed")] : []),
    );

    const decades = REACHES.filter((reach) => reach >= 10 && bend(reach) < top);
    const wanted = [0, 0.5, -0.5, ...[allowed, 1, ...decades.reverse()].flatMap((size) => [size, -size])].filter((error) => bend(Math.abs(error)) < top);
    const taken: number[] = [];
    left.replaceChildren(
      ...wanted.filter((error) => {
        const at = share(error);
        const isFree = taken.every((other) => Math.abs(other - at) >= LEAST_GAP);
        if (isFree) taken.push(at);
        return isFree;
      }).map((error) => mark(h("span", {}, level(error)), "top", share(error))),
    );
    below.replaceChildren(...(axis?.ticks ?? []).map(({ at, label, wide }) => mark(h("span", { class: wide ? "wide" : null }, label), "left", at)));
    const marks = runs(bad).map(({ from, to, isAbove }) => mark(h("span", { class: isAbove ? "bad above" : "bad under" }, isAbove ? "▲" : "▼"), "left", (from + to + 1) / 2 / columns));
    over.replaceChildren(
      mark(h("span", { class: "note half" }, t("audit.half")), "top", share(0.5)),
      ...(allowed !== 0.5 && bend(allowed) < top ? [mark(h("span", { class: "note loud" }, t("audit.allowedLine", { ulp: short(allowed, 3) })), "top", share(allowed))] : []),
      ...marks,
    );
    empty.hidden = axis !== null;
    place();
  }

  return {
    element,
    draw(now) {
      if (now.axis?.low.length !== seen.axis?.low.length || (now.axis && seen.axis && now.axis.low[0] !== seen.axis.low[0])) column = -1;
      seen = now;
      paint();
    },
  };
}

function mark(element: HTMLElement, side: "left" | "top", share: number): HTMLElement {
  element.style[side] = `${(100 * share).toFixed(2)}%`;
  return element;
}

/** Join neighbours, and those that are too close for two marks. */
function runs(bad: readonly { at: number; isAbove: boolean }[]): { from: number; to: number; isAbove: boolean }[] {
  const found: { from: number; to: number; isAbove: boolean }[] = [];
  for (const { at, isAbove } of bad) {
    const last = found.filter((run) => run.isAbove === isAbove).at(-1);
    if (last && at - last.to <= 8) last.to = at;
    else found.push({ from: at, to: at, isAbove });
  }
  return found;
}

/** How many results have which error, for functions of rows, whose inputs do not stand on a line. */
export function histogram(view: AuditView, t: Translate): HTMLElement {
  const edges = view.edges.map(number);
  const held = view.histogram.map((count, i) => ({ count, low: edges[i] ?? -Infinity, high: edges[i + 1] ?? Infinity }));
  const shown = held.filter(({ count, low, high }) => count > 0 || (low >= -1 && high <= 1));
  const tallest = Math.log10(Math.max(...shown.map(({ count }) => count), 1)) + 1;
  const bars = shown.map(({ count, low, high }, i) => {
    const bar = h("span", { class: -number(view.allowed) <= low && high <= number(view.allowed) ? "bar" : "bar loud" });
    bar.style.height = count === 0 ? "0" : `${(100 * (Math.log10(count) + 1)) / tallest}%`;
    const last = i === shown.length - 1 && h("span", { class: "last" }, short(high, 2));
    return h("li", {}, h("span", { class: "count" }, count === 0 ? "" : many(count)), h("span", { class: "well" }, bar), h("span", { class: "edge" }, h("span", {}, short(low, 2)), last));
  });
  return h("div", { class: "ulp-histogram", role: "figure", "aria-label": t("audit.histogram") }, h("ol", {}, ...bars), h("p", { class: "quiet" }, t("audit.histogramHint")));
}
