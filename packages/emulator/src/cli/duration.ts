import { EmulatorError } from "../problems/emulator-error.ts";

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `90s`, `10m`, `1.5h`. Returns milliseconds. Errors: `EmulatorError` that names the option. */
export function parseDuration(text: string, option: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit] ?? 0);
  if (ms > 0) return ms;
  throw new EmulatorError(`${option}: expected a duration such as 90s, 10m or 2h, got ${text}`);
}
