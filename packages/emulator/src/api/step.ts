import type { Answer } from "../state/api-request.ts";
import type { Extension, RuntimeSlot } from "../state/generation.ts";
import { moveExtension, moveRuntime, transitionMessage } from "../state/transitions.ts";
import type { ExtensionCall, RuntimeCall } from "../state/transitions.ts";
import { errorAnswer } from "./answers.ts";

/** Moves the extension's state by a call, or gives the refusal. `label` is what the refusal calls the extension. */
export function stepExtension(extension: Extension, call: ExtensionCall, label = extension.id): Answer | undefined {
  if (moveExtension(extension, call)) return undefined;
  const message = transitionMessage(extension.state, call, `extension ${label}`);
  return errorAnswer(403, "Extension.InvalidExtensionState", message);
}

/** Moves the runtime's state by a call, or gives the refusal. */
export function stepRuntime(runtime: RuntimeSlot, call: RuntimeCall): Answer | undefined {
  if (moveRuntime(runtime, call)) return undefined;
  return errorAnswer(403, "InvalidStateTransition", transitionMessage(runtime.state, call, "runtime"));
}
