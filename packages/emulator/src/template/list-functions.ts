import { didYouMean } from "../problems/did-you-mean.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { isDeployed, resolveValue } from "./resolve-value.ts";
import type { Scope } from "./scope.ts";
import { isCall, isValueList, isValueMap, own, scalarText, toMap } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";

/** A function of the template, with its globals merged in and its values still unresolved. */
export interface TemplateFunction {
  readonly logicalId: string;
  /** FunctionName if the template tells it, otherwise the logical id. */
  readonly name: string;
  readonly type: "AWS::Serverless::Function" | "AWS::Lambda::Function";
  readonly properties: ValueMap;
  readonly metadata: ValueMap;
}

/** The functions that a deployment would make: without a condition, or with one that holds. */
export function listFunctions(scope: Scope): readonly TemplateFunction[] {
  return Object.entries(scope.template.resources).flatMap(([logicalId, resource]) => {
    const type = own(resource, "Type");
    if (type !== "AWS::Serverless::Function" && type !== "AWS::Lambda::Function") return [];
    if (!isDeployed(resource, scope)) return [];
    const written = toMap(own(resource, "Properties"));
    const globals = type === "AWS::Serverless::Function" ? toMap(own(scope.template.globals, "Function")) : {};
    const properties = mergeGlobals(globals, written);
    const name = nameOf(own(properties, "FunctionName"), scope) ?? logicalId;
    return [{ logicalId, name, type, properties, metadata: toMap(own(resource, "Metadata")) }];
  });
}

/**
 * Finds a function by logical id, name or ARN; without a name, the template's only function.
 * Errors: `EmulatorError` that lists the template's functions.
 */
export function findFunction(scope: Scope, wanted: string | undefined): TemplateFunction {
  const functions = listFunctions(scope);
  const names = functions.map((one) => one.logicalId);
  const [only, ...others] = functions;
  if (only === undefined) {
    throw new EmulatorError(
      `the template has no function${hiddenHint(scope) || ": no resource of Type AWS::Serverless::Function or AWS::Lambda::Function"}`,
    );
  }
  if (wanted === undefined) {
    if (others.length === 0) return only;
    throw new EmulatorError(`the template has ${functions.length} functions: name one of ${names.join(", ")}`);
  }
  const name = functionNameOf(wanted);
  const found = functions.find((one) => one.logicalId === name) ?? functions.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new EmulatorError(
    `function ${wanted} is not in the template, which has ${names.join(", ")}` +
      didYouMean(name, names) +
      hiddenHint(scope),
  );
}

/** `arn:aws:lambda:region:account:function:name:alias`, `account:function:name` or `name:alias` → `name`. */
function functionNameOf(wanted: string): string {
  const parts = wanted.split(":");
  const at = parts.indexOf("function");
  return (at < 0 ? parts[0] : parts[at + 1]) ?? wanted;
}

function nameOf(written: Value | undefined, scope: Scope): string | undefined {
  try {
    return written === undefined ? undefined : scalarText(resolveValue(written, scope));
  } catch (error) {
    if (error instanceof EmulatorError) return undefined;
    throw error;
  }
}

/** Where the template may have more functions. */
function hiddenHint(scope: Scope): string {
  const nested = Object.entries(scope.template.resources).filter(([, resource]) => {
    const type = own(resource, "Type");
    return type === "AWS::Serverless::Application" || type === "AWS::CloudFormation::Stack";
  });
  if (Object.keys(scope.template.resources).some((key) => key.startsWith("Fn::"))) {
    return "; resources that Fn::ForEach makes are not expanded here";
  }
  if (nested.length === 0) return "";
  const names = nested.map(([logicalId]) => logicalId).join(", ");
  return `; nested stacks (${names}) are not read: run with -t on their own template`;
}

/** Properties whose list replaces the global one; every other list is added to it. */
const replaced = new Set(["Architectures"]);

/**
 * Merges `Globals.Function` into a function's properties as SAM does: maps key by key, lists with the global items
 * first; any other value is the function's own.
 * Source:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
function mergeGlobals(globals: ValueMap, properties: ValueMap): ValueMap {
  const keys = [...new Set([...Object.keys(globals), ...Object.keys(properties)])];
  return Object.fromEntries(keys.map((key) => [key, merge(own(globals, key), own(properties, key), key)] as const));
}

function merge(global: Value | undefined, local: Value | undefined, key: string): Value {
  if (global === undefined || local === undefined) return local ?? global ?? null;
  // A call is one value: SAM does not merge into it.
  if (isCall(global) || isCall(local) || replaced.has(key)) return local;
  if (isValueMap(global) && isValueMap(local)) return mergeGlobals(global, local);
  if (isValueList(global) && isValueList(local)) return [...global, ...local];
  return local;
}
