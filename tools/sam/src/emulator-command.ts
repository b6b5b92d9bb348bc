import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { quote } from "zx";

const emulator = join(import.meta.dirname, "../../../packages/emulator/bin/lambda-emulator.js");

/** The options of `sam local …` that take no value. Any other option takes the next argument. */
const flags = new Set([
  ..."--debug --skip-pull-image --force-image-build --shutdown --no-memory-limit --no-event --no-watch".split(" "),
  ..."--mount-symlinks --no-mount-symlinks --language-extensions --no-language-extensions --save-params".split(" "),
  ..."--beta-features --no-beta-features --skip-prepare-infra --prepare-infra -h --help".split(" "),
]);

/** This option takes all arguments up to the next option. */
const parameterOverrides = "--parameter-overrides";

/** SAM's other spellings of options that the emulator knows, with the emulator's own. */
const spellings: Readonly<Record<string, string>> = {
  "-e": "--event",
  "-n": "--env-vars",
  "-p": "--port",
  "--template": "-t",
  "--template-file": "-t",
};

const passedOn = ["--event", "--env-vars", parameterOverrides, "--port", "--host"];

/**
 * The emulator's command that does the same as `sam local invoke …` or `sam local start-lambda …`, quoted for a shell
 * in `cwd`. Returns undefined for any other command of SAM.
 */
export function toEmulatorCommand(args: readonly string[], cwd: string): string | undefined {
  const start = args.indexOf("local");
  const command = args[start + 1];
  if (start === -1 || (command !== "invoke" && command !== "start-lambda")) return undefined;
  const { functionName, options } = readArguments(args.slice(start + 2));
  const [template = defaultTemplate(cwd)] = options.get("-t") ?? [];
  const others = passedOn.map((name) => [name, ...(options.get(name) ?? [])]);
  return [
    ["node", relative(cwd, emulator), command],
    functionName === undefined ? [] : [functionName],
    ["-t", template],
    ...others.filter(({ length }) => length > 1),
  ]
    .flat()
    .map(quote)
    .join(" ");
}

/** The function's name, and the values of each option; if an option is there twice, the last one counts. */
function readArguments(args: readonly string[]) {
  const options = new Map<string, readonly string[]>();
  let functionName: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (!arg.startsWith("-")) functionName ??= arg;
    if (!arg.startsWith("-") || flags.has(arg)) continue;
    const [, name = arg, value] = /^(--[^=]+)=([^]*)$/.exec(arg) ?? [];
    const rest = args.slice(index + 1);
    const following = name === parameterOverrides ? untilOption(rest) : rest.slice(0, 1);
    options.set(spellings[name] ?? name, value === undefined ? following : [value]);
    if (value === undefined) index += following.length;
  }
  return { functionName, options };
}

function untilOption(args: readonly string[]): readonly string[] {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return end === -1 ? args : args.slice(0, end);
}

/** In SAM's own order: the template that `sam build` wrote, or else the source. */
function defaultTemplate(cwd: string): string {
  const built = ".aws-sam/build/template.yaml";
  return existsSync(join(cwd, built)) ? built : "template.yaml";
}
