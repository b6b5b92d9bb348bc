import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { installDebianPackages } from "./debian-packages.ts";
import { startNamespaced } from "./namespaced-process.ts";
import { repository } from "./package-tarballs.ts";
import { runOrFail } from "./run-command.ts";

/**
 * The name of ECR's registry in moto's account. The engine looks for it at 127.0.0.1 of its own network, without TLS:
 * there is nobody, unless a test starts a registry there.
 */
const ecr = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/** A Docker engine that nobody else uses. */
export interface ContainerEngine {
  /** The value of DOCKER_HOST. */
  readonly host: string;
  /** The address by which its containers reach what runs `inside`. */
  readonly gateway: string;
  /** A command and its arguments as they run where the engine's containers can be reached. */
  inside(file: string, ...args: readonly string[]): { readonly file: string; readonly args: readonly string[] };
  /** Ends the engine, its containers and its network; idempotent. */
  close(): Promise<void>;
}

/**
 * Why there can be no engine on this machine; empty where there can. Installs Debian's docker.io and debootstrap where
 * this process is root and they are missing, and says so.
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
 * Starts the engine in a network of its own. Its images are kept in the repository's `.cache`; where another run has
 * them, it waits for that one's end and says so. Errors: rejects with its output.
 */
export async function startContainerEngine(): Promise<ContainerEngine> {
  const data = join(repository, ".cache/docker");
  await mkdir(data, { recursive: true });
  // A path longer than 107 bytes is no address of a socket.
  const state = `/run/e2e-docker-${process.pid}`;
  const host = `unix://${state}.sock`;
  const gateway = "172.17.0.1";
  const places = ["--data-root", data, "--exec-root", state, "--pidfile", `${state}.pid`, "--host", host];
  const options = [...places, "--bip", `${gateway}/16`, "--insecure-registry", ecr];
  const engine = await startNamespaced(
    { file: "bash", args: ["-c", startScript, `${data}.lock`, ...options] },
    { network: true },
  );
  const line = await engine.waitForLine(/API listen on|another run/);
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

/** Two engines would ruin each other's images. The lock is let go when the engine ends, however it does. */
const startScript = `
exec 9>"$0"
flock --nonblock 9 || { echo "$0: another run has the engine's images; waiting for its end."; flock 9; }
hosts=$(mktemp)
echo "127.0.0.1 localhost ${ecr}" >"$hosts" && mount --bind "$hosts" /etc/hosts && rm "$hosts"
ip link set lo up && exec dockerd "$@"`;

function isOnPath(name: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, name)));
}
