import { parseArgs } from "node:util";

/** The parsed command line. */
export interface CommandLine {
  /** The sections to run, in the order of `known`. */
  readonly names: readonly string[];
  readonly rounds: number;
  readonly write: boolean;
}

/** Parses the arguments; `known` are the names of all sections. Errors: returns the problem, in one line. */
export function parseCommandLine(
  args: readonly string[],
  known: readonly string[],
): CommandLine | { readonly problem: string } {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rounds: { type: "string", default: "30" }, write: { type: "boolean", default: false } },
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    return { problem: `--rounds: expected a whole number from 1, got ${values.rounds}` };
  }
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) return { problem: `expected sections of ${known.join(", ")}, got ${unknown}` };
  return {
    names: known.filter((name) => positionals.length === 0 || positionals.includes(name)),
    rounds,
    write: values.write,
  };
}
