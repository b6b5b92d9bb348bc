/**
 * What keeps the Python tools from being installed: `python` none that fits, `install` pip failed, `interrupted` by the
 * user.
 */
export type SetupProblem = "python" | "install" | "interrupted";

/** A machine that lacks what the SAM CLI needs. The message names it and says what to do. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  readonly problem: SetupProblem;

  constructor(problem: SetupProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
