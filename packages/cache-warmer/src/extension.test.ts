import { request } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { ExtensionContext, InvokeContext } from "@lambda-extension/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failure, startAwsStub, stubCredentials, stubParameter, stubSecret } from "../test/support/aws-stub.ts";
import type { AwsStub } from "../test/support/aws-stub.ts";
import { createFakeClock } from "../test/support/fake-clock.ts";
import { createExtension } from "./extension.ts";

const context: ExtensionContext = {
  name: "cache-warmer",
  registration: { identifierHint: "", functionName: "f", functionVersion: "1", handler: "h", registeredBy: "core" },
  initializationType: "on-demand",
  hasTelemetry: false,
};
const invoke: InvokeContext = {
  ...context,
  requestId: "r",
  functionArn: "",
  deadlineEpochMs: 0,
  remainingMs: () => 3000,
  signal: new AbortController().signal,
  runtimeDone: async () => undefined,
};
const invokeEvent = { eventType: "INVOKE", deadlineMs: 0, requestId: "r", invokedFunctionArn: "" } as const;
const shutdownEvent = { eventType: "SHUTDOWN", deadlineMs: 0, shutdownReason: "spindown" } as const;

let stub: AwsStub;
let port: number;
let cleanUp: (() => unknown)[];

beforeEach(async () => {
  stub = await startAwsStub();
  port = await freePort();
  cleanUp = [() => stub.close()];
});
afterEach(() => Promise.all(cleanUp.map((step) => step())));

/** Returns a port that was free a moment ago: the setting does not take 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function create(variables: Readonly<Record<string, string>>) {
  const lines: string[] = [];
  const clock = createFakeClock();
  const environment = {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: stubCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stubCredentials.secretAccessKey,
    AWS_SESSION_TOKEN: stubCredentials.sessionToken,
    AWS_ENDPOINT_URL: stub.url.href,
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port),
    ...variables,
  };
  const extension = createExtension({ env: environment, clock, random: () => 0, write: (line) => lines.push(line) });
  cleanUp.push(() =>
    extension.onShutdown?.(shutdownEvent, { ...invoke, reason: "spindown", stopTelemetry: async () => {} }),
  );
  return { extension, lines, clock };
}

/** Returns the status with the cause, the value or the body. */
function read(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "X-Aws-Parameters-Secrets-Token": stubCredentials.sessionToken };
    request({ port, host: "127.0.0.1", path, headers, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => {
        const value = /"(?:Value|SecretString)":"([^"]*)"/.exec(body)?.[1];
        resolve(`${response.statusCode} ${String(response.headers["x-warmer-error"] ?? value ?? body)}`);
      });
    })
      .on("error", reject)
      .end();
  });
}

const parameter = (name: string) => read(`/systemsmanager/parameters/get?name=${encodeURIComponent(name)}`);
const targets = () => stub.calls.map(({ target }) => target.split(".")[1]);

