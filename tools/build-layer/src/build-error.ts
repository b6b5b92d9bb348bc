/**
 * The user's fault: settings, sources or files that do not allow a layer to be built. Printed without a stack trace.
 * Shape: every problem at once, each one line that names the thing and says what was expected.
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
