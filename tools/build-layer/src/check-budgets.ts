import type { Budgets } from "./config/extension-settings.ts";
import { toSize } from "./report/text.ts";
import type { StartUp } from "./start-up/measure-layer.ts";

const listed = 5;

/** A part of a bundle or a zip. Units: bytes. */
interface Contributor {
  readonly path: string;
  readonly bytes: number;
}

/** Compares bytes with a budget. Returns a problem that lists the largest `parts`; undefined within the budget. */
export function checkBytes(
  name: "maxBundleBytes" | "maxZipBytes",
  { allowed, bytes }: { readonly allowed: number | undefined; readonly bytes: number },
  parts: readonly Contributor[],
): string | undefined {
  if (allowed === undefined || bytes <= allowed) return undefined;
  return explain({ name, allowed: `${allowed} bytes`, got: `${bytes}` }, parts);
}

/**
 * Compares a start with its budget. Returns a problem that lists the sources with the largest share of the bundle,
 * which Node.js reads, compiles and runs before the first `next`; undefined within the budget.
 */
export function checkStartUp(
  { maxStartUpRatio }: Budgets,
  { ratio, nextMs, bareMs }: StartUp,
  sources: readonly Contributor[],
): string | undefined {
  if (maxStartUpRatio === undefined || ratio <= maxStartUpRatio) return undefined;
  const allowed = `${maxStartUpRatio} × the ${bareMs.toFixed(1)} ms of a Node.js that does nothing`;
  const got = `${ratio.toFixed(2)} × (${nextMs.toFixed(1)} ms)`;
  return explain({ name: "maxStartUpRatio", allowed, got }, sources);
}

function explain(
  { name, allowed, got }: { readonly name: keyof Budgets; readonly allowed: string; readonly got: string },
  contributors: readonly Contributor[],
): string {
  const heavy = contributors.filter(({ bytes }) => bytes > 0);
  const largest = heavy.toSorted((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)).slice(0, listed);
  const list = largest.map(({ path, bytes }) => `${path} ${toSize(bytes)}`).join(", ");
  return `lambdaExtension.budgets.${name}: expected at most ${allowed}, got ${got}; largest: ${list}`;
}
