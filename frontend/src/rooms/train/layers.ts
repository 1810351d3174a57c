import type { Cell } from "../../cell";
import { h } from "../../dom";
import { familyName, type Translate } from "../../i18n";
import type { HallWelcome, TrainMenu } from "../../messages";

/** A hidden layer in the address: `4-tanh`. */
export interface Layer {
  readonly units: number;
  readonly activation: string;
}

export function readLayer(text: string): Layer | null {
  const [, units = "", activation = ""] = /^([1-8])-(\w+)$/.exec(text) ?? [];
  return units === "" ? null : { units: Number(units), activation };
}

interface Options {
  readonly cell: Cell<readonly string[]>;
  readonly menu: TrainMenu;
  readonly welcome: HallWelcome;
  readonly t: Translate;
  readonly ended: AbortSignal;
}

/** The hidden layers, one a line: how many units, and which activation. */
export function layerList({ cell, menu, welcome, t, ended }: Options): HTMLElement {
  const known = new Set(menu.activations);
  const list = h("ol", { class: "train-layers" });
  const add = h("button", { type: "button", class: "button" }, `+ ${t("train.addLayer")}`);
  const limit = h("p", { class: "quiet train-limit" }, t("train.atMost", { layers: menu.most_layers, units: menu.most_units }));
  const layers = () => cell.get().map((each) => readLayer(each) as Layer);
  const set = (next: readonly Layer[]) => cell.set(next.map(({ units, activation }) => `${units}-${activation}`));
  const change = (i: number, changed: Partial<Layer>) => set(layers().map((layer, n) => (n === i ? { ...layer, ...changed } : layer)));

  function line({ units, activation }: Layer, i: number): HTMLElement {
    const n = i + 1;
    const step = (by: number, sign: string, label: string) => {
      const button = h("button", { type: "button", "aria-label": label, disabled: units + by < 1 || units + by > menu.most_units, "data-key": `${i} ${sign}` }, sign);
      button.addEventListener("click", () => change(i, { units: units + by }));
      return button;
    };
    const groups = welcome.families
      .map((family) => ({ family, names: welcome.cards.filter((card) => card.family === family && known.has(card.name)).map((card) => card.name) }))
      .filter(({ names }) => names.length > 0);
    const menuOf = h("select", { "aria-label": t("train.activation", { n }), "data-key": `${i} activation` }, ...groups.map(({ family, names }) => h("optgroup", { label: familyName(family, t) }, ...names.map((name) => h("option", { value: name, selected: name === activation }, name)))));
    menuOf.addEventListener("change", () => change(i, { activation: menuOf.value }));
    const remove = h("button", { type: "button", class: "train-remove", "aria-label": t("train.removeLayer", { n }), title: t("train.removeLayer", { n }) }, "✕");
    remove.addEventListener("click", () => {
      set(layers().filter((_, n) => n !== i));
      add.focus();
    });
    return h(
      "li", {},
      h("span", { class: "quiet" }, String(n)),
      h("span", { class: "train-stepper", role: "group", "aria-label": t("train.units", { n }) }, step(-1, "−", t("train.fewer", { n })), h("span", { "aria-live": "polite" }, String(units)), step(1, "+", t("train.more", { n }))),
      menuOf,
      remove,
    );
  }

  add.addEventListener("click", () => set([...layers(), layers().at(-1) ?? { units: 4, activation: "tanh" }]));
  cell.watch(() => {
    const key = (document.activeElement as HTMLElement | null)?.dataset.key;
    list.replaceChildren(...layers().map(line));
    add.disabled = layers().length >= menu.most_layers;
    if (key) list.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus();
  }, ended);
  return h("div", {}, list, add, limit);
}
