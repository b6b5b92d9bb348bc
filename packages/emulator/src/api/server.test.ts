import { request } from "node:http";
import { expect, test } from "vitest";
import { startApiServer } from "./server.ts";

test("reads nothing more of a body for as long as its handler wants", async () => {
  const steps: { readonly name: string; readonly atMs: number }[] = [];
  const server = await startApiServer(0, {
    onPiece() {
      steps.push({ name: "piece", atMs: performance.now() });
      return steps.length === 1 ? 300 : 0;
    },
    handle(whole) {
      steps.push({ name: String(whole.body.length), atMs: performance.now() });
      whole.respond({ status: 200, headers: {}, body: "" });
    },
  });
  await new Promise<void>((resolve, reject) => {
    const sending = request(`http://${server.address}/`, { method: "POST" }, (answer) =>
      answer.resume().on("end", resolve),
    );
    sending.on("error", reject);
    sending.end(Buffer.alloc(1_000_000));
  });
  await server.close();
  const [first, second] = steps;
  expect(steps.at(-1)?.name).toBe("1000000");
  // Timers may fire a millisecond early.
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(298);
});
