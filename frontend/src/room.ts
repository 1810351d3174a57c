import type { Cell } from "./cell";
import type { Connection } from "./connection";
import type { Translate } from "./i18n";
import type { HallWelcome } from "./messages";
import type { Language, Theme } from "./page";
import type { RoomName, RoomState } from "./state";

/**
 * How a room is built.
 *
 * A room is a folder `rooms/<name>/` with `index.ts`, which exports a `Room` as `room`, with its words `en.json` and `ko.json`, whose
 * keys begin with `<name>.`, and with its styles, which `index.ts` imports. It has at least `<name>.title` and `<name>.sentence`.
 *
 * `mount` fills an empty element, usually with `columns`. A room is mounted anew when the reader comes to it, switches the language,
 * or pastes another address; so what it shows lives in `context.state`, and what must survive (a job, points that were drawn) in
 * `context.kept`. Whatever outlives a call of `mount` (watchers, listeners on window, charts) ends with `context.ended`. A change of the
 * theme mounts nothing anew: style sheets follow by themselves, and what is drawn on a canvas watches `context.theme`.
 */
export interface Room {
  readonly name: RoomName;
  mount(element: HTMLElement, context: Context): void;
}

export interface Context {
  readonly connection: Connection;
  /** The version and the catalogue. */
  readonly welcome: HallWelcome;
  /** What the room shows, in the address. */
  readonly state: RoomState;
  /** What outlives a mount, for this room alone. */
  readonly kept: Map<string, unknown>;
  readonly language: Language;
  readonly t: Translate;
  readonly theme: Cell<Theme>;
  /** Say the sentence of the room: what is seen, in one sentence. It is read aloud to those who listen. */
  readonly say: (sentence: string) => void;
  /** Aborted when the room is left. */
  readonly ended: AbortSignal;
  /** In a notebook there are no fonts of ours: formulas are MathML there. */
  readonly isEmbedded: boolean;
}
