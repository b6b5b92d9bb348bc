/** An option of a command, as `--help` shows it. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly aliases?: readonly string[];
  /** The placeholder of its value; without one the option is a flag. */
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
    help: "SAM template, as written or as built by sam build. Default: .aws-sam/build/template.yaml, template.yaml, template.yml, template.json, the first that is there",
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
  { name: "verbose", short: "v", help: "more about what happens: time and source of each line, output of make" },
  { name: "help", short: "h", help: "this text" },
];

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

export const startLambdaOptions: readonly OptionSpec[] = [
  { name: "port", short: "p", value: "PORT", help: "default: 3001; 0: any free one" },
  { name: "host", value: "HOST", help: "default: 127.0.0.1. Whoever reaches it runs code with your rights" },
  {
    name: "max-environments",
    value: "N",
    help: "environments of one function at the same time, default 10; further invocations wait. 1 where an extension has a fixed port",
  },
  ...templateOptions,
];

/** What `sam build` made does not change with its sources, so `dev` looks for the template as written. */
const devTemplateHelp = "SAM template. Default: template.yaml, template.yml, template.json, the first that is there";

export const devOptions: readonly OptionSpec[] = [
  {
    name: "event",
    short: "e",
    value: "FILE",
    help: "JSON file with the event, watched too; - reads it from standard input. Default: {}",
  },
  ...templateOptions.map((option) => (option.name === "template" ? { ...option, help: devTemplateHelp } : option)),
];

/** The options as lines of help. Units: `width` is the column where their descriptions start. */
export function describeOptions(specs: readonly OptionSpec[]): string {
  const rows = specs.map((spec) => {
    const short = spec.short === undefined ? "    " : `-${spec.short}, `;
    return [`  ${short}--${spec.name}${spec.value === undefined ? "" : ` ${spec.value}`}`, spec.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, help]) => left.padEnd(width) + wrap(help, width)).join("\n");
}

/** Breaks a text at 100 columns; the lines after the first start at `indent`. */
export function wrap(text: string, indent: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length + 1 > 100 - indent) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n" + " ".repeat(indent));
}
