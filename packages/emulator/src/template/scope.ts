import type { Template } from "./parse-template.ts";

/** What the functions of a template are resolved against. */
export interface Scope {
  readonly template: Template;
  /** Values given for parameters; they win over defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly region: string;
  /** The conditions being evaluated, outermost first: one that comes again refers to itself. */
  readonly conditionsOnPath?: readonly string[];
}

/** The account of everything that runs here; the one `sam local` uses. */
export const accountId = "123456789012";

/** The stack that a template is pretended to be deployed as; the name `sam local` uses. */
export const stackName = "local";

/** `aws`, or the partition of China's and GovCloud's regions. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
