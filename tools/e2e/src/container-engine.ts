import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { startNamespaced } from "./background-process.ts";
import { installDebianPackages } from "./debian-packages.ts";
import { repository } from "./package-tarballs.ts";
import { runOrFail } from "./run-command.ts";
import type { Inside } from "./run-command.ts";

/**
 * The name of ECR's registry in moto's account. The engine looks for it at 127.0.0.1 of its own network, without TLS:
 * a test can start a registry there.
 */
const ecr = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/** A Docker engine for this run alone. */
export interface ContainerEngine {
  /** The value of DOCKER_HOST. */
  readonly host: string;
  /** The address by which its containers reach what runs `inside`. */
  readonly gateway: string;
  /** Makes a command run in the engine's network, where its containers can be reached. */
  readonly inside: Inside;
  /** Ends the engine, its containers and its network; idempotent. */
  close(): Promise<void>;
}

/**
 * Returns why no engine can run on this machine; empty if one can. As root it installs Debian's docker.io and
 * debootstrap if they are missing, and reports it.
 */
export async function findMissingEngine(): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") return "`sam local invoke` is tried on Linux x64 only.";
  if (process.getuid?.() !== 0) return "A private Docker engine needs root.";
  const missing = ["dockerd", "docker", "debootstrap", "iptables"].filter((name) => !isOnPath(name));
  if (missing.length === 0) return "";
  if (!isOnPath("apt-get")) return `${missing.join(", ")}: not installed, and there is no apt-get to install them.`;
  const { status, output } = await installDebianPackages("docker.io", "debootstrap", "iptables");
  return status === 0 ? "" : `apt-get could not install docker.io and debootstrap:\n${output.slice(-500)}`;
}

/**
 * Starts the engine in a network of its own. Its images are kept in the repository's `.cache`: if another engine uses
 * them, of this run or another one, it waits for the end of that engine and reports it. Errors: rejects with the
 * engine's output.
 */
export async function startContainerEngine(): Promise<ContainerEngine> {
  const data = join(repository, ".cache/docker");
  await mkdir(data, { recursive: true });
  // The path of a socket has at most 107 bytes.
  const state = `/run/e2e-docker-${process.pid}`;
  const host = `unix://${state}.sock`;
  const gateway = "172.17.0.1";
  const places = ["--data-root", data, "--exec-root", state, "--pidfile", `${state}.pid`, "--host", host];
  const options = [...places, "--bip", `${gateway}/16`, "--insecure-registry", ecr];
  const engine = await startNamespaced(
    { file: "bash", args: ["-c", startScript, `${data}.lock`, ...options] },
    { network: true },
  );
  const line = await engine.waitForLine(/API listen on|another engine/);
  if (!line.includes("API listen on")) console.warn(line);
  await engine.waitForLine(/API listen on/);
  const pid = await engine.findMainPid();
  return {
    host,
    gateway,
    inside: (file, ...args) => ({ file: "nsenter", args: ["--target", String(pid), "--net", file, ...args] }),
    async close() {
      if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGTERM");
      await engine.close();
      await runOrFail({ file: "rm", args: ["-rf", state, `${state}.sock`, `${state}.pid`] });
    },
  };
}

/** Two engines would ruin each other's images. The system releases the lock when the engine ends for any reason. */
const startScript = `
exec 9>"$0"
flock --nonblock 9 || { echo "$0: another engine has the images; waiting for its end."; flock 9; }
hosts=$(mktemp)
echo "127.0.0.1 localhost ${ecr}" >"$hosts" && mount --bind "$hosts" /etc/hosts && rm "$hosts"
ip link set lo up && exec dockerd "$@"`;

function isOnPath(name: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, name)));
}
