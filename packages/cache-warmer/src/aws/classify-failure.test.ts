import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifyFailure } from "./classify-failure.ts";

describe("classifyFailure", () => {
  test.each([
    [
      400,
      '{"__type":"com.amazonaws.ssm#ParameterNotFound"}',
      "ParameterNotFound",
      "the service answered 400",
      "definite",
    ],
    [400, '{"__type":"AccessDeniedException","Message":"not you"}', "AccessDeniedException", "not you", "definite"],
    [
      400,
      '{"__type":"ThrottlingException","message":"Rate exceeded"}',
      "ThrottlingException",
      "Rate exceeded",
      "transient",
    ],
    [400, '{"__type":"ExpiredTokenException","message":"m"}', "ExpiredTokenException", "m", "expired"],
    [400, '{"__type":"InvalidSignatureException","message":"m"}', "InvalidSignatureException", "m", "expired"],
    [
      400,
      String.raw`{"__type":"InvalidSignatureException","message":"does not match.\n\nThe Canonical String should have been\n'POST\n/\nx-amz-security-token:secret'"}`,
      "InvalidSignatureException",
      "does not match.",
      "expired",
    ],
    [500, '{"__type":"Whatever","message":"m"}', "Whatever", "m", "transient"],
    [503, "<html>", "HTTP503", "the service answered 503", "transient"],
    [429, "", "HTTP429", "the service answered 429", "transient"],
    [404, "null", "HTTP404", "the service answered 404", "definite"],
  ])("%i %s is %s", (status, body, code, message, expected) => {
    const kind = expected === "expired" ? { kind: "transient", isExpired: true } : { kind: expected };
    expect(classifyFailure(status, Buffer.from(body))).toEqual({ ...kind, code, message });
  });

  test("never throws, and always has a code", () => {
    fc.assert(fc.property(fc.json(), (body) => classifyFailure(400, Buffer.from(body)).code.length > 0));
  });
});
