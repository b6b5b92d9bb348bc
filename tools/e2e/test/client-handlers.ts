/** A function that runs with this repository's runtime client and with AWS's. */
export interface ClientHandler {
  readonly name: string;
  readonly code: string;
  /** The file of the code; default `app.py` or `index.js`. */
  readonly file?: string;
  /** Default `app.handler` or `index.handler`. */
  readonly handler?: string;
  readonly event?: unknown;
  /**
   * AWS's client may get the invocation twice and log its error twice: it asks for the next invocation before it has
   * sent its answer to this one.
   */
  readonly mayRunTwiceOnAws?: boolean;
}

/** A part of a handler's result in which this repository's client may differ from AWS's, and why. */
export interface AcceptedDifference {
  readonly handler: string;
  readonly part: "answer" | "lines";
  readonly reason: string;
}

const bigText = { text: "x".repeat(5_000_000) };
const unicode = { text: "ä€😀\u2028" };
const tooLarge =
  "Lambda refuses the answer. AWS's client then reports that it could not post; ours leaves the report to the platform.";
const clientFrame = "The stack has no frame of the customer's code, only one of the client's own.";

/** Functions in Python. */
export const pythonHandlers: readonly ClientHandler[] = [
  {
    name: "answers and prints",
    code: "def handler(event, context):\n    print('one')\n    print('two\\nthree')\n    return {'event': event}",
  },
  {
    name: "raises",
    code: "def inner():\n    raise ValueError('broken: ä€')\ndef handler(event, context):\n    inner()",
  },
  {
    name: "raises an error of its own class, without a message",
    code: "class Own(Exception):\n    pass\ndef handler(event, context):\n    raise Own()",
  },
  { name: "raises a message of two lines", code: "def handler(event, context):\n    raise ValueError('one\\ntwo')" },
  {
    name: "raises while it handles another error",
    code: "def handler(event, context):\n    try:\n        {}['x']\n    except KeyError as error:\n        raise RuntimeError('later') from error",
  },
  {
    name: "logs",
    code: [
      "import logging",
      "logging.getLogger().setLevel('INFO')",
      "def handler(event, context):",
      "    logging.getLogger().info('info %s', 1)",
      "    logging.warning('two\\nlines')",
      "    try:",
      "        1/0",
      "    except ZeroDivisionError:",
      "        logging.exception('failed')",
    ].join("\n"),
  },
  {
    name: "writes without a newline",
    code: "import sys\ndef handler(event, context):\n    sys.stderr.write('to stderr')\n    sys.stdout.write('to stdout')",
  },
  { name: "has a syntax error", code: "def handler(event, context)\n    pass" },
  { name: "is in a module that does not exist", code: "", handler: "nothing.handler" },
  { name: "imports a module that does not exist", code: "import nothing_here" },
  { name: "is missing in its module", code: "x = 1" },
  { name: "has a handler name without a module", code: "", handler: "app" },
  { name: "is in a built-in module", code: "", handler: "sys.handler" },
  { name: "has a handler that is not a function", code: "handler = 1" },
  { name: "takes other parameters", code: "def handler(event):\n    return 1" },
  { name: "raises at import", code: "raise ValueError('while it is imported')" },
  { name: "exits at import", code: "import sys\nsys.exit(3)" },
  { name: "exits", code: "import sys\ndef handler(event, context):\n    sys.exit(3)" },
  { name: "answers 5 MB", code: "def handler(event, context):\n    return 'x' * 5_000_000" },
  { name: "answers 7 MB", code: "def handler(event, context):\n    return 'x' * 7_000_000" },
  { name: "takes 5 MB", code: "def handler(event, context):\n    return len(event['text'])", event: bigText },
  {
    name: "answers unicode",
    code: "def handler(event, context):\n    print(event['text'])\n    return event",
    event: unicode,
  },
  { name: "answers a value that JSON does not have", code: "def handler(event, context):\n    return {'x': object()}" },
  {
    name: "answers a value that contains itself",
    code: "def handler(event, context):\n    x = []\n    x.append(x)\n    return x",
  },
  {
    name: "answers decimals",
    code: "from decimal import Decimal\ndef handler(event, context):\n    return [Decimal('1'), Decimal('1.0'), Decimal('1.25')]",
  },
  { name: "answers NaN", code: "def handler(event, context):\n    return float('nan')" },
  { name: "answers bytes", code: "def handler(event, context):\n    return b'raw'" },
  { name: "answers nothing", code: "def handler(event, context):\n    pass" },
  {
    name: "looks at its context",
    code: [
      "def handler(event, context):",
      "    context.log('by context')",
      "    c = context",
      "    return [c.function_name, c.function_version, c.memory_limit_in_mb, c.invoked_function_arn, c.log_group_name,",
      "            c.client_context, c.identity.cognito_identity_id, c.get_remaining_time_in_millis() > 0]",
    ].join("\n"),
  },
  {
    name: "looks at its environment",
    code: "import os\ndef handler(event, context):\n    return [sorted(os.environ), os.getcwd()]",
  },
];

