/**
 * The operator's fault or a limit of this machine: the message names the thing and says what to do; shown without a
 * stack.
 */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
}
