import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runAws } from "./aws-cli.ts";
import type { SharedRun } from "./example-project.ts";
import type { Moto } from "./moto.ts";
import { python, pythonProgram, runOrFail } from "./run-command.ts";

/** What a stack with one function is made of. */
export interface DeployedStack {
  /** Ids by the type of the resource. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly configuration: DeployedFunction;
  /** Undefined if the function is a zip. */
  readonly imageUri: string | undefined;
}

/** The function's configuration, as Lambda answers it. */
export interface DeployedFunction {
  readonly PackageType: "Zip" | "Image";
  readonly Runtime: string;
  readonly Handler: string;
  readonly Role: string;
  readonly CodeSha256: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
  readonly Layers?: readonly { readonly Arn: string }[];
}

/** What was uploaded for a layer version or a function. */
export interface Upload {
  readonly zip: string;
  /** The zip, unpacked with its modes. */
  readonly folder: string;
}

/** Asks CloudFormation and Lambda for a stack. */
export async function readStack(run: SharedRun, moto: Moto, name: string): Promise<DeployedStack> {
  const resources = (await runAws(run, moto, "cloudformation", "list-stack-resources", "--stack-name", name)) as {
    readonly StackResourceSummaries: readonly { readonly ResourceType: string; readonly PhysicalResourceId: string }[];
  };
  const ids: Record<string, string[]> = {};
  for (const { ResourceType, PhysicalResourceId } of resources.StackResourceSummaries) {
    (ids[ResourceType] ??= []).push(PhysicalResourceId);
  }
  const [functionName = "none"] = ids["AWS::Lambda::Function"] ?? [];
  const answer = (await runAws(run, moto, "lambda", "get-function", "--function-name", functionName)) as {
    readonly Configuration: DeployedFunction;
    readonly Code: { readonly ImageUri?: string };
  };
  return { ids, configuration: answer.Configuration, imageUri: answer.Code.ImageUri };
}

/** The SHA-256, in Base64, of a layer version's zip. */
export async function readLayerSha256(run: SharedRun, moto: Moto, arn: string): Promise<string> {
  const [name = "", version = ""] = arn.split(":").slice(-2);
  const which = ["--layer-name", name, "--version-number", version];
  const answer = await runAws(run, moto, "lambda", "get-layer-version", ...which);
  return (answer as { readonly Content: { readonly CodeSha256: string } }).Content.CodeSha256;
}

/**
 * Downloads and unpacks every zip that was uploaded into a stack's part of SAM's bucket. Returns them by their SHA-256,
 * in Base64.
 */
export async function downloadUploads(
  run: SharedRun,
  moto: Moto,
  prefix: string,
  to: string,
): Promise<ReadonlyMap<string, Upload>> {
  const { Buckets } = (await runAws(run, moto, "s3api", "list-buckets")) as {
    readonly Buckets: readonly { readonly Name: string }[];
  };
  const bucket = Buckets.find(({ Name }) => Name.startsWith("aws-sam-cli-managed-default"));
  const keep = join(to, "zips");
  await runAws(run, moto, "s3", "cp", "--quiet", "--recursive", `s3://${bucket?.Name}/${prefix}/`, keep);
  const uploads = new Map<string, Upload>();
  for (const name of await readdir(keep)) {
    if (name.endsWith(".template")) continue;
    const upload = { zip: join(keep, name), folder: join(to, "unpacked", name) };
    await runOrFail({ file: python, args: [pythonProgram("unpack_zip.py"), upload.zip, upload.folder] });
    const sha256 = createHash("sha256").update(await readFile(upload.zip));
    uploads.set(sha256.digest("base64"), upload);
  }
  return uploads;
}
