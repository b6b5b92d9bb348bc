import { join } from "node:path";
import { checkConformance } from "@lambda-extension/emulator";
import type { CheckResult, ConformanceOptions } from "@lambda-extension/emulator";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { buildExample, layerFolder } from "../src/example-project.ts";
import { findExample, imageExample } from "../src/examples.ts";
import { startLineReceiver } from "../src/line-receiver.ts";
import { startMoto } from "../src/moto.ts";
import { repository } from "../src/package-tarballs.ts";
import { findFreePort } from "../src/ports.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");

/** Returns the checks that do not pass. Leaves out checks of telemetry if the extension does not subscribe to it. */
async function findShortcomings(options: ConformanceOptions): Promise<readonly CheckResult[]> {
  const { results } = await checkConformance(options);
  const isOfNoUse = ({ outcome, detail }: CheckResult): boolean =>
    outcome === "not-applicable" && detail === "it does not subscribe to telemetry";
  return results.filter((result) => result.outcome !== "pass" && !isOfNoUse(result));
}

function packageLayer(name: string): string {
  return join(repository, "packages", name, "dist/layer");
}

describe("our extensions conform", () => {
  test("the logger, with a destination over HTTP", async () => {
    const receiver = await startLineReceiver();
    onTestFinished(() => receiver.close());
    const environment = { LOGGER_DESTINATION: "http", LOGGER_HTTP_URL: receiver.url };
    const { results } = await checkConformance({ layer: packageLayer("logger"), environment });
    expect(results.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(receiver.lines.length).toBeGreaterThan(0);
  });

  test("the logger without a destination in its configuration", async () => {
    expect(await findShortcomings({ layer: packageLayer("logger") })).toEqual([]);
  });

  test.skipIf(lacksPythonTools)("the cache warmer, with the name of a parameter", async () => {
    const moto = await startMoto();
    onTestFinished(() => moto.close());
    const environment = {
      AWS_ENDPOINT_URL: moto.url,
      CACHE_WARMER_PARAMETERS: "/no/such/parameter",
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(await findFreePort()),
    };
    expect(await findShortcomings({ layer: packageLayer("cache-warmer"), environment })).toEqual([]);
    expect(moto.lines.join("\n")).toContain("POST");
  });

  test.skipIf(lacksPythonTools)("hello, with a carried engine, beside functions of each kind", async () => {
    const example = findExample("hello");
    const project = await buildExample(example, run);
    const [layer] = example.layers.map((one) => layerFolder(project, one));
    if (layer === undefined) throw new Error("BUG: hello has a layer");
    for (const functionRuntime of ["nodejs22.x", "python3.12", "provided.al2023"]) {
      expect(await findShortcomings({ layer, functionRuntime })).toEqual([]);
    }
  });

  test.skipIf(lacksPythonTools)("the lazy extension of container-image, beside a function in Python", async () => {
    const layer = join(await buildExample({ name: imageExample }, run), "layer/dist/layer");
    expect(await findShortcomings({ layer, functionRuntime: "python3.12" })).toEqual([]);
  });
});
