import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repository } from "./package-tarballs.ts";
import { pnpmPackage, runOrFail } from "./run-command.ts";

/**
 * Copies the repository's files, as they are on disk and without what git ignores, makes them the one commit of a
 * repository of their own, and installs. For tests that change versions and sources. Errors: rejects with the output of
 * the step that failed.
 */
export async function copyRepository(to: string, env: NodeJS.ProcessEnv): Promise<void> {
  const listed = await runOrFail({
    file: "git",
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: repository,
  });
  const deleted = new Set(
    (await runOrFail({ file: "git", args: ["ls-files", "-z", "--deleted"], cwd: repository })).split("\0"),
  );
  for (const path of listed.split("\0").filter((path) => path !== "" && !deleted.has(path))) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await cp(join(repository, path), join(to, path));
  }
  const git = (...args: string[]) => runOrFail({ file: "git", args, cwd: to, env });
  await git("init", "--quiet", "--initial-branch=main");
  await commitAll(to, "A release", env);
  await runOrFail({
    file: "npx",
    args: ["--yes", pnpmPackage, "install", "--frozen-lockfile", "--prefer-offline"],
    cwd: to,
    env,
  });
}

/** Commits every change of such a repository. */
export async function commitAll(folder: string, message: string, env: NodeJS.ProcessEnv): Promise<void> {
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  await runOrFail({ file: "git", args: ["add", "--all"], cwd: folder, env });
  await runOrFail({ file: "git", args: [...author, "commit", "--quiet", "--message", message], cwd: folder, env });
}
