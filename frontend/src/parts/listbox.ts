import type { Cell } from "../cell";
import { h, unique } from "../dom";
import type { Translate } from "../i18n";

export interface Item {
  readonly value: string;
  readonly label: string;
  /** A second, quieter word beside the label. */
  readonly note?: string;
  readonly group: string;
  /** Other names under which it is found. */
  readonly words?: readonly string[];
}

interface Options {
  readonly label: string;
  readonly cell: Cell<readonly string[]>;
  readonly items: readonly Item[];
  /** How many may be chosen; with 1, a new choice takes the place of the old one. */
  readonly most: number;
  /** Hear that one more than `most` was wanted. */
  readonly full?: () => void;
  readonly t: Translate;
  readonly ended: AbortSignal;
}

/**
 * A searchable list to choose from. The field keeps the focus: typing searches, arrow keys move through the list, Enter chooses.
 * At least one stays chosen.
 */
export function listbox({ label, cell, items, most, full, t, ended }: Options): HTMLElement {
  const listId = unique("list");
  const field = h("input", {
    type: "search", role: "combobox", autocomplete: "off", placeholder: t("part.search", { label }), "aria-label": t("part.search", { label }),
    "aria-controls": listId, "aria-expanded": "true", "aria-autocomplete": "list",
  });
  const options = items.map((item) =>
    h("div", { role: "option", id: unique("option"), class: "option" }, h("span", { class: "option-label" }, item.label), item.note ? h("span", { class: "option-note" }, item.note) : null),
  );
  const groups = [...new Set(items.map((item) => item.group))].map((group) => {
    const id = unique("group");
    const own = options.filter((_, i) => items[i]?.group === group);
    return { own, element: h("div", { role: "group", "aria-labelledby": id }, h("div", { class: "group", id, role: "presentation" }, group), ...own) };
  });
  const list = h("div", { role: "listbox", id: listId, class: "list", "aria-label": label, "aria-multiselectable": most > 1 ? "true" : null, tabindex: -1 }, ...groups.map(({ element }) => element));
  const none = h("p", { class: "quiet", role: "status" });
  let active: HTMLElement | undefined;

  const visible = () => options.filter((option) => !option.hidden);
  const activate = (option: HTMLElement | undefined) => {
    active?.classList.remove("active");
    active = option;
    active?.classList.add("active");
    if (active) field.setAttribute("aria-activedescendant", active.id);
    else field.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  };
  const choose = (option: HTMLElement) => {
    const value = items[options.indexOf(option as HTMLDivElement)]?.value;
    if (value === undefined) return;
    const chosen = cell.get();
    if (chosen.includes(value)) {
      if (chosen.length > 1) cell.set(chosen.filter((each) => each !== value));
    } else if (most === 1) cell.set([value]);
    else if (chosen.length >= most) full?.();
    else cell.set([...chosen, value]);
  };

  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase().replace(/[\s-]+/g, "_");
    items.forEach((item, i) => {
      const names = [item.value, item.label, ...(item.words ?? [])];
      (options[i] as HTMLElement).hidden = !names.some((name) => name.toLowerCase().includes(words));
    });
    for (const { own, element } of groups) element.hidden = own.every((option) => option.hidden);
    none.textContent = visible().length === 0 ? t("part.none") : "";
    activate(words === "" ? undefined : visible()[0]);
  });
  field.addEventListener("keydown", (event) => {
    const shown = visible();
    const at = active ? shown.indexOf(active as HTMLDivElement) : -1;
    if (event.key === "ArrowDown") activate(shown[Math.min(at + 1, shown.length - 1)]);
    else if (event.key === "ArrowUp") activate(shown[Math.max(at - 1, 0)]);
    else if (event.key === "Enter" && active) choose(active);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const option = (event.target as Element).closest<HTMLElement>('[role="option"]');
    if (option) {
      activate(option);
      choose(option);
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    field.focus();
  });
  cell.watch((chosen) => options.forEach((option, i) => option.setAttribute("aria-selected", String(chosen.includes(items[i]?.value ?? "")))), ended);
  return h("div", { class: "field listbox" }, field, none, list);
}
