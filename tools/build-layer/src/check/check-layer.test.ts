import { describe, expect, test } from "vitest";
import { checkLayer } from "./check-layer.ts";
import type { TreeEntry } from "./layer-tree.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (path: string, head: string | Uint8Array = "", mode = 0o644, size = 10): TreeEntry => ({
  kind: "file",
  path,
  mode,
  size,
  head: typeof head === "string" ? bytes(head) : head,
});
const launcher = (text = "#!/bin/bash\nexec /opt/x/run\n"): TreeEntry => file("extensions/x", text, 0o755);
const elf = (machine: number): Uint8Array =>
  Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...Array<number>(14).fill(0), machine, 0);
const x86_64 = elf(62);
const arm64 = elf(183);
const problemsOf = (entries: readonly TreeEntry[], wanted?: "x86_64" | "arm64"): readonly string[] =>
  checkLayer(entries, wanted).problems;

test("passes a layer as it should be, and tells what is in it", () => {
  const good = [launcher(), file("x/run", x86_64, 0o755), file("x/data.json", "{}")];
  expect(checkLayer(good, "x86_64")).toEqual({
    problems: [],
    extensions: ["x"],
    architectures: ["x86_64"],
    unzippedBytes: 30,
    warnings: [],
    engines: [],
  });
});

