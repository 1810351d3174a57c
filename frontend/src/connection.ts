import { place } from "./arrays";
import { Cell } from "./cell";
import { LONGEST, type Answers, type Control, type Ended, type Error as Refusal, type Frames, type Requests, type Superseded } from "./messages";

/** What carries messages: a WebSocket, or the comm of a notebook. */
export interface Transport {
  /** Send, if the line is open. */
  send(text: string): void;
  /** Be told what comes in, and whether the line is open. */
  listen(receive: (message: object, frame: ArrayBuffer | null) => void, open: (isOpen: boolean) => void): void;
}

/** A request that was refused: a sentence for the reader, and the field that it belongs to. */
export class Refused extends Error {
  constructor(
    readonly sentence: string,
    readonly field: string,
  ) {
    super(sentence);
  }
}

/** Long work: its frames come by themselves until it has ended. */
export interface Job<Answer> {
  readonly answer: Answer;
  pause(): void;
  resume(): void;
  step(steps?: number): void;
  stop(): void;
}

interface Watcher {
  /** Draw a frame. The next one is sent when this one is on the screen. */
  frame(frame: Frames[keyof Frames]): void;
  /** The job is over; `lost`, because the connection was. */
  ended(outcome: Ended["outcome"] | "lost", sentence: string): void;
}

interface Pending {
  readonly text: string;
  readonly settle: (message: Message) => void;
}

type Message = Refusal | Superseded | Ended | (Answers[keyof Answers] | Frames[keyof Frames]);

/**
 * A conversation with the lab.
 *
 * `ask` is all that most rooms need. A newer request of the same kind may supersede an older one, whose promise then gives
 * `undefined`. What has not been answered when the connection is lost is asked again when it is back.
 */
export class Connection {
  readonly isOpen = new Cell(false);
  #next = 1;
  readonly #pending = new Map<number, Pending>();
  readonly #jobs = new Map<number, Watcher>();

  constructor(private readonly transport: Transport) {
    transport.listen(
      (message, frame) => this.#receive(message as Message, frame),
      (isOpen) => this.#opened(isOpen),
    );
  }

  /** Ask; the answer, or undefined if a newer request took the place of this one. Throws `Refused`. */
  async ask<Kind extends keyof Requests>(kind: Kind, fields: Requests[Kind]): Promise<Answers[Kind] | undefined> {
    return (await this.#ask(kind, fields)).answer;
  }

  /** Start a job; undefined if the request was superseded. Throws `Refused`. */
  async start<Kind extends keyof Requests>(kind: Kind, fields: Requests[Kind], watcher: Watcher): Promise<Job<Answers[Kind]> | undefined> {
    const { id, answer } = await this.#ask(kind, fields, watcher);
    if (answer === undefined) return undefined;
    const control = (action: Control["action"], steps = 1) => this.transport.send(JSON.stringify({ id, kind: "control", action, steps }));
    return {
      answer,
      pause: () => control("pause"),
      resume: () => control("resume"),
      step: (steps = 1) => control("step", steps),
      stop: () => control("stop"),
    };
  }

  #ask<Kind extends keyof Requests>(kind: Kind, fields: Requests[Kind], watcher?: Watcher): Promise<{ id: number; answer: Answers[Kind] | undefined }> {
    const id = this.#next++;
    const text = JSON.stringify({ id, kind, ...fields });
    return new Promise((resolve, reject) => {
      if (text.length > LONGEST) {
        reject(new Refused(`a message has at most ${LONGEST} characters; this one has ${text.length}`, ""));
        return;
      }
      const settle = (message: Message) => {
        this.#pending.delete(id);
        if (message.kind === "error" || message.kind === "superseded") this.#jobs.delete(id);
        if (message.kind === "error") reject(new Refused(message.sentence, message.field));
        else resolve({ id, answer: message.kind === "superseded" ? undefined : (message as Answers[Kind]) });
      };
      this.#pending.set(id, { text, settle });
      if (watcher) this.#jobs.set(id, watcher);
      this.transport.send(text);
    });
  }

  #receive(message: Message, frame: ArrayBuffer | null): void {
    if (frame !== null) place(message, frame);
    const pending = this.#pending.get(message.id);
    const job = this.#jobs.get(message.id);
    if (pending) pending.settle(message);
    else if (job && message.kind === "ended") {
      this.#jobs.delete(message.id);
      job.ended(message.outcome, message.sentence);
    } else if (job) {
      job.frame(message as Frames[keyof Frames]);
      requestAnimationFrame(() => this.transport.send(JSON.stringify({ id: message.id, kind: "drawn" })));
    }
  }

  #opened(isOpen: boolean): void {
    if (isOpen) for (const { text } of this.#pending.values()) this.transport.send(text);
    else {
      for (const [id, job] of this.#jobs) {
        if (this.#pending.has(id)) continue; // not started yet: it will be asked again
        this.#jobs.delete(id);
        job.ended("lost", "");
      }
    }
    this.isOpen.set(isOpen);
  }
}

const FIRST_WAIT = 250; // milliseconds, doubled after each failure
const LONGEST_WAIT = 4000;

/** The line to `ogive lab`; connects again when it is lost. */
export class SocketTransport implements Transport {
  #socket: WebSocket | null = null;
  #wait = FIRST_WAIT;

  constructor(private readonly address: string) {}

  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  listen(receive: (message: object, frame: ArrayBuffer | null) => void, open: (isOpen: boolean) => void): void {
    const socket = (this.#socket = new WebSocket(this.address));
    socket.binaryType = "arraybuffer";
    let waiting: object | null = null; // a message whose frame is on its way
    socket.onopen = () => {
      this.#wait = FIRST_WAIT;
      open(true);
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== "string") {
        if (waiting) receive(waiting, data);
        waiting = null;
        return;
      }
      const message = JSON.parse(data) as { arrays?: boolean };
      if (message.arrays) waiting = message;
      else receive(message, null);
    };
    socket.onclose = () => {
      open(false);
      setTimeout(() => this.listen(receive, open), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    };
  }
}

/** What anywidget hands to a front end, as far as it is used here. */
export interface Model {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  save_changes(): void;
  send(content: object): void;
  on(event: string, callback: (content: object, buffers: DataView[]) => void): void;
}

/** The line to the kernel of a notebook. */
export class ModelTransport implements Transport {
  constructor(private readonly model: Model) {}

  send(text: string): void {
    this.model.send(JSON.parse(text) as object);
  }

  listen(receive: (message: object, frame: ArrayBuffer | null) => void, open: (isOpen: boolean) => void): void {
    this.model.on("msg:custom", (content, buffers) => {
      const view = buffers[0];
      receive(content, view ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer : null);
    });
    open(true);
  }
}
