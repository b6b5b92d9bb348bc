/**
 * The operator's fault or a limit of this machine. The message names the thing and says what to do; it is shown without
 * a stack.
 */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
}

/** Why a file could not be read, to follow its name: `is not there`, `is a folder`. */
export function fileProblem(error: unknown): string {
  const code = errorCode(error) ?? "";
  const known: Readonly<Record<string, string>> = {
    ENOENT: "is not there",
    ENOTDIR: "is not there",
    EISDIR: "is a folder",
    EACCES: "is not yours to use (access is refused)",
  };
  return known[code] ?? `cannot be read (${code === "" ? String(error) : code})`;
}

/** The code of a system's or Node.js's error, such as ENOENT; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
