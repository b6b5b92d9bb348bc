import { once } from "node:events";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEnvironment } from "@lambda-extension/emulator";
import type { Environment } from "@lambda-extension/emulator";
import { projectEnvironment } from "@lambda-extension/sam";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { buildExample } from "../src/example-project.ts";
import { findExample } from "../src/examples.ts";
import { startMoto } from "../src/moto.ts";
import type { Moto } from "../src/moto.ts";
import { findFreePort } from "../src/ports.ts";
import { runCommand, runOrFail } from "../src/run-command.ts";
import { runOnOfficial, runOnOurs } from "../src/run-once.ts";
import { isMissing, lacksPythonTools } from "./needs.ts";

const run = inject("run");
const python = join(projectEnvironment.folder, "bin/python");
const cacheWarmer = dirname(fileURLToPath(import.meta.resolve("@lambda-extension/cache-warmer/package.json")));
const lacksCurl = isMissing((await hasCurl()) ? "" : "curl is not installed");

async function hasCurl(): Promise<boolean> {
  try {
    return (await runCommand({ file: "curl", args: ["--version"] })).status === 0;
  } catch {
    return false;
  }
}

/** Fills moto and reads each value with boto3. Prints each query with the answer that the AWS extension would give. */
const seed = `
import boto3, base64, json
from urllib.parse import urlencode
ssm, secrets = boto3.client("ssm"), boto3.client("secretsmanager")
ssm.put_parameter(Name="/app/text", Value="a<b>&\\"c\\" é 日本", Type="String")
ssm.put_parameter(Name="/app/list", Value="a,b", Type="StringList")
ssm.put_parameter(Name="/app/secure", Value="s3cret", Type="SecureString")
ssm.put_parameter(Name="/app/text", Value="second", Type="String", Overwrite=True)
ssm.label_parameter_version(Name="/app/text", ParameterVersion=1, Labels=["first"])
ssm.put_parameter(Name="plain", Value="v" * 4000, Type="String")
secrets.create_secret(Name="app/db", SecretString='{"user":"u","password":"<&>"}')
secrets.put_secret_value(SecretId="app/db", SecretString="rotated")
secrets.create_secret(Name="app/key", SecretBinary=bytes(range(256)))
def moment(when):
    return format(when.timestamp(), ".3f")
def parameter(**query):
    name = query["name"] + (":" + next((query[k] for k in ("version", "label") if k in query), "") if len(set(query) & {"version", "label"}) else "")
    p = ssm.get_parameter(Name=name, WithDecryption=query.get("withDecryption") == "true")["Parameter"]
    p["LastModifiedDate"] = moment(p["LastModifiedDate"])
    members = ("ARN", "DataType", "LastModifiedDate", "Name", "Selector", "SourceResult", "Type", "Value", "Version")
    return "/systemsmanager/parameters/get?" + urlencode(query), {"Parameter": {m: p.get(m) for m in members}, "ResultMetadata": {}}
def secret(**query):
    arguments = {k[0].upper() + k[1:]: v for k, v in query.items()}
    s = secrets.get_secret_value(**arguments)
    s["CreatedDate"] = moment(s["CreatedDate"])
    if "SecretBinary" in s: s["SecretBinary"] = base64.b64encode(s["SecretBinary"]).decode()
    members = ("ARN", "CreatedDate", "Name", "SecretBinary", "SecretString", "VersionId", "VersionStages")
    return "/secretsmanager/get?" + urlencode(query), {**{m: s.get(m) for m in members}, "ResultMetadata": {}}
arn = ssm.get_parameter(Name="/app/list")["Parameter"]["ARN"]
first = [v for v in secrets.list_secret_version_ids(SecretId="app/db", IncludeDeprecated=True)["Versions"] if "AWSPREVIOUS" in v["VersionStages"]][0]["VersionId"]
print(json.dumps([
    parameter(name="/app/text"), parameter(name="/app/text", version="1"), parameter(name="/app/text", label="first"),
    parameter(name="/app/list"), parameter(name=arn), parameter(name="plain"),
    parameter(name="/app/secure"), parameter(name="/app/secure", withDecryption="true"),
    secret(secretId="app/db"), secret(secretId="app/db", versionStage="AWSPREVIOUS"), secret(secretId="app/db", versionId=first),
    secret(secretId="app/key"),
]))
`;

