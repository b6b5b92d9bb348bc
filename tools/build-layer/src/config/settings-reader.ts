/** Reads values of one object and collects every problem as `lambdaExtension.KEY: expected …, got …`. */
export interface SettingsReader {
  readonly problems: readonly string[];
  report(key: string, expected: string, got: unknown): void;
  /** One of `allowed`; the fallback where nothing is said. */
  oneOf<T extends string>(key: string, allowed: readonly T[], fallback: T): T;
  /** Some of `allowed`, each once, at least one. */
  listOf<T extends string>(key: string, allowed: readonly T[], fallback: readonly T[]): readonly T[];
  /** Whatever passes `isRight`. */
  checked<T>(key: string, rule: Rule<T>, fallback: T): T;
}

/** What a value has to be. `expected` completes the sentence "expected …, got …". */
export interface Rule<T> {
  readonly expected: string;
  readonly isRight: (got: unknown) => got is T;
}

/** A reader of `value`; what it does not say is taken from `inherited`. */
export function createSettingsReader(
  value: Readonly<Record<string, unknown>>,
  inherited: Readonly<Record<string, unknown>>,
): SettingsReader {
  const problems: string[] = [];
  const report = (key: string, expected: string, got: unknown): void => {
    problems.push(`lambdaExtension.${key}: expected ${expected}, got ${show(got)}`);
  };
  const checked = <T>(key: string, { expected, isRight }: Rule<T>, fallback: T): T => {
    const got = value[key] ?? inherited[key] ?? fallback;
    if (isRight(got)) return got;
    report(key, expected, got);
    return fallback;
  };
  return {
    problems,
    report,
    checked,
    oneOf<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
      const isRight = (got: unknown): got is T => isOneOf(got, allowed);
      return checked(key, { expected: listed(allowed, "or"), isRight }, fallback);
    },
    listOf<T extends string>(key: string, allowed: readonly T[], fallback: readonly T[]): readonly T[] {
      const isRight = (got: unknown): got is readonly T[] =>
        Array.isArray(got) && got.length > 0 && got.every((item) => isOneOf(item, allowed));
      return [
        ...new Set(checked(key, { expected: `a list of ${listed(allowed, "and")}, at least one`, isRight }, fallback)),
      ];
    },
  };
}

/** True for objects that are neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a member of the list. */
export function isOneOf<T extends string>(value: unknown, allowed: readonly T[]): value is T {
  return (allowed as readonly unknown[]).includes(value);
}

/** `"a", "b" or "c"`. */
export function listed(values: readonly string[], last: "and" | "or"): string {
  const quoted = values.map((value) => `"${value}"`);
  return `${quoted.slice(0, -1).join(", ")} ${last} ${quoted.at(-1)}`;
}

/** A value as JSON, and nothing as `nothing`. */
export function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
