import { Cell } from "./cell";

export const ROOMS = ["explorer", "graph", "train", "audit"] as const;
export type RoomName = (typeof ROOMS)[number];

/**
 * What a room shows, as cells that are kept in the address: `#explorer?functions=sigmoid,tanh&x=2.5`.
 *
 * Make the cells when the room is mounted; each reads the address, and writes to it when it is set. A value that is the initial one is
 * not written, one that cannot be read is the initial one.
 */
export class RoomState {
  constructor(
    private readonly parameters: URLSearchParams,
    private readonly written: () => void,
  ) {}

  number(key: string, initial: number, low = -Infinity, high = Infinity): Cell<number> {
    const read = (text: string) => {
      const value = text.trim() === "" ? NaN : Number(text);
      return value >= low && value <= high ? value : undefined;
    };
    return this.#cell(key, initial, read, String);
  }

  whole(key: string, initial: number, low: number, high = Number.MAX_SAFE_INTEGER): Cell<number> {
    const read = (text: string) => {
      const value = text.trim() === "" ? NaN : Number(text);
      return Number.isInteger(value) && value >= low && value <= high ? value : undefined;
    };
    return this.#cell(key, initial, read, String);
  }

  flag(key: string, initial: boolean): Cell<boolean> {
    return this.#cell(key, initial, (text) => (text === "1" ? true : text === "0" ? false : undefined), (value) => (value ? "1" : "0"));
  }

  text(key: string, initial: string): Cell<string> {
    return this.#cell(key, initial, (text) => text, String);
  }

  choice<Choice extends string>(key: string, initial: Choice, choices: readonly Choice[]): Cell<Choice> {
    return this.#cell(key, initial, (text) => choices.find((choice) => choice === text), String);
  }

  list(key: string, initial: readonly string[], known: (item: string) => boolean = () => true): Cell<readonly string[]> {
    const read = (text: string) => {
      const items = text === "" ? [] : text.split(",");
      return items.every(known) ? items : undefined;
    };
    return this.#cell<readonly string[]>(key, initial, read, (items) => items.join(","));
  }

  #cell<T>(key: string, initial: T, read: (text: string) => T | undefined, write: (value: T) => string): Cell<T> {
    const text = this.parameters.get(key);
    const cell = new Cell((text === null ? undefined : read(text)) ?? initial);
    cell.changed((value) => {
      if (write(value) === write(initial)) this.parameters.delete(key);
      else this.parameters.set(key, write(value));
      this.written();
    });
    return cell;
  }
}

/** Where the state of the page is kept: the hash of the address, or a string of a notebook's widget. */
export interface Place {
  read(): string;
  write(text: string, isNewRoom: boolean): void;
  /** Hear that someone else has written. */
  changed(callback: () => void): void;
}

/** Which room is shown, and what each room shows; a room that is left is found again as it was. */
export class State {
  readonly room = new Cell<RoomName>("explorer");
  readonly #parameters = new Map<RoomName, URLSearchParams>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `replaced` is called when the address was changed from outside: the room is to be mounted anew. */
  constructor(
    private readonly place: Place,
    replaced: () => void,
  ) {
    this.#read();
    place.changed(() => {
      this.#read();
      replaced();
    });
    this.room.changed(() => this.#write(true));
  }

  of(room: RoomName): RoomState {
    const parameters = this.#parameters.get(room) ?? new URLSearchParams();
    this.#parameters.set(room, parameters);
    return new RoomState(parameters, () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#write(false), 120); // a slider writes often, and browsers limit how often one may
    });
  }

  #read(): void {
    clearTimeout(this.#timer);
    const [name, query = ""] = this.place.read().split("?", 2);
    const room = ROOMS.find((each) => each === name) ?? "explorer";
    this.#parameters.set(room, new URLSearchParams(query));
    this.room.set(room);
  }

  #write(isNewRoom: boolean): void {
    clearTimeout(this.#timer);
    const room = this.room.get();
    const query = (this.#parameters.get(room)?.toString() ?? "").replaceAll("%2C", ",");
    this.place.write(query === "" ? room : `${room}?${query}`, isNewRoom);
  }
}

/** The hash of the page's address. */
export const addressPlace: Place = {
  read: () => location.hash.slice(1),
  write: (text, isNewRoom) => {
    if (location.hash.slice(1) === text) return;
    if (isNewRoom) history.pushState(null, "", `#${text}`);
    else history.replaceState(null, "", `#${text}`);
  },
  changed: (callback) => window.addEventListener("popstate", callback),
};