/** Clients of other makers. Each reads paths, one a line, and prints a line "status body" for each. */
const clients = {
  "Python's urllib": `
import sys, urllib.request, urllib.error
for path in sys.stdin.read().split():
    request = urllib.request.Request(sys.argv[1] + path, headers={"X-Aws-Parameters-Secrets-Token": sys.argv[2]})
    try: answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error: answer = error
    print(answer.status, answer.read().decode())
`,
  "Python's requests, on one connection": `
import sys, requests
session = requests.Session()
for path in sys.stdin.read().split():
    answer = session.get(sys.argv[1] + path, headers={"X-Aws-Parameters-Secrets-Token": sys.argv[2]})
    print(answer.status_code, answer.text)
`,
} as const;

/** Signs a recorded request again with botocore, for the recorded time. Prints the Authorization header. */
const signAgain = `
import json, sys, datetime
import botocore.auth, botocore.awsrequest, botocore.credentials
recorded = json.load(sys.stdin)
headers = recorded["headers"]
class Auth(botocore.auth.SigV4Auth):
    def add_auth(self, request):
        request.context["timestamp"] = headers["x-amz-date"]
        canonical = self.canonical_request(request)
        self._inject_signature_to_request(request, self.signature(self.string_to_sign(request, canonical), request))
service = recorded["service"]
names = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
request = botocore.awsrequest.AWSRequest("POST", "http://" + headers["host"] + "/", data=recorded["body"].encode(), headers={name: headers[name] for name in names})
Auth(botocore.credentials.Credentials("test", "test", "test"), service, "us-east-1").add_auth(request)
print(request.headers["Authorization"])
`;

/** Runs a Python program with `input` on its standard input. */
function runPython(
  program: string,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { input = "", env } = options;
  const wrapped = `import io, os, sys\nsys.stdin = io.StringIO(os.environ["INPUT"])\n${program}`;
  return runOrFail({ file: python, args: ["-c", wrapped, ...args], env: { ...process.env, ...env, INPUT: input } });
}

/** Starts the cache warmer's built layer with a function that does not use it. */
async function startWarmer(
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly environment: Environment }> {
  const port = await findFreePort();
  const environment = await startEnvironment({
    function: {
      runtime: "nodejs24.x",
      handler: "index.handler",
      codePath: join(cacheWarmer, "test/function"),
      environment: { ...variables, PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port) },
    },
    layers: [join(cacheWarmer, "dist/layer")],
    region: "us-east-1",
    credentials: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_SESSION_TOKEN: "test" },
  });
  return { url: `http://127.0.0.1:${port}`, environment };
}

/** Parses a body and turns its dates into seconds: boto3 has already parsed the dates that it got. */
function normalized(body: string): unknown {
  return JSON.parse(body, (key, value: unknown) =>
    (key === "LastModifiedDate" || key === "CreatedDate") && typeof value === "string"
      ? value.includes("T")
        ? Date.parse(value) / 1000
        : Number(value)
      : value,
  );
}

