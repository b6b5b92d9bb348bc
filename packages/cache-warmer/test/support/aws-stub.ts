import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call that came with a valid signature. */
export interface StubCall {
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the stub answers: a status with a JSON body, raw text, a reset, or nothing at all. */
export type StubAnswer =
  | { readonly status: number; readonly body: unknown }
  | { readonly text: string }
  | { readonly kind: "reset" }
  | { readonly kind: "silence" };

/** Checks signatures as AWS does. Shares no code with the code that signs. */
export interface AwsStub {
  readonly url: URL;
  /** Every call, in the order they came. */
  readonly calls: StubCall[];
  /** Answers in place of the default answer, unless it returns undefined. */
  answer: (call: StubCall) => StubAnswer | undefined;
  readonly parameters: Map<string, Readonly<Record<string, unknown>>>;
  readonly secrets: Map<string, Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export const stubCredentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: "the-session-token",
};

const account = "123456789012";

/** A parameter as AWS answers it. */
export function stubParameter(name: string, value: string, type = "String"): Readonly<Record<string, unknown>> {
  const ARN = `arn:aws:ssm:eu-west-1:${account}:parameter${name.startsWith("/") ? "" : "/"}${name}`;
  return {
    ARN,
    DataType: "text",
    LastModifiedDate: 1_668_586_960.362,
    Name: name,
    Type: type,
    Value: value,
    Version: 1,
  };
}

/** A secret as AWS answers it. */
export function stubSecret(
  name: string,
  value: { readonly SecretString: string } | { readonly SecretBinary: string },
): Readonly<Record<string, unknown>> {
  const ARN = `arn:aws:secretsmanager:eu-west-1:${account}:secret:${name}-MFUBmH`;
  return {
    ARN,
    CreatedDate: 1_668_586_960.499,
    Name: name,
    VersionId: "b1c367b9-0000-4000-8000-000000000000",
    VersionStages: ["AWSCURRENT"],
    ...value,
  };
}

export async function startAwsStub(): Promise<AwsStub> {
  const calls: StubCall[] = [];
  const parameters = new Map<string, Readonly<Record<string, unknown>>>();
  const secrets = new Map<string, Readonly<Record<string, unknown>>>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => respond(request, Buffer.concat(chunks), response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stub: AwsStub = { url, calls, answer: () => undefined, parameters, secrets, close };

  function respond(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const refusal = judgeSignature(request, body);
    if (refusal !== undefined) {
      return sendJson(response, 400, { __type: "InvalidSignatureException", message: refusal });
    }
    const call = {
      target: String(request.headers["x-amz-target"]),
      input: JSON.parse(body.toString()) as Record<string, unknown>,
    };
    calls.push(call);
    const answer = stub.answer(call) ?? byDefault(call);
    if ("status" in answer) return sendJson(response, answer.status, answer.body);
    if ("text" in answer) response.writeHead(200).end(answer.text);
    else if (answer.kind === "reset") request.socket.resetAndDestroy();
  }

  function byDefault({ target, input }: StubCall): StubAnswer {
    if (target === "AmazonSSM.GetParameter") {
      const Parameter = parameters.get(String(input["Name"]));
      return Parameter === undefined ? failure("ParameterNotFound") : { status: 200, body: { Parameter } };
    }
    if (target === "AmazonSSM.GetParameters") {
      const names = input["Names"] as string[];
      if (names.length > 10) return failure("ValidationException", "Member must have length less than or equal to 10");
      const Parameters = names.flatMap((name) => parameters.get(name) ?? []);
      return { status: 200, body: { Parameters, InvalidParameters: names.filter((name) => !parameters.has(name)) } };
    }
    const secret = secrets.get(String(input["SecretId"]));
    return secret === undefined
      ? failure("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
      : { status: 200, body: secret };
  }

  function close(): Promise<void> {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }

  return stub;
}

/** An error as the JSON 1.1 services send it. */
export function failure(code: string, message?: string): StubAnswer {
  return {
    status: code.startsWith("Internal") ? 500 : 400,
    body: { __type: `com.amazonaws.example#${code}`, ...(message !== undefined && { message }) },
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
}

/**
 * Why a signature is refused. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function judgeSignature(request: IncomingMessage, body: Buffer): string | undefined {
  const authorization = request.headers.authorization ?? "";
  const [, keyId, scope = "", signedHeaders = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(authorization) ??
    [];
  const date = String(request.headers["x-amz-date"]);
  const [day = "", region = "", service = "", end] = scope.split("/");
  if (keyId !== stubCredentials.accessKeyId || end !== "aws4_request") {
    return "The security token included in the request is invalid.";
  }
  if (!date.startsWith(day) || !/^\d{8}T\d{6}Z$/.test(date)) {
    return "Date in Credential scope does not match X-Amz-Date";
  }
  if (request.headers["x-amz-security-token"] !== stubCredentials.sessionToken) return "The security token is missing";
  for (const name of ["host", "x-amz-date", "x-amz-target", "x-amz-security-token", "content-type"]) {
    if (!signedHeaders.split(";").includes(name)) return `${name} is not signed`;
  }
  const headerLines = signedHeaders.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, "/", "", headerLines.join(""), signedHeaders, sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(Buffer.from(canonical))].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${stubCredentials.secretAccessKey}`),
  );
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex"))
    ? undefined
    : "The request signature we calculated does not match";
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
