import { resolve } from "node:path";
import { BuildError, cacheFolder } from "@lambda-extension/build-layer";
import { parseOptions, usage } from "./options/parse-options.ts";
import type { PublishOptions } from "./options/parse-options.ts";
import { publishLayers } from "./publish-layers.ts";
import { createAwsRegionLayers } from "./publish/aws-region-layers.ts";
import { followVersions } from "./versions/follow-versions.ts";

const [command, ...args] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "../../..");
const say = (line: string): void => console.log(line);
const complain = (line: string): void => console.error(`publish-layers: ${line}`);

if (command === "publish-layers") {
  const parsed = parseOptions(args);
  if (parsed.kind === "help") process.stdout.write(usage);
  else if (parsed.kind === "problems") fail(parsed.problems);
  else await publish(parsed.options);
} else if (command === "follow-versions") {
  for (const file of followVersions(root)) say(`follows the new versions: ${file}`);
} else {
  console.error("Usage: main.ts publish-layers|follow-versions [options]");
  process.exitCode = 1;
}

async function publish(options: PublishOptions): Promise<void> {
  const hasOwnEndpoint =
    process.env["AWS_ENDPOINT_URL"] !== undefined || process.env["AWS_ENDPOINT_URL_S3"] !== undefined;
  // pnpm runs scripts in the root; a relative folder belongs to the folder where the command was typed.
  const out = resolve(process.env["INIT_CWD"] ?? process.cwd(), options.out);
  try {
    const isComplete = await publishLayers(
      { ...options, out },
      {
        cacheFolder: cacheFolder(process.env, process.platform),
        machine: { node: process.execPath, platform: process.platform, arch: process.arch },
        regionLayers: (region) =>
          createAwsRegionLayers({ region, profile: options.profile, bucket: options.bucket, hasOwnEndpoint }),
        say,
        complain,
      },
    );
    if (!isComplete) process.exitCode = 1;
  } catch (error) {
    if (error instanceof BuildError) fail(error.problems);
    // The file system's errors name the file and the reason.
    else if (error instanceof Error && "syscall" in error) fail([error.message]);
    else throw error;
  }
}

function fail(problems: readonly string[]): void {
  for (const problem of problems) complain(problem);
  process.exitCode = 1;
}
