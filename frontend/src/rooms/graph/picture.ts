import type { Cell } from "../../cell";
import { h, svg, unique } from "../../dom";
import type { Translate } from "../../i18n";
import type { GraphArrow, GraphBox, GraphDrawing } from "../../messages";
import { flagName, shape } from "./flags";

interface Options {
  readonly t: Translate;
  readonly ended: AbortSignal;
  /** Which step is shown: 0, none yet; −1, all of them. */
  readonly step: Cell<number>;
  /** The node whose details are shown. */
  readonly seen: Cell<number>;
  /** The reader wants to see another. */
  readonly pick: (number: number) => void;
  /** How large: 0 fits the width. */
  readonly zoom: Cell<number>;
  /** A key that the picture leaves to the room; true if it was of use. */
  readonly key: (event: KeyboardEvent) => boolean;
}

export interface Picture {
  readonly element: HTMLElement;
  draw(drawing: GraphDrawing): void;
  /** Larger or smaller by a factor. */
  zoomBy(factor: number): void;
}

const MARGIN = { side: 14, top: 12, bottom: 34 };
const SMALLEST = 0.72; // of what fits by itself; below that the picture scrolls in its box
const PAN = 80;

interface NodeShape {
  readonly group: SVGGElement;
  readonly flags: SVGGElement;
}

interface ArrowShape {
  readonly group: SVGGElement;
  readonly value: SVGTextElement;
  readonly gradient: SVGTextElement;
  readonly product: SVGGElement;
}

