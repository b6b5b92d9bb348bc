import { existsSync, realpathSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PythonInterpreter } from "./interpreter.ts";
import type { Bind, Mount } from "./mount-script.ts";
import { clientsFolder } from "./runtime-program.ts";
import type { SandboxParts } from "./sandbox.ts";

/**
 * Lays out the folders in the work folder, and lists the mounts, innermost first. Everything is bound below the work
 * folder's `var` before that covers /var: no folder is made on the machine's own disk, and sources below /var, /opt or
 * /tmp are still in sight when they are bound.
 */
export async function planNamespace(parts: SandboxParts): Promise<readonly Mount[]> {
  const variable = join(parts.workFolder, "var");
  for (const folder of ["task", "lang/bin", "runtime", "tmp", "log", "lib", "cache", "clock"]) {
    await mkdir(join(variable, folder), { recursive: true });
  }
  await symlink("/run", join(variable, "run"));
  const hosts = join(parts.workFolder, "hosts");
  const known = await readFile("/etc/hosts", "utf8").catch(() => "127.0.0.1 localhost\n");
  await writeFile(hosts, `${known.trimEnd()}\n127.0.0.1 sandbox.localdomain sandbox\n`);
  return [
    bind(parts.code, join(variable, "task"), true),
    bind(clientsFolder, join(variable, "runtime"), true),
    ...(await languageMounts(parts, join(variable, "lang"))),
    bind(variable, "/var"),
    bind(parts.opt, "/opt", true),
    ...(existsSync("/etc/hosts") ? [bind(hosts, "/etc/hosts")] : []),
    parts.tmp === "full"
      ? { kind: "full", folder: "/tmp" }
      : bind(join(parts.workFolder, "tmp"), "/tmp", parts.tmp === "read-only"),
  ];
}

function bind(from: string, to: string, isReadOnly = false): Bind {
  return { kind: "bind", from, to, isReadOnly };
}

async function languageMounts(parts: SandboxParts, lang: string): Promise<Mount[]> {
  const { program } = parts;
  if (program.kind === "node") {
    const target = join(lang, "bin/node");
    await writeFile(target, "");
    return [bind(program.path, target)];
  }
  const hidden = await hideNode(parts.workFolder);
  return program.kind === "python" ? [...hidden, ...(await pythonBinds(program, lang))] : hidden;
}

/** A Python that the mounts would hide becomes /var/lang itself, as on Lambda; any other Python gets links there. */
async function pythonBinds({ path, prefix, version }: PythonInterpreter, lang: string): Promise<Bind[]> {
  if (/^\/(opt|var|tmp)\//.test(`${prefix}/`)) return [bind(prefix, lang, true)];
  for (const name of ["python", "python3", `python${version}`]) await symlink(path, join(lang, "bin", name));
  return [];
}

/** Only nodejs functions have Node on Lambda: an extension that relies on it must fail here too. */
async function hideNode(workFolder: string): Promise<Mount[]> {
  const emptyFile = join(workFolder, "empty");
  await writeFile(emptyFile, "", { mode: 0o644 });
  const mounts: Mount[] = [];
  for (const folder of new Set(
    ["/usr/local/bin", "/usr/bin", "/bin"].filter((path) => existsSync(path)).map((path) => realpathSync(path)),
  )) {
    const names = ["node", "nodejs"].filter((name) => existsSync(join(folder, name)));
    if (names.length === 0) continue;
    const own = join(workFolder, `hidden-${mounts.length}`);
    await mkdir(own);
    mounts.push({ kind: "hide", folder, names, workFolder: own, emptyFile });
  }
  return mounts;
}
