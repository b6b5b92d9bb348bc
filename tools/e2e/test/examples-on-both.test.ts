import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { runAws } from "../src/aws-cli.ts";
import { buildExample } from "../src/example-project.ts";
import { findExample } from "../src/examples.ts";
import { startLineReceiver } from "../src/line-receiver.ts";
import type { LineReceiver } from "../src/line-receiver.ts";
import { startMoto } from "../src/moto.ts";
import type { Moto } from "../src/moto.ts";
import { findFreePort } from "../src/ports.ts";
import { runOnOfficial, runOnOurs } from "../src/run-once.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");
const emulators = [
  { emulator: "AWS's emulator", runOn: runOnOfficial, hasTelemetry: false },
  { emulator: "this repository's emulator", runOn: runOnOurs, hasTelemetry: true },
];

const secret = "cache-warmer-secrets/database";

async function startReceiver(): Promise<LineReceiver> {
  const receiver = await startLineReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

describe.skipIf(lacksPythonTools)("examples with the cache warmer, moto in AWS's place", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
    for (const name of ["/cache-warmer-ssm/greeting", "/two-extensions/greeting"]) {
      await runAws(
        run,
        moto,
        "ssm",
        "put-parameter",
        "--name",
        name,
        "--type",
        "String",
        "--value",
        `hello from ${name}`,
      );
    }
    await runAws(
      run,
      moto,
      "secretsmanager",
      "create-secret",
      "--name",
      secret,
      "--secret-string",
      '{"user":"app","password":"s3cret"}',
    );
  });
  afterAll(() => moto.close());

  async function warmEnvironment(settings: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    return { ...moto.environment, ...settings, PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(await findFreePort()) };
  }

  const parameterSettings = (name: string) => ({ CACHE_WARMER_PARAMETERS: name, GREETING_PARAMETER: name });

  test.each(emulators)("cache-warmer-ssm reads its parameter at import time on $emulator", async ({ runOn }) => {
    const example = findExample("cache-warmer-ssm");
    const environment = await warmEnvironment(parameterSettings("/cache-warmer-ssm/greeting"));
    const { answer, lines } = await runOn({
      example,
      project: await buildExample(example, run),
      event: {},
      environment,
    });
    expect({ answer, lines }).toMatchObject({
      answer: expect.stringContaining("hello from /cache-warmer-ssm/greeting"),
    });
  });

  test.each(emulators)("cache-warmer-secrets reads its secret at import time on $emulator", async ({ runOn }) => {
    const example = findExample("cache-warmer-secrets");
    const environment = await warmEnvironment({ CACHE_WARMER_SECRETS: secret, SECRET_NAME: secret });
    const { answer, lines } = await runOn({
      example,
      project: await buildExample(example, run),
      event: {},
      environment,
    });
    expect({ answer, lines }).toMatchObject({ answer: expect.stringContaining('"statusCode":200') });
    expect(answer).toContain("app");
  });

  test.each(emulators)("two-extensions runs both extensions on $emulator", async ({ runOn, hasTelemetry }) => {
    const receiver = await startReceiver();
    const example = findExample("two-extensions");
    const environment = {
      ...(await warmEnvironment(parameterSettings("/two-extensions/greeting"))),
      LOGGER_DESTINATION: "http",
      LOGGER_HTTP_URL: receiver.url,
    };
    const { answer, lines } = await runOn({
      example,
      project: await buildExample(example, run),
      event: {},
      environment,
    });
    expect({ answer, lines }).toMatchObject({ answer: expect.stringContaining("hello from /two-extensions/greeting") });
    const shipped = receiver.lines.filter((line) => JSON.stringify(line).includes("the greeting is hello"));
    expect(shipped).toHaveLength(hasTelemetry ? 1 : 0);
    const account = lines.filter((line) => line.startsWith("[logger] account: "));
    expect({ account, lines }).toMatchObject({ account: [expect.stringMatching(/ 0 dropped \+ 0 pending$/)] });
  });
});

describe.skipIf(lacksPythonTools)("examples with telemetry", () => {
  test("logger-http ships each line once, with its request id, on this repository's emulator", async () => {
    const receiver = await startReceiver();
    const example = findExample("logger-http");
    const environment = { LOGGER_DESTINATION: "http", LOGGER_HTTP_URL: receiver.url };
    await runOnOurs({ example, project: await buildExample(example, run), event: { mark: "one" }, environment });
    const ofFunction = receiver.lines.filter(({ type }) => type === "function");
    expect(ofFunction).toMatchObject([
      { record: expect.stringContaining("received") },
      { record: expect.stringContaining("this line") },
    ]);
    const [start] = receiver.lines.filter(({ type }) => type === "platform.start");
    expect(ofFunction.map(({ requestId }) => requestId)).toEqual([start?.["requestId"], start?.["requestId"]]);
  });

  test.each(emulators)(
    "own-extension reports slow invocations if the emulator has telemetry: $emulator",
    async ({ runOn, hasTelemetry }) => {
      const example = findExample("own-extension");
      const environment = { SLOW_MS: "50" };
      const { answer, lines } = await runOn({
        example,
        project: await buildExample(example, run),
        event: { sleepMs: 80 },
        environment,
      });
      expect(JSON.parse(answer)).toMatchObject({ statusCode: 200 });
      expect({ slow: lines.filter((line) => line.startsWith("[slow-watch] slow: ")).length, lines }).toMatchObject({
        slow: hasTelemetry ? 1 : 0,
      });
    },
  );
});
