import { optionNames, options } from "./options.ts";
import type { OptionName } from "./options.ts";

/** Something that build-layer does, with a help text of its own. */
interface Topic {
  readonly usage: string;
  readonly about: string;
  readonly options: readonly OptionName[];
  /** Command lines, each with its purpose. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
}

/** What build-layer does, in the order of `--help`. `init` and `snippet` are commands, `check` is an option. */
export const topics = {
  build: {
    usage: "build-layer [options]",
    about: 'Makes the layer of the folder whose package.json has "lambdaExtension": dist/layer and dist/<name>.zip.',
    options: optionNames.filter((name) => name !== "check"),
    examples: [
      ["build-layer", "for every architecture that package.json lists"],
      ["build-layer --watch", "again after every change"],
      ['build-layer --out "$(ARTIFACTS_DIR)"', "in a Makefile of SAM"],
      ["build-layer --report map.html --sbom sbom.json", "with what is in it"],
    ],
  },
  check: {
    usage: "build-layer --check DIR|ZIP … [options]",
    about:
      "Checks a layer for mistakes that make Lambda's init phase fail, or all layers of one function. Any tool may have made them.",
    options: ["architecture", "json", "help"],
    examples: [
      ["build-layer --check dist/layer", "a folder"],
      ["build-layer --check dist/layer other.zip", "all layers of a function, and what Lambda makes of them together"],
      ["build-layer --check dist/my-extension.zip --architecture arm64", "a zip, and its programs are for arm64"],
    ],
  },
  init: {
    usage: "build-layer init FOLDER",
    about:
      "Makes a new extension with a function, a SAM template and a test. The folder's name is the extension's name.",
    options: ["help"],
    examples: [["build-layer init my-extension", "a project in the new folder my-extension"]],
  },
  snippet: {
    usage: "build-layer snippet [sam|cdk|container]",
    about:
      "Prints what to paste into a SAM template, a CDK stack or a Dockerfile to use the layer. Default: all three.",
    options: ["help"],
    examples: [["build-layer snippet sam", "for a template.yaml"]],
  },
} as const satisfies Readonly<Record<string, Topic>>;

export type TopicName = keyof typeof topics;

/** The answer to `--help`: about everything, or about one topic. */
export function toHelp(name: TopicName | undefined): string {
  return name === undefined ? overview() : describe(topics[name]);
}

function overview(): string {
  const usages = Object.values(topics).map(({ usage, about }) => `  ${usage}\n      ${about}`);
  return [
    "build-layer: a TypeScript extension becomes a Lambda layer.",
    `Usage:\n${usages.join("\n")}`,
    `Options:\n${describeOptions(optionNames)}`,
    "A command's own options and examples: build-layer init --help, build-layer --check --help.\n",
  ].join("\n\n");
}

function describe({ usage, about, options, examples }: Topic): string {
  const lines = examples.map(([line, purpose]) => `  # ${purpose}\n  ${line}`);
  return [
    `Usage: ${usage}\n\n${about}`,
    `Options:\n${describeOptions(options)}`,
    `Examples:\n${lines.join("\n")}`,
    "Exit status: 0; 1 with one line for each problem.\n",
  ].join("\n\n");
}

function describeOptions(names: readonly OptionName[]): string {
  const width = Math.max(...names.map((name) => options[name].shown.length));
  return names.map((name) => `  ${options[name].shown.padEnd(width)}  ${options[name].help}`).join("\n");
}