describe.skipIf(lacksPythonTools)("the cache warmer with moto in AWS's place", () => {
  let moto: Moto;
  let warmer: { readonly url: string; readonly environment: Environment };
  let expectations: readonly (readonly [path: string, body: unknown])[];

  beforeAll(async () => {
    moto = await startMoto();
    expectations = JSON.parse(await runPython(seed, [], { env: moto.environment })) as typeof expectations;
    warmer = await startWarmer({
      AWS_ENDPOINT_URL: moto.url,
      CACHE_WARMER_PARAMETERS: "/app/text,/app/list,/app/secure,plain",
      CACHE_WARMER_SECRETS: "app/db,app/key",
    });
  });
  afterAll(async () => {
    await warmer.environment.close();
    await moto.close();
  });

  /** Returns the bodies of lines "status body". A status other than 200 stays in front of its body. */
  const bodiesOf = (lines: string) =>
    lines
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^200 /, ""));
  const paths = () => expectations.map(([path]) => path);

  test.each(Object.entries(clients))("gives %s the values that boto3 reads", async (_name, program) => {
    const bodies = bodiesOf(await runPython(program, [warmer.url, "test"], { input: paths().join("\n") }));
    expect(bodies.map(normalized)).toEqual(expectations.map(([, body]) => normalized(JSON.stringify(body))));
  });

  test.skipIf(lacksCurl)("gives curl the values that boto3 reads", async () => {
    const header = ["-sS", "-w", "\n", "-H", "X-Aws-Parameters-Secrets-Token: test"];
    const output = await runOrFail({
      file: "curl",
      args: [...header, ...paths().map((path) => `${warmer.url}${path}`)],
    });
    expect(bodiesOf(output).map(normalized)).toEqual(expectations.map(([, body]) => normalized(JSON.stringify(body))));
  });

  test.skipIf(lacksCurl)("answers unusual and wrong requests of curl", async () => {
    const name = "name=/app/list";
    const requests: readonly (readonly [args: readonly string[], status: string])[] = [
      [["-0", `${warmer.url}/systemsmanager/parameters/get?${name}`], "200"],
      [["--path-as-is", `${warmer.url}//systemsmanager/parameters/get/?${name}`], "200"],
      [["-x", warmer.url, `http://localhost:2773/systemsmanager/parameters/get?${name}`], "200"],
      [
        ["-H", "Connection: close", `${warmer.url}/systemsmanager/parameters/get?${name}&withDecryption=true&more=1`],
        "200",
      ],
      [["-H", "X-Forwarded-For: 10.0.0.1", `${warmer.url}/systemsmanager/parameters/get?${name}`], "400"],
      [["-H", "X-Aws-Parameters-Secrets-Token: wrong", `${warmer.url}/systemsmanager/parameters/get?${name}`], "401"],
      [["-d", "x=1", `${warmer.url}/systemsmanager/parameters/get?${name}`], "405"],
      [[`${warmer.url}/systemsmanager/parameters`], "404"],
      [[`${warmer.url}/secretsmanager/get?secretId=none`], "400"],
      [["-H", `X-Long: ${"x".repeat(20_000)}`, `${warmer.url}/secretsmanager/get?secretId=none`], "431"],
    ];
    const answered = await Promise.all(
      requests.map(async ([args]) => {
        const base = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "X-Aws-Parameters-Secrets-Token: test"];
        const own = args.includes("X-Aws-Parameters-Secrets-Token: wrong") ? base.slice(0, -2) : base;
        return runOrFail({ file: "curl", args: [...own, ...args] });
      }),
    );
    expect(answered).toEqual(requests.map(([, status]) => status));
  });

  test("warms four parameters with one call to AWS", async () => {
    const before = moto.lines.length;
    const second = await startWarmer({
      AWS_ENDPOINT_URL: moto.url,
      CACHE_WARMER_PARAMETERS: "/app/text,/app/list,/app/secure,plain",
      READ_AT_IMPORT: "/secretsmanager/get",
    });
    try {
      const program = clients["Python's urllib"];
      const warm = ["/app/text", "/app/list", "plain"].map(
        (name) => `/systemsmanager/parameters/get?withDecryption=true&name=${name}`,
      );
      expect(bodiesOf(await runPython(program, [second.url, "test"], { input: warm.join("\n") }))).toHaveLength(3);
      expect(moto.lines.slice(before).filter((line) => line.includes("POST /"))).toHaveLength(1);
    } finally {
      await second.environment.close();
    }
  });

  test("lets a Python function read a parameter at import time, on AWS's emulator and on ours", async () => {
    const example = findExample("cache-warmer-ssm");
    await runPython(
      'import boto3; boto3.client("ssm").put_parameter(Name="/greeting", Value="hello", Type="SecureString")',
      [],
      { env: moto.environment },
    );
    const project = await buildExample(example, run);
    for (const runOnce of [runOnOfficial, runOnOurs]) {
      const environment = {
        ...moto.environment,
        CACHE_WARMER_PARAMETERS: "/greeting",
        GREETING_PARAMETER: "/greeting",
        PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(await findFreePort()),
      };
      const { answer, lines } = await runOnce({ example, project, event: {}, environment });
      expect(JSON.parse((JSON.parse(answer) as { body: string }).body), lines.join("\n")).toEqual({
        greeting: "hello",
      });
    }
  });
});

describe.skipIf(lacksPythonTools)("the cache warmer's signatures", () => {
  test("equal the signatures of botocore for the same requests", async () => {
    const recorded: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        recorded.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(400).end('{"__type":"ValidationException"}');
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { environment } = await startWarmer({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      CACHE_WARMER_PARAMETERS: "/a,/b",
      CACHE_WARMER_SECRETS: "db/prod+1",
      // Long enough to send every request.
      CACHE_WARMER_INIT_WAIT_MILLIS: "8000",
    });
    await environment.close();
    server.close();
    const operations = new Set(recorded.map(({ headers }) => String(headers["x-amz-target"])));
    expect(operations).toEqual(
      new Set(["AmazonSSM.GetParameters", "AmazonSSM.GetParameter", "secretsmanager.GetSecretValue"]),
    );
    for (const { headers, body } of recorded) {
      const service = String(headers["x-amz-target"]).startsWith("AmazonSSM") ? "ssm" : "secretsmanager";
      const authorization = await runPython(signAgain, [], { input: JSON.stringify({ headers, body, service }) });
      expect(headers["authorization"]).toBe(authorization.trim());
    }
  });
});
