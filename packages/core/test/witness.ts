import { createServer } from "node:http";
import { ConfigError, runExtension } from "@lambda-extension/core";

// The function's environment chooses the failure, so that one layer serves every scenario.
const trouble = process.env["WITNESS_TROUBLE"] ?? "";
const port = Number(process.env["WITNESS_PORT"] ?? 0);
const say = (text: string): void => console.log(`witness: ${text}`);

function fail(where: string): void {
  if (trouble === where) throw new TypeError(`trouble in ${where}`);
}

say(`environment ${Object.keys(process.env).filter((key) => key.startsWith("LAMBDA_EXTENSION_HANDOFF")).length}`);
void runExtension({
  failure: process.env["WITNESS_FAILURE"] === "closed" ? "closed" : "open",
  telemetry: {
    types: ["platform", "function"],
    buffering: { timeoutMs: 25 },
    onEvents(events, malformed) {
      fail("onEvents");
      for (const event of events) {
        say(event.kind === "function" ? `function said ${JSON.stringify(event.record)}` : `saw ${event.kind}`);
      }
      for (const { problem } of malformed) say(`malformed: ${problem}`);
    },
  },
  ...(port === 0
    ? {}
    : {
        beforeRegister: () =>
          new Promise<void>((resolve) => {
            createServer((_request, response) => response.writeHead(204).end()).listen(port, "127.0.0.1", resolve);
          }),
      }),
  onInit(context) {
    const left = Object.keys(process.env).filter((key) => key.startsWith("LAMBDA_EXTENSION_"));
    say(
      `${context.name} registered by ${context.registration.registeredBy}, telemetry ${context.hasTelemetry}, left over: ${left.join()}`,
    );
    if (trouble === "config") throw new ConfigError(["WITNESS_TROUBLE: expected peace, got trouble"]);
    if (trouble === "timer") setTimeout(() => fail("timer"));
  },
  onRestore: (context) => say(`restored ${context.initializationType}`),
  async onInvoke(_event, context) {
    fail("onInvoke");
    if (trouble === "loop") for (;;);
    if (trouble === "hang") await new Promise(() => {});
    const done = await context.runtimeDone({ graceMs: 2000 });
    say(`runtime done: ${done?.record.status}, time left: ${context.remainingMs() > 0}`);
  },
  async onShutdown(_event, context) {
    await context.stopTelemetry();
    say(`shutdown ${context.reason}`);
  },
});
