import type { Sandbox } from "../namespace/sandbox.ts";
import { openCpuGroup } from "./cpu-group.ts";

/** What makes one vCPU. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const memoryMbOfOneVcpu = 1769;

/**
 * The sandbox with the CPU time that Lambda gives for the memory, function and extensions together; where this machine
 * does not allow it, the sandbox as it was, with a notice.
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
