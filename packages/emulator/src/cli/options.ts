/** An option of a command, as `--help` shows it. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly aliases?: readonly string[];
  /** The placeholder of its value; an option without a placeholder is a flag. */
  readonly value?: string;
  readonly repeatable?: boolean;
  /** Also takes the `Key=Value` arguments that follow. */
  readonly takesMore?: boolean;
  readonly help: string;
}

/** Options of every command that runs functions of a template. */
const templateOptions: readonly OptionSpec[] = [
  {
    name: "template",
    short: "t",
    aliases: ["template-file"],
    value: "FILE",
    help: "SAM template, as written or as built by sam build. Default: .aws-sam/build/template.yaml, template.yaml, template.yml, template.json, the first that exists",
  },
  {
    name: "parameter-overrides",
    value: "KEY=VALUE",
    takesMore: true,
    help: "values for the template's Parameters",
  },
  { name: "env-vars", short: "n", value: "FILE", help: "JSON file with environment variables, in sam local's format" },
  {
    name: "layer-mapping",
    value: "LAYER=PATH",
    takesMore: true,
    help: "use a local folder or zip for a layer, named by ARN (with or without version) or logical id",
  },
  {
    name: "bootstrap",
    value: "COMMAND",
    help: "run this command, which speaks the Runtime API, instead of the emulator's client: the way to run any language",
  },
  { name: "timeout", value: "SECONDS", help: "instead of the template's Timeout" },
  { name: "region", value: "REGION", help: "default: AWS_REGION, AWS_DEFAULT_REGION, us-east-1" },
  { name: "freeze", help: "stop every process between invocations, as Lambda does" },
  {
    name: "cpu-share",
    help: "the CPU time that Lambda gives for the template's MemorySize, function and extensions together: 1 vCPU for 1769 MB",
  },
  { name: "verbose", short: "v", help: "show more: time and source of each line, output of make" },
  { name: "help", short: "h", help: "this text" },
];

/** Options of `invoke`. */
export const invokeOptions: readonly OptionSpec[] = [
  {
    name: "event",
    short: "e",
    value: "FILE",
    help: "JSON file with the event; - reads it from standard input. Default: {}",
  },
  { name: "no-event", help: "invoke with {}" },
  { name: "count", value: "N", help: "invoke N times in the same environment, one after the other" },
  {
    name: "idle",
    value: "DURATION",
    help: "with --count: freeze that long before each further invocation, as 90s, 10m, 2h; no real time passes",
  },
  { name: "report", value: "FILE", help: "write the timeline as one HTML file" },
  { name: "json", help: "print one JSON document with answers, log lines and timeline, and nothing else" },
  ...templateOptions,
];

/** Options of `start-lambda`. */
export const startLambdaOptions: readonly OptionSpec[] = [
  { name: "port", short: "p", value: "PORT", help: "default: 3001; 0: any free one" },
  { name: "host", value: "HOST", help: "default: 127.0.0.1. A program that reaches it runs code with your rights" },
  {
    name: "max-environments",
    value: "N",
    help: "environments of one function at the same time, default 10; further invocations wait. 1 if an extension has a fixed port",
  },
  ...templateOptions,
];

/** The output of `sam build` does not change with its sources, so `dev` looks for the template as written. */
const devTemplateHelp = "SAM template. Default: template.yaml, template.yml, template.json, the first that exists";

/** Options of `dev`. */
export const devOptions: readonly OptionSpec[] = [
  {
    name: "event",
    short: "e",
    value: "FILE",
    help: "JSON file with the event, watched too; - reads it from standard input. Default: {}",
  },
  ...templateOptions.map((option) => (option.name === "template" ? { ...option, help: devTemplateHelp } : option)),
];

/** Options of `conformance`. */
export const conformanceOptions: readonly OptionSpec[] = [
  {
    name: "only",
    value: "CHECK,…",
    repeatable: true,
    help: "these checks only, and those they need; docs/conformance.md lists them all",
  },
  {
    name: "function-runtime",
    value: "RUNTIME",
    help: "the runtime of the function beside it, default nodejs22.x: nodejs*.x, python3.* or provided.*",
  },
  { name: "env", value: "NAME=VALUE", takesMore: true, help: "a variable of the function, which extensions see too" },
  {
    name: "architecture",
    value: "NAME",
    help: "x86_64 or arm64, default this machine's; programs for another one are not executed",
  },
  { name: "json", help: "print the report as one JSON document, and nothing else" },
  { name: "help", short: "h", help: "this text" },
];
