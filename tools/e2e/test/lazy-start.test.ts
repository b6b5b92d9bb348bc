import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { buildExample } from "../src/example-project.ts";
import { imageExample } from "../src/examples.ts";
import { startOfficialEmulator } from "../src/official-emulator.ts";
import type { OfficialEmulator } from "../src/official-emulator.ts";
import { listen } from "../src/ports.ts";
import { makeTempFolder } from "../src/temp-folder.ts";
import { tutorialLines, tutorialLinesOf } from "../src/tutorial-lines.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");
const extension = "hello-extension";

/** What happens when the launcher asks for its first event; `pass` lets the question through. */
type AtFirstNext = (pass: () => void, client: Socket) => void;

interface Trial {
  readonly emulator: OfficialEmulator;
  /** The pid of the extension's process. */
  readonly findPid: () => number;
}

/** The lazy extension of the example on AWS's emulator, with a proxy between the two. */
describe.skipIf(lacksPythonTools)("a lazy extension on AWS's emulator", () => {
  let built: string;
  const codePath = join(run.folder, "lazy function");
  beforeAll(async () => {
    built = join(await buildExample({ name: imageExample }, run), "layer/dist/layer");
    await mkdir(codePath, { recursive: true });
    // The launcher waits for the first event as long as the function's own init takes.
    await writeFile(
      join(codePath, "app.py"),
      "import time\n\ntime.sleep(1)\n\n\ndef handler(event, context):\n    return event\n",
    );
  });

  async function start(atFirstNext: AtFirstNext): Promise<Trial> {
    let upstream = 0;
    let hasAsked = false;
    const server = createServer((client) => {
      const platform = connect(upstream, "127.0.0.1");
      const end = (): void => {
        for (const socket of [client, platform]) socket.destroy();
      };
      for (const socket of [client, platform]) socket.on("error", end).on("close", end);
      platform.pipe(client);
      client.on("data", (bytes) => {
        const pass = (): void => void platform.write(bytes);
        if (hasAsked || !bytes.includes("/event/next")) return pass();
        hasAsked = true;
        atFirstNext(pass, client);
      });
    });
    const proxy = await listen(server);
    onTestFinished(() => proxy.close());
    const layer = await makeTempFolder("lazy layer");
    onTestFinished(() => layer.close());
    await cp(built, layer.path, { recursive: true });
    const launcher = join(layer.path, "extensions", extension);
    const text = await readFile(launcher, "utf8");
    await writeFile(launcher, text.replace("\n", `\nAWS_LAMBDA_RUNTIME_API=127.0.0.1:${proxy.port}\n`));
    const mark = `LAZY_MARK=${proxy.port}`;
    const emulator = await startOfficialEmulator({
      layers: [layer.path],
      codePath,
      runtime: "python",
      handler: "app.handler",
      environment: { LAZY_MARK: String(proxy.port) },
    });
    onTestFinished(() => emulator.close());
    upstream = Number(emulator.runtimeApi.split(":")[1]);
    return { emulator, findPid: () => findProcess(mark) };
  }

  async function expectToRun({ emulator }: Trial): Promise<void> {
    for (const n of [1, 2]) expect((await emulator.invoke({ n })).body).toBe(`{"n": ${n}}`);
    await emulator.shutdown();
    const [registering, registered, waiting, received] = tutorialLines;
    expect(tutorialLinesOf(extension, emulator.lines)).toEqual([
      registering,
      registered,
      waiting,
      received,
      waiting,
      received,
      ...tutorialLines.slice(4),
    ]);
  }

  test("takes the event that the launcher waited for, and the next one itself", async () => {
    await expectToRun(await start((pass) => pass()));
  });

  test("goes on over a new connection if the first one is cut while it waits", async () => {
    await expectToRun(await start((_pass, client) => client.destroy()));
  });

  test("ends with the reason if the platform has seen the question on the cut connection, and refuses the second one", async () => {
    const { emulator } = await start((pass, client) => {
      pass();
      setTimeout(() => client.destroy(), 200);
    });
    // It starts the environment. The end of the test may cut it.
    const invocation = emulator.invoke({ n: 1 }).catch(() => undefined);
    expect(await emulator.waitForLine(/cannot wait for the next event/)).toContain(
      `[${extension}] cannot wait for the next event: 403`,
    );
    await emulator.close();
    await invocation;
  });

  test("takes the event after a freeze between its question and the event", async () => {
    const trial = await start((pass) => {
      const pid = trial.findPid();
      process.kill(pid, "SIGSTOP");
      pass();
      void delay(1500).then(() => process.kill(pid, "SIGCONT"));
    });
    await expectToRun(trial);
  });
});

/** The extension's process, the only one with this mark that runs the launcher. */
function findProcess(mark: string): number {
  const isIt = (pid: string): boolean => {
    try {
      const read = (file: string): readonly string[] => readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
      return read("environ").includes(mark) && read("cmdline").includes(`/opt/extensions/${extension}`);
    } catch {
      return false; // ended meanwhile
    }
  };
  const [pid] = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isIt(name));
  if (pid === undefined) throw new Error("the extension does not run");
  return Number(pid);
}