/** The graph from left to right: values above the arrows, gradients below them. It moves only if the formula is another. */
export function picture({ t, ended, step, seen, pick, zoom, key }: Options): Picture {
  const marker = unique("tip");
  const drawingElement = svg("svg", { class: "graph-svg", role: "group", "aria-label": t("graph.picture") });
  const element = h("div", { class: "graph-scroll", tabindex: 0, role: "group", "aria-label": t("graph.pictureHint") }, drawingElement);
  let now: GraphDrawing | undefined;
  let drawn = "";
  let nodes = new Map<number, NodeShape>();
  let arrows: ArrowShape[] = [];

  const tip = (name: string) =>
    svg("marker", { id: `${marker}-${name}`, class: `graph-tip ${name}`, markerUnits: "userSpaceOnUse", markerWidth: 9, markerHeight: 9, refX: 2, refY: 4.5, orient: "auto" }, svg("path", { d: "M0 0L9 4.5L0 9z" }));

  const size = () => ({ width: (now?.width ?? 1) + 2 * MARGIN.side, height: (now?.height ?? 1) + MARGIN.top + MARGIN.bottom });
  const fitting = () => Math.min(1.25, Math.max(SMALLEST, Math.min((element.clientWidth - 2) / size().width, (element.clientHeight - 2) / size().height)));
  const scale = () => zoom.get() || fitting();

  function resize(): void {
    const { width, height } = size();
    drawingElement.setAttribute("width", (width * scale()).toFixed(1));
    drawingElement.setAttribute("height", (height * scale()).toFixed(1));
  }

  function makeNode(box: GraphBox): NodeShape {
    const flags = svg("g", { class: "graph-flags", "aria-hidden": "true", transform: `translate(${box.x} ${box.y})` });
    const group = svg(
      "g",
      { class: `graph-node ${box.sort}`, role: "button", tabindex: -1, transform: `translate(${box.x} ${box.y})`, click: () => pick(box.number) },
      svg("rect", { x: -box.width / 2, y: -box.height / 2, width: box.width, height: box.height, rx: 8 }),
      svg("text", { class: "graph-label", y: 5 }, box.label),
    );
    return { group, flags };
  }

  function makeArrow(arrow: GraphArrow): ArrowShape {
    const value = svg("text", { class: "graph-value", x: arrow.x, y: arrow.y - 7 });
    const gradient = svg("text", { class: "graph-gradient", x: arrow.x, y: arrow.y + 17 });
    const product = svg("g", { class: "graph-product", transform: `translate(${arrow.x} ${arrow.y})` });
    const path = svg("path", { class: "graph-arrow", d: arrow.path, "marker-end": `url(#${marker}-plain)` });
    return { group: svg("g", { class: "graph-edge" }, path, value, gradient), value, gradient, product };
  }

  function build(drawing: GraphDrawing): void {
    const held = element.contains(document.activeElement) && document.activeElement !== element;
    const { width, height } = size();
    nodes = new Map(drawing.boxes.map((box) => [box.number, makeNode(box)]));
    arrows = drawing.arrows.map(makeArrow);
    drawingElement.setAttribute("viewBox", `${-MARGIN.side} ${-MARGIN.top} ${width} ${height}`);
    drawingElement.replaceChildren(
      svg("defs", {}, tip("plain"), tip("lit"), tip("back")),
      ...arrows.map(({ group }) => group),
      ...[...nodes.values()].flatMap(({ group, flags }) => [group, flags]),
      ...arrows.map(({ product }) => product),
    );
    if (held) element.focus({ preventScroll: true });
  }

  /** Write the numbers of a drawing where they stand. */
  function fill(drawing: GraphDrawing): void {
    for (const box of drawing.boxes) {
      const { group, flags } = nodes.get(box.number) as NodeShape;
      group.classList.toggle("lost", box.severity === "lost");
      group.classList.toggle("some", box.severity === "some");
      const words = box.flags.map((flag) => flagName(flag, t));
      const said = words.length > 0 ? words.slice(0, 1) : box.note === "" ? [] : [box.note];
      const shapes = box.flags.length;
      const length = shapes * 16 + (said[0] ?? "").length * (/[가-힣]/.test(said[0] ?? "") ? 11 : 5.8);
      const y = box.height / 2 + 3;
      flags.replaceChildren(
        ...box.flags.map((flag, i) => shape(flag, -length / 2 + 16 * i, y)),
        ...said.map((word) => svg("text", { class: "graph-note", x: -length / 2 + shapes * 16, y: y + 10 }, word)),
      );
      group.setAttribute("aria-label", [[box.label, ...said].join(" "), ...(box.label === box.formula ? [] : [box.formula]), `${t("graph.value")} ${box.value}`, ...words.slice(1)].join(", "));
    }
    drawing.arrows.forEach((arrow, i) => {
      const { value, gradient, product } = arrows[i] as ArrowShape;
      value.textContent = arrow.value;
      gradient.textContent = arrow.gradient === "" ? "" : `← ${arrow.gradient}`;
      const rule = arrow.rule.length <= 24 ? arrow.rule : "";
      const half = 4 + Math.max(arrow.product.length * 3.6, rule.length * (/[가-힣]/.test(rule) ? 4.6 : 2.9));
      product.replaceChildren(
        svg("rect", { x: -half, y: 4, width: 2 * half, height: rule === "" ? 17 : 30, rx: 4 }),
        svg("text", { class: "graph-gradient", y: 17 }, arrow.product),
        svg("text", { class: "graph-rule", y: 29 }, rule),
      );
    });
  }

  /** Light what the step is about, and hide what has not been computed yet. */
  function light(): void {
    if (!now) return;
    const at = step.get();
    const whole = at < 0;
    const steps = now.steps;
    const current = whole ? undefined : steps[at - 1];
    const computed = new Set<number>();
    const handed = new Set<number>();
    steps.forEach(({ phase, node }, i) => {
      if (whole || i < at) (phase === "forward" ? computed : handed).add(node);
    });
    const forwards = steps.filter(({ phase }) => phase === "forward").length;
    for (const box of now.boxes) {
      const { group, flags } = nodes.get(box.number) as NodeShape;
      const isKnown = box.sort !== "operation" || computed.has(box.number);
      group.classList.toggle("waiting", !isKnown);
      flags.classList.toggle("hidden", !isKnown);
      group.classList.toggle("now", current?.node === box.number && current.phase === "forward");
      group.classList.toggle("now-back", current?.node === box.number && current.phase === "backward");
    }
    now.arrows.forEach((arrow, i) => {
      const { group, value, gradient, product } = arrows[i] as ArrowShape;
      const source = now?.boxes.find(({ number }) => number === arrow.source);
      const isLit = current?.node === arrow.target;
      const isBack = isLit && current.phase === "backward" && arrow.gradient !== "";
      const isForth = isLit && current.phase === "forward";
      group.classList.toggle("lit", isForth);
      group.classList.toggle("back", isBack);
      group.querySelector("path")?.setAttribute("marker-end", `url(#${marker}-${isBack ? "back" : isForth ? "lit" : "plain"})`);
      value.classList.toggle("hidden", source?.sort === "operation" && !computed.has(arrow.source));
      gradient.classList.toggle("hidden", isBack || !(arrow.target < 0 ? whole || at >= forwards : handed.has(arrow.target)));
      product.classList.toggle("hidden", !isBack || arrow.product === "");
    });
    if (current) reveal(current.node);
  }

  function mark(): void {
    const chosen = seen.get();
    for (const [number, { group }] of nodes) {
      group.setAttribute("aria-pressed", String(number === chosen));
      group.setAttribute("tabindex", number === chosen ? "0" : "-1");
    }
  }

  /** Scroll the box, never the page, so that a node is seen. */
  function reveal(number: number): void {
    const box = now?.boxes.find((each) => each.number === number);
    if (!box) return;
    const [x, y] = [(box.x + MARGIN.side) * scale(), (box.y + MARGIN.top) * scale()];
    const room = Math.min(160, element.clientWidth / 3);
    if (x < element.scrollLeft + room || x > element.scrollLeft + element.clientWidth - room) element.scrollLeft = x - element.clientWidth / 2;
    if (y < element.scrollTop + 40 || y > element.scrollTop + element.clientHeight - 40) element.scrollTop = y - element.clientHeight / 2;
  }

  element.addEventListener("keydown", (event) => {
    const pans: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-PAN, 0], ArrowRight: [PAN, 0], ArrowUp: [0, -PAN], ArrowDown: [0, PAN] };
    const pan = event.shiftKey ? pans[event.key] : undefined;
    if (pan) element.scrollBy(...pan);
    else if (event.key === "+" || event.key === "=") zoomBy(1.25);
    else if (event.key === "-") zoomBy(0.8);
    else if (event.key === "0") zoom.set(0);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") choose(event.key === "ArrowDown" ? 1 : -1);
    else if (!key(event)) return;
    event.preventDefault();
  });

  /** Go to the next node, in the order in which they are computed. */
  function choose(by: number): void {
    const order = [...nodes.keys()].sort((a, b) => a - b);
    const next = order[Math.min(order.length - 1, Math.max(0, order.indexOf(seen.get()) + by))];
    if (next === undefined) return;
    pick(next);
    nodes.get(next)?.group.focus({ preventScroll: true });
    reveal(next);
  }

  let grabbed: { readonly x: number; readonly y: number; readonly left: number; readonly top: number } | undefined;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType !== "mouse" || (event.target as Element).closest(".graph-node")) return;
    grabbed = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (grabbed) element.scrollTo(grabbed.left + grabbed.x - event.clientX, grabbed.top + grabbed.y - event.clientY);
  });
  element.addEventListener("lostpointercapture", () => (grabbed = undefined));

  function zoomBy(factor: number): void {
    zoom.set(Number(Math.min(3, Math.max(0.3, scale() * factor)).toFixed(3)));
  }

  const observer = new ResizeObserver(resize);
  observer.observe(element);
  ended.addEventListener("abort", () => observer.disconnect());
  zoom.changed(resize, ended);
  step.changed(light, ended);
  seen.changed(mark, ended);

  return {
    element,
    zoomBy,
    draw(drawing) {
      now = drawing;
      const form = JSON.stringify([drawing.width, drawing.height, drawing.boxes.map(({ number, label, x, y }) => [number, label, x, y]), drawing.arrows.map(({ path }) => path)]);
      if (form !== drawn) {
        drawn = form;
        build(drawing);
        resize();
      }
      fill(drawing);
      light();
      mark();
    },
  };
}
