import { describeError, inspect } from "./describe-error.ts";
import { ConfigError } from "./errors.ts";
import type { ExtensionOptions, TelemetryOptions } from "./extension-options.ts";
import { isObject } from "./json-object.ts";
import { didYouMean } from "./settings/did-you-mean.ts";

/** What is wrong with the value of the option at a path, such as `telemetry.port`. */
type Check = (value: unknown, path: string) => readonly string[];
type Checks<Options> = Readonly<Record<keyof Options, Check>>;

/** The port of the Runtime API: telemetry cannot use it. */
const reservedPort = 9001;

const handler = check("a function", (value) => typeof value === "function");

/** The platform's limits: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html#telemetry-api-buffering */
const buffering: Checks<Required<TelemetryOptions>["buffering"]> = {
  maxItems: range(1000, 10_000),
  maxBytes: range(262_144, 1_048_576),
  timeoutMs: range(25, 30_000),
};

const telemetry: Checks<TelemetryOptions> = {
  types: listOf("at least one of", ["platform", "function", "extension"], 1),
  protocol: oneOf("HTTP", "TCP"),
  port: range(0, 65_535, reservedPort),
  buffering: objectOf(buffering),
  onEvents: handler,
};

const extension: Checks<ExtensionOptions> = {
  name: check("text", (value) => typeof value === "string"),
  events: listOf("a list of", ["INVOKE", "SHUTDOWN"]),
  failure: oneOf("open", "closed"),
  telemetry: objectOf(telemetry, ["types", "onEvents"]),
  beforeRegister: handler,
  onInit: handler,
  onInvoke: handler,
  onRestore: handler,
  onShutdown: handler,
  onStep: handler,
  report: handler,
};

/** Lambda takes subscriptions, and waits for servers, only in the init phase. */
const late = check("nothing with a lazy start, which is after init", () => false);
const lazy: typeof extension = { ...extension, telemetry: late, beforeRegister: late };

/**
 * Checks the options of a program, which may be plain JavaScript. Instead of wrong options it returns others, whose
 * `onInit` throws a `ConfigError` with every problem: the extension registers, reports the problems and leaves the
 * function alone, or ends if `failure` is `"closed"`.
 */
export function parseOptions(given: unknown, isLazy = false): ExtensionOptions {
  let problems: readonly string[];
  let kept: Pick<ExtensionOptions, "name" | "failure" | "report"> = {};
  try {
    problems = objectOf(isLazy ? lazy : extension)(given, "");
    if (problems.length === 0) return given as ExtensionOptions;
    const { name, failure, report }: Partial<ExtensionOptions> = isObject(given) ? given : {};
    kept = { ...(typeof name === "string" && { name }), ...(failure && { failure }), ...(report && { report }) };
  } catch (error) {
    problems = [`options: reading them throws ${describeError(error)}`];
  }
  return {
    ...kept,
    onInit() {
      // The code tells the start check that no setting can fix this.
      throw Object.assign(new ConfigError(problems), { code: "OPTIONS" });
    },
  };
}

function check(expected: string, isValid: (value: unknown) => boolean): Check {
  return (value, path) => (isValid(value) ? [] : [`${path}: expected ${expected}, got ${show(value)}`]);
}

function oneOf(...words: readonly unknown[]): Check {
  return check(words.map(show).join(" or "), (value) => words.includes(value));
}

function listOf(what: string, words: readonly unknown[], least = 0): Check {
  return check(
    `${what} ${words.map(show).join(", ")}`,
    (value) => Array.isArray(value) && value.length >= least && value.every((one) => words.includes(one)),
  );
}

function range(least: number, most: number, except?: number): Check {
  return check(
    `${least} to ${most}${except ? ` except ${except}` : ""}`,
    (value) => typeof value === "number" && value % 1 === 0 && value >= least && value <= most && value !== except,
  );
}

/** Checks each known field, and refuses the others. */
function objectOf(checks: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  const known = Object.keys(checks);
  return (object, path) => {
    if (!isObject(object)) return check("an object", isObject)(object, path || "options");
    const prefix = path && `${path}.`;
    // An instance of a class may have fields of its own beside the handlers.
    const names = object["constructor"] === Object ? Object.keys(object) : [];
    return [...new Set([...names, ...known])].flatMap((name) => {
      const value = object[name];
      const check = known.includes(name) && checks[name];
      if (check) return value === undefined && !required.includes(name) ? [] : check(value, prefix + name);
      const meant = didYouMean(name, known);
      const advice = meant === undefined ? `expected one of ${known.join(", ")}` : `is ${prefix}${meant} meant?`;
      return [`${prefix}${name}: no such option; ${advice}`];
    });
  };
}

/** Shows only the type of an object: it may hold a credential. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => show(one)).join(", ") || "none";
  return Object(value) === value ? typeof value : inspect(value).slice(0, 80);
}
