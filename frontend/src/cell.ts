/** A value that can be watched: all the reactivity there is. */
export class Cell<T> {
  #value: T;
  readonly #watchers = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  /** Set the value; those who watch hear of it if it differs. */
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher(value);
  }

  /** Hear the value now, and whenever it changes, until `ended`. */
  watch(watcher: (value: T) => void, ended?: AbortSignal): void {
    this.changed(watcher, ended);
    watcher(this.#value);
  }

  /** Hear the value whenever it changes from now on, until `ended`. */
  changed(watcher: (value: T) => void, ended?: AbortSignal): void {
    if (ended?.aborted) return;
    this.#watchers.add(watcher);
    ended?.addEventListener("abort", () => this.#watchers.delete(watcher));
  }
}
