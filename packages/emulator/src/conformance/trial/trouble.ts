import type { TimelineEntry } from "../../history/timeline.ts";
import type { ExitStatus } from "../../process/child.ts";

/** A mistake of an extension, seen from outside. */
export interface Trouble {
  /**
   * `not-started`: no register or no first `next`; `ended`: its process ended without SHUTDOWN; `stuck`: no `next`
   * after an event; `not-stopped`: no clean end at SHUTDOWN; `invocation`: the function's answer did not arrive.
   */
  readonly kind: "not-started" | "ended" | "stuck" | "not-stopped" | "invocation";
  readonly text: string;
}

/** The troubles of every extension, the earliest first. */
export function findTroubles(timeline: readonly TimelineEntry[], extensions: readonly string[]): readonly Trouble[] {
  const shutdowns = timeline.filter(({ lane, kind }) => lane === "platform" && kind === "shutdown");
  const isEnding = ({ startEpochMs: at }: TimelineEntry): boolean =>
    shutdowns.some(({ startEpochMs, endEpochMs }) => startEpochMs <= at && at <= endEpochMs);
  const lives = new Map(extensions.map((name) => [name, newLife()]));
  const troubles: Trouble[] = [];
  for (const entry of timeline) {
    const life = lives.get(entry.lane);
    if (life === undefined) continue;
    if (entry.kind !== "exit") {
      advance(life, entry);
      continue;
    }
    const trouble = atExit(life, entry, isEnding(entry));
    if (trouble !== undefined) troubles.push({ kind: trouble.kind, text: `${entry.lane} ${trouble.text}` });
    lives.set(entry.lane, newLife());
  }
  return troubles;
}

/** One process of an extension. */
interface Life {
  hasRegistered: boolean;
  wantsShutdown: boolean;
  /** How often it asked for an event. */
  asked: number;
  isWaiting: boolean;
  isTold: boolean;
}

function newLife(): Life {
  return { hasRegistered: false, wantsShutdown: false, asked: 0, isWaiting: false, isTold: false };
}

function advance(life: Life, { kind, fact }: TimelineEntry): void {
  if (kind === "register") {
    life.hasRegistered = true;
    life.wantsShutdown = fact?.kind === "register" && fact.events.includes("SHUTDOWN");
  } else if (kind === "next") {
    life.asked += 1;
    life.isWaiting = true;
  } else if (kind === "invoke") life.isWaiting = false;
  else if (kind === "shutdown") {
    life.isWaiting = false;
    life.isTold = true;
  }
}

function atExit(life: Life, entry: TimelineEntry, isEnding: boolean): Trouble | undefined {
  if (life.isTold) return atShutdown(life, entry);
  const { detail } = entry;
  if (!life.hasRegistered || life.asked === 0) {
    const [missing, missed] = life.hasRegistered
      ? ["ask for its first event", "asked for its first event"]
      : ["register", "registered"];
    const text = isEnding ? `did not ${missing} in time` : `ended (${detail}) before it ${missed}`;
    return { kind: "not-started", text };
  }
  // At its end the environment kills extensions without SHUTDOWN. Any other end is the extension's own.
  if (!isEnding || (life.isWaiting && !wasKilled(entry))) {
    const when = life.isWaiting ? "while it waited for an event" : "instead of asking for the next event";
    return { kind: "ended", text: `ended (${detail}) ${when}` };
  }
  if (life.isWaiting || !life.wantsShutdown) return undefined;
  return { kind: "stuck", text: "did not ask for the next event in time" };
}

function atShutdown(life: Life, entry: TimelineEntry): Trouble | undefined {
  const status = statusOf(entry);
  if (status?.kind === "code" && status.code === 0) return undefined;
  if (!wasKilled(entry)) {
    return { kind: "not-stopped", text: `ended with ${entry.detail} at SHUTDOWN, where 0 is expected` };
  }
  const instead = life.isWaiting ? "asked for another event" : "went on";
  return { kind: "not-stopped", text: `${instead} after SHUTDOWN and was killed when its time was up` };
}

function wasKilled(entry: TimelineEntry): boolean {
  const status = statusOf(entry);
  return status?.kind === "signal" && status.signal === "SIGKILL";
}

function statusOf({ fact }: TimelineEntry): ExitStatus | undefined {
  return fact?.kind === "exit" ? fact.status : undefined;
}