describe("the extension", () => {
  test("serves before it registers, and a read waits for a fetch in flight", async () => {
    stub.parameters.set("/a", stubParameter("/a", "1"));
    stub.parameters.set("/b", stubParameter("/b", "2"));
    stub.secrets.set("s", stubSecret("s", { SecretString: "3" }));
    const { extension } = create({ CACHE_WARMER_PARAMETERS: "/a,/b", CACHE_WARMER_SECRETS: "s" });
    await extension.beforeRegister?.();
    const ready = extension.onInit?.(context);
    expect(await Promise.all([parameter("/a"), parameter("/b"), read("/secretsmanager/get?secretId=s")])).toEqual([
      "200 1",
      "200 2",
      "200 3",
    ]);
    await ready;
    expect(new Set(targets())).toEqual(new Set(["GetParameters", "GetSecretValue"]));
    expect(targets()).toHaveLength(2);
  });

  test("renews at an INVOKE the values that became due during a freeze", async () => {
    stub.parameters.set("/a", stubParameter("/a", "old"));
    const { extension, clock } = create({ CACHE_WARMER_PARAMETERS: "/a", CACHE_WARMER_HOLD_MILLIS: "10000" });
    await extension.beforeRegister?.();
    await extension.onInit?.(context);
    await extension.onInvoke?.(invokeEvent, invoke);
    expect(stub.calls).toHaveLength(1);
    stub.parameters.set("/a", stubParameter("/a", "new"));
    clock.freeze(60 * 60_000);
    await extension.onInvoke?.(invokeEvent, invoke);
    expect(stub.calls).toHaveLength(2);
    expect(await parameter("/a")).toBe("200 new");
    expect(stub.calls).toHaveLength(2);
  });

  test("lets the function run if a secret is denied, and reports it once", async () => {
    stub.parameters.set("/a", stubParameter("/a", "1"));
    stub.answer = ({ target }) =>
      target.endsWith("GetSecretValue") ? failure("AccessDeniedException", "not you") : undefined;
    const { extension, lines } = create({ CACHE_WARMER_PARAMETERS: "/a", CACHE_WARMER_SECRETS: "s" });
    expect(extension.failure).toBe("open");
    await extension.beforeRegister?.();
    await extension.onInit?.(context);
    expect(await parameter("/a")).toBe("200 1");
    expect(await read("/secretsmanager/get?secretId=s")).toBe("400 AccessDeniedException");
    expect(lines).toEqual([
      `INFO serving on 127.0.0.1:${port}; warming 1 parameter, 1 secret`,
      "WARN secret s: AccessDeniedException: not you; its reads get status 400",
    ]);
  });

  test("does not let the function start without a required name", async () => {
    stub.parameters.set("/a", stubParameter("/a", "1"));
    const { extension } = create({ CACHE_WARMER_PARAMETERS: "/a,/b", CACHE_WARMER_REQUIRED: "/b" });
    expect(extension.failure).toBe("closed");
    await extension.beforeRegister?.();
    await expect(extension.onInit?.(context)).rejects.toMatchObject({
      problems: [
        "CACHE_WARMER_REQUIRED: expected a parameter /b that can be read, got ParameterNotFound: Parameter /b not found.",
      ],
    });
  });

  test("goes on if the missing name is not required", async () => {
    stub.parameters.set("/a", stubParameter("/a", "1"));
    const { extension } = create({ CACHE_WARMER_PARAMETERS: "/a,/b", CACHE_WARMER_REQUIRED: "/a" });
    await extension.beforeRegister?.();
    await expect(extension.onInit?.(context)).resolves.toBeUndefined();
  });

  test("does not hold the init phase longer than its limit", async () => {
    stub.answer = () => ({ kind: "silence" });
    const { extension, lines } = create({ CACHE_WARMER_PARAMETERS: "/a", CACHE_WARMER_INIT_WAIT_MILLIS: "0" });
    await extension.beforeRegister?.();
    await extension.onInit?.(context);
    expect(lines.at(-1)).toBe(
      "WARN still fetching after 0 ms (CACHE_WARMER_INIT_WAIT_MILLIS); reads wait for their own fetch",
    );
  });

  test("fetches nothing before a snapshot, and everything after the restore", async () => {
    stub.parameters.set("/a", stubParameter("/a", "1"));
    const { extension } = create({ CACHE_WARMER_PARAMETERS: "/a", AWS_LAMBDA_INITIALIZATION_TYPE: "snap-start" });
    await extension.beforeRegister?.();
    await extension.onInit?.({ ...context, initializationType: "snap-start" });
    expect(await parameter("/a")).toBe("400 not ready to serve traffic, please wait");
    expect(stub.calls).toEqual([]);
    const early = parameter("/a");
    await extension.onRestore?.({ ...context, initializationType: "snap-start" });
    expect(await early).toBe("200 1");
    expect(targets()).toEqual(["GetParameter"]);
  });

  test("answers every read with the problems of its settings, and lets the function run", async () => {
    const { extension, lines } = create({ SSM_PARAMETER_STORE_TTL: "soon", SECRETS_MANAGER_TTL: "late" });
    expect(extension.failure).toBe("open");
    await extension.beforeRegister?.();
    await extension.onInit?.(context);
    expect(lines).toEqual([
      'ERROR SSM_PARAMETER_STORE_TTL: expected a whole number of seconds from 0 to 86400, got "soon"',
      'ERROR SECRETS_MANAGER_TTL: expected a whole number of seconds from 0 to 86400, got "late"',
      "ERROR nothing is warmed, and every read answers status 400, until the settings above are right",
    ]);
    expect(await parameter("/a")).toBe("400 ConfigError");
  });

  test("does not let the function start with wrong settings if names are required", async () => {
    const { extension } = create({ CACHE_WARMER_REQUIRED: "/a" });
    expect(extension.failure).toBe("closed");
    await extension.beforeRegister?.();
    expect(() => extension.onInit?.(context)).toThrow("CACHE_WARMER_REQUIRED: expected names out of");
  });

  test.each([{}, { SSM_PARAMETER_STORE_TTL: "x" }])(
    "names the variable that changes a port that is taken, with %j",
    async (variables) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
      cleanUp.push(() => other.close());
      const { extension, lines } = create(variables);
      await extension.beforeRegister?.();
      await extension.onInit?.(context);
      expect(lines.join("\n")).toContain(
        `ERROR PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: expected a free port, got ${port}, where something listens already`,
      );
    },
  );

  test("writes no value, token or key into any line or error answer", async () => {
    stub.parameters.set("/a", stubParameter("/a", "the-canary"));
    stub.answer = ({ input }) =>
      JSON.stringify(input).includes("/b") ? failure("InternalServerError", "oops") : undefined;
    const { extension, lines } = create({
      CACHE_WARMER_PARAMETERS: "/a",
      PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL: "DEBUG",
      SSM_PARAMETER_STORE_TIMEOUT_MILLIS: "2000",
    });
    await extension.beforeRegister?.();
    await extension.onInit?.(context);
    const answer = await parameter("/b");
    expect(await parameter("/a")).toBe("200 the-canary");
    for (const secret of ["the-canary", stubCredentials.sessionToken, stubCredentials.secretAccessKey]) {
      expect([...lines, answer].join("\n")).not.toContain(secret);
    }
  });
});
