/** Steps in which the answers of this repository's emulator and AWS's differ, and why ours is right. */
export interface AcceptedDifference {
  /** Each as `probe > step`. */
  readonly steps: readonly string[];
  /** What ours answers, as `describeAnswer` writes it. */
  readonly ours: string | RegExp;
  readonly reason: string;
}

const json = "content-type: application/json";
const error = (errorMessage: string, errorType: string): string =>
  JSON.stringify(`${JSON.stringify({ errorMessage, errorType })}\n`);
const launchError = (problem: string): string =>
  JSON.stringify({ errorType: "Extension.LaunchError", errorMessage: `RequestId: <id> Error: ${problem}` });
const shutdown = (reason: string): string =>
  `200 | content-type: text/plain; charset=utf-8 | ${JSON.stringify(`{"eventType":"SHUTDOWN","deadlineMs":<time>,"shutdownReason":"${reason}"}`)}`;
const invocation = [
  `200 | ${json}`,
  "lambda-runtime-aws-request-id: <id>",
  "lambda-runtime-deadline-ms: <time>",
  "lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:012345678912:function:probe",
  "lambda-runtime-trace-id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
  '"{}"',
].join(" | ");

const telemetry =
  "AWS's emulator has no Telemetry API in this mode and answers 202 to anything; Lambda looks at the identifier.";
const reasons = "Lambda writes spindown, timeout and failure in lower case; AWS's emulator has names of its own.";
const tracing = "On Lambda the runtime gets the trace id; AWS's emulator has a tracer without function.";
const launching = "AWS's emulator answers with an empty body; ours names the file and what is wrong with it.";
const initLimit = "On Lambda init has 10 s of its own; AWS's emulator counts it into the invocation's timeout.";
const allow =
  "AWS's emulator names the method that is allowed, by way of the router it is built with; no client reads it.";

const decoder = "AWS's emulator passes on the message of Go's JSON decoder; ours says what it expects.";
const refusedBody = (step: string, message: string): AcceptedDifference => ({
  steps: [`register: what is refused > ${step}`],
  ours: `403 | ${json} | ${error(message, "InvalidRequestFormat")}`,
  reason: decoder,
});

/** All of them. The test fails for a difference that is not listed, and for a listed one that no longer exists. */
export const acceptedDifferences: readonly AcceptedDifference[] = [
  { steps: ["routes > wrong method", "routes > wrong method of next"], ours: '405 | ""', reason: allow },
  // The words about what is no JSON are those of the Node.js that runs the emulator.
  {
    steps: ["register: what is refused > empty body", "register: what is refused > broken JSON"],
    ours: /^403 \| content-type: application\/json \| "\{\\"errorMessage\\":\\"the body is not JSON: .+\\",\\"errorType\\":\\"InvalidRequestFormat\\"\}\\n"$/,
    reason: decoder,
  },
  refusedBody("events that are a string", "events: expected a list of strings, got a string"),
  refusedBody("events that are numbers", "events: expected a list of strings, got a number in it"),
  refusedBody("a body that is a string", "the body: expected an object, got a string"),
  refusedBody("a body that is a list", "the body: expected an object, got a list"),
  {
    steps: ["identifiers > telemetry without"],
    ours: `403 | ${json} | ${error("Missing Lambda-Extension-Identifier header", "Extension.MissingExtensionIdentifier")}`,
    reason: telemetry,
  },
  {
    steps: ["identifiers > telemetry with an unknown one"],
    ours: `403 | ${json} | ${error("Unknown extension <id>", "Extension.UnknownExtensionIdentifier")}`,
    reason: telemetry,
  },
  { steps: ["INVOKE and SHUTDOWN > SHUTDOWN"], ours: shutdown("spindown"), reason: reasons },
  { steps: ["runtime: does not answer in time > SHUTDOWN"], ours: shutdown("timeout"), reason: reasons },
  {
    steps: ["runtime: an invocation > next", "runtime: an invocation > next while it runs"],
    ours: invocation,
    reason: tracing,
  },
  {
    steps: ["runtime: a response that is too large > the caller's answer"],
    ours: JSON.stringify({
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size (6291600 bytes) exceeded maximum allowed payload size (6291556 bytes).",
    }),
    reason: "Lambda says how large the response was.",
  },
  {
    steps: ["runtime: does not answer in time > the caller's answer"],
    ours: JSON.stringify({
      errorType: "Sandbox.Timedout",
      errorMessage: "RequestId: <id> Error: Task timed out after 5.00 seconds",
    }),
    reason: "Lambda answers with an error object; AWS's emulator with a plain sentence.",
  },
  {
    steps: ["a file that is not executable > the caller's answer", "a link to a folder > the caller's answer"],
    ours: launchError("fork/exec /opt/extensions/probe: permission denied (set its execute bit: chmod +x)"),
    reason: launching,
  },
  {
    steps: ["an executable without a shebang > the caller's answer"],
    ours: launchError(
      "fork/exec /opt/extensions/probe: exec format error (neither an executable nor a script with a #! line)",
    ),
    reason: launching,
  },
  {
    steps: ["init/error, and the process stays > the caller's answer"],
    ours: JSON.stringify({
      errorType: "Sandbox.Timedout",
      errorMessage: "RequestId: <id> Error: the init phase ran out of time",
    }),
    reason: initLimit,
  },
  {
    steps: ["eleven extensions > the caller's answer"],
    ours: launchError("more than 10 extensions"),
    reason: launching,
  },
];
