import type { Style } from "../tell/style.ts";
import type { OptionSpec } from "./options.ts";
import { verbs } from "./verbs.ts";
import type { Verb } from "./verbs.ts";

/** The answer to `--help` without a verb. */
export function overview(style: Style): string {
  const shown = Object.values(verbs).map(({ usage, about }) => `  ${style.bold(usage)}\n      ${wrap(about, 6)}`);
  return [
    "AWS Lambda's execution environment on this machine, without Docker. It runs code with your rights.",
    `${style.bold("Usage:")}\n${shown.join("\n")}`,
    "A command's options and examples: --help after its name. Version: --version.\n",
  ].join("\n\n");
}

/** The answer to `--help` after a verb. */
export function describeVerb({ usage, about, options, examples, failure }: Verb, style: Style): string {
  const lines = examples.map(([line, purpose]) => `  ${style.dim(`# ${purpose}`)}\n  ${line}`);
  const statuses = [
    ...(failure === undefined ? [] : ["0", `1 ${failure}`]),
    "2 the input cannot be run",
    "130 ended by Ctrl-C",
  ];
  return [
    `${style.bold("Usage:")} ${usage}\n\n${wrap(about, 0)}`,
    `${style.bold("Options:")}\n${describeOptions(options)}`,
    `${style.bold("Examples:")}\n${lines.join("\n")}`,
    `${style.bold("Exit status:")} ${statuses.join("; ")}.\n`,
  ].join("\n\n");
}

function describeOptions(specs: readonly OptionSpec[]): string {
  const rows = specs.map((spec) => {
    const short = spec.short === undefined ? "    " : `-${spec.short}, `;
    return [`  ${short}--${spec.name}${spec.value === undefined ? "" : ` ${spec.value}`}`, spec.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, help]) => left.padEnd(width) + wrap(help, width)).join("\n");
}

/** Breaks a text at 100 columns; the lines after the first start at `indent`. */
function wrap(text: string, indent: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length + 1 > 100 - indent) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n" + " ".repeat(indent));
}
