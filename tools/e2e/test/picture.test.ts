import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { installDebianPackages } from "../src/debian-packages.ts";
import { runCommand, runOrFail } from "../src/run-command.ts";
import { makeTempFolder } from "../src/temp-folder.ts";
import { isMissing } from "./needs.ts";

const run = inject("run");
const folder = join(run.folder, "picture");
const emulator = join(
  dirname(fileURLToPath(import.meta.resolve("@lambda-extension/emulator/package.json"))),
  "bin/lambda-emulator.js",
);
const { browser, reason } = await findBrowser();
const lacksBrowser = isMissing(reason);

/**
 * Finds Chromium or Chrome. In continuous integration, as root, installs Debian's Chromium if both are missing.
 * `reason` says why there is no browser.
 */
async function findBrowser(): Promise<{ readonly browser: string; readonly reason: string }> {
  const installed = await whichBrowser();
  if (installed !== undefined) return { browser: installed, reason: "" };
  const reason = "No Chromium on PATH: the picture is not tested.";
  if (process.env["CI"] !== "true" || process.getuid?.() !== 0) return { browser: "", reason };
  const { status, output } = await installDebianPackages("chromium");
  if (status !== 0) throw new Error(`apt-get could not install chromium:\n${output}`);
  return { browser: (await whichBrowser()) ?? "chromium", reason: "" };
}

async function whichBrowser(): Promise<string | undefined> {
  const { stdout } = await runCommand({
    file: "sh",
    args: ["-c", "for name in chromium chromium-browser google-chrome; do command -v $name; done"],
  });
  return stdout.split("\n").find((line) => line !== "");
}

const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  WatchedFunction:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs24.x, Handler: index.handler, CodeUri: function/, Timeout: 10, Layers: [!Ref WatcherLayer] }
  WatcherLayer:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer/ }
`;
const extension = `#!/var/lang/bin/node
const api = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2020-01-01/extension/";
(async () => {
  const headers = { "Lambda-Extension-Name": "watcher" };
  const registered = await fetch(api + "register", { method: "POST", headers, body: '{"events":["INVOKE","SHUTDOWN"]}' });
  const identity = { "Lambda-Extension-Identifier": registered.headers.get("lambda-extension-identifier") };
  while ((await (await fetch(api + "event/next", { headers: identity })).json()).eventType === "INVOKE");
})();
`;
const handler = `export const handler = () => new Promise((resolve) => setTimeout(resolve, 100, "<b>done</b>"));\n`;

/** Opens the report in the browser and runs a script after the report's own. Returns what the script returned. */
async function inBrowser(body: string, ...flags: readonly string[]): Promise<unknown> {
  const probe = `<script>
    const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const told = () => document.getElementById("detail").textContent;
    document.title = "result:" + encodeURIComponent(JSON.stringify((() => { ${body} })()));
  </script>`;
  const place = await makeTempFolder("browser");
  try {
    const file = join(place.path, "report.html");
    await writeFile(file, (await readFile(join(folder, "report.html"), "utf8")) + probe);
    const options = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${place.path}/profile`, ...flags];
    const page = await runOrFail({ file: browser, args: [...options, "--dump-dom", `file://${encodeURI(file)}`] });
    return JSON.parse(decodeURIComponent(/<title>result:(.*?)<\/title>/.exec(page)?.[1] ?? "null"));
  } finally {
    await place.close();
  }
}

describe.skipIf(lacksBrowser)("the picture of a run, in a real browser", () => {
  beforeAll(async () => {
    await mkdir(join(folder, "function"), { recursive: true });
    await mkdir(join(folder, "layer/extensions"), { recursive: true });
    await writeFile(join(folder, "template.yaml"), template);
    await writeFile(join(folder, "function/index.mjs"), handler);
    await writeFile(join(folder, "layer/extensions/watcher"), extension, { mode: 0o755 });
    const args = [emulator, "invoke", "WatchedFunction", "--count", "2", "--report", "report.html"];
    await runOrFail({ file: process.execPath, args, cwd: folder });
  });

  test("has a lane for platform, runtime and extension, each with bars that begin and end with their steps", async () => {
    const seen = await inBrowser(`
      const axis = document.querySelector(".track .axis").getBoundingClientRect();
      const totalMs = Number(document.getElementById("picture").dataset.totalMs);
      const bars = [...document.querySelectorAll(".lane .bar")];
      const told = bars.map((bar) => /, at ([\\d.]+) ms, took ([\\d.]+) ms/.exec(bar.getAttribute("aria-label")).slice(1).map(Number));
      const isRight = (bar, [at, took]) => {
        const { left, width } = bar.getBoundingClientRect();
        const onePixel = 1.5 + (0.1 / totalMs) * axis.width;
        return Math.abs(left - axis.left - (at / totalMs) * axis.width) < onePixel && Math.abs(width - Math.max(3, (took / totalMs) * axis.width)) < onePixel;
      };
      return {
        names: [...document.querySelectorAll(".name")].map((name) => name.textContent),
        invokes: bars.filter((bar) => bar.dataset.kind === "invoke" && bar.getAttribute("aria-label").startsWith("platform")).length,
        wrong: bars.filter((bar, index) => !isRight(bar, told[index])).map((bar) => bar.getAttribute("aria-label")),
        ticks: document.querySelectorAll(".track .axis span").length > 1,
        rows: document.querySelectorAll("tbody tr").length,
      };`);
    expect(seen).toEqual({ names: ["platform", "runtime", "watcher"], invokes: 2, wrong: [], ticks: true, rows: 2 });
  });

  test("chooses a step by arrow keys, shows its text, and zooms by + and 0", async () => {
    const seen = await inBrowser(`
      const width = () => document.querySelector(".track").clientWidth;
      const before = width();
      press("ArrowRight");
      const right = told();
      press("ArrowDown");
      const down = told();
      const focused = document.activeElement.getAttribute("aria-label");
      press("+");
      const zoomed = width() / before;
      press("0");
      return { right, down, focused, zoomed, back: width() === before };`);
    expect(seen).toMatchObject({
      right: expect.stringMatching(/^platform: \w+.*, at [\d.]+ ms/),
      down: expect.stringMatching(/^(runtime|watcher): \w+.*, at [\d.]+ ms/),
      zoomed: 2,
      back: true,
    });
    expect(seen).toHaveProperty("focused", (seen as { readonly down: string }).down);
  });

  test("fits a narrow window: only the wide part scrolls", async () => {
    const seen = await inBrowser("return document.documentElement.scrollWidth - innerWidth;", "--window-size=420,900");
    expect(seen).toBeLessThanOrEqual(0);
  });

  test("is dark if the user's system is dark", async () => {
    const background =
      "return getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor;";
    const light = await inBrowser(background, "--blink-settings=preferredColorScheme=1");
    const dark = await inBrowser(background, "--blink-settings=preferredColorScheme=0");
    expect(light).toMatch(/rgb/);
    expect(dark).not.toBe(light);
  });
});
