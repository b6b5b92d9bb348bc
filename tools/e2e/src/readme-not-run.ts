import { examples } from "./examples.ts";

/** A command of a README that the test does not run, and why. */
export interface NotRun {
  /** The folder of the README; `.` is the root. */
  readonly readme: string;
  readonly command: string;
  /** `block`: the commands around it are not run either. Default `command`. */
  readonly extent?: "command" | "block";
  readonly reason: string;
}

const container = "test/sam-local-invoke.test.ts types it, with images that stand in for Lambda's.";
const deployed = "test/deploy.test.ts types it and answers its questions, with moto in AWS's place.";
const image =
  "test/container-image.test.ts types it, with an image that stands in for Lambda's, and moto and a registry in AWS's place.";
const endpoint = "LogEndpoint=https://logs.example.com/ingest";

/** Every command that is not run. The test fails for one here that no README has. */
export const notRun: readonly NotRun[] = [
  { readme: ".", command: "npx --yes pnpm@12 test", reason: "This test is part of it." },
  { readme: ".", command: "sam local invoke HelloFunction --event events/event.json --shutdown", reason: container },
  { readme: ".", command: "sam deploy --guided", reason: deployed },
  { readme: ".", command: "pnpm bench", reason: "It measures for minutes and wants a quiet machine." },
  { readme: ".", command: "pnpm changeset", reason: "It asks questions." },
  { readme: ".", command: "pnpm release", reason: "It publishes." },
  ...examples.map(({ name, functionId }) => ({
    readme: `examples/${name}`,
    command: toInvoke(functionId),
    reason: container,
  })),
  { readme: "examples/hello", command: "sam deploy --guided", reason: deployed },
  { readme: "examples/python-extension", command: "sam deploy --guided", reason: deployed },
  {
    readme: "examples/logger-http",
    command: `sam deploy --guided --parameter-overrides ${endpoint}`,
    reason: deployed,
  },
  { readme: "examples/cache-warmer-ssm", command: "sam deploy --guided", extent: "block", reason: deployed },
  { readme: "examples/cache-warmer-secrets", command: "sam deploy --guided", extent: "block", reason: deployed },
  { readme: "examples/own-extension", command: "sam deploy --guided", reason: deployed },
  {
    readme: "examples/two-extensions",
    command: `sam deploy --guided --parameter-overrides ${endpoint}`,
    extent: "block",
    reason: deployed,
  },
  { readme: "examples/container-image", command: "sam build", reason: image },
  { readme: "examples/container-image", command: toInvoke("ImageFunction"), reason: image },
  { readme: "examples/container-image", command: "sam deploy --guided", reason: image },
];

function toInvoke(functionId: string): string {
  return `sam local invoke ${functionId} --event events/event.json --shutdown`;
}
