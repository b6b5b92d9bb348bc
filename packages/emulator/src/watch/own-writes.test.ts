import { describe, expect, test } from "vitest";
import { createOwnWrites } from "./own-writes.ts";

const at = (path: string, changedEpochMs: number) => ({ path, changedEpochMs });

describe("createOwnWrites", () => {
  test("leaves out a file that three builds in a row wrote, and tells so once", () => {
    const writes = createOwnWrites();
    const told: string[] = [];
    const outcomes = [10, 20, 30, 40].map((start) => {
      writes.ran(start, start + 5);
      return writes
        .sift([at("made.txt", start + 1), at("source.ts", start + 7)], (path) => told.push(path))
        .map(({ path }) => path);
    });
    expect(outcomes).toEqual([["made.txt", "source.ts"], ["made.txt", "source.ts"], ["source.ts"], ["source.ts"]]);
    expect(told).toEqual(["made.txt"]);
  });

  test("keeps a source that is saved now and then while a build runs", () => {
    const writes = createOwnWrites();
    for (const start of [10, 20, 30, 40, 50]) {
      writes.ran(start, start + 5);
      const times = [start + 1, start + 8];
      for (const time of times) expect(writes.sift([at("source.ts", time)], () => {})).toHaveLength(1);
    }
  });
});
