/**
 * The user's fault: settings, sources or files from which no layer can be built. It is printed without a stack trace.
 * `problems` has every problem at once. Each is one line that names the thing and says what was expected.
 */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly problems: readonly string[];

  constructor(problems: string | readonly string[], options?: ErrorOptions) {
    const list = typeof problems === "string" ? [problems] : problems;
    super(list.join("\n"), options);
    this.problems = list;
  }
}
