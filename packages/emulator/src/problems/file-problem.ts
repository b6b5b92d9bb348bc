/** Why a file could not be read, to follow its name: `is not there`, `is a folder`. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Readonly<Record<string, string>> = {
    ENOENT: "is not there",
    ENOTDIR: "is not there",
    EISDIR: "is a folder",
    EACCES: "is not yours to use (access is refused)",
  };
  return known[code] ?? `cannot be read (${code === "" ? String(error) : code})`;
}
