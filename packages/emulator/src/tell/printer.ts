import type { LogLine } from "../history/log-line.ts";
import type { Host } from "../host/host.ts";
import { formatLine } from "./format-line.ts";
import { createStyle } from "./style.ts";
import type { Style } from "./style.ts";

/** How a command writes to stderr while it runs. */
export interface Printer {
  readonly style: Style;
  readonly say: (text: string) => void;
  readonly warning: (text: string) => void;
  /** A step of the emulator itself. */
  readonly onNote: (text: string) => void;
  /** Shown with `--verbose` alone; if a build fails, its message has the output. */
  readonly onBuildOutput: (text: string) => void;
  readonly onLine: (line: LogLine, prefix?: string) => void;
}

/** How much a printer writes. */
export interface PrinterOptions {
  /** Time and source of each line, and what builds print. */
  readonly isVerbose: boolean;
  /** Standard output has everything as JSON: the printer writes only, with `isVerbose`, what builds print. */
  readonly isSilent?: boolean;
}

/** The printer of a command, to stderr. */
export function createPrinter({ isVerbose, isSilent = false }: PrinterOptions, host: Host): Printer {
  const style = createStyle(host.stderr, host.env);
  const format = { style, verbose: isVerbose, startEpochMs: host.nowEpochMs() };
  const say = (text: string): void => {
    if (!isSilent) host.stderr.write(`${text}\n`);
  };
  return {
    style,
    say,
    warning: (text) => say(style.yellow(`warning: ${text}`)),
    onNote: (text) => say(style.dim(text)),
    onBuildOutput: (text) => void (format.verbose && host.stderr.write(text)),
    onLine: (line, prefix = "") => say(prefix + formatLine(line, format)),
  };
}
