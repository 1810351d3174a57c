import { h } from "../dom";
import type { Translate } from "../i18n";

export interface Columns {
  readonly left: HTMLElement;
  readonly centre: HTMLElement;
  readonly right: HTMLElement;
}

/** Divide a room: controls, picture, details. On a phone the picture comes first. */
export function columns(room: HTMLElement, t: Translate): Columns {
  const left = h("section", { class: "column left", "aria-label": t("shell.controls") });
  const centre = h("section", { class: "column centre", "aria-label": t("shell.picture"), id: "picture", tabindex: -1 });
  const right = h("section", { class: "column right", "aria-label": t("shell.details") });
  room.append(left, centre, right);
  return { left, centre, right };
}

/** A box with a heading, in a column. */
export function panel(title: string, ...children: (Node | string)[]): HTMLElement {
  return h("section", { class: "panel" }, h("h2", {}, title), ...children);
}
