import { EmulatorError } from "../problems/emulator-error.ts";
import { resolveAttribute, resolveRef } from "./resolve-reference.ts";
import type { Scope } from "./scope.ts";
import { isCall, isValueList, isValueMap, own, scalarText } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";

/**
 * Resolves every CloudFormation function in a value, as a deployment would as far as the template alone tells.
 * Returns undefined if the value is AWS::NoValue; lists and maps lose such items and keys.
 * Errors: `EmulatorError` naming the function that has no value here.
 */
export function resolveValue(value: Value, scope: Scope): Value | undefined {
  if (isValueList(value)) return value.map((item) => resolveValue(item, scope)).filter((item) => item !== undefined);
  if (!isValueMap(value)) return value;
  if (isCall(value)) return evaluate(value, scope);
  const entries = Object.entries(value).map(([key, item]) => [key, resolveValue(item, scope)] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined));
}

/** Whether a deployment would make the resource. Errors: `EmulatorError` for a condition that does not exist. */
export function isDeployed(resource: Value, scope: Scope): boolean {
  const condition = own(resource, "Condition");
  return condition === undefined || isConditionMet(toText(condition, "Condition"), scope);
}

/** Whether a named condition of the template holds. Errors: `EmulatorError` if it is missing or refers to itself. */
function isConditionMet(name: string, scope: Scope): boolean {
  const through = scope.conditionsOnPath ?? [];
  if (through.includes(name)) throw new EmulatorError(`condition ${name} refers to itself`);
  const condition = own(scope.template.conditions, name);
  if (condition === undefined) throw new EmulatorError(`condition ${name}: the template has no such condition`);
  return isTrue(condition, { ...scope, conditionsOnPath: [...through, name] });
}

function evaluate(call: ValueMap, scope: Scope): Value | undefined {
  const [key, argument] = Object.entries(call)[0] ?? ["", null];
  const name = key.replace(/^Fn::/, "");
  switch (name) {
    case "Ref":
      return resolveRef(toText(argument, "!Ref"), scope);
    case "GetAtt": {
      const [resource, ...attribute] = texts(
        typeof argument === "string" ? argument.split(".") : argument,
        "!GetAtt",
        scope,
      );
      return resolveAttribute(resource ?? "", attribute.join("."), scope);
    }
    case "If": {
      const [condition, whenTrue, whenFalse] = list(argument, "!If", 3);
      return resolveValue((isConditionMet(toText(condition, "!If"), scope) ? whenTrue : whenFalse) ?? null, scope);
    }
    case "Sub":
      return substitute(argument, scope);
    case "Join": {
      const [separator, items] = list(argument, "!Join", 2);
      return texts(items, "!Join", scope).join(toText(separator, "!Join"));
    }
    case "Split": {
      const [separator, text] = texts(argument, "!Split", scope);
      return (text ?? "").split(separator ?? "");
    }
    case "Select":
      return select(argument, scope);
    case "FindInMap":
      return findInMap(argument, scope);
    case "Base64":
      return Buffer.from(toText(resolveValue(argument, scope), "!Base64"), "utf8").toString("base64");
    case "And":
    case "Or":
    case "Not":
    case "Equals":
      return isTrue(call, scope);
    // These two come with AWS::LanguageExtensions.
    case "Length":
      return list(resolveValue(argument, scope), "!Length", 0).length;
    case "ToJsonString":
      return JSON.stringify(resolveValue(argument, scope));
    default:
      throw new EmulatorError(`!${name}: its value is known only to a deployed stack`);
  }
}

function isTrue(value: Value, scope: Scope): boolean {
  if (!isValueMap(value)) return scalarText(value) === "true";
  const [key, argument] = Object.entries(value)[0] ?? ["nothing", null];
  const all = () => list(argument, `!${key.replace("Fn::", "")}`, 1);
  switch (key) {
    case "Condition":
      return isConditionMet(toText(argument, "!Condition"), scope);
    case "Fn::And":
      return all().every((item) => isTrue(item, scope));
    case "Fn::Or":
      return all().some((item) => isTrue(item, scope));
    case "Fn::Not":
      return !isTrue(all()[0] ?? null, scope);
    // CloudFormation compares numbers and booleans as text.
    case "Fn::Equals": {
      const [left, right] = list(argument, "!Equals", 2).map((item) => resolveValue(item, scope));
      return (scalarText(left) ?? JSON.stringify(left)) === (scalarText(right) ?? JSON.stringify(right));
    }
    default:
      throw new EmulatorError(`condition: expected !Equals, !And, !Or, !Not or !Condition, found ${key}`);
  }
}

function substitute(argument: Value, scope: Scope): string {
  const [template, given] = isValueList(argument) ? argument : [argument];
  return toText(template, "!Sub").replaceAll(/\$\{(!?)([^${}]*)\}/g, (_, literal: string, name: string) => {
    if (literal !== "") return "${" + name + "}";
    const key = name.trim();
    const variable = own(given, key);
    const dot = key.indexOf(".");
    if (variable !== undefined) return toText(resolveValue(variable, scope), "!Sub");
    if (dot > 0) return toText(resolveAttribute(key.slice(0, dot), key.slice(dot + 1), scope), "!Sub");
    return toText(resolveRef(key, scope), "!Sub");
  });
}

function select(argument: Value, scope: Scope): Value {
  const [at, from] = list(argument, "!Select", 2);
  const items = resolveValue(from ?? null, scope);
  const index = Number(toText(resolveValue(at ?? null, scope), "!Select"));
  const item = isValueList(items) ? items[index] : undefined;
  if (item === undefined) throw new EmulatorError(`!Select ${index}: the list has no such item`);
  return item;
}

function findInMap(argument: Value, scope: Scope): Value | undefined {
  const parts = list(argument, "!FindInMap", 3);
  const [name, first, second] = texts(parts.slice(0, 3), "!FindInMap", scope);
  const cell = own(own(own(scope.template.mappings, name ?? ""), first ?? ""), second ?? "");
  const fallback = own(parts[3], "DefaultValue");
  if (cell === undefined && fallback !== undefined) return resolveValue(fallback, scope);
  if (cell === undefined) {
    throw new EmulatorError(`!FindInMap [${name}, ${first}, ${second}]: Mappings has no such entry`);
  }
  return cell;
}

function list(value: Value | undefined, where: string, length: number): readonly Value[] {
  if (isValueList(value) && value.length >= length) return value;
  throw new EmulatorError(`${where}: expected a list of ${length} or more`);
}

function texts(value: Value | undefined, where: string, scope: Scope): readonly string[] {
  const items = resolveValue(value ?? null, scope);
  if (!isValueList(items)) throw new EmulatorError(`${where}: expected a list`);
  return items.map((item) => toText(item, where));
}

function toText(value: Value | undefined, where: string): string {
  const text = scalarText(value);
  if (text === undefined) throw new EmulatorError(`${where}: expected text`);
  return text;
}
