import type { Environment } from "../environment/environment.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import { unlessInterrupted } from "./host.ts";
import type { Host } from "./host.ts";

/**
 * Starts an environment, gives it to `use` and closes it in every case, also if the user ends the command while it
 * still starts. Errors: those of `use` and of starting; `Interrupted`.
 */
export async function withEnvironment<T>(
  options: EnvironmentOptions,
  host: Host,
  use: (environment: Environment) => Promise<T>,
): Promise<T> {
  const starting = host.startEnvironment({ ...options, signal: host.interrupted });
  const close = (): Promise<void> =>
    starting.then(
      (environment) => environment.close(),
      () => {},
    );
  try {
    const environment = await unlessInterrupted(starting, host.interrupted);
    return await unlessInterrupted(use(environment), host.interrupted);
  } finally {
    await untilClosed(close(), host.interrupted);
  }
}

/**
 * A user who ends the command waits at most this long for SHUTDOWN, which may take 2 s; then the command ends, and with
 * it the environment's namespace and every process in it. Units: milliseconds.
 */
const closeLimitMs = 2_500;

/** Waits until everything is closed; no longer than 2.5 s once the user ends the command. Errors: those of the work. */
export async function untilClosed(work: Promise<unknown>, interrupted: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let limit = (): void => {};
  const late = new Promise<void>((resolve) => {
    limit = () => (timer = setTimeout(resolve, closeLimitMs));
  });
  interrupted.addEventListener("abort", limit);
  if (interrupted.aborted) limit();
  await Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
    interrupted.removeEventListener("abort", limit);
  });
}
