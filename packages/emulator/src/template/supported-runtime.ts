const supported = /^(nodejs\d\d\.x|python3\.\d+|provided(\.\w+)?)$/;
const ofLambda = /^(java|dotnet|ruby|go1|nodejs|python)/;

/** Whether functions of a runtime run here without `--bootstrap`. */
export function isSupportedRuntime(runtime: string): boolean {
  return supported.test(runtime);
}

/** Why a runtime cannot run here, and which runtimes can; empty if it runs. */
export function runtimeProblems(runtime: string): readonly string[] {
  if (isSupportedRuntime(runtime)) return [];
  const what = ofLambda.test(runtime) ? "is not run by this emulator" : "is no Lambda runtime";
  const way = "give a command that speaks the Runtime API with --bootstrap for any other";
  return [`Runtime: ${runtime} ${what}; the emulator runs nodejs*.x, python3.* and provided.*: ${way}`];
}