describe("files of extensions/", () => {
  test.each<[string, TreeEntry, RegExp]>([
    [
      "a stray file",
      file("extensions/README.md", "# hello", 0o755),
      /^extensions\/README\.md: expected a program, because Lambda executes every file/,
    ],
    [
      "no execute bit",
      file("extensions/y", "#!/bin/bash\n", 0o644),
      /^extensions\/y: expected an execute bit for all \(chmod 755\), got mode 0644/,
    ],
    [
      "a file of macOS's Finder",
      file("extensions/.DS_Store", Uint8Array.of(0, 0, 0, 1), 0o644),
      /^extensions\/\.DS_Store: expected no file of macOS here, because Lambda executes .*: delete it.*'\*\.DS_Store'\)$/,
    ],
    [
      "a shadow of macOS",
      file("extensions/._x", "", 0o755),
      /^extensions\/\._x: expected no file of macOS.*'\*\/\._\*'\)$/,
    ],
    ["a cache of Windows", file("extensions/Thumbs.db"), /^extensions\/Thumbs\.db: expected no file of Windows/],
    [
      "a swap file of an editor",
      file("extensions/.x.swp", "b0VIM"),
      /^extensions\/\.x\.swp: expected no file of an editor/,
    ],
    [
      "a backup that is a program",
      file("extensions/x~", "#!/bin/bash\n", 0o755),
      /^extensions\/x~: expected no file of an editor/,
    ],
    ["a lock of Emacs", { kind: "link", path: "extensions/.#x", target: "me@host.1" }, /^extensions\/\.#x: expected/],
    ["an execute bit for the owner alone", file("extensions/y", "#!/bin/bash\n", 0o744), /execute bit for all/],
    ["no shebang", file("extensions/y", "exec node\n", 0o755), /^extensions\/y: expected a program.*"#!"/],
    [
      "CR LF",
      file("extensions/y", "#!/bin/bash\r\nexec node\r\n", 0o755),
      /^extensions\/y: expected line ends of Linux/,
    ],
    [
      "an interpreter that is not in the layer",
      file("extensions/y", "#!/opt/y/bin/node\n", 0o755),
      /expected an interpreter that is in the layer and that all may execute, got \/opt\/y\/bin\/node/,
    ],
    [
      "a program of macOS",
      file("extensions/y", Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe, ...Array<number>(20).fill(0)), 0o755),
      /for Linux, got one for macOS/,
    ],
    ["a program of another machine", file("extensions/y", elf(243), 0o755), /for x86_64 or arm64/],
    [
      "another name, in a header",
      file("extensions/y", '#!/bin/bash\ncurl -H "Lambda-Extension-Name: z"\n', 0o755),
      /expected to register as "y", the name of its file, got "z"/,
    ],
    [
      "another name, in a dictionary",
      file("extensions/y", "#!/usr/bin/python3\nh = {'Lambda-Extension-Name': 'z'}\n", 0o755),
      /got "z"/,
    ],
    [
      "a bundle that is not there",
      file("extensions/y", "#!/bin/bash -p\nmain() {\n  local extension=y\n}\n", 0o755),
      /expected its bundle at y\/index\.cjs/,
    ],
    [
      "no interpreter",
      file("extensions/y", "#!\n", 0o755),
      /^extensions\/y: expected an interpreter with its whole path after "#!", got nothing/,
    ],
    [
      "an interpreter that only its owner executes",
      file("extensions/y", "#!/opt/x/tool\n", 0o755),
      /expected an interpreter that is in the layer and that all may execute, got \/opt\/x\/tool/,
    ],
    [
      "an interpreter that depends on where one is",
      file("extensions/y", "#!bin/bash\n", 0o755),
      /after "#!", got bin\/bash/,
    ],
    [
      "a name of two lines",
      file("extensions/y\nok", "#!/bin/bash\n", 0o755),
      /^"extensions\/y\\nok": expected a name without control characters/,
    ],
    [
      "a name with a blank",
      file("extensions/my extension", "#!/bin/bash\n", 0o755),
      /^extensions\/my extension: expected a name of ASCII characters without blanks, .*, got "my extension"$/,
    ],
    [
      "a name that no header can carry",
      file("extensions/prüfung", "#!/bin/bash\n", 0o755),
      /^extensions\/prüfung: expected a name of ASCII characters/,
    ],
    [
      "a link to a folder",
      { kind: "link", path: "extensions/y", target: "../x" },
      /^extensions\/y: expected a link to a file/,
    ],
    [
      "a link to what is no program",
      { kind: "link", path: "extensions/y", target: "../extensions/z/notes" },
      /^extensions\/y: expected a program/,
    ],
    [
      "a link to itself",
      { kind: "link", path: "extensions/y", target: "y" },
      /^extensions\/y: expected a link to something in the layer, got one to y/,
    ],
  ])("%s", (_what, entry, message) => {
    const notes = file("extensions/z/notes", "notes", 0o755);
    const tool = file("x/tool", x86_64, 0o744);
    expect(problemsOf([launcher(), file("x/run", x86_64, 0o755), tool, notes, entry])).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test("looks at what a link leads to, over other links too, under the link's name", () => {
    const links: readonly TreeEntry[] = [
      { kind: "link", path: "extensions/y", target: "../y/one" },
      { kind: "link", path: "y/one", target: "two" },
    ];
    expect(
      problemsOf([
        launcher(),
        ...links,
        file("y/two", '#!/bin/sh\ncurl -H "Lambda-Extension-Name: two"\n', 0o644),
        file("x/run"),
      ]),
    ).toEqual([
      "extensions/y: expected an execute bit for all (chmod 755), got mode 0644",
      'extensions/y: expected to register as "y", the name of its file, got "two"',
    ]);
  });

  test("passes a name that is a variable, and a link to a program", () => {
    const python = file("extensions/y", "#!/opt/y/python\nh = {'Lambda-Extension-Name': EXTENSION_NAME}\n", 0o755);
    const link: TreeEntry = { kind: "link", path: "extensions/z", target: "/opt/x/run" };
    expect(problemsOf([launcher(), python, link, file("y/python", arm64, 0o755), file("x/run", arm64, 0o755)])).toEqual(
      [],
    );
  });

  test("leaves folders alone: Lambda does too", () => {
    expect(
      problemsOf([launcher(), { kind: "folder", path: "extensions/y", mode: 0o755 }, file("extensions/y/notes.txt")]),
    ).toEqual([]);
  });

  test("counts them: Lambda starts ten at most", () => {
    const eleven = Array.from({ length: 11 }, (_, index) => file(`extensions/x${index}`, "#!/bin/sh\n", 0o755));
    expect(problemsOf(eleven)).toEqual([expect.stringMatching(/at most 10 extensions.*got 11/)]);
  });

  test("says when a layer has no extension, and when the folder itself was packed", () => {
    expect(problemsOf([file("x/run")])).toEqual(["extensions/: expected an extension, got none"]);
    expect(problemsOf([file("layer/extensions/x", "#!/bin/sh\n", 0o755)])).toEqual([
      expect.stringMatching(/there is layer\/extensions\/x: pack what is inside that upper folder/),
    ]);
  });
});

