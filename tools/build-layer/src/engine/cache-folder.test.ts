import { homedir } from "node:os";
import { expect, test } from "vitest";
import { cacheFolder } from "./cache-folder.ts";

test.each<[Record<string, string>, NodeJS.Platform, string]>([
  [{ BUILD_LAYER_CACHE: "/b", XDG_CACHE_HOME: "/x" }, "linux", "/b"],
  [{ BUILD_LAYER_CACHE: "", XDG_CACHE_HOME: "/x" }, "linux", "/x/lambda-extension"],
  [{}, "linux", `${homedir()}/.cache/lambda-extension`],
  [{}, "darwin", `${homedir()}/Library/Caches/lambda-extension`],
])("%j on %s: %s", (env, platform, expected) => {
  expect(cacheFolder(env, platform)).toBe(expected);
});
