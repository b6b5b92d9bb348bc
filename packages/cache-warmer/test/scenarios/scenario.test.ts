import { existsSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { EmulatorError, startEnvironment } from "@lambda-extension/emulator";
import type { Environment, EnvironmentOptions } from "@lambda-extension/emulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failure, startAwsStub, stubCredentials, stubParameter, stubSecret } from "../support/aws-stub.ts";
import type { AwsStub } from "../support/aws-stub.ts";

const layer = fileURLToPath(new URL("../../dist/layer", import.meta.url));
const codePath = fileURLToPath(new URL("../function", import.meta.url));
const greeting = "/systemsmanager/parameters/get?name=/greeting";

let stub: AwsStub;
let port: number;
let environment: Environment | undefined;

beforeEach(async () => {
  stub = await startAwsStub();
  stub.parameters.set("/greeting", stubParameter("/greeting", "hello"));
  stub.secrets.set("db", stubSecret("db", { SecretString: "opensesame" }));
  // Namespaces of mounts do not separate ports: each environment gets one that was free a moment ago.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
});
afterEach(async () => {
  await environment?.close();
  environment = undefined;
  await stub.close();
});

/** Runs the layer that `pnpm build` made, with a function that reads while it is imported. */
async function start(
  variables: Readonly<Record<string, string>>,
  options: Partial<EnvironmentOptions> = {},
): Promise<Environment> {
  if (!existsSync(layer)) throw new Error(`There is no ${layer}: run "pnpm build" first`);
  environment = await startEnvironment({
    function: {
      runtime: "nodejs22.x",
      handler: "index.handler",
      codePath,
      timeoutSeconds: 10,
      environment: {
        AWS_ENDPOINT_URL: stub.url.href,
        PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port),
        ...variables,
      },
    },
    layers: [layer],
    region: "eu-west-1",
    credentials: {
      AWS_ACCESS_KEY_ID: stubCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: stubCredentials.secretAccessKey,
      AWS_SESSION_TOKEN: stubCredentials.sessionToken,
    },
    ...options,
  });
  return environment;
}

const invoke = async (running: Environment, ...paths: string[]) =>
  JSON.parse((await running.invoke({ paths })).payload) as unknown;
const linesOf = (running: Environment) =>
  running.lines.filter(({ name }) => name === "cache-warmer").map(({ text }) => text);

