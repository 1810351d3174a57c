import { Cell } from "../../cell";
import { type Connection, type Job, Refused } from "../../connection";
import { number } from "../../format";
import type { TrainAdjust, TrainBegin, TrainBegun, TrainFrame, TrainHealth } from "../../messages";

/** The losses that were seen; when there are many, every other one is left out. */
export class Curve {
  epochs: number[] = [];
  train: number[] = [];
  test: number[] = [];

  add(frame: TrainFrame): void {
    if (this.epochs.at(-1) === frame.epoch) return;
    if (this.epochs.length >= MOST_SEEN) {
      const even = (_: number, i: number) => i % 2 === 0;
      [this.epochs, this.train, this.test] = [this.epochs.filter(even), this.train.filter(even), this.test.filter(even)];
    }
    this.epochs.push(frame.epoch);
    this.train.push(number(frame.loss));
    this.test.push(frame.test_loss === null ? NaN : number(frame.test_loss));
  }
}

const MOST_SEEN = 2000;

/** Who looks at a run. */
export interface Viewer {
  begun(begun: TrainBegun): void;
  frame(frame: TrainFrame): void;
  health(health: TrainHealth | null): void;
  refused(refusal: Refused | null): void;
  lost(): void;
}

/** A network in training, which outlives a change of the language: the job, and what was last seen of it. */
export class Run {
  /** Whether the reader wants it to go on. */
  readonly isPlaying = new Cell(false);
  begun: TrainBegun | null = null;
  last: TrainFrame | null = null;
  health: TrainHealth | null = null;
  curve = new Curve();
  /** The epoch from which on all samples have been on their side. */
  solved: number | null = null;
  #viewer: Viewer | null = null;
  #job: Job<TrainBegun> | null = null;
  #turn = 0;

  constructor(private readonly connection: Connection) {}

  /** Look at it, until `ended`; one that nobody looks at pauses. */
  show(viewer: Viewer, ended: AbortSignal): void {
    this.#viewer = viewer;
    if (this.begun) viewer.begun(this.begun);
    if (this.last) viewer.frame(this.last);
    viewer.health(this.health);
    ended.addEventListener("abort", () => {
      if (this.#viewer === viewer) this.#viewer = null;
      setTimeout(() => {
        if (this.#viewer === null) this.pause();
      });
    });
  }

  /** Start from the first epoch. */
  async begin(fields: TrainBegin): Promise<void> {
    const turn = ++this.#turn;
    const current = () => turn === this.#turn;
    try {
      const job = await this.connection.start("train.begin", fields, {
        frame: (frame) => {
          if (!current()) return;
          const isFirst = this.last === null;
          this.#frame(frame as TrainFrame);
          if (isFirst && this.isPlaying.get() !== fields.playing) this.isPlaying.get() ? this.#job?.resume() : this.#job?.pause(); // changed in the meantime
        },
        ended: (outcome) => {
          if (!current()) return;
          this.#job = null;
          if (outcome !== "lost") this.isPlaying.set(false);
          else this.#viewer?.lost();
        },
      });
      if (!job || !current()) return;
      this.#job = job;
      this.begun = job.answer;
      this.last = this.health = this.solved = null;
      this.curve = new Curve();
      this.#viewer?.refused(null);
      this.#viewer?.begun(job.answer);
      this.#viewer?.health(null);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!current()) return;
      this.#job?.stop();
      this.#job = null;
      this.begun = this.last = this.health = this.solved = null;
      this.curve = new Curve();
      this.#viewer?.health(null);
      this.#viewer?.refused(error);
    }
  }

  /** Go on; false if there is nothing that could. */
  play(): boolean {
    this.isPlaying.set(true);
    this.#job?.resume();
    return this.#job !== null;
  }

  pause(): void {
    this.isPlaying.set(false);
    this.#job?.pause();
  }

  /** Go through the samples once; false if there is nothing that could. */
  step(): boolean {
    this.isPlaying.set(false);
    this.#job?.step();
    return this.#job !== null;
  }

  adjust(fields: TrainAdjust): Promise<unknown> {
    return this.connection.ask("train.adjust", fields);
  }

  async script(): Promise<string> {
    return (await this.connection.ask("train.script", {}))?.text ?? "";
  }

  #frame(frame: TrainFrame): void {
    this.last = frame;
    this.curve.add(frame);
    const isRight = frame.accuracy === 1 && (frame.test_accuracy ?? 1) === 1;
    this.solved = isRight ? (this.solved ?? frame.epoch) : null;
    if (frame.health) {
      this.health = frame.health;
      this.#viewer?.health(frame.health);
    }
    this.#viewer?.frame(frame);
  }
}
