import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { Architecture } from "../config/extension-settings.ts";
import { parseSettings } from "../config/parse-settings.ts";
import type { LayerFile } from "../layer/layer-file.ts";
import { checkStart } from "./check-start.ts";
import type { LayerContent } from "./check-start.ts";
import type { Host } from "./measure-layer.ts";

const folder = mkdtempSync(join(tmpdir(), "check start "));
/** Of this test alone, so that a folder that stays is seen. */
const temporary = join(folder, "temporary");
mkdirSync(temporary);
vi.stubEnv("TMPDIR", temporary);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const here: Host = { node: process.execPath, platform: process.platform, arch: process.arch };
/** Starts without namespaces, as on a system that refuses them. */
const plain: Host = { ...here, platform: "darwin" };

const next = `require("node:http").get("http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2020-01-01/extension/event/next");`;

let caches = 0;
const newCache = (): string => join(folder, `cache ${caches++}`);

interface Trial {
  readonly host?: Host;
  readonly cacheFolder?: string;
  readonly settings?: object;
  /** One layer for each; none for a layer without an engine. */
  readonly engines?: readonly {
    readonly path: string;
    readonly architecture: Architecture;
    /** Puts the pinned bytes there. */
    readonly mend?: () => void;
  }[];
  /** One layer for each, without an engine. */
  readonly native?: readonly Architecture[];
}

async function check(
  source: string,
  { host = here, cacheFolder = newCache(), settings: changes = {}, engines = [], native = [] }: Trial = {},
) {
  const parsed = parseSettings({ name: "hello", entry: "src/main.ts", ...changes });
  if (parsed.kind === "problems") throw new Error(parsed.problems.join());
  const files: readonly LayerFile[] = [
    { path: "extensions/hello", mode: 0o755, content: { kind: "bytes", bytes: Buffer.from("") } },
    { path: "hello/index.cjs", mode: 0o644, content: { kind: "bytes", bytes: Buffer.from(source) } },
  ];
  const holdsMachineCode = native.length > 0;
  const carrying = engines.map(({ path, architecture, mend }): LayerContent => {
    const never = () => Promise.reject(new Error("BUG: the check runs an engine where it is"));
    const verified = async (): Promise<string> => {
      mend?.();
      return path;
    };
    const modified = new Date(0);
    const content = { kind: "file", path, size: 1, modified, copyTo: never, verified, deflated: never } as const;
    return { architecture, holdsMachineCode, files: [...files, { path: "hello/bin/node", mode: 0o755, content }] };
  });
  const architectures = holdsMachineCode ? native : [undefined];
  const bare = architectures.map((architecture) => ({ architecture, holdsMachineCode, files }));
  const layers = engines.length === 0 ? bare : carrying;
  const said: string[] = [];
  const warnings = await checkStart(parsed.settings, layers, { host, cacheFolder, say: (line) => said.push(line) });
  return { warnings, said, cacheFolder };
}

