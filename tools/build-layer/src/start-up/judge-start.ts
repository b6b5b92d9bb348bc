import { isAbsolute } from "node:path";
import type { StartEnd, StartOutcome } from "./start-once.ts";

/** What a start says about the bundle. */
export interface Verdict {
  /** What happened and what to do, in one line, and the end of the output; undefined if the extension can start. */
  readonly problem?: { readonly line: string; readonly output: string };
  /** What fails here and may work on Lambda, because it needs a network, credentials or a setting. */
  readonly warnings: readonly string[];
}

/** A failure that core's loop survives and tells the check: see LAMBDA_EXTENSION_START_CHECK in docs/layers.md. */
interface ToldFailure {
  readonly where: string;
  readonly message: string;
  /** This and the next fields are those of the error; undefined if a field is not a text. */
  readonly name: string | undefined;
  readonly code: string | undefined;
  readonly path: string | undefined;
  readonly syscall: string | undefined;
}

/**
 * How many lines of the output a message shows, and how much of each. Node.js writes up to eleven about a missing
 * module, and the first one names it. Units: UTF-16 code units.
 */
const shownLines = 12;
const shownLength = 160;

const missingModule = /^(ERR_)?MODULE_NOT_FOUND$|^ERR_(UNKNOWN_BUILTIN_MODULE|DLOPEN_FAILED)$/;
/** What the check takes away, as Node.js and AWS's SDK name it. A description has the code of the cause too. */
const takenAway =
  /\b(EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENETDOWN|ETIMEDOUT|CredentialsProviderError)\b/;
/** A SyntaxError about data, which a setting may hold, and not about code. */
const badData = /JSON|BigInt|regular expression/;
const advice = {
  module: 'import the module by its name in quotes, or list its package in "external" of lambdaExtension',
  file: 'list the file in "assets" of lambdaExtension, and open it with a path that begins with __dirname',
  setting:
    'fix the program; if a setting is missing, give it a default in "environment" of lambdaExtension, or throw a ConfigError',
  run: "call runExtension when the program is loaded, and do not end the process",
  fix: 'fix what the output names; a missing setting gets a default in "environment", list the package of a missing module in "external", a missing file in "assets"',
  native:
    "npm rebuild its package; if the folder for temporary files is mounted with noexec, name another one in TMPDIR",
  network: "the check has no network and no credentials: ask for the first event before you use them",
  wait: "call runExtension; until then the program must not wait for a network, and onInit must not block",
};

/** Decides whether the bundle is at fault. `layer` is the folder that held the extension's files while it ran. */
export function judgeStart({ end, told, said }: StartOutcome, layer: string, deadlineMs: number): Verdict {
  const failures = parseTold(told);
  const fault = failures.find((failure) => isOfBundle(failure, layer));
  const describe = ({ where, message }: ToldFailure): string =>
    `${where === "program" ? "the program, before it calls runExtension," : where} threw ${message.replaceAll(`${layer}/`, "")}`;
  if (fault !== undefined) {
    return { problem: { line: `${describe(fault)}; advice: ${adviceFor(fault)}`, output: "" }, warnings: [] };
  }
  // What is thrown before `runExtension`, core throws again in onInit.
  const first = new Map(failures.toReversed().map((failure) => [failure.message, failure]));
  const others = [...first.values()].toReversed().filter(({ name }) => name !== "ConfigError");
  const reason = "the build goes on, because on this machine a network, a role or a setting may be missing";
  const warnings = others.map((failure) => `${describe(failure)}; ${reason}`);
  // An extension that fails closed ends because of what it told, or because of its settings.
  const isConfigError = end.kind === "error" && end.errorType.endsWith("ConfigError");
  if (end.kind === "next" || isConfigError || (end.kind === "error" && failures.length > 0)) return { warnings };
  const output = lastLines(said.replaceAll(`${layer}/`, ""));
  return { problem: { line: describeEnd(end, { deadlineMs, said }), output }, warnings: [] };
}

/** Each line is a JSON array. A program that wrote anything else into the pipe has told nothing. */
function parseTold(told: string): readonly ToldFailure[] {
  return told.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      if (!Array.isArray(value)) return [];
      const [where, message, name, code, path, syscall] = value.map((one) =>
        typeof one === "string" ? one : undefined,
      );
      return where === undefined || message === undefined ? [] : [{ where, message, name, code, path, syscall }];
    } catch {
      return [];
    }
  });
}

/**
 * Before `runExtension`, every failure counts except a missing setting, network or role. After it, a failure counts
 * only if no setting, network or role can fix it.
 */
function isOfBundle({ where, message, name, code = "", path, syscall }: ToldFailure, layer: string): boolean {
  if (missingModule.test(code) || code === "OPTIONS") return true;
  if (where === "program") return name !== "ConfigError" && !takenAway.test(message);
  if (code === "ENOENT" && path !== undefined && !syscall?.startsWith("spawn")) {
    return !isAbsolute(path) || path.startsWith(`${layer}/`);
  }
  return name === "ReferenceError" || (name === "SyntaxError" && !badData.test(message));
}

function adviceFor({ message, code = "" }: ToldFailure): string {
  // sharp throws an error of its own, which quotes this one.
  if (/\bERR_DLOPEN_FAILED\b/.test(`${code} ${message}`)) return advice.native;
  if (missingModule.test(code)) return advice.module;
  if (code === "ENOENT") return advice.file;
  return code === "OPTIONS" ? "fix the options of runExtension" : advice.setting;
}

function describeEnd(
  end: Exclude<StartEnd, { readonly kind: "next" }>,
  { deadlineMs, said }: { readonly deadlineMs: number; readonly said: string },
): string {
  switch (end.kind) {
    case "error":
      return `it reported ${end.errorType} in place of its first event; advice: ${advice.setting}`;
    case "exit": {
      const status = typeof end.status === "number" ? `exit status ${end.status}` : end.status;
      const fix = takenAway.test(said) ? advice.network : advice.fix;
      return `it ended (${status}) before it asked for its first event; advice: ${end.status === 0 ? advice.run : fix}`;
    }
    case "late":
      return `it had not asked for its first event after ${deadlineMs / 1000} s; advice: ${advice.wait}`;
  }
}

/** The end of an output, as lines of one message. The frames inside Node.js say nothing about a program. */
function lastLines(said: string): string {
  const lines = said.split("\n").filter((line) => line.trim() !== "" && !/^\s+at .*\bnode:/.test(line));
  return lines
    .slice(-shownLines)
    .map((line) => `\n  | ${line.length > shownLength ? `${line.slice(0, shownLength)}…` : line}`)
    .join("");
}
