import type { LogLine } from "../environment.ts";
import type { CommandLine } from "./command-line.ts";
import { formatLine } from "./format-line.ts";
import type { Io } from "./io.ts";
import { createStyle } from "./style.ts";
import type { Style } from "./style.ts";

/** What a command tells on stderr while it runs. */
export interface Printer {
  readonly style: Style;
  readonly say: (text: string) => void;
  readonly warning: (text: string) => void;
  /** What the emulator itself does. */
  readonly onNote: (text: string) => void;
  /** Shown with `--verbose` alone: where a build fails, its message has the output. */
  readonly onBuildOutput: (text: string) => void;
  readonly onLine: (line: LogLine, prefix?: string) => void;
}

/** The printer of a command; with `--json` a silent one. */
export function createPrinter({ options }: CommandLine, io: Io): Printer {
  const style = createStyle(io.stderr, io.env);
  const format = { style, verbose: options.has("verbose"), startEpochMs: io.nowEpochMs() };
  const say = (text: string): void => {
    if (!options.has("json")) io.stderr.write(`${text}\n`);
  };
  return {
    style,
    say,
    warning: (text) => say(style.yellow(`warning: ${text}`)),
    onNote: (text) => say(style.dim(text)),
    onBuildOutput: (text) => void (format.verbose && io.stderr.write(text)),
    onLine: (line, prefix = "") => say(prefix + formatLine(line, format)),
  };
}
