import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ok, startFakeApi } from "./fake-api.ts";
import { hostileFiles, ofBash, ofEngines } from "./function-variables.ts";
import { writeTrialLayer } from "./launched.ts";
import type { Ended, TrialFiles } from "./launched.ts";

type Variables = Readonly<Record<string, string>>;

const identifier = "5bd3a4f4-7d4e-4b3b-9a3a-0a8d7f7f1c11";
const launcher = readFileSync(new URL("../src/layer/launcher.bash", import.meta.url), "utf8");

/** What every engine here gets beside the function's variables. */
const handOff: Variables = {
  LAMBDA_EXTENSION_NAME: "probe",
  LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
  LAMBDA_EXTENSION_IDENTIFIER: identifier,
  LAMBDA_EXTENSION_EVENTS: "INVOKE,SHUTDOWN",
  LAMBDA_EXTENSION_REGISTRATION: "{}",
  LAMBDA_EXTENSION_SOCKET_FD: expect.stringMatching(/^\d+$/),
};

/** A program that waits for SHUTDOWN, with what Node has of OpenSSL loaded, and then prints its environment. */
const program = `
  const environment = Object.entries(process.env).map(([key, value]) => key + "=" + value + "\\0").join("");
  require("node:tls").createSecureContext();
  const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
  const headers = { "Lambda-Extension-Identifier": process.env.LAMBDA_EXTENSION_IDENTIFIER };
  require("node:http").get({ host, port, path: "/2020-01-01/extension/event/next", headers, agent: false }, (answer) =>
    answer.resume().on("end", () => process.stdout.write("\\0" + environment)));`;

interface Trial extends Ended {
  readonly requests: readonly string[];
  /** What the processes wrote into the folder that stands for %. */
  readonly files: readonly string[];
}

/** Runs a launcher beside a function with these variables; % in a value stands for a folder of this run. */
async function runBeside(
  variables: Variables,
  { engine = "printer", delayMs = 0 }: { engine?: "printer" | "node" | "none"; delayMs?: number } = {},
): Promise<Trial> {
  const registered = ok("{}", { "Lambda-Extension-Identifier": identifier });
  const next = ok('{"eventType":"SHUTDOWN"}');
  const api = await startFakeApi(({ path }) => ({ chunks: [path.endsWith("register") ? registered : next], delayMs }));
  const trialFiles: TrialFiles = engine === "printer" ? {} : { engine: null, bundle: program };
  const layer = writeTrialLayer(trialFiles, engine === "printer" ? {} : { engine: "shared" });
  const folder = mkdtempSync(join(tmpdir(), "function-"));
  for (const [name, text] of Object.entries(hostileFiles)) writeFileSync(join(folder, name), text);
  try {
    const ended = await layer.run({
      AWS_LAMBDA_RUNTIME_API: api.address,
      PATH: engine === "none" ? "/nowhere" : `${dirname(process.execPath)}:/usr/bin:/bin`,
      ...Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, value.replace("%", folder)])),
    });
    const written = readdirSync(folder).filter((name) => !(name in hostileFiles));
    return {
      ...ended,
      requests: api.requests.map(({ path }) => path.slice("/2020-01-01/extension/".length)),
      files: written,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    layer.remove();
    await api.close();
  }
}

/** What bash prints at its start, before the launcher's first line. */
function bashPrints(variables: Variables): string {
  return spawnSync("/bin/bash", ["-p", "/dev/null"], { env: variables, encoding: "utf8" }).stderr;
}

/** What the engine got beside what every function has. Bash itself adds SHLVL when it becomes another program. */
function own({ env }: Ended): Variables {
  const { AWS_LAMBDA_RUNTIME_API: _api, PATH: _path, SHLVL: _level, ...rest } = env;
  return rest;
}

/** As an API that answers after a freeze: a variable that limits a wait (TMOUT=1) would end it. */
const delayMs = 2_000;

describe.concurrent("a variable that is the function's alone", () => {
  test.each([...ofBash, ...ofEngines])("%s=%s: the extension does not get it, and lives", async (name, value) => {
    const trial = await runBeside({ [name]: value }, { engine: "node", delayMs });
    expect(trial).toMatchObject({ code: 0, stderr: bashPrints({ [name]: value }), files: [] });
    expect(trial.requests).toEqual(["register", "event/next"]);
    expect(own(trial)).toEqual(handOff);
  });

  test.each([...ofBash, ...ofEngines])("%s=%s: an extension without an engine lives", async (name, value) => {
    const trial = await runBeside({ [name]: value }, { engine: "none", delayMs });
    expect(trial).toMatchObject({ code: 0, requests: ["register", "event/next"], files: [] });
    const said = trial.stderr.slice(bashPrints({ [name]: value }).length);
    expect(said).toMatch(/^\[probe\] found no Node\.js[^\n]*\n$/);
  });

  test.each(ofEngines.filter(([name]) => name !== "LD_SHOW_AUXV"))(
    "%s=%s: the extension gets another value with the prefix LAMBDA_EXTENSION_",
    async (name, value) => {
      const twin = { [`LAMBDA_EXTENSION_${name}`]: "its own" };
      const { env } = await runBeside({ [name]: value, ...twin });
      expect(env).toMatchObject({ ...handOff, ...twin, [name]: "its own" });
    },
  );
});

