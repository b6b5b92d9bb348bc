import type { Host } from "../host/host.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { loadFunctions } from "../project/load-functions.ts";
import type { CodePlan, Recipe } from "../project/plan-code.ts";
import { readEvent } from "../project/read-event.ts";
import { createWorkspace, shortPath } from "../project/workspace.ts";
import type { Printer } from "../tell/printer.ts";
import { createChangedFiles } from "./changed-files.ts";
import type { ChangedFile } from "./changed-files.ts";
import { createInbox } from "./inbox.ts";
import type { Batch } from "./inbox.ts";
import { listInputs, meaningsOf } from "./inputs.ts";
import type { FunctionRequest, Input } from "./inputs.ts";
import { createOwnWrites } from "./own-writes.ts";
import { createRunningFunction } from "./running-function.ts";
import { watchTree } from "./watch-tree.ts";

/**
 * One function that is rebuilt, replaced and invoked as its sources change. Reads the template and begins to watch;
 * runs nothing yet. Errors: `EmulatorError` for bad input.
 */
export async function openSession(request: FunctionRequest, host: Host, printer: Printer) {
  let event = await readEvent(request.event, host);
  const load = async () => {
    const functions = await loadFunctions(request.project, host, { fromSources: true });
    const { warnings, unusedMappings, toOptions, ...found } = await functions.resolve(request.functionName);
    const plan = await found.plan();
    for (const warning of [...functions.warnings, ...warnings, ...unusedMappings]) printer.warning(warning);
    const { templatePath } = functions;
    return { plan, toOptions, inputs: await listInputs(request, { cwd: host.cwd, templatePath, plan }) };
  };
  const changedFiles = createChangedFiles(() => host.nowEpochMs());
  const inbox = createInbox((paths) => changedFiles.pick(paths), host.interrupted);
  const ownWrites = createOwnWrites();
  const workspace = createWorkspace({ host, ...printer });
  const running = createRunningFunction(host);
  const follow = (roots: readonly Input[]) => {
    const onFound = (path: string): void => changedFiles.found(path);
    return watchTree({ roots, onFound, onChange: (path) => inbox.onChange(path), onProblem: printer.warning });
  };
  let loaded = await load();
  let watcher = follow(loaded.inputs);
  /** Whether no environment has run the newest build yet, because another change came meanwhile. */
  let isBehind = false;

  async function reload(): Promise<void> {
    const before = loaded.plan;
    loaded = await load();
    for (const { logicalId } of changedRecipes(before, loaded.plan)) workspace.forget(logicalId);
    const old = watcher;
    watcher = follow(loaded.inputs);
    old.close();
  }
  /**
   * Builds what is not built and replaces the environment. Returns false if another change broke this off.
   */
  async function replace(): Promise<boolean> {
    const startEpochMs = host.nowEpochMs();
    const prepared = await workspace.prepare(loaded.plan).finally(() => ownWrites.ran(startEpochMs, host.nowEpochMs()));
    isBehind = inbox.outdated().aborted;
    // The old environment stays, because the next build may fail.
    if (isBehind) return false;
    const options = { ...loaded.toOptions(prepared), onLine: printer.onLine };
    const isUp = await running.replace(options, inbox.outdated());
    await workspace.sweep();
    return isUp;
  }
  /** Returns whether the function can be invoked. */
  async function update({ files, wishes }: Batch): Promise<boolean> {
    const meanings = files.flatMap(({ path }) => meaningsOf(path, loaded.inputs));
    const isRestart = wishes.has("restart");
    for (const meaning of meanings) if (meaning.kind === "code") workspace.forget(meaning.logicalId);
    if (isRestart) for (const { logicalId } of recipesOf(loaded.plan)) workspace.forget(logicalId);
    if (isRestart || meanings.some(({ kind }) => kind === "settings")) await reload();
    const isReady = !isRestart && !isBehind && running.isUp && meanings.every(({ kind }) => kind === "event");
    if (!isReady && !(await replace())) return false;
    if (request.event.kind !== "standard-input") event = await readEvent(request.event, host);
    return true;
  }
  async function invoke(files: readonly ChangedFile[]): Promise<void> {
    const answer = await running.invoke(event);
    if (answer === undefined) return;
    host.stdout.write(`${answer.payload}\n`);
    if (files.length === 0) return;
    const changedEpochMs = Math.max(...files.map((file) => file.changedEpochMs));
    printer.onNote(`${Math.round(host.nowEpochMs() - changedEpochMs)} ms from the change to the answer`);
  }

  return {
    /** What changed and what the user asks for. */
    inbox,
    /** Does what the batch asks for; a failure is told, and the last environment stays. Errors: `Interrupted`. */
    async run(batch: Batch): Promise<void> {
      const shown = (path: string): string => shortPath(path, host.cwd);
      const files = ownWrites.sift(batch.files, (path) =>
        printer.warning(`${shown(path)} is written by every build: not watched any more`),
      );
      if (files.length === 0 && batch.wishes.size === 0) return;
      if (files.length > 0) printer.say(printer.style.bold(`\nChanged: ${list(files.map(({ path }) => shown(path)))}`));
      try {
        if (!(await update({ ...batch, files }))) return;
      } catch (error) {
        if (!(error instanceof EmulatorError)) throw error;
        printer.say(`${printer.style.red("error:")} ${error.message}`);
        printer.onNote(`${running.isUp ? "The last environment is kept. " : ""}Waiting for changes.`);
        return;
      }
      // No wait here: the next change replaces a function that hangs.
      invoke(files).catch((error: unknown) => printer.warning(String(error)));
    },
    async close(): Promise<void> {
      watcher.close();
      inbox.close();
      await running.close();
      await workspace.close();
    },
  };
}

function recipesOf({ code, layers }: CodePlan): readonly Recipe[] {
  return [code, ...layers];
}

function changedRecipes(before: CodePlan, after: CodePlan): readonly Recipe[] {
  const kept = new Set(recipesOf(after).map((recipe) => JSON.stringify(recipe)));
  return recipesOf(before).filter((recipe) => !kept.has(JSON.stringify(recipe)));
}

/** Most saves are one file; a checkout may be hundreds. */
function list(names: readonly string[]): string {
  const sorted = [...new Set(names)].sort();
  return sorted.length <= 5
    ? sorted.join(", ")
    : `${sorted.slice(0, 4).join(", ")} and ${sorted.length - 4} more files`;
}
