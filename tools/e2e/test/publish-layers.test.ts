import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runAws } from "../src/aws-cli.ts";
import { startMoto } from "../src/moto.ts";
import type { Moto } from "../src/moto.ts";
import { pnpmPackage, runCommand } from "../src/run-command.ts";
import type { CommandResult } from "../src/run-command.ts";
import { copyRepository } from "../src/scratch-repository.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");
const regions = "us-east-1,eu-west-1";

interface LayerRecord {
  readonly name: string;
  readonly region: string;
  readonly version: number;
  readonly arn: string;
}

describe.skipIf(lacksPythonTools)("publish-layers, moto in AWS's place", () => {
  const repository = join(run.folder, "publish layers");
  const published = join(repository, "dist/layers.json");
  const refused = new Set<string>();
  let moto: Moto;
  let door: Server;
  beforeAll(async () => {
    moto = await startMoto();
    door = await startDoor(moto.url, refused);
    await copyRepository(repository, run.environment);
  });
  afterAll(async () => {
    door.closeAllConnections();
    await once(door.close(), "close");
    await moto.close();
  });

  function environment(): NodeJS.ProcessEnv {
    const address = door.address();
    const port = typeof address === "object" ? address?.port : undefined;
    return { ...run.environment, ...moto.environment, AWS_ENDPOINT_URL: `http://localhost:${port}` };
  }

  function publish(
    options: string,
    variables: NodeJS.ProcessEnv = {},
    ...more: readonly string[]
  ): Promise<CommandResult> {
    const env = { ...environment(), ...variables };
    const main = join(repository, "tools/release/src/main.ts");
    return runCommand({
      file: process.execPath,
      args: [main, "publish-layers", ...options.split(" "), ...more],
      cwd: repository,
      env,
    });
  }

  function readRecords(): LayerRecord[] {
    return (JSON.parse(readFileSync(published, "utf8")) as { layers: LayerRecord[] }).layers;
  }

  test("a dry run prints what it would publish, and publishes nothing", async () => {
    const options = ["publish-layers", "--regions", regions, "--dry-run", "--architectures", "arm64"];
    const { status, output } = await runCommand({
      file: "npx",
      args: ["--yes", pnpmPackage, ...options],
      cwd: repository,
      env: environment(),
    });
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output.match(/^\S+ {2}lambda-extension-\S+ {2}would become version 1/gm)?.sort()).toEqual(
      ["eu-west-1", "us-east-1"].flatMap((region) =>
        ["cache-warmer", "cache-warmer-node24-arm64", "logger", "logger-node24-arm64"].map(
          (name) => `${region}  lambda-extension-${name}  would become version 1`,
        ),
      ),
    );
    expect(existsSync(published)).toBe(false);
    expect(await runAws(run, moto, "lambda", "list-layers")).toMatchObject({ Layers: [] });
  });

  test("if a region fails, publish-layers reports it, completes the other region and writes no record", async () => {
    refused.add("eu-west-1");
    const { status, output } = await publish(`--regions ${regions} --public --layers logger --architectures x86_64`);
    expect({ status, output }).toMatchObject({ status: 1 });
    expect(output).toMatch(/^publish-layers: eu-west-1 {2}lambda-extension-logger {2}failed: /m);
    expect(output).toContain("1 of 2 regions are not complete; run the same command again.");
    expect(output.match(/^us-east-1 {2}\S+ {2}published version 1/gm)).toHaveLength(2);
    expect(existsSync(published)).toBe(false);
  });

  test("the next run completes the region that failed, and publishes nothing in the other", async () => {
    refused.clear();
    const { status, output } = await publish(`--regions ${regions} --public --layers logger --architectures x86_64`);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output.match(/^us-east-1 {2}\S+ {2}unchanged, version 1/gm)).toHaveLength(2);
    expect(output.match(/^eu-west-1 {2}\S+ {2}published version 1/gm)).toHaveLength(2);
  });

  test("layers.json has the package version and the bytes of each ARN, and the table lists each ARN", async () => {
    const records = readRecords();
    expect(records).toHaveLength(4);
    const manifest = readFileSync(join(repository, "packages/logger/package.json"), "utf8");
    const { name: source, version } = JSON.parse(manifest) as { name: string; version: string };
    const table = readFileSync(join(repository, "dist/layers.md"), "utf8");
    for (const { region, arn } of records) expect(table).toContain(`| ${region} | \`${arn}\` |`);
    // One layer with the shared engine and one with a carried engine, each in another region.
    for (const record of [records[0], records.at(-1)]) {
      if (record === undefined) throw new Error("BUG: four records");
      const at = ["--region", record.region, "--layer-name", record.name, "--version-number", "1"];
      const there = (await runAws(run, moto, "lambda", "get-layer-version", ...at)) as {
        LayerVersionArn: string;
        Description: string;
        Content: { CodeSha256: string; CodeSize: number };
      };
      expect(record).toEqual({
        name: record.name,
        package: source,
        packageVersion: expect.stringContaining(version),
        region: record.region,
        architectures: record.name.includes("node24") ? ["x86_64"] : ["x86_64", "arm64"],
        version: 1,
        arn: there.LayerVersionArn,
        sha256: Buffer.from(there.Content.CodeSha256, "base64").toString("hex"),
        bytes: there.Content.CodeSize,
      });
      expect(there.Description).toContain(`${source}@${version}`);
      const policy = (await runAws(run, moto, "lambda", "get-layer-version-policy", ...at)) as { Policy: string };
      const { Statement } = JSON.parse(policy.Policy) as { Statement: unknown[] };
      expect(Statement[0]).toMatchObject({ Action: "lambda:GetLayerVersion", Principal: "*" });
    }
    const zip = readFileSync(join(repository, "tools/release/layers/lambda-extension-logger/dist/logger.zip"));
    const sha256 = createHash("sha256").update(zip).digest("hex");
    expect(records.filter((record) => record.name === "lambda-extension-logger")).toMatchObject([
      { sha256 },
      { sha256 },
    ]);
  });

  test("a second run publishes nothing and records the same versions", async () => {
    const before = readRecords();
    const { status, output } = await publish(`--regions ${regions} --public --layers logger --architectures x86_64`);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).not.toContain("published version");
    expect(readRecords()).toEqual(before);
  });

  test("a changed extension becomes one new version of its own layers", async () => {
    appendFileSync(join(repository, "packages/logger/src/main.ts"), "\nprocess.env['CHANGED'] = 'yes';\n");
    const { status, output } = await publish(
      "--regions eu-west-1 --layers logger --architectures x86_64 --out",
      {},
      join(run.folder, "changed layers"),
    );
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output.match(/published version 2/g)).toHaveLength(2);
    const versions = await runAws(
      run,
      moto,
      "lambda",
      "list-layer-versions",
      "--region",
      "eu-west-1",
      "--layer-name",
      "lambda-extension-logger",
    );
    expect((versions as { LayerVersions: unknown[] }).LayerVersions).toHaveLength(2);
  });

  test("uploads through an S3 bucket of each region if --bucket names one", async () => {
    for (const region of regions.split(",")) {
      const location = region === "us-east-1" ? [] : ["--create-bucket-configuration", `LocationConstraint=${region}`];
      await runAws(run, moto, "s3api", "create-bucket", "--bucket", `zips-${region}`, "--region", region, ...location);
    }
    const { status, output } = await publish(
      `--regions ${regions} --layers logger --architectures arm64 --bucket zips-{region}`,
    );
    expect({ status, output }).toMatchObject({ status: 0 });
    const carried = readRecords().filter((record) => record.name === "lambda-extension-logger-node24-arm64");
    expect(carried.map(({ region, version }) => ({ region, version }))).toEqual(
      regions.split(",").map((region) => ({ region, version: 1 })),
    );
    const listed = await runAws(run, moto, "s3api", "list-objects-v2", "--bucket", "zips-eu-west-1");
    // The layer with the shared engine is published already, with the same bytes.
    expect(listed).toMatchObject({
      Contents: [{ Key: expect.stringMatching(/^lambda-extension-logger-node24-arm64\/[0-9a-f]{64}\.zip$/) }],
    });
    expect((listed as { Contents: unknown[] }).Contents).toHaveLength(1);
  });

  test("reports missing credentials once, and says what to do", async () => {
    rmSync(published);
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined };
    const file = join(run.folder, "no such file");
    const nowhere = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: file, AWS_EC2_METADATA_DISABLED: "true" };
    const { status, output } = await publish(`--regions ${regions} --layers logger --architectures x86_64`, {
      ...none,
      ...nowhere,
    });
    expect(status).toBe(1);
    expect(output.match(/Log in \(`aws sso login`\), set AWS_PROFILE, or name a profile with --profile/g)).toHaveLength(
      1,
    );
    expect(output).toContain("publish-layers: us-east-1, eu-west-1");
    expect(output).not.toContain("    at ");
    expect(existsSync(published)).toBe(false);
  });

  test("lists every wrong option before it builds anything", async () => {
    const { status, output } = await publish("--regions virginia --layers hello --regoins a --profile");
    expect(status).toBe(1);
    expect(
      output
        .split("\n")
        .filter((line) => line.startsWith("publish-layers: "))
        .map((line) => line.split(": ")[1]),
    ).toEqual(["--regoins", "--profile", "--regions", "--layers"]);
  });
});

/** Starts a proxy to `url`. It closes the connection of a request that is signed for a region in `refused`. */
async function startDoor(url: string, refused: ReadonlySet<string>): Promise<Server> {
  const server = createServer((incoming, answer) => {
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(incoming.headers.authorization ?? "")?.[1];
    if (region !== undefined && refused.has(region)) {
      incoming.socket.destroy();
      return;
    }
    const { method, headers } = incoming;
    const onward = request(
      new URL(incoming.url ?? "/", url),
      { ...(method === undefined ? {} : { method }), headers },
      (found) => {
        answer.writeHead(found.statusCode ?? 502, found.headers);
        found.pipe(answer);
      },
    );
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