/** Functions for Node.js 24. */
export const nodeHandlers: readonly ClientHandler[] = [
  {
    name: "answers and prints",
    code: "exports.handler = async (event) => { console.log('one', { a: 1 }); console.error('two\\nthree'); return { event }; };",
  },
  { name: "throws", code: "exports.handler = () => { throw new TypeError('broken: ä€'); };" },
  { name: "rejects", code: "exports.handler = () => Promise.reject(new RangeError('rejected'));" },
  {
    name: "rejects with a message of two lines",
    code: "exports.handler = async () => { throw new Error('one\\ntwo'); };",
  },
  {
    name: "rejects with a cause",
    code: "exports.handler = async () => { throw new Error('outer', { cause: new Error('inner') }); };",
  },
  { name: "rejects with a string", code: "exports.handler = async () => { throw 'text'; };" },
  { name: "rejects with an object", code: "exports.handler = async () => { throw { code: 7 }; };" },
  { name: "rejects with nothing", code: "exports.handler = async () => { throw undefined; };" },
  {
    name: "rejects with an error of its own class",
    code: "class Own extends Error { code = 'E7'; name = 'Own'; }\nexports.handler = async () => { throw new Own('mine'); };",
  },
  {
    name: "throws later",
    code: "exports.handler = () => new Promise(() => setImmediate(() => { throw new Error('later'); }));",
  },
  {
    name: "does not catch a rejection",
    code: "exports.handler = () => new Promise(() => { Promise.reject(new Error('not caught')); });",
  },
  { name: "never settles", code: "exports.handler = () => new Promise(() => {});" },
  { name: "has a syntax error", code: "exports.handler = async () => {" },
  { name: "has a syntax error, as an ES module", file: "index.mjs", code: "export const handler = async () => {" },
  { name: "is in a module that does not exist", code: "", handler: "nothing.handler" },
  { name: "requires a module that does not exist", code: "require('nothing-here');" },
  { name: "imports a module that does not exist", file: "index.mjs", code: "import 'nothing-here';" },
  { name: "is missing in its module", code: "exports.other = 1;" },
  { name: "has a handler name without a module", code: "", handler: "index" },
  { name: "has a handler that is not a function", code: "exports.handler = 1;" },
  { name: "takes a callback", code: "exports.handler = (event, context, done) => done(null, 1);" },
  { name: "throws while it is loaded", code: "throw new Error('too early');" },
  { name: "exits while it is loaded", code: "process.exit(3);" },
  { name: "exits", code: "exports.handler = async () => process.exit(3);" },
  { name: "returns without a promise", code: "exports.handler = () => 'plain';" },
  { name: "answers 5 MB", code: "exports.handler = async () => 'x'.repeat(5e6);" },
  { name: "answers 7 MB", code: "exports.handler = async () => 'x'.repeat(7e6);" },
  { name: "takes 5 MB", code: "exports.handler = async (event) => event.text.length;", event: bigText },
  {
    name: "answers unicode",
    code: "exports.handler = async (event) => { console.log(event.text); return event; };",
    event: unicode,
  },
  {
    name: "answers a value that contains itself",
    code: "exports.handler = async () => { const x = {}; x.x = x; return x; };",
  },
  { name: "answers a bigint", code: "exports.handler = async () => 1n;" },
  { name: "answers a function", code: "exports.handler = async () => () => 1;" },
  { name: "answers a buffer", code: "exports.handler = async () => Buffer.from('raw');" },
  { name: "answers nothing", code: "exports.handler = async () => {};" },
  { name: "is an ES module", file: "index.mjs", code: "export const handler = async (event) => ({ event });" },
  {
    name: "is deep in its module",
    code: "exports.a = { b: { handler: async () => 1 } };",
    handler: "index.a.b.handler",
  },
  {
    name: "is in a folder",
    file: "src/index.js",
    handler: "src/index.handler",
    code: "exports.handler = async () => __filename;",
  },
  {
    name: "streams",
    code: "exports.handler = awslambda.streamifyResponse(async (event, stream) => { stream.write('one '); stream.write('two'); stream.end(); });",
  },
  {
    name: "fails to stream",
    code: "exports.handler = awslambda.streamifyResponse(async () => { throw new Error('in the stream'); });",
    mayRunTwiceOnAws: true,
  },
  {
    name: "logs at every level",
    code: "console.log('early');\nexports.handler = async () => { console.debug('d'); console.info('i'); console.warn('w'); console.error(new Error('e')); };",
  },
  {
    name: "looks at its context",
    code: "exports.handler = async (event, c) => [Object.keys(c).sort(), c.functionName, c.functionVersion, c.memoryLimitInMB, c.invokedFunctionArn, c.logGroupName];",
  },
  {
    name: "looks at its environment",
    code: "exports.handler = async () => [Object.keys(process.env).sort(), process.cwd()];",
  },
];

/** All of them. The test fails for a difference that is not listed, and for a listed one that no longer exists. */
export const acceptedDifferences: Readonly<Record<"python" | "nodejs", readonly AcceptedDifference[]>> = {
  python: [
    { handler: "has a handler that is not a function", part: "answer", reason: clientFrame },
    { handler: "has a handler that is not a function", part: "lines", reason: clientFrame },
    { handler: "takes other parameters", part: "answer", reason: clientFrame },
    { handler: "takes other parameters", part: "lines", reason: clientFrame },
    {
      handler: "answers 7 MB",
      part: "lines",
      reason: `${tooLarge} AWS's client also exits; on Lambda the next invocation is a cold start.`,
    },
  ],
  nodejs: [
    { handler: "takes a callback", part: "answer", reason: "The type is the same; the sentence is ours." },
    { handler: "takes a callback", part: "lines", reason: "The type is the same; the sentence is ours." },
    { handler: "answers 7 MB", part: "lines", reason: tooLarge },
  ],
};

/** Lines that only AWS's clients write, and why ours do not need them. */
export const linesOfAwsOnly: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /LAMBDA_WARNING: Unhandled exception/,
    reason: "Advice about updates of AWS's runtimes: our clients are not updated that way.",
  },
];
