import { existsSync, readFileSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { projectEnvironment } from "@lambda-extension/sam";
import { repository } from "./package-tarballs.ts";

/** Variables that pnpm, turbo and vitest set. A user's shell does not have them. */
const ofTheTestRun =
  /^(npm_(?!config_)|npm_config_(user_agent|npm_version|node_gyp)|pnpm_|VITEST|TURBO|INIT_CWD$|NODE_ENV$|NODE$|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$|FORCE_COLOR$)/i;

/**
 * The environment of a user who has npm, the SAM CLI, the AWS CLI and our packages in a registry: the machine's own
 * Node, and nothing that a test runner adds. `folder` gets an .npmrc and what programs leave in their temporary folder;
 * the repository's `.cache/npm` keeps downloads.
 */
export async function makeUserEnvironment(folder: string, registryUrl: string): Promise<Record<string, string>> {
  const npmrc = join(folder, "npmrc");
  const usersOwn = process.env["npm_config_userconfig"] ?? join(homedir(), ".npmrc");
  const settings = existsSync(usersOwn) ? readFileSync(usersOwn, "utf8") : "";
  await writeFile(npmrc, `${settings}\n@lambda-extension:registry=${registryUrl}\n`);
  // All runs share the downloads alone: of an earlier run's installations, npx would take one of the same version.
  const cache = join(folder, "npm-cache");
  const downloads = join(repository, ".cache/npm/_cacache");
  await mkdir(downloads, { recursive: true });
  await mkdir(cache);
  await symlink(downloads, join(cache, "_cacache"));
  const temporary = join(folder, "tmp");
  await mkdir(temporary);
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !ofTheTestRun.test(name));
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((entry) => !/node_modules|node-gyp-bin/.test(entry));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: [join(projectEnvironment.folder, "bin"), ...path].join(delimiter),
    TMPDIR: temporary,
    SAM_CLI_TELEMETRY: "0",
    npm_config_userconfig: npmrc,
    npm_config_cache: cache,
    npm_config_update_notifier: "false",
    npm_config_fetch_retries: "5",
  };
}
