import { Cell } from "../../cell";
import { type Connection, type Job, Refused } from "../../connection";
import type { AuditAxis, AuditBegin, AuditBegun, AuditProgress, AuditView } from "../../messages";

/** What the room shows: nothing yet, an audit on its way or given up, or a report. */
export type Shown =
  | { readonly state: "empty" }
  | { readonly state: "running" | "stopped" | "failed" | "lost"; readonly asked: AuditBegin; readonly axis: AuditAxis | null; readonly progress: AuditProgress | null; readonly sentence: string }
  | { readonly state: "report"; readonly view: AuditView };

/** A request that was refused, and the field it belongs to. */
export interface Refusal {
  readonly sentence: string;
  readonly field: string;
}

/** The audit at work and the report that is shown; they outlive a mount of the room. */
export class Auditor {
  readonly shown = new Cell<Shown>({ state: "empty" });
  readonly refusal = new Cell<Refusal | null>(null);
  #job: Job<AuditBegun> | undefined;
  #number = 0; // of the newest audit: what an older one still says is not shown

  constructor(
    private readonly connection: Connection,
    private readonly reported: (view: AuditView) => void,
  ) {}

  get isRunning(): boolean {
    return this.shown.get().state === "running";
  }

  /** Run an audit. */
  async begin(asked: AuditBegin): Promise<void> {
    const number = ++this.#number;
    const before = this.shown.get();
    this.refusal.set(null);
    this.shown.set({ state: "running", asked, axis: null, progress: null, sentence: "" });
    const change = (state: "running" | "stopped" | "failed" | "lost", more: { axis?: AuditAxis | null; progress?: AuditProgress; sentence?: string } = {}) => {
      const now = this.shown.get();
      if (number === this.#number && "asked" in now) this.shown.set({ ...now, ...more, state });
    };
    try {
      const job = await this.connection.start("audit.begin", asked, {
        frame: (frame) => {
          if (number !== this.#number) return;
          if (frame.kind === "audit.progress") change("running", { progress: frame });
          else if (frame.kind === "audit.view") this.#report(frame);
        },
        ended: (outcome, sentence) => {
          if (this.isRunning) change(outcome === "finished" ? "stopped" : outcome, { sentence });
        },
      });
      if (!job || number !== this.#number) return;
      this.#job = job;
      change("running", { axis: job.answer.axis });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (number !== this.#number) return;
      this.shown.set(before);
      this.refusal.set({ sentence: error.sentence, field: error.field });
    }
  }

  /** Stop it, as Ctrl-C does. */
  stop(): void {
    this.#job?.stop();
  }

  /** Show a saved report; the text may hold several. */
  async open(text: string, language: "en" | "ko", index = 0): Promise<void> {
    const number = ++this.#number;
    this.#job?.stop();
    this.refusal.set(null);
    try {
      const view = await this.connection.ask("audit.open", { text, index, language });
      if (view && number === this.#number) this.#report(view);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (number === this.#number) this.refusal.set({ sentence: error.sentence, field: error.field });
    }
  }

  #report(view: AuditView): void {
    this.shown.set({ state: "report", view });
    this.reported(view);
  }
}
