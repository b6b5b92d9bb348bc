import type { Environment } from "../environment/environment.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import { unlessInterrupted } from "./host.ts";
import type { Host } from "./host.ts";

/**
 * The user who ends the command waits at most this long for SHUTDOWN, which may take 2 s; then the command ends, and
 * with it the environment's namespace and everyone in it. Units: milliseconds.
 */
export const closeLimitMs = 2_500;

/**
 * Starts an environment, gives it to `use` and closes it in every case, also where the user ends the command while it
 * is still starting. Errors: those of `use` and of starting; `Interrupted`.
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
    await (host.interrupted.aborted ? within(close(), closeLimitMs) : close());
  }
}

/** Waits for the work, at most as long as that. Errors: those of the work. Units: milliseconds. */
export async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
