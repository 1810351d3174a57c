// Arrays on the wire; ogive.lab.arrays says what a frame looks like.
import type { Grid } from "./messages";

type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array;
const TYPES = { float64: Float64Array, float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

interface Entry {
  readonly name: string;
  readonly dtype: keyof typeof TYPES;
  readonly shape: readonly number[];
}

/** Read a frame: the arrays by name, in place. */
export function unpack(frame: ArrayBuffer): Map<string, Numbers | Grid<Numbers>> {
  let start = 4 + new DataView(frame).getUint32(0, true);
  const entries = JSON.parse(new TextDecoder().decode(new Uint8Array(frame, 4, start - 4))) as Entry[];
  const arrays = new Map<string, Numbers | Grid<Numbers>>();
  for (const { name, dtype, shape } of entries) {
    const Type = TYPES[dtype];
    const count = shape.reduce((product, size) => product * size, 1);
    const data = new Type(frame, start, count);
    arrays.set(name, shape.length === 1 ? data : { shape, data });
    start += Math.ceil((count * Type.BYTES_PER_ELEMENT) / 8) * 8;
  }
  return arrays;
}

/** Put the arrays of a frame where they belong in a message: `curves.0.y` names a path. */
export function place(message: object, frame: ArrayBuffer): void {
  for (const [name, array] of unpack(frame)) {
    const path = name.split(".");
    const last = path.pop() as string;
    let holder = message as Record<string, unknown>;
    for (const step of path) holder = holder[step] as Record<string, unknown>;
    holder[last] = array;
  }
}
