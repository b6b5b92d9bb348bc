import { readYaml } from "./read-yaml.ts";
import type { TextProblem } from "./read-yaml.ts";
import { isValueMap, own } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";

/** The sections of a SAM or CloudFormation template that decide how a function runs. */
export interface Template {
  readonly parameters: ValueMap;
  readonly mappings: ValueMap;
  readonly conditions: ValueMap;
  readonly globals: ValueMap;
  readonly resources: ValueMap;
}

/** A template, or every reason why the text is none. */
export type ParsedTemplate =
  | { readonly kind: "template"; readonly template: Template }
  | { readonly kind: "problems"; readonly problems: readonly TextProblem[] };

const sections = ["Parameters", "Mappings", "Conditions", "Globals", "Resources"] as const;

/**
 * Reads a SAM template, YAML or JSON. Of the functions only the short forms are rewritten; `resolveFunction` resolves.
 * Errors: none; what is wrong comes back as problems with their places.
 */
export function parseTemplate(text: string): ParsedTemplate {
  const read = readYaml(text);
  if (read.kind === "problems") return read;
  const root = read.value;
  if (!isValueMap(root)) return problem("expected a map with `Resources:`, found " + describe(root));
  const wrong = sections.find((name) => !isSection(own(root, name)));
  if (wrong !== undefined) return problem(`${wrong}: expected a map, found ${describe(own(root, wrong))}`);
  const section = (name: (typeof sections)[number]): ValueMap => {
    const value = own(root, name);
    return isValueMap(value) ? value : {};
  };
  return {
    kind: "template",
    template: {
      parameters: section("Parameters"),
      mappings: section("Mappings"),
      conditions: section("Conditions"),
      globals: section("Globals"),
      resources: section("Resources"),
    },
  };
}

function isSection(value: Value | undefined): boolean {
  return value === undefined || value === null || isValueMap(value);
}

function describe(value: Value | undefined): string {
  if (value === null || value === undefined) return "nothing";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function problem(message: string): ParsedTemplate {
  return { kind: "problems", problems: [{ message, line: 1, column: 1 }] };
}
