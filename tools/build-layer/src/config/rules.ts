/** What a value has to be. `expected` completes the sentence "expected …, got …". */
export interface Rule<T> {
  readonly expected: string;
  /** The same for editors. A test holds it against `parse`. */
  readonly schema: JsonSchema;
  /** Returns the value to use; undefined for a wrong one. */
  readonly parse: (got: unknown) => T | undefined;
}

/** A part of a JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A rule for values that are used as they are. */
export function rule<T>(expected: string, isRight: (got: unknown) => got is T, schema: JsonSchema): Rule<T> {
  return { expected, schema, parse: (got) => (isRight(got) ? got : undefined) };
}

/** A rule for one of `allowed`. */
export function oneOf<T extends string>(allowed: readonly T[]): Rule<T> {
  return {
    expected: listed(allowed, "or"),
    schema: { enum: allowed },
    parse: (got) => allowed.find((one) => one === got),
  };
}

/** A rule for a list of some of `allowed`, at least one. What is listed twice counts once. */
export function someOf<T extends string>(allowed: readonly T[]): Rule<readonly [T, ...T[]]> {
  const one = oneOf(allowed);
  return {
    expected: `a list of ${listed(allowed, "and")}, at least one`,
    schema: { type: "array", items: one.schema, minItems: 1 },
    parse(got) {
      const items = Array.isArray(got) ? got.map(one.parse) : [];
      const [first, ...rest] = new Set(items.filter((item) => item !== undefined));
      return first === undefined || items.includes(undefined) ? undefined : [first, ...rest];
    },
  };
}

/** True for objects that are neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `"a", "b" or "c"`. */
export function listed(values: readonly string[], last: "and" | "or"): string {
  const quoted = values.map((value) => `"${value}"`);
  return `${quoted.slice(0, -1).join(", ")} ${last} ${quoted.at(-1)}`;
}
