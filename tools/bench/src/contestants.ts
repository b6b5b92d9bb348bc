import { execFileSync } from "node:child_process";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Contestant } from "./contestant-process.ts";

const root = join(import.meta.dirname, "../../..");
const fixtures = join(import.meta.dirname, "../fixtures");

/** The names under which the tables show contestants and the gates look them up. */
export const names = {
  bare: "bare node -e 0",
  launcher: "**TypeScript, shared engine**",
  core: "the same, registering itself",
  lazy: "**TypeScript, shared engine, lazy**",
  carriedNode: "TypeScript, carried Node.js",
  carriedBun: "TypeScript, carried Bun",
  logger: "the logger, shared engine",
  go: "Go, net/http",
  nodeHttp: "Node.js written like AWS's example, node:http",
  nodeFetch: "Node.js written like AWS's example, fetch",
  stdlib: "Python, standard library",
  requests: "Python with requests (examples/python-extension)",
} as const;

/** A contestant's name. */
export type Name = (typeof names)[keyof typeof names];

/** The contestants, and the peers that could not be built here. */
export interface Contestants {
  readonly all: readonly Contestant[];
  /** One line each, for the reader. */
  readonly missing: readonly string[];
}

/** Builds them into `folder`. Needs `pnpm build` first. A peer that cannot be built is named in `missing`. */
export function prepareContestants(folder: string): Contestants {
  const missing: string[] = [];
  const peer = (name: Name, command: () => string): Contestant[] => {
    try {
      return [{ name, command: [command()] }];
    } catch (error) {
      const [reason = ""] = String(error instanceof Error ? error.message : error).split("\n", 1);
      missing.push(`${name} is missing: ${reason}`);
      return [];
    }
  };
  const logger = join(folder, "5");
  cpSync(join(root, "packages/logger/dist/layer"), logger, { recursive: true });
  const all: readonly Contestant[] = [
    { name: names.bare, command: [process.execPath, "-e", "0"], isBare: true },
    { name: names.launcher, command: [buildLayer({ fixture: "launcher-registers", opt: join(folder, "1") })] },
    { name: names.core, command: [buildLayer({ fixture: "core-registers", opt: join(folder, "2") })] },
    { name: names.lazy, command: [buildLayer({ fixture: "lazy-start", opt: join(folder, "6") })] },
    ...peer(names.carriedNode, () => buildLayer({ fixture: "carried-node", opt: join(folder, "3") })),
    ...peer(names.carriedBun, () => buildLayer({ fixture: "carried-bun", opt: join(folder, "4") })),
    {
      name: names.logger,
      command: [join(logger, "extensions/logger")],
      env: { LOGGER_DESTINATION: "file", LOGGER_FILE_PATH: join(folder, "logger.ndjson") },
    },
    ...peer(names.go, () => buildGo(folder)),
    ...peer(names.nodeHttp, () => join(fixtures, "node-http/extensions/node-http")),
    ...peer(names.nodeFetch, () => join(fixtures, "node-fetch/extensions/node-fetch")),
    ...peer(names.stdlib, () => join(fixtures, "python-stdlib/extensions/python-stdlib")),
    ...peer(names.requests, () => buildPython(folder)),
  ];
  for (const line of missing) console.error(line);
  return { all, missing };
}

/**
 * Builds into `opt`, which stands for /opt. Returns the layer's one executable. All names are short, so that a bundle's
 * path is no longer than in /opt: with more than some 35 characters Node.js maps 1.9 MB more of its own file.
 */
function buildLayer({ fixture, opt }: { readonly fixture: string; readonly opt: string }): string {
  execFileSync(process.execPath, [join(root, "tools/build-layer/bin/build-layer.js"), "--out", opt], {
    cwd: join(fixtures, fixture),
    stdio: ["ignore", "ignore", "inherit"],
  });
  return join(opt, "extensions", ...readdirSync(join(opt, "extensions")));
}

/** With the standard library alone: Go downloads nothing. The repository's cache keeps what Go compiles. */
function buildGo(folder: string): string {
  const file = join(folder, "go-extension");
  execFileSync("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", file, "."], {
    cwd: join(fixtures, "go-extension"),
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      GOCACHE: join(root, ".cache/bench/go-build"),
      GOPATH: join(root, ".cache/bench/go"),
      GOFLAGS: "-mod=mod",
      GOPROXY: "off",
      GOTOOLCHAIN: "local",
      CGO_ENABLED: "0",
    },
  });
  return file;
}

function buildPython(folder: string): string {
  execFileSync("make", ["build-PythonExtensionLayer", `ARTIFACTS_DIR=${join(folder, "python-extension")}`], {
    cwd: join(root, "examples/python-extension/layer"),
    stdio: ["ignore", "ignore", "inherit"],
  });
  return join(folder, "python-extension/extensions/python-extension");
}
