import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nextCall, registerCall, runtimeInitError } from "./calls.ts";
import { idleProgram } from "./idle-programs.ts";
import type { Probe, ProbeSession } from "./probe.ts";

const inExtensions = (opt: string, name: string): string => join(opt, "extensions", name);

/** Records what the caller gets where init fails. */
async function recordFailure({ answerOf, target }: ProbeSession): Promise<void> {
  await answerOf("the caller's answer", target.firstAnswer);
}

/** What lies in /opt/extensions. */
export const launchProbes: readonly Probe[] = [
  {
    name: "a file that is not executable",
    extensions: ["probe"],
    prepare: (opt) => chmod(inExtensions(opt, "probe"), 0o644),
    run: recordFailure,
  },
  {
    name: "an executable without a shebang",
    prepare: (opt) => writeFile(inExtensions(opt, "probe"), "nothing that runs", { mode: 0o755 }),
    run: recordFailure,
  },
  {
    name: "a link to a folder",
    extensions: [],
    async prepare(opt) {
      await mkdir(join(opt, "folder"));
      await symlink("../folder", inExtensions(opt, "probe"));
    },
    run: recordFailure,
  },
  {
    name: "a link to an executable has the link's name",
    extensions: [],
    async prepare(opt) {
      await writeFile(join(opt, "program"), idleProgram, { mode: 0o755 });
      await symlink("../program", inExtensions(opt, "linked"));
    },
    async run(session) {
      await session.started("linked");
      await session.call("register", registerCall("linked", '{"events":["SHUTDOWN"]}'));
    },
  },
  {
    name: "a folder is no extension",
    async prepare(opt) {
      await mkdir(inExtensions(opt, "folder"));
    },
    async run(session) {
      const id = await session.register("probe", ["SHUTDOWN"]);
      session.send(nextCall(id));
      // The runtime starts when every extension has registered: there is no other.
      await session.started("bootstrap");
      await session.call("init/error of the runtime", runtimeInitError);
    },
  },
  {
    name: "eleven extensions",
    extensions: Array.from({ length: 11 }, (_, index) => `probe${index + 10}`),
    run: recordFailure,
  },
];
