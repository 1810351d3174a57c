import { h, svg } from "../../dom";
import { short } from "../../format";
import type { Translate } from "../../i18n";
import type { TrainFrame, TrainHealth } from "../../messages";
import type { Colours } from "./colours";

/** A hidden unit, counted from 1, and its place among all hidden units. */
export interface Unit {
  readonly layer: number;
  readonly unit: number;
  readonly index: number;
}

interface Options {
  readonly colours: Colours;
  readonly t: Translate;
  readonly ended: AbortSignal;
  /** Hear that a hidden unit was chosen. */
  readonly chosen: (unit: Unit) => void;
}

export interface Diagram {
  readonly element: HTMLElement;
  build(sizes: readonly number[], features: readonly string[], activations: readonly string[]): void;
  draw(frame: TrainFrame): void;
  light(health: TrainHealth | null): void;
}

interface Edge {
  readonly line: SVGPathElement;
  readonly hit: SVGPathElement;
  readonly layer: number;
  readonly from: number;
  readonly to: number;
  /** Its place in the weights. */
  readonly index: number;
}

const HEAD = 36; // pixels above the columns
const FLAT = 0.9; // a unit that is saturated at so many samples has its lamp lit

/**
 * The network from left to right. Each unit is a small picture of what it gives over the plane, each edge is as broad as its weight is
 * large. One stop for the keyboard: arrow keys move up and down a layer, and to the left along the edges that lead into a unit.
 */
