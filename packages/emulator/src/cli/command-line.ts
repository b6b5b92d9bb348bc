import { parseArgs } from "node:util";
import { didYouMean } from "../problems/did-you-mean.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { OptionSpec } from "./options.ts";

/** The arguments of a command. */
export interface CommandLine {
  readonly positionals: readonly string[];
  /** The values of each option in their order; flags have "". */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads arguments against a command's options. Like sam's, an option that `takesMore` also takes the `Key=Value`
 * arguments that follow its first. Errors: `EmulatorError` naming the argument and the nearest option.
 */
export function readCommandLine(argv: readonly string[], specs: readonly OptionSpec[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(specs.flatMap((spec) => toParseArgs(spec))),
  });
  const positionals: string[] = [];
  const options = new Map<string, string[]>();
  let greedy: OptionSpec | undefined;
  for (const token of tokens) {
    if (token.kind === "option") {
      const spec = findSpec(token.rawName, specs);
      options.set(spec.name, [...(options.get(spec.name) ?? []), valueOf(spec, token.rawName, token.value)]);
      greedy = spec.takesMore === true ? spec : undefined;
    } else if (token.kind === "positional") {
      if (greedy !== undefined && token.value.includes("=")) options.get(greedy.name)?.push(token.value);
      else positionals.push(token.value);
    }
  }
  for (const spec of specs) {
    if (spec.repeatable !== true && spec.takesMore !== true && (options.get(spec.name)?.length ?? 0) > 1) {
      throw new EmulatorError(`--${spec.name} is given more than once`);
    }
  }
  return { positionals, options };
}

function toParseArgs(spec: OptionSpec): (readonly [string, { type: "string" | "boolean"; short?: string }])[] {
  const type = spec.value === undefined ? "boolean" : "string";
  const main = [spec.name, { type, ...(spec.short === undefined ? {} : { short: spec.short }) }] as const;
  return [main, ...(spec.aliases ?? []).map((alias) => [alias, { type }] as const)];
}

function findSpec(rawName: string, specs: readonly OptionSpec[]): OptionSpec {
  const name = rawName.replace(/^--?/, "");
  const spec = specs.find((one) =>
    rawName.startsWith("--") ? one.name === name || one.aliases?.includes(name) === true : one.short === name,
  );
  if (spec !== undefined) return spec;
  if (containerOptions.has(name)) {
    throw new EmulatorError(`${rawName} is for sam local's containers, which this emulator does not use; leave it out`);
  }
  const names = specs.flatMap((one) => [`--${one.name}`, ...(one.aliases ?? []).map((alias) => `--${alias}`)]);
  throw new EmulatorError(`unknown option ${rawName}${didYouMean(rawName, names) || "; --help lists the options"}`);
}

/** Options of `sam local invoke` and `start-lambda` that act on containers. */
const containerOptions = new Set([
  "add-host",
  "container-dns",
  "container-env-vars",
  "container-host",
  "container-host-interface",
  "docker-network",
  "docker-volume-basedir",
  "force-image-build",
  "invoke-image",
  "layer-cache-basedir",
  "mount-symlinks",
  "no-memory-limit",
  "shutdown",
  "skip-pull-image",
  "warm-containers",
]);

function valueOf(spec: OptionSpec, rawName: string, value: string | boolean | undefined): string {
  if (spec.value === undefined) {
    if (value === undefined) return "";
    throw new EmulatorError(`${rawName} takes no value`);
  }
  if (typeof value === "string" && value !== "") return value;
  throw new EmulatorError(`${rawName} needs a value: ${rawName} ${spec.value}`);
}
