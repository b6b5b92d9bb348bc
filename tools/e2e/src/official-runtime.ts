import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { python } from "./run-command.ts";

/**
 * What speaks the Runtime API. `python`: AWS's own client. `nodejs`: the client of this repository's emulator, since
 * AWS's own is a native add-on that takes a compiler and 42 s to install. `bootstrap`: the executable of that name in
 * the code's folder.
 */
export type OfficialRuntime = "python" | "nodejs" | "bootstrap";

interface RuntimeFolders {
  /** Becomes /var/runtime; for `nodejs` it has an executable `bootstrap`. */
  readonly runtime: string;
  /** Becomes /var/lang/bin. */
  readonly langBin: string;
  /** The file that becomes /var/lang/bin/node; empty: no file. */
  readonly node: string;
  /** The handler is added as its last argument. */
  readonly command: readonly string[];
}

const nodeClient = join(
  dirname(fileURLToPath(import.meta.resolve("@lambda-extension/emulator/package.json"))),
  "runtimes/node",
);

// Managed Instances need as many workers as they have concurrent requests.
const nodeBootstrap = `
workers=\${AWS_LAMBDA_MAX_CONCURRENCY:-1}
while [ "$workers" -gt 1 ]; do
	/var/lang/bin/node /var/runtime/index.mjs &
	workers=$((workers - 1))
done
exec /var/lang/bin/node /var/runtime/index.mjs`;

/** Lays out what the runtime needs under `folder`. */
export async function layOutRuntime(kind: OfficialRuntime, folder: string): Promise<RuntimeFolders> {
  const [runtime, langBin] = [join(folder, "runtime"), join(folder, "lang-bin")];
  await mkdir(langBin);
  if (kind === "nodejs") {
    await cp(nodeClient, runtime, { recursive: true });
    await writeProgram(join(runtime, "bootstrap"), nodeBootstrap);
    return { runtime, langBin, node: process.execPath, command: ["/var/runtime/bootstrap"] };
  }
  await mkdir(runtime);
  if (kind === "bootstrap") return { runtime, langBin, node: "", command: ["/var/task/bootstrap"] };
  await writeProgram(join(langBin, "python3"), `exec '${python}' "$@"`);
  return { runtime, langBin, node: "", command: ["/var/lang/bin/python3", "-m", "awslambdaric"] };
}

function writeProgram(file: string, body: string): Promise<void> {
  return writeFile(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}
