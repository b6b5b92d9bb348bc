import type { World } from "./world.ts";

/** An event of the platform, and the line it leaves in the log with the Text format. */
export interface Announcement {
  readonly type: string;
  readonly record: unknown;
  /** Left out: the event leaves no line, whatever the format. */
  readonly text?: string;
}

/** Sends the event to subscribers and writes its line: with the JSON log format the event itself, as Lambda does. */
export function announce(world: World, { type, record, text }: Announcement): void {
  world.telemetry.emit(type, record);
  if (text === undefined) return;
  const isJson = world.settings.logFormat === "JSON";
  world.write("platform", "platform", isJson ? JSON.stringify({ time: new Date().toISOString(), type, record }) : text);
}
