import { readYaml } from "./read-yaml.ts";
import type { Read } from "./read-yaml.ts";
import { isValueMap, own, toMap } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";

/** The sections of a SAM or CloudFormation template that decide how a function runs. */
export interface Template {
  readonly parameters: ValueMap;
  readonly mappings: ValueMap;
  readonly conditions: ValueMap;
  readonly globals: ValueMap;
  readonly resources: ValueMap;
}

const sections = ["Parameters", "Mappings", "Conditions", "Globals", "Resources"] as const;

/**
 * Reads a SAM template, YAML or JSON. Of CloudFormation's functions only the short forms are rewritten;
 * `resolveFunction` resolves them. Errors: none; it returns problems with their places.
 */
export function parseTemplate(text: string): Read<Template> {
  const read = readYaml(text);
  if (read.kind === "problems") return read;
  const root = read.value;
  if (!isValueMap(root)) return problem("expected a map with `Resources:`, found " + describe(root));
  const wrong = sections.find((name) => !isValueMap(own(root, name) ?? {}));
  if (wrong !== undefined) return problem(`${wrong}: expected a map, found ${describe(own(root, wrong))}`);
  const section = (name: (typeof sections)[number]): ValueMap => toMap(own(root, name));
  return {
    kind: "value",
    value: {
      parameters: section("Parameters"),
      mappings: section("Mappings"),
      conditions: section("Conditions"),
      globals: section("Globals"),
      resources: section("Resources"),
    },
  };
}

function describe(value: Value | undefined): string {
  if (value === null || value === undefined) return "nothing";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function problem(message: string): Read<Template> {
  return { kind: "problems", problems: [{ message, line: 1, column: 1 }] };
}
