/** A line that a process of the environment, or the platform itself, wrote. */
export interface LogLine {
  readonly source: "platform" | "function" | "extension";
  /** The extension's name; the function's name; `platform`. */
  readonly name: string;
  /** A record of the managed runtimes' own logging may have several lines. */
  readonly text: string;
  readonly epochMs: number;
  /** Whether it tells where this machine cannot be like Lambda: every environment of a function says the same. */
  readonly isNotice?: true;
}
