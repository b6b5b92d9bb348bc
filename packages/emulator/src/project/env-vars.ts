import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { didYouMean } from "../problems/did-you-mean.ts";
import { EmulatorError, fileProblem } from "../problems/emulator-error.ts";
import { parseJson } from "../problems/parse-json.ts";
import { isValueMap, scalarText } from "../template/value.ts";
import type { Value, ValueMap } from "../template/value.ts";

/** `{ "Parameters": {…for every function}, "FunctionName": {…} }`, the format of `sam local --env-vars`. */
export type EnvVars = Readonly<Record<string, ValueMap>>;

/** Reads the file of `--env-vars`. Errors: `EmulatorError` if it is missing or has another form. */
export async function readEnvVars(file: string | undefined, cwd: string): Promise<EnvVars> {
  if (file === undefined) return {};
  const text = await readFile(resolve(cwd, file), "utf8").catch((error: unknown) => {
    throw new EmulatorError(`--env-vars file ${file} ${fileProblem(error)}`);
  });
  const parsed = parseJson(text, `--env-vars file ${file}`) as Value;
  if (
    isValueMap(parsed) &&
    Object.values(parsed).every((one) => isValueMap(one) && Object.values(one).every(isScalar))
  ) {
    return parsed as EnvVars;
  }
  throw new EmulatorError(`--env-vars file ${file}: expected {"FunctionName": {"VARIABLE": "value"}}`);
}

/** What a variable may be; null is empty, as with `sam local`. */
function isScalar(value: Value): boolean {
  return value === null || scalarText(value) !== undefined;
}

/** A warning for each name in the file that no function has: most likely it is misspelt. */
export function unknownNames(
  envVars: EnvVars,
  functions: readonly { readonly logicalId: string; readonly name: string }[],
): readonly string[] {
  const known = ["Parameters", ...functions.flatMap(({ logicalId, name }) => [logicalId, name])];
  return Object.keys(envVars)
    .filter((name) => !known.includes(name))
    .map((name) => `--env-vars: the template has no function ${name}${didYouMean(name, known)}`);
}

/**
 * Puts the file's values over the template's. As with `sam local`, a variable that the template does not declare is
 * left out, because AWS would not have it either; a warning says so.
 */
export function applyEnvVars(
  declared: Readonly<Record<string, string>>,
  envVars: EnvVars,
  names: readonly string[],
): { readonly variables: Readonly<Record<string, string>>; readonly warnings: readonly string[] } {
  const ofFunction = names.map((name) => envVars[name]).find((found) => found !== undefined);
  const given = Object.entries({ ...envVars["Parameters"], ...ofFunction });
  const known = given.filter(([name]) => Object.hasOwn(declared, name));
  const unknown = Object.keys(ofFunction ?? {}).filter((name) => !Object.hasOwn(declared, name));
  return {
    variables: { ...declared, ...Object.fromEntries(known.map(([name, value]) => [name, scalarText(value) ?? ""])) },
    warnings: unknown.map((name) => `--env-vars: ${name} is left out, the template does not declare it`),
  };
}
