import { readFile } from "node:fs/promises";
import { Interrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { didYouMean } from "../problems/did-you-mean.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { createStyle } from "../tell/style.ts";
import { readCommandLine } from "./command-line.ts";
import { describeVerb, overview } from "./help.ts";
import { verbs } from "./verbs.ts";

const badInputStatus = 2;
/** The exit status if the user ended the command: 128 + SIGINT. */
export const interruptedStatus = 130;

/**
 * Runs a command line. Returns the exit status: 0; 1 the function or a check failed; 2 the input cannot be run; 130 the
 * user ended it. Errors: only defects; a mistake of the user's becomes one message on stderr.
 */
export async function runCli(argv: readonly string[], host: Host): Promise<number> {
  const style = createStyle(host.stderr, host.env);
  try {
    return await dispatch(argv, host);
  } catch (error) {
    if (error instanceof Interrupted) return interruptedStatus;
    if (!(error instanceof EmulatorError)) throw error;
    host.stderr.write(`${style.red("error:")} ${error.message}\n`);
    return badInputStatus;
  }
}

async function dispatch(argv: readonly string[], host: Host): Promise<number> {
  const [word, ...rest] = argv;
  if (word === "help" && rest[0] !== undefined) return dispatch([rest[0], "--help"], host);
  if (word === undefined || word === "help" || word === "--help" || word === "-h") {
    const output = host[word === undefined ? "stderr" : "stdout"];
    output.write(overview(createStyle(output, host.env)));
    return word === undefined ? badInputStatus : 0;
  }
  if (word === "--version") {
    host.stdout.write(`${await readVersion()}\n`);
    return 0;
  }
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (verb === undefined) {
    const names = Object.keys(verbs);
    throw new EmulatorError(`unknown command ${word}${didYouMean(word, names) || `; commands: ${names.join(", ")}`}`);
  }
  const line = readCommandLine(rest, verb.options);
  if (!line.options.has("help")) return verb.run(line, host);
  host.stdout.write(describeVerb(verb, createStyle(host.stdout, host.env)));
  return 0;
}

/** The path is the same from `src` and from `dist`. */
async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
