import { expect, test } from "vitest";
import { explainFileError } from "./file-error.ts";

const refused = (code: string, rest: object): Error =>
  Object.assign(new Error(`${code}: as Node says it`), { code, ...rest });

test.each<[Error, string]>([
  [
    refused("ENOSPC", { syscall: "write" }),
    "the output: expected room to write, got a full disk: free some, then run the same command again",
  ],
  [
    refused("ENOSPC", { syscall: "copyfile", path: "/a", dest: "/b" }),
    "/b: expected room to write, got a full disk: free some, then run the same command again",
  ],
  [
    refused("EROFS", { syscall: "mkdtemp", path: "/a/.b-XXXXXX" }),
    "/a: expected access for this user, got EROFS: as Node says it",
  ],
  [
    refused("EACCES", { syscall: "scandir", path: "/a" }),
    "/a: expected access for this user, got EACCES: as Node says it",
  ],
  [refused("EEXIST", { syscall: "mkdir", path: "/a" }), "/a: expected a folder, got a file in its place"],
  [refused("ENOTDIR", { syscall: "mkdir", path: "/a/b" }), "/a/b: expected a folder, got a file in its place"],
  [refused("EISDIR", { syscall: "open", path: "/a" }), "/a: expected a file, got a folder"],
  [refused("EMFILE", { syscall: "open", path: "/a" }), "EMFILE: as Node says it"],
])("%s", (error, line) => {
  expect(explainFileError(error)).toBe(line);
});

test("does not explain other errors: they are printed as bugs", () => {
  expect(explainFileError(new Error("BUG: x"))).toBeUndefined();
  expect(explainFileError("text")).toBeUndefined();
});