describe("the lists of the launcher", () => {
  test("every name of the list for engines has a row above", () => {
    const [, list = ""] = /for pattern in \\\n([^;]*); do/.exec(launcher) ?? [];
    const patterns = list.match(/[\w*]+/g) ?? [];
    const isCovered = (pattern: string): boolean =>
      ofEngines.some(([name]) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
    expect(patterns).toEqual(expect.arrayContaining(["NODE_*", "GLIBC_TUNABLES"]));
    expect(patterns.filter((pattern) => !isCovered(pattern))).toEqual([]);
  });

  test("every name of the lists for bash has a row above", () => {
    const lists = [...launcher.matchAll(/^(?:unset -v|export -n "\$\{!BASH@\}") ([A-Z][A-Z0-9_ \\\n]*)$/gm)];
    const names = lists.flatMap(([, list = ""]) => list.match(/\w+/g) ?? []);
    expect(names).toEqual(expect.arrayContaining(["TMOUT", "EPOCHREALTIME"]));
    expect(names.filter((name) => !ofBash.some(([tested]) => tested === name))).toEqual([]);
  });
});

describe("a variable that passes", () => {
  /** Every word of the launcher is a variable of this function: those that the launcher uses, and those to come. */
  const named: Variables = Object.fromEntries(
    [...new Set(launcher.match(/\b[a-z_]\w*/g))].map((word) => [word, `the function's ${word}`]),
  );

  test("reaches the engine with the function's value, whatever the launcher calls its own", async () => {
    expect(Object.keys(named)).toEqual(expect.arrayContaining(["name", "identifier", "socket", "line", "pattern"]));
    expect(own(await runBeside(named, { engine: "node" }))).toEqual({ ...named, ...handOff });
  });

  test("changes nothing for an extension without an engine", async () => {
    const trial = await runBeside(named, { engine: "none" });
    expect(trial).toMatchObject({ code: 0, requests: ["register", "event/next"] });
  });

  // Names that Node knows too, but that are for every program; names that look like one of the list; names that bash
  // knows and leaves alone.
  test.each([
    ["NODE_ENV", "production"],
    ["NODE_ENV", ""],
    ["NODEJS", "1"],
    ["TZ", "Asia/Tokyo"],
    ["LANG", "C.UTF-8"],
    ["LC_ALL", "C.UTF-8"],
    ["LC_ALL", "no locale"],
    ["NO_COLOR", "1"],
    ["HTTPS_PROXY", "http://proxy:3128"],
    ["RES_OPTIONS", "timeout:1"],
    ["LD_LIBRARY_PATH", "/opt/lib"],
    ["LD_PRELOAD", "libm.so.6"],
    ["LD_SDK_KEY", "of LaunchDarkly"],
    ["SSL_MODE", "require"],
    ["ENV", "production"],
    ["GROUPS", "a,b"],
    ["SECONDS", "90"],
    ["HOSTNAME", "x"],
    ["HOME", "/nowhere"],
    ["COLUMNS", "80"],
    ["REPLY", "yes"],
    ["UID", "7"],
    ["FUNCNAME", "x"],
    ["PIPESTATUS", "x"],
    ["LAMBDA_EXTENSION_OTHER", "x"],
    ["LAMBDA_EXTENSION_NODE_OPTIONS", ""],
  ])("%s=%s", async (name, value) => {
    expect(own(await runBeside({ [name]: value }, { engine: "node" }))).toEqual({ ...handOff, [name]: value });
  });
});

test("takes no hand-off from the function's environment", async () => {
  const others = ["LAMBDA_EXTENSION_COMMAND", "LAMBDA_EXTENSION_START_CHECK"];
  const forged = Object.fromEntries([...Object.keys(handOff), ...others].map((key) => [key, "7"]));
  expect(own(await runBeside(forged, { engine: "node" }))).toEqual(handOff);
  expect(await runBeside(forged, { engine: "none" })).toMatchObject({ code: 0, requests: ["register", "event/next"] });
});

test("runs no BASH_ENV and takes no functions from the environment", async () => {
  const functions = {
    BASH_ENV: "%/startup",
    "BASH_FUNC_read%%": "() { exit 8; }",
    "BASH_FUNC_unset%%": "() { exit 8; }",
  };
  const trial = await runBeside(functions);
  expect(trial).toMatchObject({ code: 0, requests: ["register"] });
  expect(trial.stdout).not.toContain("unwanted");
});

test("the engine writes nothing for the linker's LD_DEBUG; bash itself starts before the launcher can unset it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "linker-"));
  try {
    await runBeside({ LD_DEBUG: "files", LD_DEBUG_OUTPUT: join(folder, "linker") });
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const programs = texts.flatMap((text) => text.match(/(?<=transferring control: ).*/g) ?? []);
    expect(programs).toEqual([expect.stringMatching(/bash$/)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
