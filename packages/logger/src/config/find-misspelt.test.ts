import { expect, test } from "vitest";
import { findMisspelt } from "./find-misspelt.ts";
import { settings } from "./settings.ts";

test.each([
  ["LOGGER_HTP_URL", "LOGGER_HTTP_URL"],
  ["LOGER_HTTP_URL", "LOGGER_HTTP_URL"],
  ["LOGGER_DESTINATIONS", "LOGGER_DESTINATION"],
  ["LOGGER_FLUSH_INTERVAL", "LOGGER_FLUSH_INTERVAL_MS"],
  ["LOGGER_MAXBYTES", "LOGGER_MAX_BYTES"],
  ["LOGGER_TYPE", "LOGGER_TYPES"],
])("takes %s for %s", (name, meant) => {
  expect(findMisspelt({ [name]: "", PATH: "/bin" })).toEqual([`${name}: no such setting; is ${meant} meant?`]);
});

test("leaves variables alone that are the function's own, and those that are right", () => {
  const right = Object.fromEntries(Object.values(settings).map(({ name }) => [name, ""]));
  expect(
    findMisspelt({
      ...right,
      LOGGER_LEVEL: "debug",
      LOGGER_NAME: "orders",
      LOG_LEVEL: "INFO",
      BLOGGER_TYPES: "a",
      logger_types: "b",
    }),
  ).toEqual([]);
});
