import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { quote } from "zx";

const emulator = fileURLToPath(new URL("../../../packages/emulator/bin/lambda-emulator.js", import.meta.url));

/**
 * The options of `sam local …` that stand alone; any other takes what is behind it, up to the next option where that
 * may be several.
 */
const flags = new Set([
  ..."--debug --skip-pull-image --force-image-build --shutdown --no-memory-limit --no-event --no-watch --save-params -h --help".split(
    " ",
  ),
  ..."--mount-symlinks --no-mount-symlinks --language-extensions --no-language-extensions".split(" "),
  ..."--beta-features --no-beta-features --skip-prepare-infra --prepare-infra".split(" "),
]);

const parameterOverrides = "--parameter-overrides";

/** What the emulator knows too, by its own spelling. */
const passedOn: Readonly<Record<string, readonly string[]>> = {
  "--event": ["-e", "--event"],
  "--env-vars": ["-n", "--env-vars"],
  [parameterOverrides]: [parameterOverrides],
  "--port": ["-p", "--port"],
  "--host": ["--host"],
};

/**
 * The emulator's command for the same as `sam local invoke …` or `sam local start-lambda …`, quoted for a shell in
 * `cwd`; `undefined` where the arguments are another command's.
 */
export function toEmulatorCommand(args: readonly string[], cwd: string): string | undefined {
  const start = args.indexOf("local");
  const command = args[start + 1];
  if (start === -1 || (command !== "invoke" && command !== "start-lambda")) return undefined;
  const { functionName, options } = readArguments(args.slice(start + 2));
  const valuesOf = (names: readonly string[]) => options.findLast(({ name }) => names.includes(name))?.values ?? [];
  const [template = defaultTemplate(cwd)] = valuesOf(["-t", "--template", "--template-file"]);
  const others = Object.entries(passedOn).map(([name, names]) => [name, ...valuesOf(names)]);
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

interface LocalArguments {
  readonly functionName: string | undefined;
  readonly options: readonly { readonly name: string; readonly values: readonly string[] }[];
}

function readArguments(args: readonly string[]): LocalArguments {
  const options: { name: string; values: readonly string[] }[] = [];
  let functionName: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    const equals = arg.indexOf("=");
    if (!arg.startsWith("-")) functionName ??= arg;
    else if (flags.has(arg)) options.push({ name: arg, values: [] });
    else if (arg.startsWith("--") && equals > 0) {
      options.push({ name: arg.slice(0, equals), values: [arg.slice(equals + 1)] });
    } else {
      const values = arg === parameterOverrides ? untilOption(args.slice(index + 1)) : args.slice(index + 1, index + 2);
      options.push({ name: arg, values });
      index += values.length;
    }
  }
  return { functionName, options };
}

function untilOption(args: readonly string[]): readonly string[] {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return end === -1 ? args : args.slice(0, end);
}

/** SAM's own order: what `sam build` wrote, else the source. */
function defaultTemplate(cwd: string): string {
  const built = ".aws-sam/build/template.yaml";
  return existsSync(join(cwd, built)) ? built : "template.yaml";
}
