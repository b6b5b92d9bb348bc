import { parseLifecycleEvent } from "./lifecycle-event.ts";
import type { ParsedLifecycleEvent } from "./lifecycle-event.ts";

/** The answer to the launcher's registration. */
export interface Registered {
  readonly identifier: string;
  /** The answer's body, not parsed yet. */
  readonly answer: string;
  /** The descriptor of the launcher's connection, if the launcher left it open. */
  readonly socketFd: number | undefined;
  /** The first event, if the launcher has waited for it before it started this process: a lazy start. */
  readonly firstEvent: ParsedLifecycleEvent | undefined;
}

const version = "1";
const prefix = "LAMBDA_EXTENSION_";

/**
 * Reads what the layer's launcher did before this process started, and deletes those variables: the identifier is a
 * credential, and child processes inherit them. If the hand-off has another version, only the name counts.
 * Returns the extension's name, which is the launcher's file name, and `registered` if the launcher registered.
 */
export function takeHandOff(env: Record<string, string | undefined>): {
  readonly name: string | undefined;
  readonly registered: Registered | undefined;
} {
  const take = (key: string): string | undefined => {
    const value = env[prefix + key];
    delete env[prefix + key];
    return value === "" ? undefined : value;
  };
  const name = take("NAME");
  const handOffVersion = take("HANDOFF_VERSION");
  const identifier = take("IDENTIFIER");
  const answer = take("REGISTRATION") ?? "{}";
  const socketFd = take("SOCKET_FD");
  const event = take("EVENT");
  take("EVENTS");
  if (handOffVersion !== version || identifier === undefined) return { name, registered: undefined };
  const isSocket = socketFd !== undefined && /^\d{1,6}$/.test(socketFd) && Number(socketFd) > 2;
  const firstEvent = event === undefined ? undefined : parseLifecycleEvent(Buffer.from(event));
  return { name, registered: { identifier, answer, socketFd: isSocket ? Number(socketFd) : undefined, firstEvent } };
}
