import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FunctionSpec } from "../../options/environment-options.ts";

/** A Runtime API client of a few lines, for a custom runtime: it answers each event with itself. */
const bashBootstrap = `#!/bin/bash
call() {
  exec 3<>"/dev/tcp/\${AWS_LAMBDA_RUNTIME_API/:/\\/}"
  printf '%s /2018-06-01/runtime/invocation/%s HTTP/1.1\\r\\nHost: lambda\\r\\nConnection: close\\r\\n' "$1" "$2" >&3
  printf 'Content-Length: %d\\r\\n\\r\\n%s' "\${#3}" "$3" >&3
  while IFS= read -r line <&3 && [[ $line != $'\\r' ]]; do
    [[ \${line,,} == lambda-runtime-aws-request-id:* ]] && id=\${line#*: } && id=\${id%$'\\r'}
  done
  IFS= read -r -d '' body <&3
  exec 3>&-
}
while true; do
  call GET next ''
  echo "conformance $body"
  call POST "$id/response" "$body"
done
`;

const nodeHandler = `export const handler = async (event) => {
  console.log("conformance", JSON.stringify(event));
  return event;
};
`;

const pythonHandler = `def handler(event, context):
    print("conformance", event)
    return event
`;

const files = {
  nodejs: { name: "index.mjs", text: nodeHandler },
  python: { name: "index.py", text: pythonHandler },
  provided: { name: "bootstrap", text: bashBootstrap },
} as const;

/**
 * Writes a function that logs one line and answers with its event into a folder. Returns how to run it.
 * The folder also has `customer.cjs`, which a customer's NODE_OPTIONS loads.
 */
export async function writeTrialFunction(folder: string, runtime: string): Promise<FunctionSpec> {
  const language = runtime.startsWith("python") ? "python" : runtime.startsWith("provided") ? "provided" : "nodejs";
  const { name, text } = files[language];
  const codePath = join(folder, "function");
  await mkdir(codePath, { recursive: true });
  await writeFile(join(codePath, name), text);
  await chmod(join(codePath, name), 0o755);
  await writeFile(join(codePath, "customer.cjs"), "// Loaded by the function's NODE_OPTIONS.\n");
  return { name: "conformance", runtime, handler: "index.handler", codePath };
}
