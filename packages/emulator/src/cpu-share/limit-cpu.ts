import type { Sandbox } from "../namespace/sandbox.ts";
import { openCpuGroup } from "./cpu-group.ts";

/** The memory for one vCPU. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const memoryMbOfOneVcpu = 1769;

/**
 * Gives a sandbox the CPU time that Lambda gives for this memory, to the function and its extensions together. If this
 * machine does not allow it, the sandbox only gets a notice.
 */
export async function limitCpu(sandbox: Sandbox, memorySizeMb: number): Promise<Sandbox> {
  const vcpus = memorySizeMb / memoryMbOfOneVcpu;
  const outcome = await openCpuGroup(vcpus);
  if (outcome.kind === "refused") {
    const text = `no CPU share: all of this machine's CPU instead of ${vcpus.toFixed(2)} vCPU, its control groups cannot be used (${outcome.reason})`;
    return { ...sandbox, notices: [...sandbox.notices, { kind: "no-cpu-share", text }] };
  }
  const { group } = outcome;
  return {
    ...sandbox,
    enter: (argv, workingFolder) => group.enter(sandbox.enter(argv, workingFolder)),
    async close() {
      await sandbox.close();
      await group.close();
    },
  };
}
