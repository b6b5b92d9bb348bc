const inHostsFile = /^[ \t]*([\d.]+)[ \t](?:[^#\n]*[ \t])?sandbox\.localdomain(?![^\s#])/m;

/**
 * The address that telemetry comes to. The platform delivers to `sandbox.localdomain`, which is not always a loopback
 * address on Lambda; emulators do not know the name and deliver to 127.0.0.1.
 * Returns the address in the hosts file; else 127.0.0.1 if the Runtime API is on a loopback address; else undefined.
 */
export function sandboxAddress(hostsFile: string, runtimeApi: string): string | undefined {
  const isLoopback = runtimeApi.startsWith("127.") || runtimeApi.startsWith("localhost:");
  return inHostsFile.exec(hostsFile)?.[1] ?? (isLoopback ? "127.0.0.1" : undefined);
}
