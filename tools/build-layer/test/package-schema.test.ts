import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getLanguageService, TextDocument } from "vscode-json-languageservice";
import type { Diagnostic } from "vscode-json-languageservice";
import { rules } from "../src/config/parse-settings.ts";
import { settingRows } from "./readme-rows.ts";

const ordinary = "https://json.schemastore.org/package";
const file = fileURLToPath(new URL("../package.schema.json", import.meta.url));
const template = readFileSync(new URL("../template/package.json", import.meta.url), "utf8");

test("the schema has every setting of the parser, in the words of the README", async () => {
  const settings = Object.entries(rules).map(([name, { schema }]) => {
    const { meaning, fallback } = settingRows.get(name) ?? { meaning: "not in the README", fallback: "" };
    const after = fallback === "required" ? "" : ` Default: ${fallback}.`;
    return [name, { description: toPlain(`${meaning}.${after}`), ...schema }];
  });
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    // An editor that follows "$schema" uses nothing else for the file.
    allOf: [{ $ref: ordinary }],
    properties: {
      lambdaExtension: {
        description: "A Lambda extension, for build-layer.",
        type: "object",
        properties: Object.fromEntries(settings),
        required: [...settingRows].filter(([, { fallback }]) => fallback === "required").map(([name]) => name),
        additionalProperties: false,
      },
    },
  };
  // `vitest --update` writes the file.
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(file);
});

/** Markdown as editors without Markdown show it. */
function toPlain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}

describe.each(Object.entries(rules))("the schema of %s", (_, { schema, parse }) => {
  test("accepts what the parser accepts, and nothing else", async () => {
    const words = [...new Set([...textsOf(schema), "x", "9", "a.b", "", "/"])];
    const text = fc.oneof(fc.constantFrom(...words), fc.string());
    const limit = fc.constantFrom(0, 0.5, 1, 2 ** 53);
    const plain = fc.oneof(text, fc.double({ noNaN: true }), fc.integer(), fc.boolean());
    const list = fc.oneof(plain, fc.array(text));
    // A dictionary alone seldom has the names that make an object right.
    const inner = fc.oneof(limit, list);
    const known = fc.record(Object.fromEntries(namesOf(schema).map((name) => [name, inner])), { requiredKeys: [] });
    const object = fc.oneof(fc.dictionary(text, list), known);
    const any = fc.oneof(list, object, fc.array(object, { maxLength: 2 }), fc.jsonValue());
    // The language service takes every number without a point for a whole one: 3e-323.
    const value = any.filter((one) => !/\de-/.test(JSON.stringify(one)));
    const service = getLanguageService({});
    await fc.assert(
      fc.asyncProperty(value, async (value) => {
        const document = TextDocument.create("file:///value.json", "json", 1, JSON.stringify(value));
        const found = await service.doValidation(document, service.parseJSONDocument(document), {}, schema);
        expect(found.length === 0).toBe(parse(JSON.parse(document.getText())) !== undefined);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Every text and every key in a schema: values and names that may be right. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
}

/** The names of the properties in a schema. */
function namesOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === "properties" ? Object.keys(inner) : []),
    ...namesOf(inner),
  ]);
}

/** VS Code's language server with the scaffold's package.json, in a project where build-layer is installed. */
function openEditor(text: string, loadOrdinary: () => Promise<string>) {
  const folder = "file:///home/me/my-extension/";
  const service = getLanguageService({
    workspaceContext: { resolveRelativePath: (path, resource) => new URL(path, resource).href },
    async schemaRequestService(url) {
      if (url === ordinary) return loadOrdinary();
      expect(url).toBe(`${folder}node_modules/@lambda-extension/build-layer/package.schema.json`);
      return readFileSync(file, "utf8");
    },
  });
  const document = TextDocument.create(`${folder}package.json`, "json", 1, text);
  const parsed = service.parseJSONDocument(document);
  return {
    async problems(): Promise<readonly string[]> {
      const found = await service.doValidation(document, parsed);
      return found.map(({ range, message }) => `${document.getText(range)}: ${toText(message)}`);
    },
    async completions(after: string): Promise<readonly string[]> {
      const position = document.positionAt(text.indexOf(after) + after.length);
      return (await service.doComplete(document, position, parsed))?.items.map(({ label }) => label) ?? [];
    },
  };
}

function toText(message: Diagnostic["message"]): string {
  return typeof message === "string" ? message : message.value;
}

/** A stand-in, since tests use no network. */
const online = (): Promise<string> =>
  Promise.resolve(JSON.stringify({ properties: { version: { type: "string" }, license: { enum: ["MIT"] } } }));
const offline = (): Promise<string> => Promise.reject(new Error("no network"));

describe("an editor that shows the scaffold's package.json", () => {
  test("finds nothing wrong in it", async () => {
    expect(await openEditor(template, online).problems()).toEqual([]);
  });

  test("marks a wrong value and an unknown setting", async () => {
    const wrong = template.replace('"engine": "shared"', '"engine": "shraed", "entri": ""');
    expect(await openEditor(wrong, online).problems()).toEqual([
      expect.stringMatching(/^"shraed": .*"shared", "carried", "auto"/),
      expect.stringMatching(/^"entri": Property entri is not allowed/),
    ]);
  });

  test("completes values and settings", async () => {
    const editor = openEditor(template, online);
    expect(await editor.completions('"engine": ')).toEqual(['"shared"', '"carried"', '"auto"']);
    expect(await editor.completions('"engine": "shared",\n')).toEqual(expect.arrayContaining(["budgets", "runtime"]));
  });

  test("keeps the help for the ordinary keys", async () => {
    const editor = openEditor(template.replace('"0.1.0"', "1"), online);
    expect(await editor.problems()).toEqual([expect.stringMatching(/^1: Incorrect type/)]);
    expect(await editor.completions('"type": "module",\n')).toContain("license");
  });

  test("without a network, still completes settings, and marks only the missing ordinary schema", async () => {
    const editor = openEditor(template, offline);
    expect(await editor.problems()).toEqual([expect.stringContaining("no network")]);
    expect(await editor.completions('"engine": ')).toEqual(['"shared"', '"carried"', '"auto"']);
  });
});