describe.each([
  ["in namespaces, where the system has them", here],
  ["without namespaces", plain],
])("%s", (_where, host) => {
  test.each([
    [
      "never calls runExtension",
      "console.log('loaded');",
      /^hello: the bundle does not start: it ended \(exit status 0\).*\n {2}\| loaded$/,
    ],
    [
      "exits at import",
      "console.error('no table'); process.exit(7);",
      /exit status 7.*--no-start leaves this check out\n {2}\| no table$/,
    ],
    ["throws at import", "null.x;", /exit status 1[^]*TypeError: Cannot read properties of null/],
    ["rejects at import", "Promise.reject(new Error('odd'));", /exit status 1[^]*Error: odd/],
    ["misses a module", "require('no-such-' + 'module');", /exit status 1[^]*Cannot find module 'no-such-module'/],
    ["misses a module that the project has", "require('es' + 'build');", /Cannot find module 'esbuild'/],
    ["prints a megabyte", "for (let i = 0; i < 20000; i++) console.log('x'.repeat(60));", /(\n {2}\| x{60}){12}$/],
    ["reads a file of the working folder", "require('node:fs').readFileSync('package.json');", /ENOENT/],
  ])("refuses a bundle that %s", async (_what, source, message) => {
    await expect(check(source, { host })).rejects.toThrow(message);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("refuses a bundle that hangs at import", async () => {
    await expect(check("while (true);", { host })).rejects.toThrow(/had not asked for its first event after 5 s/);
  });

  test("refuses a lazy bundle that subscribes to telemetry, also if an eager one with the same bytes has started", async () => {
    const subscribes = `require("node:http").request({
        host: "127.0.0.1",
        port: process.env.AWS_LAMBDA_RUNTIME_API.split(":")[1],
        method: "PUT",
        path: "/2022-07-01/telemetry",
      }, () => {${next}}).end();`;
    const { cacheFolder, warnings } = await check(subscribes, { host });
    expect(warnings).toEqual([]);
    await expect(check(subscribes, { host, cacheFolder, settings: { start: "lazy" } })).rejects.toThrow(
      'lambdaExtension.start: expected "eager" for a program with telemetry, got "lazy", which starts after the init phase',
    );
    expect((await check(next, { host, settings: { start: "lazy" } })).warnings).toEqual([]);
  });

  test("gives the bundle the launcher's hand-off, the defaults of the settings and nothing of this process", async () => {
    vi.stubEnv("AWS_PROFILE", "of the user");
    const dump = `const names = Object.keys(process.env);
      while (names.length > 0) console.log("names", ...names.splice(0, 4));
      console.log(process.cwd(), __dirname); process.exit(1);`;
    const environment = { LOG_LEVEL: "info", EMPTY: "" };
    const failed = await check(dump, { host, settings: { environment } }).then(String, String);
    const names = [...failed.matchAll(/\| names (.*)/g)].flatMap(([, line = ""]) => line.split(" "));
    expect(names).toEqual(
      expect.arrayContaining(["LOG_LEVEL", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_EXTENSION_IDENTIFIER"]),
    );
    expect(names.filter((name) => /EMPTY|PROFILE|ACCESS_KEY|proxy|^HOME$|NODE_OPTIONS/i.test(name))).toEqual([]);
    expect(failed).toMatch(/\n {2}\| \/ hello$/);
  });
});

/** A system may refuse namespaces, or have no `ip`: then the check has a network. */
const hasNamespaces = ((): boolean => {
  try {
    execFileSync("unshare", ["--map-root-user", "--net", "--pid", "--fork", "sh", "-c", "ip link set lo up"], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
})();

test.runIf(hasNamespaces)(
  "a bundle in a namespace reaches no server of this machine, and leaves no process behind",
  async () => {
    let connections = 0;
    const server = createServer(() => void connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const escapes = `require("node:child_process").spawn("/bin/sh", ["-c", "sleep 600 # ${folder}"], { detached: true, stdio: "ignore" }).unref();`;
    const source = `${escapes} require("node:net").connect(${port}, "127.0.0.1").on("error", () => { ${next} }).on("connect", () => process.exit(1));`;
    expect(await check(source)).toMatchObject({ warnings: [] });
    expect(connections).toBe(0);
    server.close();
    const commands = readdirSync("/proc").map((pid) => {
      try {
        return /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
      } catch {
        return "";
      }
    });
    expect(commands.filter((command) => command.includes("sleep 600") && command.includes(folder))).toEqual([]);
  },
);

describe("the cache", () => {
  const counted = (file: string): string => `require("node:fs").appendFileSync(${JSON.stringify(file)}, "x"); ${next}`;
  const starts = (file: string): number => readFileSync(file, "utf8").length;

  test("starts the same bytes with the same settings once", async () => {
    const file = join(folder, "counted");
    const { cacheFolder } = await check(counted(file));
    await check(counted(file), { cacheFolder });
    expect(starts(file)).toBe(1);
    await check(`${counted(file)} // changed`, { cacheFolder });
    await check(counted(file), { cacheFolder, settings: { environment: { A: "1" } } });
    expect(starts(file)).toBe(3);
  });

  test("keeps no failure", async () => {
    const cacheFolder = newCache();
    for (const _ of [1, 2]) await expect(check("process.exit(1)", { cacheFolder })).rejects.toThrow("exit status 1");
  });

  test("does no harm if it cannot be written", async () => {
    const cacheFolder = newCache();
    writeFileSync(cacheFolder, "a file in its place");
    expect(await check(next, { cacheFolder })).toMatchObject({ warnings: [] });
  });
});

describe("an engine in the layer", () => {
  const engine = join(folder, "engine");
  const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
  const foreign = architecture === "arm64" ? "x86_64" : "arm64";
  writeFileSync(engine, `#!/bin/bash\necho "the engine of the layer"; exec "${process.execPath}" "$@"\n`);
  chmodSync(engine, 0o755);
  const settings = { engine: "carried", architectures: [architecture, foreign] };
  const own = { path: engine, architecture } as const;
  const other = { path: engine, architecture: foreign } as const;
  const notStarted = `hello: the layer for ${foreign} was not started: expected Linux on that processor, got ${process.platform} on ${process.arch}`;

  test.runIf(process.platform === "linux").each([
    [[own], []],
    [[own, other], [notStarted]],
    [[other, own], [notStarted]],
  ])("runs the bundle of its layer, once", async (engines, said) => {
    await expect(check("", { settings, engines })).rejects.toThrow("| the engine of the layer");
    expect(await check(next, { settings, engines })).toMatchObject({ warnings: [], said });
  });

  test("of another architecture or system is not started, which is said", async () => {
    expect((await check("process.exit(1)", { settings, engines: [other] })).said).toEqual([notStarted]);
    const { said } = await check("process.exit(1)", { settings, engines: [own], host: plain });
    expect(said).toEqual([expect.stringContaining("got darwin on")]);
  });

  test.runIf(process.platform === "linux")(
    "that this system cannot execute is not started, which is said",
    async () => {
      const broken = join(folder, "broken");
      writeFileSync(broken, "\x7fELF");
      chmodSync(broken, 0o755);
      const { said } = await check("process.exit(1)", { settings, engines: [{ path: broken, architecture }] });
      expect(said).toEqual([`hello: the layer for ${architecture} was not started: this system cannot run its node`]);
    },
  );

  test.runIf(process.platform === "linux")("is executed only with the pinned bytes, and hashed only then", async () => {
    const path = join(folder, "poisoned");
    const executed = join(folder, "executed");
    writeFileSync(path, `#!/bin/bash\ntouch "${executed}"\n`);
    chmodSync(path, 0o755);
    const mend = vi.fn(() => copyFileSync(engine, path));
    const trial = { settings, engines: [{ ...own, path, mend }], cacheFolder: newCache() };
    expect(await check(next, trial)).toMatchObject({ warnings: [], said: [] });
    expect(existsSync(executed)).toBe(false);
    await check(next, trial);
    expect(mend).toHaveBeenCalledTimes(1);
  });

  test("that is only the second choice does not matter: the bundle runs on this machine's Node.js", async () => {
    const auto = { settings: { ...settings, engine: "auto" }, engines: [other] };
    await expect(check("process.exit(5)", auto)).rejects.toThrow("exit status 5");
    expect((await check("process.exit(5)", { ...auto, native: [foreign] })).said).toEqual([notStarted]);
  });

  test.runIf(process.platform === "linux")(
    "native packages without an engine run only on their own system and processor",
    async () => {
      expect((await check("process.exit(5)", { native: [foreign] })).said).toEqual([notStarted]);
      await expect(check("process.exit(5)", { native: [foreign, architecture] })).rejects.toThrow("exit status 5");
      const { said } = await check("process.exit(5)", { native: [architecture], host: plain });
      expect(said).toEqual([expect.stringContaining("got darwin on")]);
    },
  );
});
