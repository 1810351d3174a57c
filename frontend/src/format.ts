import type { Extended } from "./messages";

/** Read a number that may be nan or infinite. */
export function number(value: Extended): number {
  return value === "nan" ? NaN : value === "inf" ? Infinity : value === "-inf" ? -Infinity : value;
}

/** Write a number with so many significant digits at most: −0.25, 1.2e−8, ∞. */
export function short(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e") : String(Number(value.toPrecision(digits)));
  return (Object.is(value, -0) ? "-0" : text).replaceAll("-", "−");
}

/** Write all digits that the number needs to be read back. */
export function exact(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return (Object.is(value, -0) ? "-0" : String(value)).replaceAll("-", "−");
}

/** Read what a person types: 2, -1e-3, −∞, inf, 1/4; undefined if it is no number. */
export function typed(text: string): number | undefined {
  const plain = text.trim().replaceAll("−", "-").replaceAll(",", "").toLowerCase();
  const infinite = /^([+-]?)(inf|infinity|∞)$/.exec(plain);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const [over, under, more] = plain.split("/");
  if (!over || more !== undefined || under?.trim() === "") return undefined;
  const value = under === undefined ? Number(over) : Number(over) / Number(under);
  return Number.isNaN(value) ? undefined : value;
}
