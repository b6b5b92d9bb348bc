import { describe, expect, test } from "vitest";
import { signRequest } from "./sign-request.ts";

describe("signRequest", () => {
  test("signs as botocore does", async () => {
    const signed = await signRequest(
      {
        method: "POST",
        url: new URL("http://127.0.0.1:4566/"),
        headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter" },
        body: '{"Name":"/p"}',
      },
      {
        service: "ssm",
        region: "eu-west-1",
        credentials: {
          accessKeyId: "AKIDEXAMPLE",
          secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
          sessionToken: "token",
        },
        epochMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      },
    );
    // Made with botocore.auth.SigV4Auth for the same request.
    expect(signed.headers["Authorization"]).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/ssm/aws4_request, " +
        "SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=dd0c4d5c15c34b33261efcda05039c8617d8f8a138ec8b9ed7722aa3779aa822",
    );
    expect(signed.headers).toMatchObject({
      Host: "127.0.0.1:4566",
      "X-Amz-Date": "20260102T030405Z",
      "X-Amz-Security-Token": "token",
    });
  });
});
