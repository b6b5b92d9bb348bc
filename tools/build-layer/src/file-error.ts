import { dirname } from "node:path";

/** What a file system refused, in one line that names the thing and says what to do; undefined for any other error. */
export function explainFileError(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  const place = placeOf(error);
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return `${place}: expected room to write, got a full disk: free some, then run the same command again`;
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return `${place}: expected access for this user, got ${error.message}`;
    case "EEXIST":
    case "ENOTDIR":
      return `${place}: expected a folder, got a file in its place`;
    case "EISDIR":
      return `${place}: expected a file, got a folder`;
    default:
      return error.message;
  }
}

/** The error of a write to an open file has no path. That of mkdtemp has the path of the folder it could not make. */
function placeOf(error: Error & { readonly syscall: unknown }): string {
  if ("dest" in error && typeof error.dest === "string") return error.dest;
  if (!("path" in error) || typeof error.path !== "string") return "the output";
  return error.syscall === "mkdtemp" ? dirname(error.path) : error.path;
}

/** A system error's code, such as `ENOENT`; undefined for any other value. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
