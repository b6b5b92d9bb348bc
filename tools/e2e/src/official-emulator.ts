import { globSync } from "node:fs";
import { chmod, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { projectEnvironment } from "@lambda-extension/sam";
import { startNamespaced } from "./background-process.ts";
import { layOutRuntime } from "./official-runtime.ts";
import type { OfficialRuntime } from "./official-runtime.ts";
import { findFreePort, untilListening } from "./ports.ts";
import { makeTempFolder } from "./temp-folder.ts";

/** What AWS's emulator runs. */
export interface OfficialEmulatorOptions {
  /** Folders that become /opt, merged in order. */
  readonly layers: readonly string[];
  /** The folder that becomes /var/task. */
  readonly codePath: string;
  readonly runtime: OfficialRuntime;
  readonly handler: string;
  /** Added to the few variables that it needs; its extensions and its runtime see all of them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Units: whole seconds. Default 30. */
  readonly timeoutSeconds?: number;
  /**
   * `classic` (default) has no telemetry and starts the environment with the first invocation. `managed-instances`
   * starts it at once and delivers telemetry; it needs root and a `nodejs` function, which it runs as another user.
   */
  readonly mode?: "classic" | "managed-instances";
}

/** What the emulator answered to an invocation. */
export interface OfficialAnswer {
  readonly status: number;
  readonly body: string;
}

/** AWS's emulator while it runs. */
export interface OfficialEmulator {
  /** `127.0.0.1:port`. */
  readonly runtimeApi: string;
  /** All that it, its extensions and its runtime wrote, in order. */
  readonly lines: readonly string[];
  readonly waitForLine: (pattern: RegExp) => Promise<string>;
  invoke(event: unknown, headers?: Readonly<Record<string, string>>): Promise<OfficialAnswer>;
  /** Sends SIGTERM: the emulator sends SHUTDOWN to its extensions. Resolves when the emulator ended. */
  shutdown(): Promise<void>;
  /** Ends its processes and removes its folder; idempotent. */
  close(): Promise<void>;
}

const namespaceScript = join(import.meta.dirname, "official-namespace.sh");

/**
 * Starts the runtime interface emulator that the SAM CLI carries, without Docker, in a mount and a process namespace:
 * what it starts ends with it. Errors: rejects with its output if it does not start.
 */
export async function startOfficialEmulator(options: OfficialEmulatorOptions): Promise<OfficialEmulator> {
  const folder = await makeTempFolder("official emulator");
  // The function of Managed Instances runs as another user.
  await chmod(folder.path, 0o755);
  const opt = join(folder.path, "opt");
  const scratch = join(folder.path, "scratch");
  for (const path of [opt, scratch]) await mkdir(path);
  for (const layer of options.layers) await cp(layer, opt, { recursive: true });
  const runtime = await layOutRuntime(options.runtime, folder.path);
  const runtimeApi = `127.0.0.1:${await findFreePort()}`;
  const invokePort = await findFreePort();
  const isManaged = options.mode === "managed-instances";
  const emulator = await startNamespaced({
    file: "bash",
    args: [
      [namespaceScript, scratch, opt, options.codePath, runtime.runtime, runtime.langBin, runtime.node],
      [findEmulator(), "--log-level", "info"],
      ["--runtime-api-address", runtimeApi, "--runtime-interface-emulator-address", `127.0.0.1:${invokePort}`],
      isManaged ? [] : [...runtime.command, options.handler],
    ].flat(),
    env: { ...toEnvironment(options), ...(isManaged ? { AWS_LAMBDA_MAX_CONCURRENCY: "4" } : {}) },
  });
  const close = async (): Promise<void> => {
    await emulator.close(0);
    await folder.close();
  };
  try {
    await untilListening(invokePort, emulator.ended);
  } catch {
    await close();
    throw new Error(`the official emulator did not start:\n${emulator.lines.join("\n")}`);
  }
  return {
    runtimeApi,
    lines: emulator.lines,
    waitForLine: emulator.waitForLine,
    invoke: (event, headers = {}) => invoke(invokePort, event, headers),
    async shutdown() {
      process.kill(await emulator.findMainPid(), "SIGTERM");
      await emulator.ended;
    },
    close,
  };
}

function findEmulator(): string {
  const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
  const pattern = `lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-${architecture}`;
  const [file] = globSync(pattern, { cwd: projectEnvironment.folder });
  if (file === undefined) throw new Error(`no ${pattern} in ${projectEnvironment.folder}`);
  return join(projectEnvironment.folder, file);
}

function toEnvironment(options: OfficialEmulatorOptions): NodeJS.ProcessEnv {
  return {
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
    LANG: "C.UTF-8",
    LAMBDA_TASK_ROOT: "/var/task",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: "test",
    AWS_LAMBDA_FUNCTION_TIMEOUT: String(options.timeoutSeconds ?? 30),
    AWS_LAMBDA_FUNCTION_HANDLER: options.handler,
    ...options.environment,
  };
}

async function invoke(
  port: number,
  event: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<OfficialAnswer> {
  const url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`;
  for (;;) {
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(event) });
    const body = await answer.text();
    // Managed Instances refuse an event while every worker is busy, or has not yet asked for the next event.
    if (answer.status !== 400 || !body.includes("Runtime.Unavailable")) return { status: answer.status, body };
    await delay(20);
  }
}
