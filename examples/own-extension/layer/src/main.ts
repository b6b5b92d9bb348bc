import { ConfigError, runExtension } from "@lambda-extension/core";
import type { TelemetryEvent } from "@lambda-extension/core";

const say = (message: string) => console.log(`[slow-watch] ${message}`);
const seen = { invocations: 0, slow: 0 };
let slowMs = 1000;

void runExtension({
  telemetry: { types: ["platform"], buffering: { timeoutMs: 25 }, onEvents: (events) => events.forEach(watch) },

  onInit() {
    const setting = process.env["SLOW_MS"] ?? "1000";
    slowMs = Number(setting);
    // The loop reports this once; then the extension only polls, and the function works without it.
    if (!(slowMs > 0)) throw new ConfigError([`SLOW_MS: expected milliseconds above 0, got ${setting}`]);
  },

  async onInvoke(_event, context) {
    // Waits until the function is done: the invocation is judged before the environment freezes.
    await context.runtimeDone({ graceMs: 100 });
  },

  onShutdown() {
    say(`invocations: ${seen.invocations}, slow: ${seen.slow}`);
  },
});

function watch(event: TelemetryEvent): void {
  if (event.kind !== "platform.runtimeDone" || event.record.metrics === undefined) return;
  const { durationMs } = event.record.metrics;
  seen.invocations += 1;
  if (durationMs <= slowMs) return;
  seen.slow += 1;
  say(`slow: ${event.record.requestId} took ${durationMs.toFixed(0)} ms (SLOW_MS is ${slowMs})`);
}
