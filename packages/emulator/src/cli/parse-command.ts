import { EmulatorError } from "../problems/emulator-error.ts";
import type { ProjectOptions } from "../project/load-functions.ts";
import type { EventSource } from "../project/read-event.ts";
import type { StartLambdaCommand } from "../serve/start-lambda.ts";
import type { DevCommand } from "../watch/dev.ts";
import type { CommandLine } from "./command-line.ts";
import type { ConformanceCommand } from "./conformance.ts";
import { parseDuration } from "./duration.ts";
import type { InvokeCommand } from "./invoke.ts";
import { parseLayerMappings, parseParameterOverrides, splitWords } from "./overrides.ts";

/** What the user asks for. */
export type Command = InvokeCommand | StartLambdaCommand | DevCommand | ConformanceCommand;

/** The first word of a command line. */
export type Verb = Command["kind"];

/** Parses what was given to a verb, once for everything behind it. Errors: `EmulatorError` naming the option. */
export function parseCommand(verb: Verb, line: CommandLine): Command {
  switch (verb) {
    case "invoke":
      return parseInvoke(line);
    case "start-lambda":
      return parseStartLambda(line);
    case "dev":
      return parseDev(line);
    case "conformance":
      return parseConformance(line);
  }
}

function parseInvoke(line: CommandLine): InvokeCommand {
  const [functionName, extra] = line.positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: invoke runs one function`);
  if (line.options.has("event") && line.options.has("no-event")) {
    throw new EmulatorError("give --event or --no-event, not both");
  }
  const given = one(line, "count") ?? "1";
  const count = Number(given);
  if (!Number.isInteger(count) || count < 1) {
    throw new EmulatorError(`--count: expected a whole number from 1, got ${given}`);
  }
  const idle = one(line, "idle");
  if (idle !== undefined && count === 1) {
    throw new EmulatorError("--idle is the time between invocations: give --count, 2 or more");
  }
  return {
    kind: "invoke",
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

function parseStartLambda(line: CommandLine): StartLambdaCommand {
  const [extra] = line.positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: start-lambda serves every function`);
  return {
    kind: "start-lambda",
    port: parseWholeNumber(line, "port", { fallback: 3001, min: 0, max: 65_535 }),
    maxEnvironments: parseWholeNumber(line, "max-environments", { fallback: 10, min: 1, max: 1_000 }),
    address: one(line, "host") ?? "127.0.0.1",
    isVerbose: line.options.has("verbose"),
    project: parseProject(line),
  };
}

function parseDev(line: CommandLine): DevCommand {
  const [functionName, extra] = line.positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: dev runs one function`);
  return {
    kind: "dev",
    functionName,
    event: parseEvent(line),
    isVerbose: line.options.has("verbose"),
    project: parseProject(line),
  };
}

function parseConformance(line: CommandLine): ConformanceCommand {
  const [layer, extra] = line.positionals;
  if (layer === undefined) {
    throw new EmulatorError("which layer? Give the folder or zip: lambda-emulator conformance dist/layer");
  }
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: conformance checks one layer`);
  const only = line.options.get("only")?.flatMap((ids) => ids.split(","));
  return {
    kind: "conformance",
    layer,
    only: only?.map((id) => id.trim()).filter((id) => id !== ""),
    functionRuntime: one(line, "function-runtime"),
    architecture: one(line, "architecture"),
    environment: Object.fromEntries((line.options.get("env") ?? []).map((text) => parseVariable(text))),
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
  range: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  const given = one(line, name);
  const number = given === undefined ? range.fallback : Number(given);
  if (Number.isInteger(number) && number >= range.min && number <= range.max) return number;
  throw new EmulatorError(`--${name}: expected a whole number from ${range.min} to ${range.max}, got ${given}`);
}

function parseVariable(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new EmulatorError(`--env: expected NAME=VALUE, got ${text}`);
  return [name, value];
}