describe("the whole layer", () => {
  test.each<[string, TreeEntry, RegExp]>([
    [
      "a program for the other architecture",
      file("y/run", arm64, 0o755),
      /^y\/run: expected a program for x86_64, got one for arm64/,
    ],
    [
      "a link that leads out",
      { kind: "link", path: "y/z", target: "../../etc/passwd" },
      /^y\/z: expected a link inside the layer/,
    ],
    [
      "an absolute link that leads out",
      { kind: "link", path: "y/z", target: "/usr/bin/node" },
      /inside the layer, got one to \/usr\/bin\/node/,
    ],
    [
      "a link to nothing",
      { kind: "link", path: "y/z", target: "./nothing" },
      /^y\/z: expected a link to something in the layer/,
    ],
    ["a file under a file", file("extensions/x/y"), /^extensions\/x: expected a file or a folder, got both/],
    [
      "a file that only its owner reads",
      file("y/z", "", 0o600),
      /^y\/z: expected mode 0644, readable by all, got 0600/,
    ],
    ["a folder that only its owner enters", { kind: "folder", path: "y", mode: 0o700 }, /^y: expected mode 0755/],
    ["more than Lambda takes", file("y/z", "", 0o644, 250 * 1024 * 1024), /^expected at most 262144000 bytes unzipped/],
  ])("%s", (_what, entry, message) => {
    expect(problemsOf([launcher(), entry], "x86_64")).toEqual([expect.stringMatching(message)]);
  });

  test("takes Java classes and text that begins like a Windows program for what they are", () => {
    const javaClass = Uint8Array.of(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, ...Array<number>(20).fill(0));
    expect(
      problemsOf([launcher(), file("java/lib/A.class", javaClass), file("x/MZ.txt", "MZ is a prefix of many words")]),
    ).toEqual([]);
  });

  test("tells of what other programs left, once, where it does no harm", () => {
    const left = ["x/.DS_Store", "__MACOSX/x/._run", "x/Thumbs.db", "x/run~", "x/.run.swp"].map((path) => file(path));
    const { problems, warnings } = checkLayer([launcher(), file("x/run", x86_64, 0o755), ...left], undefined);
    expect(problems).toEqual([]);
    expect(warnings).toEqual(["x/.DS_Store and 4 more, files that no function needs: delete them before packing"]);
  });

  test("does not take the shadows of macOS for a layer that was packed with its folder", () => {
    expect(problemsOf([file("__MACOSX/extensions/._x"), file("x/run")])).toEqual([
      "extensions/: expected an extension, got none",
    ]);
  });
});

// The emulator's conformance has the same rules: the test of its layer-modes.ts has this table too.
describe("modes", () => {
  test.each([
    ["file", 0o644, true],
    ["file", 0o755, true],
    ["file", 0o604, true],
    ["file", 0o444, true],
    ["file", 0o640, false],
    ["file", 0o600, false],
    ["file", 0o751, false],
    ["file", 0o000, false],
    ["file", 0o4755, false],
    ["file", 0o2755, false],
    ["file", 0o1644, false],
    ["folder", 0o755, true],
    ["folder", 0o705, true],
    ["folder", 0o555, true],
    ["folder", 0o700, false],
    ["folder", 0o750, false],
    ["folder", 0o754, false],
    ["folder", 0o2755, false],
    ["folder", 0o1755, false],
  ] as const)("a %s of mode %o: %s", (kind, mode, isFine) => {
    const entry: TreeEntry = kind === "folder" ? { kind, path: "x", mode } : file("x", "", mode);
    expect(problemsOf([launcher("#!/bin/bash\n"), entry]).length === 0).toBe(isFine);
  });

  test("names set-uid, set-gid and sticky bits, and what to do", () => {
    expect(problemsOf([launcher("#!/bin/bash\n"), file("x/run", x86_64, 0o6755)])).toEqual([
      "x/run: expected a mode without set-uid and set-gid bit (chmod u-s,g-s), got 06755",
    ]);
  });
});
