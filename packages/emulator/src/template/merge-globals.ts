import { isCall, isValueList, isValueMap, own } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";

/** Where a function's list takes the place of the global one; every other list is added to it. */
const replaced = new Set(["Architectures"]);

/**
 * Merges `Globals.Function` into a function's properties as SAM does: maps key by key, lists global items first,
 * anything else the function's own.
 * Source:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
export function mergeGlobals(globals: ValueMap, properties: ValueMap): ValueMap {
  const keys = [...new Set([...Object.keys(globals), ...Object.keys(properties)])];
  return Object.fromEntries(keys.map((key) => [key, merge(own(globals, key), own(properties, key), key)] as const));
}

function merge(global: Value | undefined, local: Value | undefined, key: string): Value {
  if (global === undefined || local === undefined) return local ?? global ?? null;
  // A call is one value, not a map to merge into.
  if (isCall(global) || isCall(local) || replaced.has(key)) return local;
  if (isValueMap(global) && isValueMap(local)) return mergeGlobals(global, local);
  if (isValueList(global) && isValueList(local)) return [...global, ...local];
  return local;
}
