import type { Environment } from "../environment/environment.ts";
import { unlessInterrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { untilClosed } from "../host/with-environment.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import type { InvokeResult } from "../options/invoke-result.ts";

/** The function in its newest environment; nothing runs yet. */
export function createRunningFunction(host: Host) {
  let environment: Environment | undefined;
  let starting: Promise<Environment> | undefined;
  let closing: Promise<void> | undefined;
  /** Resolves when the processes have ended. The folders may take longer: `replace` waits for them. */
  const end = async (): Promise<void> => {
    const old = environment;
    environment = undefined;
    // Breaks off an invocation that runs, which `shutdown` alone would wait for.
    closing = old?.close();
    // `replace` waits for it, and fails with it.
    closing?.catch(() => {});
    await old?.shutdown();
  };
  return {
    get isUp(): boolean {
      return environment !== undefined;
    },
    /**
     * Sends SHUTDOWN to the old environment, then starts a new one. Resolves when its init is over; returns false if
     * `outdated` broke it off. Errors: those of starting; `Interrupted`. After an error no environment runs.
     */
    async replace(options: EnvironmentOptions, outdated: AbortSignal): Promise<boolean> {
      await unlessInterrupted(end(), host.interrupted);
      starting = host.startEnvironment({ ...options, signal: AbortSignal.any([host.interrupted, outdated]) });
      try {
        const [started] = await unlessInterrupted(Promise.all([starting, closing]), host.interrupted);
        environment = started;
        return true;
      } catch (error) {
        if (outdated.aborted && !host.interrupted.aborted) return false;
        throw error;
      }
    },
    /** The function's answer; undefined if the environment was replaced meanwhile, or none has started. */
    async invoke(event: Uint8Array): Promise<InvokeResult | undefined> {
      const current = environment;
      try {
        return await current?.invoke(event);
      } catch (error) {
        if (current !== environment) return undefined;
        throw error;
      }
    },
    async close(): Promise<void> {
      const last = starting?.then(
        (started) => started.close(),
        () => {},
      );
      await untilClosed(Promise.all([end(), last]), host.interrupted);
    },
  };
}
