import { parseArgs } from "node:util";
import { BuildError } from "./build-error.ts";
import { architectures } from "./config/extension-settings.ts";
import type { Architecture } from "./config/extension-settings.ts";
import { didYouMean } from "./did-you-mean.ts";
import { topics } from "./help.ts";
import type { TopicName } from "./help.ts";
import { optionNames, options } from "./options.ts";
import { snippetKinds } from "./snippet/snippets.ts";
import type { SnippetKind } from "./snippet/snippets.ts";

/** What the command line asks for. `report` and `sbom` are files to write. */
export type Command =
  | { readonly kind: "help"; readonly topic: TopicName | undefined }
  | { readonly kind: "version" }
  | { readonly kind: "init"; readonly folder: string }
  | { readonly kind: "snippet"; readonly of: readonly SnippetKind[] }
  | ({ readonly kind: "check"; readonly paths: readonly string[] } & Pick<Options, "architecture" | "json">)
  | ({ readonly kind: "build" } & Options);

type Options = Readonly<Omit<ReturnType<typeof read>["values"], "architecture">> & {
  readonly architecture: Architecture | undefined;
};

/** Errors: `BuildError` that names the option. */
export function parseArguments(args: readonly string[]): Command {
  const help = readHelp(args);
  if (help !== undefined) return help;
  const { values, positionals, tokens } = read(args);
  const { version, check, out, zip, report, sbom, json, watch } = values;
  if (version) return { kind: "version" };
  if (watch && json) throw new BuildError("--watch: expected without --json");
  const architecture =
    values.architecture === undefined
      ? undefined
      : parseOneOf(values.architecture, architectures, `--architecture: expected ${architectures.join(" or ")}`);
  for (const [key, path] of Object.entries({ out, zip, check, report, sbom })) {
    if (path === "") throw new BuildError(`--${key}: expected a path, got an empty one`);
  }
  if (check !== undefined && tokens[0]?.kind === "option") {
    if (watch || [out, zip, report, sbom].some((path) => path !== undefined)) {
      throw new BuildError("--check: expected without --out, --zip, --report, --sbom and --watch");
    }
    if (positionals.includes("")) throw new BuildError("--check: expected a path, got an empty one");
    return { kind: "check", paths: [check, ...positionals], architecture, json };
  }
  const [command, ...rest] = positionals;
  const option = args.find((arg) => arg.startsWith("-"));
  if (command !== undefined && option !== undefined) {
    throw new BuildError(`${command}: expected without options, got ${option}`);
  }
  if (command === "init") return { kind: "init", folder: parseFolder(rest) };
  if (command === "snippet") {
    const expected = `snippet: expected ${snippetKinds.join(", ")}`;
    const kinds = rest.map((word) => parseOneOf(word, snippetKinds, expected));
    return { kind: "snippet", of: kinds.length === 0 ? snippetKinds : kinds };
  }
  if (command !== undefined) {
    throw unknownCommand(command);
  }
  if (out !== undefined && zip !== undefined) throw new BuildError("--zip: expected without --out");
  return { kind: "build", ...values, architecture };
}

/** Help is asked for with any other argument, and says what the first of them does. */
function readHelp(args: readonly string[]): Command | undefined {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const others = own.filter((arg) => arg !== "--help" && arg !== "-h");
  const isVerb = others[0] === "help";
  if (others.length === own.length && !isVerb) return undefined;
  refuseUnknown(own);
  const [word] = isVerb ? others.slice(1) : others;
  if (word === undefined || word === "help") return { kind: "help", topic: undefined };
  if (word.startsWith("-")) return { kind: "help", topic: own.some(isCheck) ? "check" : "build" };
  const topic = topicNames.find((name) => name === word);
  if (topic === undefined) throw unknownCommand(word);
  return { kind: "help", topic };
}

const topicNames = Object.keys(topics) as readonly TopicName[];
const isCheck = (arg: string): boolean => arg === "--check" || arg.startsWith("--check=");

function unknownCommand(word: string): BuildError {
  const isOption = Object.hasOwn(options, word);
  const near = isOption ? `; did you mean --${word}?` : didYouMean(word, ["init", "snippet", "help"]);
  return new BuildError(`unknown command ${word}${near || "; build-layer --help lists the commands"}`);
}

function read(args: readonly string[]) {
  refuseUnknown(args);
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
    const names = parsed.tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
    const again = names.find((name, index) => names.indexOf(name) < index);
    if (again !== undefined) throw new BuildError(`--${again}: expected once`);
    return parsed;
  } catch (error) {
    if (error instanceof BuildError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new BuildError(`${message.split(/\.\s/)[0]}. See build-layer --help`, { cause: error });
  }
}

/** `parseArgs` stops at an unknown option too, but does not name the nearest. */
function refuseUnknown(args: readonly string[]): void {
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option" || Object.hasOwn(options, token.name)) continue;
    const names = optionNames.map((name) => `--${name}`);
    const near = didYouMean(token.rawName, names);
    throw new BuildError(`unknown option ${token.rawName}${near || "; build-layer --help lists the options"}`);
  }
}

function parseFolder([folder, ...rest]: readonly string[]): string {
  if (folder === undefined || folder === "" || rest.length > 0) {
    throw new BuildError("init: expected one folder, for example: build-layer init my-extension");
  }
  return folder;
}

function parseOneOf<T extends string>(value: string, allowed: readonly T[], expected: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new BuildError(`${expected}, got ${JSON.stringify(value)}`);
  return found;
}
