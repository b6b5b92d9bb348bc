/** A system error's code, such as `ENOENT`; undefined for everything else that was thrown. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
