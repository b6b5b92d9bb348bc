import { setTimeout as sleep } from "node:timers/promises";

export async function handler(event) {
  await sleep(event.sleepMs ?? 0);
  return { statusCode: 200, body: JSON.stringify({ sleptMs: event.sleepMs ?? 0 }) };
}
