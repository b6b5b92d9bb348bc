import { conformanceOptions, devOptions, invokeOptions, startLambdaOptions } from "./options.ts";
import type { OptionSpec } from "./options.ts";
import type { Verb } from "./parse-command.ts";

/** What `--help` says of a verb. */
export interface VerbHelp {
  readonly usage: string;
  readonly about: string;
  /** Command lines with what each is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** What exit status 1 means; undefined for a verb that goes on until the user ends it. */
  readonly failure?: string;
  readonly options: readonly OptionSpec[];
}

/** Every verb of the command line, in the order of `--help`. */
export const verbs: Readonly<Record<Verb, VerbHelp>> = {
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
  },
  dev: {
    usage: "lambda-emulator dev [FUNCTION] [options]",
    about:
      "Runs one function and invokes it again after every change of its template, its code, its layers' sources or its event.",
    examples: [
      ["lambda-emulator dev HelloFunction --event events/event.json", "edit, and see the answer within a second"],
    ],
    options: devOptions,
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
  },
};

/** The verb that a word names; undefined for any other word. */
export function findVerb(word: string): Verb | undefined {
  return Object.hasOwn(verbs, word) ? (word as Verb) : undefined;
}
