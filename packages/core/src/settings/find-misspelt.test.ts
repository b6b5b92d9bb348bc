import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { didYouMean } from "./did-you-mean.ts";
import { findMisspelt } from "./find-misspelt.ts";
import { flag } from "./kinds.ts";

const schema = {
  maxBytes: { name: "WATCH_MAX_BYTES", kind: flag },
  limit: { name: "WATCH_LIMIT", kind: flag, aliases: ["WATCH_BOUND"], formerNames: ["WATCH_END"] },
};

describe("findMisspelt", () => {
  test("names a variable that is nearly a setting, and leaves the function's own variables alone", () => {
    const variables = { WATCH_MAXBYTES: "", WATCH_LIMITS: "1", WATCH_COLOUR: "", OTHER_LIMIT: "", PATH: "/bin" };
    expect(findMisspelt(schema, variables, { own: /^WATCH_/ })).toEqual([
      "WATCH_MAXBYTES: no such setting; is WATCH_MAX_BYTES meant?",
      "WATCH_LIMITS: no such setting; is WATCH_LIMIT meant?",
    ]);
  });

  test("says where to look a name up, if every variable of that kind belongs to the extension", () => {
    expect(findMisspelt(schema, { WATCH_COLOUR: "" }, { own: /^WATCH_/, lookUp: "see the README" })).toEqual([
      "WATCH_COLOUR: no such setting; see the README",
    ]);
  });

  test("knows aliases and former names", () => {
    const variables = { WATCH_LIMIT: "", WATCH_BOUND: "", WATCH_END: "", WATCH_MAX_BYTES: "" };
    expect(findMisspelt(schema, variables, { own: /^WATCH_/ })).toEqual([]);
  });
});

describe("didYouMean", () => {
  test.each([
    ["onInvok", "onInvoke"],
    ["oninvoke", "onInvoke"],
    ["onInvokes", "onInvoke"],
    ["onShutdwon", "onShutdown"],
    ["nmae", "name"],
    ["x", undefined],
    ["handler", undefined],
  ])("takes %s for %s", (name, meant) => {
    expect(didYouMean(name, ["name", "onInvoke", "onShutdown"])).toBe(meant);
  });

  test("finds a name that lost any one letter", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,20}$/), fc.nat(3), (name, at) => {
        const shorter = name.slice(0, at) + name.slice(at + 1);
        expect(didYouMean(shorter, [name])).toBe(name);
      }),
    );
  });
});
