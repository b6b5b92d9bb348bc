import type { LogLine } from "../history/log-line.ts";
import type { Style } from "./style.ts";

/** How lines are shown. */
export interface LineFormat {
  readonly style: Style;
  /** Puts the time since `startEpochMs` and the source before each line. */
  readonly verbose: boolean;
  readonly startEpochMs: number;
}

/** A log line as the terminal shows it, without its end: an extension's line always carries the extension's name. */
export function formatLine(line: LogLine, { style, verbose, startEpochMs }: LineFormat): string {
  // Lambda's runtimes keep a message of several lines together by carriage returns.
  const text = line.text.replace(/\n$/, "").replaceAll("\r", "\n");
  if (verbose) {
    const elapsed = `${(line.epochMs - startEpochMs).toFixed(1).padStart(9)} ms`;
    return `${style.dim(elapsed)} ${style.bold(line.name)} ${paint(text, line.source, style)}`;
  }
  const isNamed = line.source !== "extension" || text.startsWith(`[${line.name}]`);
  return paint(isNamed ? text : `[${line.name}] ${text}`, line.source, style);
}

function paint(text: string, source: LogLine["source"], style: Style): string {
  if (source === "function") return text;
  return source === "platform" ? style.dim(text) : style.cyan(text);
}
