import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvokeWithResponseStreamCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { projectEnvironment } from "@lambda-extension/sam";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { startProcess } from "../src/background-process.ts";
import type { BackgroundProcess } from "../src/background-process.ts";
import { repository } from "../src/package-tarballs.ts";
import { runCommand, runOrFail } from "../src/run-command.ts";
import type { CommandResult } from "../src/run-command.ts";
import { makeTempFolder } from "../src/temp-folder.ts";
import type { TempFolder } from "../src/temp-folder.ts";
import { lacksPythonTools } from "./needs.ts";

const run = inject("run");
const program = fileURLToPath(new URL("../python/invoke_functions.py", import.meta.url));
const arn = "arn:aws:lambda:us-east-1:123456789012:function:EchoFunction";

const template = `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs24.x, CodeUri: function/, Timeout: 30 }
Resources:
  EchoFunction: { Type: AWS::Serverless::Function, Properties: { Handler: index.echo } }
  FailingFunction: { Type: AWS::Serverless::Function, Properties: { Handler: index.fail } }
  MeetingFunction: { Type: AWS::Serverless::Function, Properties: { Handler: index.meet } }
  StreamingFunction: { Type: AWS::Serverless::Function, Properties: { Handler: index.stream } }
  MeasuringFunction: { Type: AWS::Serverless::Function, Properties: { Handler: index.measure } }
`;

const code = `
export const echo = async (event, { awsRequestId, clientContext, functionName }) => {
  console.log("echoing", JSON.stringify(event));
  return { event, awsRequestId, clientContext, functionName };
};

export const fail = async () => {
  throw new RangeError("as asked");
};

export const meet = async (url) => (await fetch(url)).json();

export const stream = awslambda.streamifyResponse(async ({ url, error }, stream) => {
  stream.write("one ");
  if (url) await fetch(url);
  if (error) throw new RangeError(error);
  stream.end("two");
});

export const measure = async (event) => JSON.stringify(event).length;
`;

interface Outcome {
  readonly StatusCode?: number;
  readonly Payload?: string;
  readonly LogResult?: string;
  readonly Events?: readonly { readonly kind: string; readonly [name: string]: unknown }[];
  readonly [name: string]: unknown;
}

