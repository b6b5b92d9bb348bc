import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nextCall, registerCall, runtimeInitError } from "./calls.ts";
import { idleProgram } from "./idle-programs.ts";
import type { Probe } from "./probe.ts";

const inExtensions = (opt: string, name: string): string => join(opt, "extensions", name);

/** Init fails: the caller's answer says how. */
const run: Probe["run"] = (session) => session.callersAnswer();

/** What lies in /opt/extensions. */
export const launchProbes: readonly Probe[] = [
  {
    name: "a file that is not executable",
    prepare: (opt) => chmod(inExtensions(opt, "probe"), 0o644),
    run,
  },
  {
    name: "an executable without a shebang",
    prepare: (opt) => writeFile(inExtensions(opt, "probe"), "nothing that runs", { mode: 0o755 }),
    run,
  },
  {
    name: "a link to a folder",
    extensions: [],
    async prepare(opt) {
      await mkdir(join(opt, "folder"));
      await symlink("../folder", inExtensions(opt, "probe"));
    },
    run,
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
      session.send(nextCall(await session.register("probe", ["SHUTDOWN"])));
      // The runtime starts when every extension has registered, and `probe` is the only extension.
      await session.started("bootstrap");
      await session.call("init/error of the runtime", runtimeInitError);
    },
  },
  {
    name: "eleven extensions",
    extensions: Array.from({ length: 11 }, (_, index) => `probe${index + 10}`),
    run,
  },
];
