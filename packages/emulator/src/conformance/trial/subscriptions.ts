import { readFileSync } from "node:fs";
import type { WatchedCall } from "../../options/fault.ts";
import { parseSubscription } from "../../telemetry/subscription.ts";
import type { Subscription } from "../../telemetry/subscription.ts";

/** A subscription to telemetry that the platform accepted. */
export interface AcceptedSubscription extends Subscription {
  readonly extension: string;
  /** Whether the port had a listener at that moment; undefined if this system does not tell. */
  readonly wasListening: boolean | undefined;
}

const anySchema = ["2022-07-01", "2022-12-13", "2025-01-29"];

/** The subscription of an answered `PUT /telemetry`; undefined if the platform refused it. */
export function toAcceptedSubscription(call: WatchedCall): AcceptedSubscription | undefined {
  if (call.status !== 200 || call.extension === undefined) return undefined;
  const parsed = parseSubscription(Buffer.from(call.body), anySchema);
  if (parsed.kind === "invalid") return undefined;
  return {
    ...parsed.subscription,
    extension: call.extension,
    wasListening: isListening(parsed.subscription.destination.port),
  };
}

/** Column 4 of the kernel's table of TCP sockets. */
const listenState = "0A";

/**
 * Whether a socket of this machine listens on a port; undefined without /proc. A connection made to find out would
 * disturb the extension.
 */
function isListening(port: number): boolean | undefined {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  try {
    return ["/proc/net/tcp", "/proc/net/tcp6"].some((table) => {
      const rows = readFileSync(table, "utf8").split("\n").slice(1);
      return rows.some((row) => {
        const [, local = "", , state] = row.trim().split(/\s+/);
        return local.endsWith(ending) && state === listenState;
      });
    });
  } catch {
    return undefined;
  }
}
