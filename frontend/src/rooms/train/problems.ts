import type { Cell } from "../../cell";
import { h, svg, unique } from "../../dom";
import type { Key, Translate } from "../../i18n";
import type { TrainMenu } from "../../messages";

const SIDE = 40;

interface Options {
  readonly cell: Cell<string>;
  readonly menu: TrainMenu;
  readonly t: Translate;
  readonly ended: AbortSignal;
  readonly choose: (name: string) => void;
}

/** The problems as small pictures, and two places for samples of the reader's own. */
export function problems({ cell, menu, t, ended, choose }: Options): HTMLElement {
  const group = unique("problem");
  const pictures = menu.problems.map(({ name, across, up, labels }) => {
    const drawing = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
    const radius = across.length <= 4 ? 4 : 1.6;
    labels.forEach((label, i) => {
      const [x, y] = [(across[i] as number) * SIDE, (1 - (up[i] as number)) * SIDE];
      drawing.append(label ? svg("rect", { class: "train-b", x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius }) : svg("circle", { class: "train-a", cx: x, cy: y, r: radius }));
    });
    return { name, drawing };
  });
  const word = (text: string, names: string) => svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true", class: names }, svg("text", { x: SIDE / 2, y: SIDE / 2, "text-anchor": "middle", "dominant-baseline": "central", "font-size": 18, fill: "currentColor" }, text));
  const all = [...pictures, { name: "own", drawing: word("✎", "drop") }];
  const inputs = all.map(({ name }) => h("input", { type: "radio", name: group, value: name }));
  inputs.forEach((input) => input.addEventListener("change", () => choose(input.value)));
  const table = h("input", { type: "radio", name: group, value: "table" });
  table.addEventListener("change", () => choose("table"));
  inputs.push(table);
  cell.watch((name) => inputs.forEach((input) => (input.checked = input.value === name)), ended);
  const labels = [...all, { name: "table", drawing: word("⇪", "drop") }].map(({ name, drawing }, i) => h("label", {}, inputs[i] as HTMLInputElement, drawing, t(`train.${name}` as Key)));
  return h("fieldset", { class: "train-problems" }, h("legend", {}, t("train.problem")), ...labels);
}
