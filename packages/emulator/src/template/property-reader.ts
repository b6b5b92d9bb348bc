import { EmulatorError } from "../problems/emulator-error.ts";
import type { TemplateFunction } from "./list-functions.ts";
import { resolveValue } from "./resolve-value.ts";
import type { Scope } from "./scope.ts";
import { isValueMap, own } from "./value.ts";
import type { Value } from "./value.ts";

/** Reads the properties of a function one by one; what is wrong gathers in `problems` and the value is undefined. */
export interface PropertyReader {
  readonly problems: string[];
  /** Runs a step that may throw `EmulatorError`; its message becomes a problem of the property. */
  attempt<T>(key: string, read: () => T): T | undefined;
  value(key: string): Value | undefined;
  text(key: string): string | undefined;
  wholeNumber(key: string, range: { readonly min: number; readonly max: number }): number | undefined;
  /** The folder or zip file of the code, as written; undefined also where it is not on this machine. */
  code(): string | undefined;
}

/** A reader over the function's properties, resolving CloudFormation's functions on the way. Errors: none. */
export function createPropertyReader(found: TemplateFunction, scope: Scope): PropertyReader {
  const problems: string[] = [];
  const reader: PropertyReader = {
    problems,
    attempt(key, read) {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof EmulatorError)) throw error;
        problems.push(`${key}: ${error.message}`);
        return undefined;
      }
    },
    value(key) {
      const written = own(found.properties, key);
      if (written === undefined || written === null) return undefined;
      return reader.attempt(key, () => resolveValue(written, scope));
    },
    text(key) {
      const value = reader.value(key);
      if (value === undefined || typeof value === "string") return value;
      problems.push(`${key}: expected text, got ${JSON.stringify(value)}`);
      return undefined;
    },
    wholeNumber(key, { min, max }) {
      const value = reader.value(key);
      if (value === undefined) return undefined;
      const number = typeof value === "string" && value !== "" ? Number(value) : value;
      if (typeof number === "number" && Number.isInteger(number) && number >= min && number <= max) return number;
      problems.push(`${key}: expected a whole number from ${min} to ${max}, got ${JSON.stringify(value)}`);
      return undefined;
    },
    code: () => readCode(found, reader),
  };
  return reader;
}

function readCode(found: TemplateFunction, reader: PropertyReader): string | undefined {
  const { properties } = found;
  const key = found.type === "AWS::Serverless::Function" ? "CodeUri" : "Code";
  if (own(properties, "PackageType") === "Image" || own(properties, "ImageUri") !== undefined) {
    reader.problems.push(
      `PackageType: container images are not run by this emulator; point ${key} to the files of the image and run its command with --bootstrap, under PackageType: Zip and a Runtime`,
    );
    return undefined;
  }
  const value = reader.value(key);
  if (own(properties, "InlineCode") !== undefined || (isValueMap(value) && own(value, "ZipFile") !== undefined)) {
    reader.problems.push(`InlineCode: put the code into a file and its folder into ${key}`);
    return undefined;
  }
  // SAM's own default.
  if (value === undefined) return ".";
  if (typeof value === "string" && !value.startsWith("s3://")) return value;
  const isInS3 = typeof value === "string" || isValueMap(value);
  reader.problems.push(`${key}: ${isInS3 ? "the code is in S3" : "expected text"}; point ${key} to a folder`);
  return undefined;
}
