import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchBuilds } from "./watch-builds.ts";

test("builds again what changed while its folder was not watched yet", async () => {
  const folder = mkdtempSync(join(tmpdir(), "watch test "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const source = join(folder, "src", "main.ts");
  mkdirSync(join(folder, "src"));
  writeFileSync(source, "first");
  let builds = 0;
  const watching = watchBuilds({
    alwaysWatched: [join(folder, "package.json")],
    async build() {
      builds += 1;
      if (builds === 1) writeFileSync(source, "second"); // read before, saved before the build has ended
      return [source];
    },
  });
  await vi.waitUntil(() => builds >= 2, { timeout: 60_000 });
  await watching.close();
  expect(builds).toBeGreaterThanOrEqual(2); // once more if the file system rounds
});

test.each<[string, (folder: string) => void, (folder: string) => void]>([
  ["was made anew", (folder) => rmSync(folder, { recursive: true }), (folder) => mkdirSync(folder)],
  [
    "was moved away and back",
    (folder) => renameSync(folder, `${folder}-aside`),
    (folder) => renameSync(`${folder}-aside`, folder),
  ],
])("goes on watching a folder that %s", async (_how, takeAway, bringBack) => {
  const folder = mkdtempSync(join(tmpdir(), "watch test "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const deep = join(folder, "src", "deep");
  const source = join(deep, "a.ts");
  mkdirSync(deep, { recursive: true });
  writeFileSync(source, "first");
  let seen: string | undefined;
  const watching = watchBuilds({
    alwaysWatched: [join(folder, "package.json")],
    async build() {
      seen = existsSync(source) ? readFileSync(source, "utf8") : undefined;
      return seen === undefined ? undefined : [source];
    },
  });
  const sees = (content: string | undefined): Promise<boolean> =>
    vi.waitUntil(() => seen === content, { timeout: 60_000 });
  await sees("first");
  writeFileSync(source, "again");
  await sees("again"); // by a second build, so the folder is watched since the first
  takeAway(deep);
  await sees(undefined);
  bringBack(deep);
  for (const content of ["second", "third"]) {
    writeFileSync(source, content);
    await sees(content);
  }
  await watching.close();
  expect(seen).toBe("third");
});
