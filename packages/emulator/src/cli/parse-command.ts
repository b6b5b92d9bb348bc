import { EmulatorError } from "../problems/emulator-error.ts";
import type { ProjectOptions } from "../project/load-functions.ts";
import type { EventSource } from "../project/read-event.ts";
import type { StartLambdaCommand } from "../serve/start-lambda.ts";
import type { DevCommand } from "../watch/dev.ts";
import type { CommandLine } from "./command-line.ts";
import type { ConformanceCommand } from "./conformance.ts";
import type { InvokeCommand } from "./invoke.ts";
import {
  parseDuration,
  parseLayerMappings,
  parseParameterOverrides,
  parseVariables,
  splitWords,
} from "./option-values.ts";

/** The command of `invoke`. Errors: `EmulatorError` that names the option. */
export function parseInvoke(line: CommandLine): InvokeCommand {
  const [functionName, extra] = line.positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: invoke runs one function`);
  if (line.options.has("event") && line.options.has("no-event")) {
    throw new EmulatorError("give --event or --no-event, not both");
  }
  const count = parseWholeNumber(line, "count", { fallback: 1, min: 1 });
  const idle = one(line, "idle");
  if (idle !== undefined && count === 1) {
    throw new EmulatorError("--idle is the time between invocations: give --count, 2 or more");
  }
  return {
    functionName,
    event: parseEvent(line),
    count,
    idleMs: idle === undefined ? 0 : parseDuration(idle, "--idle"),
    reportFile: one(line, "report"),
    isJson: line.options.has("json"),
    isVerbose: line.options.has("verbose"),
    project: parseProject(line),
  };
}

/** The command of `start-lambda`. Errors: `EmulatorError` that names the option. */
export function parseStartLambda(line: CommandLine): StartLambdaCommand {
  const [extra] = line.positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: start-lambda serves every function`);
  return {
    port: parseWholeNumber(line, "port", { fallback: 3001, min: 0, max: 65_535 }),
    maxEnvironments: parseWholeNumber(line, "max-environments", { fallback: 10, min: 1, max: 1_000 }),
    address: one(line, "host") ?? "127.0.0.1",
    isVerbose: line.options.has("verbose"),
    project: parseProject(line),
  };
}

/** The command of `dev`. Errors: `EmulatorError` that names the option. */
export function parseDev(line: CommandLine): DevCommand {
  const [functionName, extra] = line.positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: dev runs one function`);
  return {
    functionName,
    event: parseEvent(line),
    isVerbose: line.options.has("verbose"),
    project: parseProject(line),
  };
}

/** The command of `conformance`. Errors: `EmulatorError` that names the option. */
export function parseConformance(line: CommandLine): ConformanceCommand {
  const [layer, extra] = line.positionals;
  if (layer === undefined) {
    throw new EmulatorError("which layer? Give the folder or zip: lambda-emulator conformance dist/layer");
  }
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: conformance checks one layer`);
  const only = line.options.get("only")?.flatMap((ids) => ids.split(","));
  return {
    layer,
    only: only?.map((id) => id.trim()).filter((id) => id !== ""),
    functionRuntime: one(line, "function-runtime"),
    architecture: one(line, "architecture"),
    environment: parseVariables(line.options.get("env") ?? []),
    isJson: line.options.has("json"),
  };
}

function parseProject(line: CommandLine): ProjectOptions {
  const bootstrap = one(line, "bootstrap");
  return {
    templateFile: one(line, "template"),
    parameters: parseParameterOverrides(line.options.get("parameter-overrides") ?? []),
    envVarsFile: one(line, "env-vars"),
    layerMappings: parseLayerMappings(line.options.get("layer-mapping") ?? []),
    bootstrap: bootstrap === undefined ? undefined : splitWords(bootstrap),
    timeoutSeconds: parseTimeout(one(line, "timeout")),
    region: one(line, "region"),
    freeze: line.options.has("freeze"),
    cpuShare: line.options.has("cpu-share"),
  };
}

function one({ options }: CommandLine, name: string): string | undefined {
  return options.get(name)?.[0];
}

function parseEvent(line: CommandLine): EventSource {
  const file = one(line, "event");
  if (file === undefined) return { kind: "empty" };
  return file === "-" ? { kind: "standard-input" } : { kind: "file", file };
}

function parseTimeout(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const seconds = Number(given);
  if (seconds > 0 && seconds <= 900) return seconds;
  throw new EmulatorError(`--timeout: expected seconds, more than 0 and at most 900, got ${given}`);
}

function parseWholeNumber(
  line: CommandLine,
  name: string,
  { fallback, min, max }: { readonly fallback: number; readonly min: number; readonly max?: number },
): number {
  const given = one(line, name);
  const number = given === undefined ? fallback : Number(given);
  if (Number.isInteger(number) && number >= min && number <= (max ?? Infinity)) return number;
  const range = max === undefined ? `${min}` : `${min} to ${max}`;
  throw new EmulatorError(`--${name}: expected a whole number from ${range}, got ${given}`);
}