/** Starts a server that holds every answer until `size` requests wait. Returns its URL. */
async function startMeetingPlace(size: number): Promise<string> {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    waiting.push(response);
    if (waiting.length === size) for (const one of waiting) one.end(String(size));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.skipIf(lacksPythonTools)("start-lambda answers the clients of AWS", () => {
  let folder: TempFolder;
  let emulator: BackgroundProcess;
  let environment: Readonly<Record<string, string>>;
  beforeAll(async () => {
    folder = await makeTempFolder("invoke-api");
    await mkdir(join(folder.path, "function"));
    await writeFile(join(folder.path, "template.yaml"), template);
    await writeFile(join(folder.path, "function/index.mjs"), code);
    const args = [join(repository, "packages/emulator/src/main.ts"), "start-lambda", "--port", "0"];
    emulator = await startProcess({ file: process.execPath, args, cwd: folder.path });
    const url = await emulator.waitForLine(/^http:\/\/127\.0\.0\.1:\d+$/);
    const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_DEFAULT_REGION: "us-east-1" };
    environment = { ...run.environment, ...credentials, AWS_ENDPOINT_URL_LAMBDA: url };
  });
  afterAll(async () => {
    await emulator.close();
    await folder.close();
  });

  /** Makes all calls at the same time. */
  async function callWithBoto3(...calls: readonly object[]): Promise<readonly Outcome[]> {
    const python = join(projectEnvironment.folder, "bin/python");
    return JSON.parse(
      await runOrFail({ file: python, args: [program, JSON.stringify(calls)], env: environment }),
    ) as Outcome[];
  }

  describe("boto3", () => {
    test("RequestResponse gives the answer, the version, and the request id that the function saw", async () => {
      const [answer] = await callWithBoto3({ FunctionName: "EchoFunction", Payload: '{"n": 1, "text": "größer"}' });
      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
      expect(JSON.parse(answer?.Payload ?? "")).toMatchObject({
        event: { n: 1, text: "größer" },
        awsRequestId: answer?.["RequestId"],
        functionName: "EchoFunction",
      });
    });

    test("invokes a function by its ARN, with a client context", async () => {
      const ClientContext = Buffer.from('{"custom":{"from":"boto3"}}').toString("base64");
      const [answer] = await callWithBoto3({ FunctionName: arn, ClientContext });
      expect(JSON.parse(answer?.Payload ?? "")).toMatchObject({
        event: {},
        clientContext: { custom: { from: "boto3" } },
      });
    });

    test("Event is accepted at once, and the function runs", async () => {
      const [answer] = await callWithBoto3({
        FunctionName: "EchoFunction",
        InvocationType: "Event",
        Payload: '"in its own time"',
      });
      expect(answer).toMatchObject({ StatusCode: 202, Payload: "" });
      await emulator.waitForLine(/echoing "in its own time"/);
    });

    test("DryRun does not run the function", async () => {
      const [answer] = await callWithBoto3({
        FunctionName: "EchoFunction",
        InvocationType: "DryRun",
        Payload: '"dry"',
      });
      expect(answer).toMatchObject({ StatusCode: 204, Payload: "" });
      expect(emulator.lines.filter((line) => line.includes('echoing "dry"'))).toEqual([]);
    });

    test("LogType Tail gives the lines of this invocation, with REPORT", async () => {
      const [answer] = await callWithBoto3({ FunctionName: "EchoFunction", LogType: "Tail", Payload: '"tail"' });
      const tail = Buffer.from(answer?.LogResult ?? "", "base64").toString("utf8");
      expect(tail).toMatch(/echoing "tail"\n/);
      expect(tail.match(/^REPORT RequestId: (\S+)/m)?.[1]).toBe(answer?.["RequestId"]);
    });

    test("a function that throws gives status 200, Unhandled and its error", async () => {
      const [answer] = await callWithBoto3({ FunctionName: "FailingFunction" });
      expect(answer).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
      expect(JSON.parse(answer?.Payload ?? "")).toMatchObject({ errorType: "RangeError", errorMessage: "as asked" });
    });

    test("a call that cannot be served raises the exception of the service", async () => {
      const outcomes = await callWithBoto3(
        { FunctionName: "NoSuchFunction" },
        { FunctionName: "EchoFunction", PayloadBytes: 6_291_457 },
        { FunctionName: "EchoFunction", InvocationType: "Event", PayloadBytes: 1_048_577 },
        { FunctionName: "EchoFunction", Payload: "{no" },
      );
      expect(outcomes).toMatchObject([
        {
          raised: "ResourceNotFoundException",
          status: 404,
          message: expect.stringContaining("Function not found: NoSuchFunction"),
        },
        { raised: "RequestTooLargeException", status: 413 },
        { raised: "RequestTooLargeException", status: 413 },
        { raised: "InvalidRequestContentException", status: 400 },
      ]);
    });

    test("InvokeWithResponseStream gives each piece when the function writes it, then the log", async () => {
      // The function waits there until boto3 has read the first piece.
      const Meeting = await startMeetingPlace(2);
      const call = {
        FunctionName: "StreamingFunction",
        Streamed: true,
        Meeting,
        Payload: JSON.stringify({ url: Meeting }),
        LogType: "Tail",
      };
      const [answer] = await callWithBoto3(call);
      expect(answer).toMatchObject({
        StatusCode: 200,
        ExecutedVersion: "$LATEST",
        ResponseStreamContentType: "application/vnd.amazon.eventstream",
      });
      const [one, two, complete] = answer?.Events ?? [];
      expect([one, two]).toMatchObject([
        { kind: "PayloadChunk", Payload: "one " },
        { kind: "PayloadChunk", Payload: "two" },
      ]);
      expect(complete).toMatchObject({ kind: "InvokeComplete" });
      expect(complete?.["ErrorCode"]).toBeUndefined();
      expect(Buffer.from(String(complete?.["LogResult"]), "base64").toString("utf8")).toContain(
        `REPORT RequestId: ${String(answer?.["RequestId"])}`,
      );
    });

    test("InvokeWithResponseStream takes a failure midway or at once, an answer in one piece, and a function that does not exist", async () => {
      const [midway, failing, whole, missing] = await callWithBoto3(
        { FunctionName: "StreamingFunction", Streamed: true, Payload: '{"error":"midway"}' },
        { FunctionName: "FailingFunction", Streamed: true },
        { FunctionName: "MeasuringFunction", Streamed: true, PayloadBytes: 6_291_456 },
        { FunctionName: "NoSuchFunction", Streamed: true },
      );
      const failure = (errorType: string, errorMessage: string) => ({
        kind: "InvokeComplete",
        ErrorCode: "Unhandled",
        ErrorDetails: expect.stringMatching(`^{"errorType":"${errorType}","errorMessage":"${errorMessage}"`),
      });
      expect(midway?.Events).toMatchObject([
        { kind: "PayloadChunk", Payload: "one " },
        failure("RangeError", "midway"),
      ]);
      expect(failing?.Events).toMatchObject([failure("RangeError", "as asked")]);
      expect(whole?.Events).toMatchObject([{ kind: "PayloadChunk", Payload: "6291456" }, { kind: "InvokeComplete" }]);
      expect(missing).toMatchObject({ raised: "ResourceNotFoundException", status: 404 });
    });

    test("a payload of exactly 6 MiB is accepted", async () => {
      const [answer] = await callWithBoto3({ FunctionName: "MeasuringFunction", PayloadBytes: 6_291_456 });
      expect(answer).toMatchObject({ StatusCode: 200, Payload: "6291456" });
    });

    test("three calls of one function and a call of another run at the same time", async () => {
      const Payload = JSON.stringify(await startMeetingPlace(3));
      const guest = { FunctionName: "MeetingFunction", Payload };
      const outcomes = await callWithBoto3(guest, guest, guest, { FunctionName: "EchoFunction" });
      expect(outcomes.map(({ StatusCode }) => StatusCode)).toEqual([200, 200, 200, 200]);
      expect(outcomes.slice(0, 3).map((outcome) => outcome.Payload)).toEqual(["3", "3", "3"]);
    });
  });

  test("the SDK for JavaScript gets a piece while the function is still writing", async () => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const endpoint = environment["AWS_ENDPOINT_URL_LAMBDA"] ?? "";
    const client = new LambdaClient({ region: "us-east-1", endpoint, credentials });
    const url = await startMeetingPlace(2);
    const Payload = JSON.stringify({ url });
    const { EventStream } = await client.send(
      new InvokeWithResponseStreamCommand({ FunctionName: "StreamingFunction", Payload }),
    );
    const seen: unknown[] = [];
    for await (const { PayloadChunk, InvokeComplete } of EventStream ?? []) {
      seen.push(PayloadChunk === undefined ? InvokeComplete : Buffer.from(PayloadChunk.Payload ?? []).toString());
      // The function waits at the same server: it goes on after this request.
      if (seen.length === 1) await fetch(url);
    }
    expect(seen).toEqual(["one ", "two", {}]);
    client.destroy();
  });

  describe("the AWS CLI", () => {
    const invoke = (...args: readonly string[]): Promise<CommandResult> =>
      runCommand({
        file: "aws",
        args: ["lambda", "invoke", "--output", "json", ...args],
        cwd: folder.path,
        env: environment,
      });

    test("writes the answer into the file, and prints status and log", async () => {
      const options = ["--function-name", "EchoFunction", "--payload", '{"by":"cli"}', "--log-type", "Tail"];
      const { status, stdout, output } = await invoke(...options, "answer.json");
      expect({ status, output }).toMatchObject({ status: 0 });
      expect(JSON.parse(await readFile(join(folder.path, "answer.json"), "utf8"))).toMatchObject({
        event: { by: "cli" },
      });
      const printed = JSON.parse(stdout) as Outcome;
      expect(printed).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
      expect(Buffer.from(printed.LogResult ?? "", "base64").toString("utf8")).toContain("REPORT RequestId");
    });

    test("fails with the service's exception for an unknown function", async () => {
      const { status, output } = await invoke("--function-name", "EchFunction", "none.json");
      expect(status).not.toBe(0);
      expect(output).toContain("ResourceNotFoundException");
      expect(output).toContain('did you mean "EchoFunction"?');
    });
  });
});
