import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findLaunchObstacle } from "./launch-obstacle.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "obstacle-"));
  mkdirSync(join(root, "opt/extensions"), { recursive: true });
  mkdirSync(join(root, "opt/bin"));
  writeProgram("opt/bin/sh", "\u007fELF");
});
afterEach(() => rmSync(root, { recursive: true }));

function writeProgram(path: string, content: string, mode = 0o755): void {
  writeFileSync(join(root, path), content, "latin1");
  chmodSync(join(root, path), mode);
}

function obstacle(name: string): { readonly errorType: string; readonly errorMessage: string } | undefined {
  return findLaunchObstacle({ hostPath: (path) => join(root, path) }, `/opt/extensions/${name}`);
}

test("finds nothing against an executable, a script, and links to either that start at the root of the inside", () => {
  writeProgram("opt/extensions/binary", "\u007fELF");
  writeProgram("opt/extensions/script", "#! /opt/bin/sh -e\n");
  symlinkSync("/opt/bin/sh", join(root, "opt/extensions/absolute"));
  symlinkSync("../bin/sh", join(root, "opt/extensions/relative"));
  for (const name of ["binary", "script", "absolute", "relative"]) expect(obstacle(name), name).toBeUndefined();
});

test.each([
  [
    "denied",
    () => writeProgram("opt/extensions/denied", "#!/opt/bin/sh\n", 0o644),
    "PermissionDenied",
    "permission denied (set its execute bit: chmod +x)",
  ],
  [
    "folder",
    () => symlinkSync("/opt/bin", join(root, "opt/extensions/folder")),
    "PermissionDenied",
    "permission denied (set its execute bit: chmod +x)",
  ],
  [
    "broken",
    () => symlinkSync("/nowhere", join(root, "opt/extensions/broken")),
    "UnknownError",
    "no such file or directory (a broken link?)",
  ],
  [
    "circle",
    () => symlinkSync("circle", join(root, "opt/extensions/circle")),
    "UnknownError",
    "no such file or directory (a broken link?)",
  ],
  [
    "text",
    () => writeProgram("opt/extensions/text", "echo"),
    "UnknownError",
    "exec format error (neither an executable nor a script with a #! line)",
  ],
  [
    "empty",
    () => writeProgram("opt/extensions/empty", ""),
    "UnknownError",
    "exec format error (neither an executable nor a script with a #! line)",
  ],
  [
    "crlf",
    () => writeProgram("opt/extensions/crlf", "#!/opt/bin/sh\r\n"),
    "UnknownError",
    "no such file or directory (its lines end with CR LF: save it with LF)",
  ],
  [
    "lost",
    () => writeProgram("opt/extensions/lost", "#!/opt/bin/zsh\n"),
    "UnknownError",
    "no such file or directory (its #! line names /opt/bin/zsh, which this runtime does not have)",
  ],
])("says what stands against %s", (name, make, errorType, reason) => {
  make();
  expect(obstacle(name)).toEqual({ errorType, errorMessage: `fork/exec /opt/extensions/${name}: ${reason}` });
});
