import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RuntimeFault } from "./errors.mjs";
import { isOlderGeneration } from "./generation.mjs";

/**
 * Finds `folder/module.name.of.export` as Lambda's Node runtime does: plain file, .js, .mjs, .cjs, then
 * require.resolve.
 */
export async function loadHandler(taskRoot, name) {
  const match = /^([^.]*)\.(.+)$/.exec(basename(name));
  if (match === null || name.includes("..")) throw new RuntimeFault("Runtime.MalformedHandlerName", "Bad handler");
  const [, moduleName, exportPath] = match;
  const module = await loadModule(taskRoot, resolve(taskRoot, dirname(name), moduleName), name);
  let handler = module;
  let parent = module;
  for (const key of exportPath.split(".")) {
    parent = handler;
    handler = handler?.[key] ?? (handler === module ? module.default?.[key] : undefined);
  }
  if (handler === undefined) throw new RuntimeFault("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new RuntimeFault("Runtime.HandlerNotFound", `${name} is not a function`);
  if (handler.length >= 3 && !isOlderGeneration && !isStreaming(handler)) {
    const advice =
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24: use an async function";
    throw new RuntimeFault("Runtime.CallbackHandlerDeprecated", advice);
  }
  return Object.assign(handler.bind(parent === module ? undefined : parent), { isStreaming: isStreaming(handler) });
}

function isStreaming(handler) {
  return handler[Symbol.for("aws.lambda.runtime.handler.streaming")] === "response";
}

async function loadModule(taskRoot, path, name) {
  const require = createRequire(`${taskRoot}/`);
  try {
    for (const file of [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`]) {
      if (isFile(file)) return await import(pathToFileURL(file));
    }
    return require(require.resolve(basename(path), { paths: [taskRoot, join(taskRoot, dirname(name))] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeFault("Runtime.UserCodeSyntaxError", String(error), error);
    if (error?.code === "MODULE_NOT_FOUND") throw new RuntimeFault("Runtime.ImportModuleError", String(error));
    throw error;
  }
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
