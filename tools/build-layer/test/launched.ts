import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExtensionSettings } from "../src/config/extension-settings.ts";
import { renderLauncher } from "../src/layer/layer-files.ts";

const settings: ExtensionSettings = {
  name: "probe",
  entry: "src/main.ts",
  events: ["INVOKE", "SHUTDOWN"],
  register: "launcher",
  start: "eager",
  engine: "carried",
  runtime: "node",
  architectures: ["x86_64"],
  sourceMap: false,
  assets: [],
  external: [],
  loader: {},
  keepNames: false,
  budgets: {},
  environment: {},
  policies: [],
};

/** Takes the place of a carried Node: shows its environment, and starts in 1 ms. */
const environmentPrinter = "#!/bin/bash -p\nexec /usr/bin/env -0\n";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The environment the engine was given; empty if no engine ran. */
  readonly env: Readonly<Record<string, string>>;
}

export interface TrialLayer {
  readonly root: string;
  readonly launcher: string;
  /** Runs the launcher with nothing but this environment and a PATH. */
  readonly run: (env: Readonly<Record<string, string>>) => Promise<Ended>;
  readonly remove: () => void;
}

export interface TrialFiles {
  readonly fileName?: string;
  /** The carried program; null for a layer without one. */
  readonly engine?: string | Uint8Array | null;
  readonly bundle?: string;
  /** Changes the launcher's text. */
  readonly edit?: (launcher: string) => string;
}

/** Writes a layer into a folder whose path has a space. */
export function writeTrialLayer(
  { fileName = "probe", engine = environmentPrinter, bundle = "", edit = (text) => text }: TrialFiles = {},
  changes: Partial<ExtensionSettings> = {},
): TrialLayer {
  const root = mkdtempSync(join(tmpdir(), "trial layer "));
  const put = (path: string, content: string | Uint8Array, mode: number): string => {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, mode);
    return target;
  };
  const launcher = put(`extensions/${fileName}`, edit(renderLauncher({ ...settings, ...changes })), 0o755);
  put("probe/index.cjs", bundle, 0o644);
  if (engine !== null) put(`probe/bin/${changes.runtime ?? "node"}`, engine, 0o755);
  return {
    root,
    launcher,
    run: (env) => end(launcher, { PATH: "/usr/bin:/bin", ...env }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function end(program: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [], { env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, env: parseEnvironment(stdout) }));
  });
}

function parseEnvironment(text: string): Readonly<Record<string, string>> {
  if (!text.includes("\0")) return {};
  const lines = text.split("\0").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