export function diagram({ colours, t, ended, chosen }: Options): Diagram {
  const lines = svg("g");
  const hits = svg("g");
  const picture = svg("svg", {}, lines, hits);
  const tip = h("div", { class: "train-weight", "aria-hidden": "true", hidden: true });
  const element = h("div", { class: "train-net", role: "group", "aria-label": t("train.net") }, picture, tip);
  let sizes: readonly number[] = [];
  let names: string[][] = [];
  let units: HTMLButtonElement[][] = [];
  let heads: HTMLElement[] = [];
  let edges: Edge[] = [];
  let frame: TrainFrame | null = null;
  let shownEdge: Edge | null = null;
  let shape = "";

  const canvasOf = (unit: HTMLElement) => unit.firstElementChild as HTMLCanvasElement;

  function build(next: readonly number[], features: readonly string[], activations: readonly string[]): void {
    const wanted = JSON.stringify([next, features, activations]);
    if (wanted === shape) return;
    shape = wanted;
    sizes = next;
    const last = sizes.length - 1;
    names = sizes.map((size, layer) => Array.from({ length: size }, (_, i) => (layer === 0 ? (features[i] ?? "") : layer === last ? t("train.out") : `${layer}.${i + 1}`)));
    let index = 0;
    units = sizes.map((size, layer) =>
      Array.from({ length: size }, (_, i) => {
        const isHidden = layer > 0 && layer < last;
        const label = layer === 0 ? t("train.feature", { name: features[i] ?? "" }) : layer === last ? t("train.out") : t("train.unit", { unit: i + 1, layer });
        const button = h("button", { type: "button", class: "train-unit", "aria-label": label, title: label, tabindex: layer === 0 && i === 0 ? 0 : -1, "aria-pressed": isHidden ? "false" : null }, h("canvas", { "aria-hidden": "true" }));
        if (isHidden) {
          const unit = { layer, unit: i + 1, index: index++ };
          button.addEventListener("click", () => {
            for (const each of units.flat()) if (each.hasAttribute("aria-pressed")) each.setAttribute("aria-pressed", String(each === button));
            chosen(unit);
          });
        }
        button.addEventListener("focus", () => rove(button));
        return button;
      }),
    );
    heads = sizes.map((_, layer) => h("div", { class: "train-head" }, ...(layer === 0 ? [t("train.input")] : layer === last ? [t("train.output")] : [String(layer), h("br"), sizes.length > 5 ? "" : (activations[layer - 1] ?? "")])));
    edges = [];
    let offset = 0;
    for (let layer = 1; layer < sizes.length; layer++) {
      const [m, n] = [sizes[layer - 1] as number, sizes[layer] as number];
      for (let from = 0; from < m; from++) {
        for (let to = 0; to < n; to++) {
          const edge: Edge = { line: svg("path", { class: "train-edge" }), hit: svg("path", { class: "train-hit", role: "img", tabindex: -1 }), layer, from, to, index: offset + from * n + to };
          edge.hit.addEventListener("pointerenter", () => show(edge));
          edge.hit.addEventListener("pointerleave", () => show(null));
          edge.hit.addEventListener("focus", () => show(edge));
          edge.hit.addEventListener("blur", () => show(null));
          name(edge);
          edges.push(edge);
        }
      }
      offset += m * n;
    }
    lines.replaceChildren(...edges.map(({ line }) => line));
    hits.replaceChildren(...edges.map(({ hit }) => hit));
    element.replaceChildren(picture, ...heads, ...units.flat(), tip);
    show(null);
    lay();
  }

  const weight = (edge: Edge) => frame?.weights[edge.index] ?? NaN;

  function name(edge: Edge): void {
    const value = weight(edge);
    edge.hit.setAttribute("aria-label", t("train.weight", { from: names[edge.layer - 1]?.[edge.from] ?? "", to: names[edge.layer]?.[edge.to] ?? "", weight: Number.isNaN(value) ? "…" : short(value) }));
  }

  /** Show the weight of an edge. */
  function show(edge: Edge | null): void {
    shownEdge?.line.classList.remove("chosen");
    shownEdge = edge;
    tip.hidden = edge === null;
    if (!edge) return;
    edge.line.classList.add("chosen");
    const middle = edge.line.getPointAtLength(edge.line.getTotalLength() / 2);
    tip.style.left = `${middle.x}px`;
    tip.style.top = `${middle.y}px`;
    say(edge);
  }

  function say(edge: Edge): void {
    tip.textContent = short(weight(edge), 3);
    name(edge);
  }

  /** Put everything in its place. */
  function lay(): void {
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (width === 0) return;
    const most = Math.max(...sizes);
    const across = width / sizes.length;
    const up = Math.min(64, (height - HEAD) / most);
    const side = Math.floor(Math.min(46, up - 6, across * 0.6));
    const x = (layer: number) => Math.round((layer + 0.5) * across);
    const y = (layer: number, unit: number) => Math.round(HEAD + (height - HEAD) / 2 + (unit - ((sizes[layer] as number) - 1) / 2) * up);
    units.forEach((column, layer) => {
      (heads[layer] as HTMLElement).style.left = `${x(layer)}px`;
      column.forEach((unit, i) => {
        unit.style.cssText = `left:${x(layer) - side / 2}px;top:${y(layer, i) - side / 2}px;width:${side}px;height:${side}px`;
      });
    });
    for (const { line, hit, layer, from, to } of edges) {
      const [x1, y1, x2, y2] = [x(layer - 1) + side / 2, y(layer - 1, from), x(layer) - side / 2, y(layer, to)];
      const bend = (x2 - x1) / 2;
      const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
      line.setAttribute("d", d);
      hit.setAttribute("d", d);
    }
  }

  function rove(button: HTMLElement): void {
    for (const each of units.flat()) each.tabIndex = each === button ? 0 : -1;
  }

  function go(event: KeyboardEvent): void {
    const layer = units.findIndex((column) => column.includes(event.target as HTMLButtonElement));
    const edge = edges.find(({ hit }) => hit === event.target);
    let next: HTMLElement | SVGElement | undefined;
    if (edge) {
      const into = edges.filter((each) => each.layer === edge.layer && each.to === edge.to);
      if (event.key === "ArrowUp") next = into[edge.from - 1]?.hit;
      else if (event.key === "ArrowDown") next = into[edge.from + 1]?.hit;
      else if (event.key === "ArrowLeft") next = units[edge.layer - 1]?.[edge.from];
      else if (event.key === "ArrowRight") next = units[edge.layer]?.[edge.to];
      else return;
    } else if (layer >= 0) {
      const column = units[layer] as HTMLButtonElement[];
      const i = column.indexOf(event.target as HTMLButtonElement);
      if (event.key === "ArrowUp") next = column[i - 1];
      else if (event.key === "ArrowDown") next = column[i + 1];
      else if (event.key === "ArrowLeft") next = edges.find((each) => each.layer === layer && each.to === i)?.hit;
      else if (event.key === "ArrowRight") next = units[layer + 1]?.[Math.min(i, (units[layer + 1]?.length ?? 1) - 1)];
      else return;
    } else return;
    event.preventDefault();
    next?.focus();
  }

  function draw(now: TrainFrame): void {
    const isFirst = frame === null;
    frame = now;
    let largest = 1e-12;
    for (const value of now.weights) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    for (const { line, index } of edges) {
      const value = now.weights[index] ?? 0;
      line.setAttribute("stroke-width", (0.5 + (Math.min(Math.abs(value), largest) / largest) * 5.5).toFixed(2));
      line.setAttribute("class", `train-edge ${value > 0 ? "positive" : value < 0 ? "negative" : ""}${shownEdge?.line === line ? " chosen" : ""}`);
    }
    if (isFirst) edges.forEach(name);
    if (shownEdge) say(shownEdge);
    const size = now.units.shape[1] as number;
    const pictures = units.slice(0, -1).flat();
    pictures.forEach((unit, i) => colours.paint(canvasOf(unit), now.units.data.subarray(i * size, (i + 1) * size), Math.sqrt(size)));
    const output = units.at(-1)?.[0];
    if (output) colours.paint(canvasOf(output), now.plane.data, now.plane.shape[0] as number);
  }

  /** Light the lamps of dead and saturated units. */
  function light(health: TrainHealth | null): void {
    units.slice(1, -1).flat().forEach((unit, i) => {
      const isDead = health?.dead[i] === 1;
      const isFlat = !isDead && (health?.saturated[i] ?? 0) >= FLAT;
      const lamp = unit.querySelector(".train-lamp");
      const wanted = isDead ? "✕" : isFlat ? "▬" : "";
      if ((lamp?.textContent ?? "") === wanted) return;
      lamp?.remove();
      const plain = (unit.title.split(" · ")[0] ?? "");
      unit.title = wanted === "" ? plain : `${plain} · ${t(isDead ? "train.dead" : "train.flat")}`;
      unit.setAttribute("aria-label", unit.title);
      if (wanted !== "") unit.append(h("span", { class: isDead ? "train-lamp" : "train-lamp flat", "aria-hidden": "true" }, wanted));
    });
  }

  element.addEventListener("keydown", go);
  colours.changed(() => frame && draw(frame));
  const observer = new ResizeObserver(lay);
  observer.observe(element);
  ended.addEventListener("abort", () => observer.disconnect());
  return { element, build, draw, light };
}
