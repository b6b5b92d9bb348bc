import { parseArgs } from "node:util";

/** The parsed command line. */
export interface CommandLine {
  /** The rows to try; all, if the line names none. */
  readonly names: readonly string[];
  readonly write: boolean;
}

/** Parses the arguments; `known` are the names of all rows. Errors: returns the problem, in one line. */
export function parseCommandLine(
  args: readonly string[],
  known: readonly string[],
): CommandLine | { readonly problem: string } {
  let parsed;
  try {
    const options = { write: { type: "boolean", default: false } } as const;
    parsed = parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) return { problem: `expected names of ${known.join(", ")}, got ${unknown}` };
  if (values.write && positionals.length > 0) {
    return { problem: "--write: expected no names, because it writes the whole table" };
  }
  return { names: positionals.length === 0 ? known : positionals, write: values.write };
}