describe("the built layer on the emulator", () => {
  test("answers a read at import time from the warmed values", async () => {
    const running = await start({ CACHE_WARMER_PARAMETERS: "/greeting", CACHE_WARMER_SECRETS: "db" });
    expect(await invoke(running, greeting, "/secretsmanager/get?secretId=db")).toEqual({
      atImport: "200 hello",
      now: ["200 hello", "200 opensesame"],
    });
    expect(stub.calls.map(({ target }) => target)).toHaveLength(2);
    await running.shutdown();
    expect(linesOf(running)).toEqual([
      `[cache-warmer] INFO serving on 127.0.0.1:${port}; warming 1 parameter, 1 secret`,
    ]);
  });

  test("reads through without any configuration, as the AWS extension does", async () => {
    const running = await start({});
    expect(await invoke(running, greeting, "/systemsmanager/parameters/get?name=/none")).toEqual({
      atImport: "200 hello",
      now: ["200 hello", "400 ParameterNotFound"],
    });
  });

  test("lets the function run if a secret is denied", async () => {
    stub.answer = ({ target }) =>
      target.endsWith("GetSecretValue") ? failure("AccessDeniedException", "not you") : undefined;
    const running = await start({ CACHE_WARMER_SECRETS: "db" });
    expect(await invoke(running, "/secretsmanager/get?secretId=db")).toEqual({
      atImport: "200 hello",
      now: ["400 AccessDeniedException"],
    });
    expect(linesOf(running).join("\n")).toContain(
      "WARN secret db: AccessDeniedException: not you; its reads get status 400",
    );
  });

  test("lets the function run with settings that do not parse, and lists every problem", async () => {
    const running = await start({ SSM_PARAMETER_STORE_TTL: "soon", CACHE_WARMER_PARAMETERS: "a b" });
    expect(await invoke(running)).toEqual({ atImport: "400 ConfigError", now: [] });
    expect(linesOf(running)).toEqual([
      '[cache-warmer] ERROR CACHE_WARMER_PARAMETERS: expected a comma-separated list of parameter names or ARNs, got "a b"',
      '[cache-warmer] ERROR SSM_PARAMETER_STORE_TTL: expected a whole number of seconds from 0 to 86400, got "soon"',
      "[cache-warmer] ERROR nothing is warmed, and every read answers status 400, until the settings above are right",
    ]);
  });

  test("fails the init phase if a required name cannot be read, and names it", async () => {
    const running = await start({ CACHE_WARMER_PARAMETERS: "/greeting,/none", CACHE_WARMER_REQUIRED: "all" });
    const result = await running.invoke({});
    expect(result.kind).toBe("function-error");
    expect(JSON.parse(result.payload)).toMatchObject({ errorType: "Extension.InitError" });
    expect(linesOf(running).join("\n")).toContain(
      "CACHE_WARMER_REQUIRED: expected a parameter /none that can be read, got ParameterNotFound",
    );
  });

  test("lets the function run if the port is taken, and names the variable that changes it", async () => {
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    try {
      const running = await start({});
      expect(await invoke(running)).toMatchObject({ atImport: "ECONNRESET" });
      expect(linesOf(running).join("\n")).toContain(
        `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: expected a free port, got ${port}`,
      );
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  test("holds no secret in a snapshot, and serves after the restore", async () => {
    const running = await start({ CACHE_WARMER_PARAMETERS: "/greeting" }, { initializationType: "snap-start" });
    expect(stub.calls).toEqual([]);
    expect(await invoke(running, greeting)).toEqual({
      atImport: "400 not ready to serve traffic, please wait",
      now: ["200 hello"],
    });
  });

  test("goes on after freezes", async () => {
    const running = await start({ CACHE_WARMER_PARAMETERS: "/greeting" }, { freeze: true });
    for (let invocation = 0; invocation < 3; invocation++) {
      expect(await invoke(running, greeting)).toEqual({ atImport: "200 hello", now: ["200 hello"] });
      await running.idle();
    }
    expect(stub.calls).toHaveLength(1);
  });

  test("counts the time of a freeze: renews an old value after it, and serves it stale for a while if AWS fails", async ({
    skip,
  }) => {
    const running = await start(
      { CACHE_WARMER_PARAMETERS: "/greeting", SSM_PARAMETER_STORE_TIMEOUT_MILLIS: "2000" },
      { clock: "movable", freeze: true },
    ).catch((error: unknown) => {
      if (error instanceof EmulatorError && error.message.includes("libfaketime")) return skip(error.message);
      throw error;
    });
    const readAfter = async (frozenMinutes: number) => {
      await running.idle();
      running.skip(frozenMinutes * 60_000);
      return invoke(running, greeting);
    };
    expect(await readAfter(0)).toMatchObject({ now: ["200 hello"] });
    stub.parameters.set("/greeting", stubParameter("/greeting", "goodbye"));
    expect(await readAfter(2)).toMatchObject({ now: ["200 hello"] });
    expect(await readAfter(10)).toMatchObject({ now: ["200 goodbye"] });
    stub.answer = () => failure("InternalServerError", "not now");
    expect(await readAfter(10)).toMatchObject({ now: ["200 goodbye"] });
    expect(await readAfter(20)).toMatchObject({ now: ["400 InternalServerError"] });
  });

  test("lets the function answer if AWS does not answer", async () => {
    stub.answer = () => ({ kind: "silence" });
    const running = await start({ CACHE_WARMER_PARAMETERS: "/other", SSM_PARAMETER_STORE_TIMEOUT_MILLIS: "300" });
    expect(await invoke(running, "/systemsmanager/parameters/get?name=/other")).toEqual({
      atImport: "400 TimeoutError",
      now: ["400 TimeoutError"],
    });
  });
});
