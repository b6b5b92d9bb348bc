import type { Host } from "../host/host.ts";
import { runStartLambda } from "../serve/start-lambda.ts";
import { runDev } from "../watch/dev.ts";
import type { CommandLine } from "./command-line.ts";
import { runConformance } from "./conformance.ts";
import { runInvoke } from "./invoke.ts";
import { conformanceOptions, devOptions, invokeOptions, startLambdaOptions } from "./options.ts";
import type { OptionSpec } from "./options.ts";
import { parseConformance, parseDev, parseInvoke, parseStartLambda } from "./parse-command.ts";

/** A verb of the command line: how it runs, and its `--help`. */
export interface Verb {
  readonly usage: string;
  readonly about: string;
  /** Command lines, each with its purpose. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** What exit status 1 means; undefined for a verb that goes on until the user ends it. */
  readonly failure?: string;
  readonly options: readonly OptionSpec[];
  /** Returns the exit status. Errors: `EmulatorError` for bad input; `Interrupted`. */
  readonly run: (line: CommandLine, host: Host) => Promise<number>;
}

/** Every verb of the command line, in the order of `--help`. */
export const verbs: Readonly<Record<string, Verb>> = {
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
    run: (line, host) => runInvoke(parseInvoke(line), host),
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
    run: (line, host) => runStartLambda(parseStartLambda(line), host),
  },
  dev: {
    usage: "lambda-emulator dev [FUNCTION] [options]",
    about:
      "Runs one function and invokes it again after every change of its template, its code, its layers' sources or its event.",
    examples: [
      ["lambda-emulator dev HelloFunction --event events/event.json", "edit, and see the answer within a second"],
    ],
    options: devOptions,
    run: (line, host) => runDev(parseDev(line), host),
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
    run: (line, host) => runConformance(parseConformance(line), host),
  },
};
