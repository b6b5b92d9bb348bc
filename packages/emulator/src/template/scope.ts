import type { Template } from "./parse-template.ts";

/** A template with the values that its functions resolve to. */
export interface Scope {
  readonly template: Template;
  /** Values given for parameters; they win over defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly region: string;
  /** The conditions under evaluation, outermost first: a condition that comes again refers to itself. */
  readonly conditionsOnPath?: readonly string[];
}
