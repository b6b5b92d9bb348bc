import { EmulatorError } from "../problems/emulator-error.ts";
import type { TemplateFunction } from "./list-functions.ts";
import { resolveValue } from "./resolve-value.ts";
import type { Scope } from "./scope.ts";
import { isCall, isValueMap, own, scalarText, toMap } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * The environment variables of a function. A value that only a deployed stack knows is empty, as with `sam local`,
 * and a warning says so. Errors: `EmulatorError` if only a deployed stack knows which variables there are.
 */
export function resolveVariables(
  found: TemplateFunction,
  scope: Scope,
): { readonly variables: Readonly<Record<string, string>>; readonly warnings: readonly string[] } {
  const structure = (value: Value | undefined): Value | undefined =>
    value !== undefined && isCall(value) ? resolveValue(value, scope) : value;
  const environment = structure(own(found.properties, "Environment"));
  const written = structure(own(environment, "Variables"));
  if (written !== undefined && written !== null && !isValueMap(written)) {
    throw new EmulatorError(`Variables: expected a map of names and values, got ${JSON.stringify(written)}`);
  }
  const warnings: string[] = [];
  const entries = Object.entries(toMap(written)).flatMap(([name, value]) => {
    try {
      const resolved = resolveValue(value, scope);
      return resolved === undefined ? [] : [[name, toVariable(resolved)] as const];
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      warnings.push(`${found.logicalId}: variable ${name} is empty (${error.message}); give it with --env-vars`);
      return [[name, ""] as const];
    }
  });
  return { variables: Object.fromEntries(entries), warnings };
}

function toVariable(value: Value): string {
  const text = value === null ? "" : scalarText(value);
  if (text === undefined) throw new EmulatorError("expected text, found a list or a map");
  return text;
}
