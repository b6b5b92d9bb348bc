import { expect, test } from "vitest";
import { findDifferences } from "./row.ts";
import type { Row, Trial } from "./row.ts";

const row = { name: "pg", packages: { pg: "8.23.1" } } satisfies Row;
const refused = { kind: "refused", message: "no module" } as const;

function built(problems: Partial<Record<string, string>>): Trial {
  return {
    kind: "built",
    engines: undefined,
    isNeedless: false,
    bundleBytes: 1,
    layerBytes: 1,
    problems: { "20": undefined, "22": undefined, "24": undefined, ...problems },
  };
}

test.each<[string, Row, Trial]>([
  ["works everywhere", row, built({})],
  [
    "fails on the Node.js it is known to fail on",
    { ...row, expected: { fails: { "20": /lacks/ } } },
    built({ "20": "it lacks it" }),
  ],
  ["is refused as it is known to be", { ...row, expected: { refused: /no module/ } }, refused],
])("is content with a package that %s", (_, row, trial) => {
  expect(findDifferences(row, trial)).toEqual([]);
});

test.each<[string, Row, Trial, RegExp]>([
  ["fails", row, built({ "22": "no such file" }), /on Node\.js 22, expected a use: no such file/],
  [
    "fails with another message",
    { ...row, expected: { fails: { "20": /lacks/ } } },
    built({ "20": "crash" }),
    /expected \/lacks\/: crash/,
  ],
  [
    "works by now",
    { ...row, expected: { fails: { "20": /lacks/ } } },
    built({}),
    /it works on Node\.js 20, expected \/lacks\//,
  ],
  ["works without its settings", row, { ...built({}), isNeedless: true } as Trial, /works without the settings/],
  ["is refused", row, refused, /the build was refused, expected a layer: no module/],
  [
    "is refused with another message",
    { ...row, expected: { refused: /another/ } },
    refused,
    /expected \/another\/: no module/,
  ],
  ["is no longer refused", { ...row, expected: { refused: /no module/ } }, built({}), /the layer was built/],
])("finds the difference if a package %s", (_, row, trial, difference) => {
  expect(findDifferences(row, trial)).toEqual([expect.stringMatching(difference)]);
});
