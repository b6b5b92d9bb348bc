import { readFile } from "node:fs/promises";
import { Interrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { didYouMean } from "../problems/did-you-mean.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { runStartLambda } from "../serve/start-lambda.ts";
import { createStyle } from "../tell/style.ts";
import type { Style } from "../tell/style.ts";
import { runDev } from "../watch/dev.ts";
import { readCommandLine } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";
import { conformanceOptions, runConformance } from "./conformance.ts";
import { runInvoke } from "./invoke.ts";
import { describeOptions, devOptions, invokeOptions, startLambdaOptions, wrap } from "./options.ts";
import type { OptionSpec } from "./options.ts";

interface Command {
  readonly usage: string;
  readonly about: string;
  /** Command lines with what each is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** What its exit status 1 says; undefined where it goes on until the user ends it. */
  readonly failure?: string;
  readonly options: readonly OptionSpec[];
  run(line: CommandLine, host: Host): Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  invoke: {
    usage: "lambda-emulator invoke [FUNCTION] [options]",
    about: "Runs one function of a SAM template with its extensions: init, invoke, shutdown.",
    examples: [
      ["lambda-emulator invoke HelloFunction --event events/event.json", "the answer goes to standard output"],
      [
        "lambda-emulator invoke --count 3 --idle 10m --report timeline.html",
        "three invocations, frozen between them, as a picture",
      ],
      ["lambda-emulator invoke --json | jq .answers", "everything as one document"],
    ],
    failure: "the function failed",
    options: invokeOptions,
    run: runInvoke,
  },
  "start-lambda": {
    usage: "lambda-emulator start-lambda [options]",
    about: "Serves Lambda's Invoke API for every function of a SAM template: point an AWS SDK's endpoint to it.",
    examples: [
      ["lambda-emulator start-lambda --port 3001", "prints its URL"],
      [
        "aws lambda invoke --endpoint-url http://127.0.0.1:3001 --function-name HelloFunction out.json",
        "in another terminal",
      ],
    ],
    options: startLambdaOptions,
    run: runStartLambda,
  },
  dev: {
    usage: "lambda-emulator dev [FUNCTION] [options]",
    about:
      "Runs one function and invokes it again after every change of its template, its code, its layers' sources or its event.",
    examples: [
      ["lambda-emulator dev HelloFunction --event events/event.json", "edit, and see the answer within a second"],
    ],
    options: devOptions,
    run: runDev,
  },
  conformance: {
    usage: "lambda-emulator conformance LAYER [options]",
    about: "Checks the extensions of a layer, a folder or a zip, against what Lambda does to extensions.",
    examples: [
      ["lambda-emulator conformance layer/dist/layer", "a table, then what to do about what fails"],
      ["lambda-emulator conformance extension.zip --only freeze,shutdown", "two checks, and those they need"],
    ],
    failure: "a check failed",
    options: conformanceOptions,
    run: runConformance,
  },
};

const badInputStatus = 2;
/** The exit status where the user ended the command: 128 + SIGINT. */
export const interruptedStatus = 130;

/**
 * Runs a command line. Shape: the exit status: 0; 1 the function failed; 2 what was given cannot be run; 130 ended by
 * the user. Errors: only defects; what the user can put right is one message on stderr.
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
  const [name, ...rest] = argv;
  if (name === "help" && rest[0] !== undefined) return dispatch([rest[0], "--help"], host);
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const output = host[name === undefined ? "stderr" : "stdout"];
    output.write(overview(createStyle(output, host.env)));
    return name === undefined ? badInputStatus : 0;
  }
  if (name === "--version") {
    host.stdout.write(`${await readVersion()}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const names = Object.keys(commands);
    throw new EmulatorError(`unknown command ${name}${didYouMean(name, names) || `; commands: ${names.join(", ")}`}`);
  }
  const line = readCommandLine(rest, command.options);
  if (!line.options.has("help")) return command.run(line, host);
  host.stdout.write(describeCommand(command, createStyle(host.stdout, host.env)));
  return 0;
}

function describeCommand({ usage, about, options, examples, failure }: Command, style: Style): string {
  const lines = examples.map(([line, purpose]) => `  ${style.dim(`# ${purpose}`)}\n  ${line}`);
  const statuses = [
    ...(failure === undefined ? [] : ["0", `1 ${failure}`]),
    "2 what was given cannot be run",
    "130 ended by Ctrl-C",
  ];
  return [
    `${style.bold("Usage:")} ${usage}\n\n${wrap(about, 0)}`,
    `${style.bold("Options:")}\n${describeOptions(options)}`,
    `${style.bold("Examples:")}\n${lines.join("\n")}`,
    `${style.bold("Exit status:")} ${statuses.join("; ")}.\n`,
  ].join("\n\n");
}

/** The same distance from `src` and from `dist`. */
async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

function overview(style: Style): string {
  const shown = Object.values(commands).map(({ usage, about }) => `  ${style.bold(usage)}\n      ${wrap(about, 6)}`);
  return [
    "AWS Lambda's execution environment on this machine, without Docker. It runs code with your rights.",
    `${style.bold("Usage:")}\n${shown.join("\n")}`,
    "A command's options and examples: --help after its name. Version: --version.\n",
  ].join("\n\n");
}
