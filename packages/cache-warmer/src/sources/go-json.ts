import { textOf } from "@lambda-extension/core";

/** A JSON value whose objects keep their order. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON as Go's `json.Marshal` writes it, and as clients get it from the AWS extension: `<`, `>`, `&` and both Unicode
 * line separators are escaped. Source: https://pkg.go.dev/encoding/json#Marshal
 */
export function toGoJson(value: Json): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * A moment as Go writes a `time.Time`: RFC 3339 in UTC, milliseconds without zeros at the end (`…:40.36Z`, `…:40Z`).
 * Units: seconds since the epoch with a fraction, as AWS JSON 1.1 sends them. Returns `null` for any other value.
 */
export function toGoTime(epochSeconds: unknown): string | null {
  const ms = typeof epochSeconds === "number" ? Math.round(epochSeconds * 1000) : Number.NaN;
  if (!(Math.abs(ms) <= 8.64e15)) return null;
  return new Date(ms).toISOString().replace(/\.?0*Z$/, "Z");
}

/** A member of an AWS answer as a string; `null` if it is absent, as Go writes nil pointers. */
export function textOrNull(value: unknown): string | null {
  return textOf(value) ?? null;
}
