import type { Source } from "./bundle/bundle.ts";
import type { Budgets } from "./config/extension-settings.ts";
import { sizeOf } from "./layer/layer-file.ts";
import type { LayerFile } from "./layer/layer-file.ts";
import { toSize } from "./report/text.ts";
import type { StartUp } from "./start-up/measure-layer.ts";

const listed = 5;

/** The bundle against `maxBundleBytes`: a problem that lists the sources with the largest share, or undefined. */
export function checkBundleBudget(
  { maxBundleBytes }: Budgets,
  bytes: number,
  sources: readonly Source[],
): string | undefined {
  if (maxBundleBytes === undefined || bytes <= maxBundleBytes) return undefined;
  return explain({ name: "maxBundleBytes", allowed: `${maxBundleBytes} bytes`, got: `${bytes}` }, sources);
}

/**
 * A zip against `maxZipBytes`: a problem that lists the largest files, with their size before compression, or
 * undefined.
 */
export function checkZipBudget(
  { maxZipBytes }: Budgets,
  bytes: number,
  files: readonly LayerFile[],
): string | undefined {
  if (maxZipBytes === undefined || bytes <= maxZipBytes) return undefined;
  const contributors = files.map((file) => ({ path: file.path, bytes: sizeOf(file) }));
  return explain({ name: "maxZipBytes", allowed: `${maxZipBytes} bytes`, got: `${bytes}` }, contributors);
}

/**
 * The start against `maxStartUpRatio`: a problem that lists the sources with the largest share of the bundle, which
 * Node.js reads, compiles and runs before the first `next`, or undefined.
 */
export function checkStartUpBudget(
  { maxStartUpRatio }: Budgets,
  startUp: StartUp,
  sources: readonly Source[],
): string | undefined {
  if (maxStartUpRatio === undefined || startUp.ratio <= maxStartUpRatio) return undefined;
  const allowed = `${maxStartUpRatio} × the ${startUp.bareMs.toFixed(1)} ms of a Node.js that does nothing`;
  const got = `${startUp.ratio.toFixed(2)} × (${startUp.nextMs.toFixed(1)} ms)`;
  return explain({ name: "maxStartUpRatio", allowed, got }, sources);
}

/** Something that weighs. Units: bytes. */
interface Contributor {
  readonly path: string;
  readonly bytes: number;
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
