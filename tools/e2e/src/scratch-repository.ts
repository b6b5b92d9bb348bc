import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repository } from "./package-tarballs.ts";
import { pnpmPackage, runOrFail } from "./run-command.ts";

/**
 * Copies the repository's files, as they are on disk and without what git ignores, into a new repository with one
 * commit, and installs. For tests that change versions and sources. Errors: rejects with the output of the step that
 * failed.
 */
export async function copyRepository(to: string, env: NodeJS.ProcessEnv): Promise<void> {
  const list = async (...kinds: string[]) =>
    (await runOrFail({ file: "git", args: ["ls-files", "-z", ...kinds], cwd: repository })).split("\0");
  const deleted = new Set(await list("--deleted"));
  for (const path of await list("--cached", "--others", "--exclude-standard")) {
    if (path === "" || deleted.has(path)) continue;
    await mkdir(dirname(join(to, path)), { recursive: true });
    await cp(join(repository, path), join(to, path));
  }
  await runOrFail({ file: "git", args: ["init", "--quiet", "--initial-branch=main"], cwd: to, env });
  await commitAll(to, "A release", env);
  const args = ["--yes", pnpmPackage, "install", "--frozen-lockfile", "--prefer-offline"];
  await runOrFail({ file: "npx", args, cwd: to, env });
}

/** Commits every change in such a repository. */
export async function commitAll(folder: string, message: string, env: NodeJS.ProcessEnv): Promise<void> {
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  await runOrFail({ file: "git", args: ["add", "--all"], cwd: folder, env });
  await runOrFail({ file: "git", args: [...author, "commit", "--quiet", "--message", message], cwd: folder, env });
}
