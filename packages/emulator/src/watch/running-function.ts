import type { Environment } from "../environment/environment.ts";
import { unlessInterrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { closeLimitMs, within } from "../host/with-environment.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import type { InvokeResult } from "../options/invoke-result.ts";

/** The function in its newest environment. */
export interface RunningFunction {
  readonly isUp: boolean;
  /**
   * SHUTDOWN to the old environment, then starts a new one; resolves when its init is over, with false where `outdated`
   * broke it off. Errors: those of starting; `Interrupted`. Then there is none.
   */
  replace(options: EnvironmentOptions, outdated: AbortSignal): Promise<boolean>;
  /** The function's answer; undefined if the environment was replaced meanwhile, or none has started. */
  invoke(event: Uint8Array): Promise<InvokeResult | undefined>;
  close(): Promise<void>;
}

/** Nothing runs yet. */
export function createRunningFunction(host: Host): RunningFunction {
  let environment: Environment | undefined;
  let starting: Promise<Environment> | undefined;
  let closing: Promise<void> | undefined;
  /** Its processes have ended when this resolves; its folders may take longer, and nobody has to wait for them. */
  const end = async (): Promise<void> => {
    const old = environment;
    environment = undefined;
    // Breaks off an invocation that runs, which `shutdown` alone would wait for.
    closing = old?.close();
    // Where it fails is told when the next environment waits for it.
    closing?.catch(() => {});
    await old?.shutdown();
  };
  return {
    get isUp() {
      return environment !== undefined;
    },
    async replace(options, outdated) {
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
    async invoke(event) {
      const current = environment;
      try {
        return await current?.invoke(event);
      } catch (error) {
        if (current !== environment) return undefined;
        throw error;
      }
    },
    async close() {
      const last = starting?.then(
        (started) => started.close(),
        () => {},
      );
      await (host.interrupted.aborted ? within(Promise.all([end(), last]), closeLimitMs) : Promise.all([end(), last]));
    },
  };
}
