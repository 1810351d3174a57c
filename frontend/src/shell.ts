import { Cell } from "./cell";
import type { Connection } from "./connection";
import { h } from "./dom";
import { translator } from "./i18n";
import type { HallWelcome } from "./messages";
import { chooseTheme, type Language, type Theme } from "./page";
import type { Room } from "./room";
import { room as audit } from "./rooms/audit";
import { room as explorer } from "./rooms/explorer";
import { room as graph } from "./rooms/graph";
import { room as train } from "./rooms/train";
import { type Place, ROOMS, type RoomName, State } from "./state";

const LOADED: Readonly<Record<RoomName, Room>> = { explorer, graph, train, audit };

interface Options {
  readonly root: HTMLElement;
  readonly connection: Connection;
  readonly place: Place;
  readonly language: Cell<Language>;
  readonly theme: Cell<Theme>;
  readonly isEmbedded: boolean;
}

/** Build the frame of the lab, and keep one room mounted in it. In a notebook there is no header. Returns how to end it. */
export function shell({ root, connection, place, language, theme, isEmbedded }: Options): () => void {
  const kept = new Map<RoomName, Map<string, unknown>>(ROOMS.map((name) => [name, new Map<string, unknown>()]));
  const state = new State(place, () => mount());
  const welcome = new Cell<HallWelcome | null>(null);
  let mounted = new AbortController();

  if (!isEmbedded) {
    for (const name of ["dragover", "drop"] as const) {
      root.addEventListener(name, (event) => {
        if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); // or the browser would leave the lab and open the file
      });
    }
  }
  root.classList.add("ogive");
  theme.watch((now) => (root.dataset.theme = now));
  const sentence = h("p", { class: "sentence", "aria-live": "polite" });

  function mount(focus = ""): void {
    mounted.abort();
    mounted = new AbortController();
    const { signal: ended } = mounted;
    const name = state.room.get();
    const t = translator(language.get());
    const room = h(isEmbedded ? "div" : "main", { class: `room room-${name}` });
    root.lang = language.get();
    sentence.textContent = "";
    root.replaceChildren(...(isEmbedded ? [sentence, room] : [h("a", { class: "skip", href: "#picture", click: skip }, t("shell.skip")), header(ended), sentence, room]));
    const catalogue = welcome.get();
    if (catalogue === null) return; // the frame is there; the room follows with the catalogue
    LOADED[name].mount(room, {
      connection, welcome: catalogue, state: state.of(name), kept: kept.get(name) as Map<string, unknown>, language: language.get(), t, theme, ended, isEmbedded,
      say: (text) => {
        if (sentence.textContent !== text) sentence.textContent = text;
      },
    });
    if (!isEmbedded) {
      document.documentElement.lang = language.get();
      document.title = `${t(`${name}.title`)} · ogive lab`;
    }
    if (focus) root.querySelector<HTMLElement>(focus)?.focus();
  }

  function skip(event: Event): void {
    event.preventDefault(); // the hash belongs to the state
    root.querySelector<HTMLElement>("#picture")?.focus();
  }

  function header(ended: AbortSignal): HTMLElement {
    const t = translator(language.get());
    const tabs = ROOMS.map((name) =>
      h("a", { href: `#${name}`, "aria-current": name === state.room.get() ? "page" : null, click: (event: Event) => { event.preventDefault(); state.room.set(name); } }, t(`${name}.title`)),
    );
    const line = h("p", { class: "line", role: "status" });
    let wasOpen = false;
    connection.isOpen.watch((isOpen) => {
      wasOpen ||= isOpen;
      line.textContent = isOpen ? "" : t(wasOpen || welcome.get() ? "shell.lost" : "shell.connecting");
    }, ended);
    const speak = h("button", { type: "button", class: "plain language", lang: language.get() === "en" ? "ko" : "en", title: t("shell.languageHint"), click: () => language.set(language.get() === "en" ? "ko" : "en") }, t("shell.language"));
    const dark = h("button", { type: "button", class: "plain theme", click: () => chooseTheme(theme, theme.get() === "dark" ? "light" : "dark") }, t("shell.theme"));
    theme.watch((now) => dark.setAttribute("aria-pressed", String(now === "dark")), ended);
    return h("header", { class: "header" }, h("span", { class: "name" }, "ogive", h("span", {}, " lab")), h("nav", { "aria-label": t("shell.rooms") }, ...tabs), line, speak, dark);
  }

  state.room.changed(() => mount('nav [aria-current="page"]'));
  language.changed(() => mount(".language"));
  mount();
  void connection.ask("hall.hello", {}).then((answer) => {
    if (!answer) return;
    welcome.set(answer);
    mount();
  });
  return () => mounted.abort();
}
