import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildReport } from "@lambda-extension/build-layer";
import { repository } from "@lambda-extension/e2e/package-tarballs";
import { writeManifest, writeProject } from "./project.ts";
import type { NodeMajor, Row, Trial } from "./row.ts";
import { runInGroup } from "./run-in-group.ts";
import type { GroupResult } from "./run-in-group.ts";
import { useLayer } from "./use-layer.ts";
import type { LambdaNode } from "./use-layer.ts";

/** What every trial needs. */
export interface Equipment {
  /** The tarball of @lambda-extension/core. */
  readonly core: string;
  /** Every Node.js of Lambda, the newest last. */
  readonly nodes: readonly LambdaNode[];
  /** The environment of npm and of what npm starts. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** The folders of a trial. The layer stands outside the project, so that it finds nothing in there. */
interface Folders {
  readonly project: string;
  readonly layer: string;
}

/**
 * Installs the row's packages from the registry into a new folder, builds a layer, and uses it on each Node.js. The
 * project is gone by then. Errors: rejects if npm or a generator fails.
 */
export async function tryRow(row: Row, equipment: Equipment): Promise<Trial> {
  // No blank in the path: not every package can be compiled in a path with one.
  const folder = mkdtempSync(join(tmpdir(), "try-packages-"));
  const project = join(folder, "project");
  const [layer, bareLayer] = [join(folder, "layer"), join(folder, "bare")];
  try {
    writeProject(row, { folder: project, core: equipment.core });
    await install(row, { project, equipment });
    const built = await build({ project, layer }, equipment);
    if (!built.isSuccess) return { kind: "refused", message: built.stderr.trim() };
    const { bundleBytes, layers } = JSON.parse(built.stdout) as BuildReport;
    const engines = enginesOf(row, project);
    writeManifest({ ...row, settings: {} }, { folder: project, core: equipment.core });
    // Killed at its start, it could leave files on this machine; in the emulator it has a /tmp of its own.
    const bare = row.settings && (await build({ project, layer: bareLayer }, equipment, "--no-start"));
    rmSync(project, { recursive: true });
    const layerBytes = layers.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0);
    const problems = await useEverywhere(layer, equipment);
    const isNeedless = bare?.isSuccess === true && (await useOnNewest(bareLayer, equipment)) === undefined;
    return { kind: "built", engines, bundleBytes, layerBytes, isNeedless, problems };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function install(
  { install = [], generate }: Row,
  { project, equipment }: { readonly project: string; readonly equipment: Equipment },
): Promise<void> {
  const args = ["install", "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", ...install];
  await check("npm install", run({ file: "npm", args, cwd: project }, equipment));
  if (generate === undefined) return;
  const [program, ...rest] = generate;
  await check(program, run({ file: join(project, "node_modules/.bin", program), args: rest, cwd: project }, equipment));
}

async function check(what: string, result: Promise<GroupResult>): Promise<void> {
  const { isSuccess, stdout, stderr } = await result;
  if (!isSuccess) throw new Error(`${what} failed: ${`${stdout}\n${stderr}`.trim().slice(-2000)}`);
}

/** For x86_64 alone: that is what npm installed compiled code for. */
function build({ project, layer }: Folders, equipment: Equipment, ...options: string[]): Promise<GroupResult> {
  const program = join(repository, "tools/build-layer/bin/build-layer.js");
  const args = [program, "--json", "--architecture", "x86_64", "--out", layer, ...options];
  return run({ file: process.execPath, args, cwd: project }, equipment);
}

type Place = Pick<Parameters<typeof runInGroup>[0], "file" | "args" | "cwd">;

function run(place: Place, { env, signal }: Equipment): Promise<GroupResult> {
  return runInGroup({ ...place, env, signal, timeoutMs: 600_000 });
}

function enginesOf({ packages }: Row, project: string): string | undefined {
  const [name = ""] = Object.keys(packages);
  const manifest = readFileSync(join(project, "node_modules", name, "package.json"), "utf8");
  const { engines } = JSON.parse(manifest) as { readonly engines?: { readonly node?: string } };
  return engines?.node;
}

async function useEverywhere(layer: string, { nodes, signal }: Equipment) {
  const problems: Partial<Record<NodeMajor, string | undefined>> = {};
  for (const node of nodes) problems[node.major] = await useLayer(layer, node, signal);
  return problems;
}

async function useOnNewest(layer: string, { nodes, signal }: Equipment): Promise<string | undefined> {
  const newest = nodes.at(-1);
  return newest === undefined ? "there is no Node.js" : useLayer(layer, newest, signal);
}
