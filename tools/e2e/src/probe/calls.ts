import type { ApiAnswer, ApiCall } from "./api-call.ts";

type Headers = Readonly<Record<string, string>>;

const post = (path: string, headers: Headers, body: string): ApiCall => ({ method: "POST", path, headers, body });

/** `POST /extension/register`. */
export function registerCall(name: string, body: string, headers: Headers = {}): ApiCall {
  return post("/2020-01-01/extension/register", { "Lambda-Extension-Name": name, ...headers }, body);
}

/** `GET /extension/event/next`. */
export function nextCall(id: string): ApiCall {
  return { method: "GET", path: "/2020-01-01/extension/event/next", headers: { "Lambda-Extension-Identifier": id } };
}

/** `POST /extension/init/error` or `/exit/error`. */
export function extensionError(phase: "init" | "exit", id: string, body = "{}"): ApiCall {
  const headers = { "Lambda-Extension-Identifier": id, "Lambda-Extension-Function-Error-Type": "Extension.Probe" };
  return post(`/2020-01-01/extension/${phase}/error`, headers, body);
}

/** `GET /runtime/invocation/next`. */
export const runtimeNext: ApiCall = { method: "GET", path: "/2018-06-01/runtime/invocation/next" };

/** The request id that `next` answered to the runtime. */
export function requestIdOf(answer: ApiAnswer): string {
  return (answer.kind === "answer" ? answer.headers["lambda-runtime-aws-request-id"] : undefined) ?? "none";
}

/** `POST /runtime/invocation/<id>/response`. */
export function responseCall(requestId: string, body = '"done"', headers: Headers = {}): ApiCall {
  return post(`/2018-06-01/runtime/invocation/${requestId}/response`, headers, body);
}

const errorBody = '{"errorMessage":"probe","errorType":"Error","stackTrace":[]}';

/** `POST /runtime/invocation/<id>/error`. */
export function errorCall(requestId: string, headers: Headers = {}): ApiCall {
  return post(`/2018-06-01/runtime/invocation/${requestId}/error`, headers, errorBody);
}

/** `POST /runtime/init/error`. */
export const runtimeInitError = post(
  "/2018-06-01/runtime/init/error",
  { "Lambda-Runtime-Function-Error-Type": "Runtime.Probe" },
  errorBody,
);
