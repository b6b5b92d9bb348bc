import { readFileSync } from "node:fs";
import { toSettingsTable } from "@lambda-extension/core/settings";
import { describe, expect, test } from "vitest";
import { parseFallback, parseSettings } from "./parse-settings.ts";
import { meanings, schema } from "./schema.ts";

const region = { AWS_REGION: "eu-west-1", AWS_SESSION_TOKEN: "token" };
const problemsOf = (environment: Readonly<Record<string, string>>) => {
  const parsed = parseSettings({ ...region, ...environment });
  return parsed.kind === "problems" ? parsed.problems : [];
};
/** For an environment without problems. */
function parse(environment: Readonly<Record<string, string>>) {
  const parsed = parseSettings(environment);
  if (parsed.kind === "problems") throw new Error(parsed.problems.join());
  return parsed;
}

describe("parseSettings", () => {
  test("needs only the Region, and has the defaults of the AWS extension", () => {
    const { settings, warnings } = parse(region);
    expect(settings).toMatchObject({ port: 2773, required: [], cache: { maxItems: 1000 } });
    expect(settings.parameterStore).toEqual({
      ttlMs: 300_000,
      timeoutMs: 5000,
      endpoint: new URL("https://ssm.eu-west-1.amazonaws.com"),
      warm: [],
    });
    expect(warnings).toEqual([]);
  });

  test("reads lists of names; an empty variable is an empty list", () => {
    const { settings } = parse({
      ...region,
      CACHE_WARMER_PARAMETERS: " /a , b:3,arn:aws:ssm:eu-west-1:1:parameter/c,/a",
      CACHE_WARMER_SECRETS: "",
      CACHE_WARMER_REQUIRED: "all",
    });
    expect(settings.parameterStore.warm).toEqual(["/a", "b:3", "arn:aws:ssm:eu-west-1:1:parameter/c"]);
    expect(settings.secretsManager.warm).toEqual([]);
    expect(settings.required).toEqual(["/a", "b:3", "arn:aws:ssm:eu-west-1:1:parameter/c"]);
  });

  test.each([
    [{ PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: "false" }, 0],
    [{ PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: "0" }, 0],
    [{ SSM_PARAMETER_STORE_TTL: "0" }, 0],
    [{ SSM_PARAMETER_STORE_TTL: "7" }, 7000],
  ])("with %j a parameter lives for %i ms", (environment, ttlMs) => {
    expect(parse({ ...region, ...environment }).settings.parameterStore.ttlMs).toBe(ttlMs);
  });

  test("prefers a service's own endpoint, and warns if secrets travel unencrypted", () => {
    const { settings, warnings } = parse({
      ...region,
      AWS_ENDPOINT_URL: "http://localstack:4566",
      AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:1",
    });
    expect([settings.parameterStore.endpoint.href, settings.secretsManager.endpoint.href]).toEqual([
      "http://127.0.0.1:1/",
      "http://localstack:4566/",
    ]);
    expect(warnings).toEqual(["http://localstack:4566: secrets come from there unencrypted"]);
  });

  test.each([
    ["parameterStore", "eu-west-1", "FALSE", "https://ssm.eu-west-1.amazonaws.com/"],
    ["secretsManager", "cn-north-1", "FALSE", "https://secretsmanager.cn-north-1.amazonaws.com.cn/"],
    ["secretsManager", "us-gov-west-1", "TRUE", "https://secretsmanager-fips.us-gov-west-1.amazonaws.com/"],
  ] as const)("%s in %s, FIPS %s, is at %s", (service, AWS_REGION, AWS_USE_FIPS_ENDPOINT, url) => {
    expect(parse({ AWS_REGION, AWS_USE_FIPS_ENDPOINT }).settings[service].endpoint.href).toBe(url);
  });

  test("lists every problem at once", () => {
    expect(
      problemsOf({
        AWS_REGION: "",
        AWS_ENDPOINT_URL: "localhost:4566",
        CACHE_WARMER_PARAMETERS: "/a,,/b",
        CACHE_WARMER_SECRETS: "a b",
        CACHE_WARMER_HOLD_MILLIS: "-1",
        PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: "yes",
        PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: "65536",
        PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL: "loud",
        SSM_PARAMETER_STORE_TTL: "5m",
      }),
    ).toEqual([
      'CACHE_WARMER_PARAMETERS: expected a comma-separated list of parameter names or ARNs, got "/a,,/b"',
      'CACHE_WARMER_SECRETS: expected a comma-separated list of secret names or ARNs, got "a b"',
      'CACHE_WARMER_HOLD_MILLIS: expected a whole number of milliseconds from 0 to 10000, got "-1"',
      'PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: expected TRUE or FALSE, got "yes"',
      'PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: expected a whole number from 1 to 65535, got "65536"',
      'PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL: expected "DEBUG", "INFO", "WARN", "ERROR" or "NONE", got "loud"',
      'SSM_PARAMETER_STORE_TTL: expected a whole number of seconds from 0 to 86400, got "5m"',
      'AWS_ENDPOINT_URL: expected an http or https URL without user, query and fragment, got "localhost:4566"',
      "AWS_REGION: expected a Region such as eu-west-1, got nothing",
    ]);
  });

  test("reports settings that contradict each other", () => {
    expect(
      problemsOf({
        CACHE_WARMER_PARAMETERS: "/a,/b",
        CACHE_WARMER_SECRETS: "s",
        CACHE_WARMER_REQUIRED: "/a,/c",
        PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: "2",
      }),
    ).toEqual([
      'CACHE_WARMER_REQUIRED: expected names out of CACHE_WARMER_PARAMETERS and CACHE_WARMER_SECRETS, got "/c"',
      'PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: expected at least the 3 names to warm, got "2"',
    ]);
  });

  test("refuses `all` if both lists are empty", () => {
    const problem =
      'CACHE_WARMER_REQUIRED: expected names in CACHE_WARMER_PARAMETERS or CACHE_WARMER_SECRETS, got "all" and no names';
    expect(problemsOf({ CACHE_WARMER_REQUIRED: "all" })).toEqual([problem]);
    expect(problemsOf({ CACHE_WARMER_REQUIRED: "all", CACHE_WARMER_SECRETS: "s" })).toEqual([]);
  });

  test("warns of a name that is misspelt", () => {
    expect(parse({ ...region, CACHE_WARMER_PARAMETER: "/a" }).warnings).toEqual([
      "CACHE_WARMER_PARAMETER: no such setting; is CACHE_WARMER_PARAMETERS meant?",
    ]);
    expect(parse({ ...region, CACHE_WARMER_COLOUR: "red" }).warnings).toEqual([
      "CACHE_WARMER_COLOUR: no such setting; the README of @lambda-extension/cache-warmer lists them",
    ]);
  });

  test("warns if the environment has no token", () => {
    const warning =
      "AWS_SESSION_TOKEN: expected the token that the function sends with a read, got nothing: every read answers status 401. " +
      "On your machine use temporary credentials, such as those of `aws sts get-session-token`";
    expect(parse({ AWS_REGION: "eu-west-1" }).warnings).toEqual([warning]);
    expect(parse({ AWS_REGION: "eu-west-1", AWS_SESSION_TOKEN: "" }).warnings).toEqual([warning]);
    expect(parse({ AWS_REGION: "eu-west-1", AWS_CONTAINER_AUTHORIZATION_TOKEN: "token" }).warnings).toEqual([]);
  });

  test("repeats no credential of an address it refuses", () => {
    expect(
      problemsOf({
        AWS_ENDPOINT_URL: "https://user:p@ss/word@host/?token=t",
        AWS_ENDPOINT_URL_SSM: "http://host#secret",
      }),
    ).toEqual([
      'AWS_ENDPOINT_URL: expected an http or https URL without user, query and fragment, got "https://…@host/…"',
      'AWS_ENDPOINT_URL_SSM: expected an http or https URL without user, query and fragment, got "http://host…"',
    ]);
    expect(problemsOf({ AWS_ENDPOINT_URL: "user:secret@host" })).toEqual([
      'AWS_ENDPOINT_URL: expected an http or https URL without user, query and fragment, got "…@host"',
    ]);
  });

  test("shows the wrong names of a list, and at most 80 characters of a value", () => {
    expect(
      problemsOf({ CACHE_WARMER_PARAMETERS: "/a,/b c, /d,/é", SSM_PARAMETER_STORE_TTL: "9".repeat(1000) }),
    ).toEqual([
      'CACHE_WARMER_PARAMETERS: expected a comma-separated list of parameter names or ARNs, got "/b c,/é"',
      `SSM_PARAMETER_STORE_TTL: expected a whole number of seconds from 0 to 86400, got "${"9".repeat(80)}…"`,
    ]);
  });

  test.each([
    ["x", "", { port: 2773, isRequired: false }],
    [" 8080 ", "/a", { port: 8080, isRequired: true }],
    ["", " ", { port: 2773, isRequired: false }],
  ])(
    "knows the port %j and whether names are required (%j), even if other settings are wrong",
    (port, required, expected) => {
      expect(parseFallback({ PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: port, CACHE_WARMER_REQUIRED: required })).toEqual(
        expected,
      );
    },
  );
});

test("the README shows every setting as it is in the schema", () => {
  const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(text).toContain(toSettingsTable(schema, meanings));
});
