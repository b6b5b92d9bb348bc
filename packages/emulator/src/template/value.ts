/** What a template has after its YAML is read: JSON, with CloudFormation's functions in their long form. */
export type Value = string | number | boolean | null | readonly Value[] | ValueMap;

/** A map of a template. Read it with `own`: keys come from the user and may be called `constructor`. */
export interface ValueMap {
  readonly [key: string]: Value;
}

/** Whether the value is a map. */
export function isValueMap(value: Value | undefined): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the value is a list; `Array.isArray` alone does not narrow a readonly list. */
export function isValueList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether the value is a call of one of CloudFormation's functions: `{Ref: x}` or `{Fn::Y: z}`. */
export function isCall(value: Value | undefined): boolean {
  if (!isValueMap(value)) return false;
  const [key = "", ...others] = Object.keys(value);
  return others.length === 0 && (key === "Ref" || key.startsWith("Fn::"));
}

/** A scalar as text; undefined for lists, maps and null. */
export function scalarText(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** The value that a map has under the key; undefined if it has none, or if the value is no map. */
export function own(value: Value | undefined, key: string): Value | undefined {
  return isValueMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value if it is a map, otherwise an empty map. */
export function toMap(value: Value | undefined): ValueMap {
  return isValueMap(value) ? value : {};
}
