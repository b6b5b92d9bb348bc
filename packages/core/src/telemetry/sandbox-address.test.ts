import { expect, test } from "vitest";
import { sandboxAddress } from "./sandbox-address.ts";

const elsewhere = "169.254.100.1:9001";

test.each([
  ["127.0.0.1 localhost\n169.254.76.1 sandbox.localdomain sandbox\n", "169.254.76.1"],
  ["10.0.0.7\tsandbox\tsandbox.localdomain# the sandbox", "10.0.0.7"],
  ["::1 sandbox.localdomain\n127.0.0.1 sandbox.localdomain\n127.0.0.2 sandbox.localdomain", "127.0.0.1"],
])("is the one that the hosts file gives to the sandbox: %j", (hostsFile, expected) => {
  expect(sandboxAddress(hostsFile, elsewhere)).toBe(expected);
});

test.each([
  "",
  "# 127.0.0.5 sandbox.localdomain",
  "127.0.0.5 x # sandbox.localdomain",
  "127.0.0.5 my-sandbox.localdomain",
  "127.0.0.5 sandbox.localdomain.example",
  "::1 sandbox.localdomain",
])("is not taken from another line: %j", (hostsFile) => {
  expect(sandboxAddress(hostsFile, elsewhere)).toBeUndefined();
});

test.each([
  ["127.0.0.1:9001", "127.0.0.1"],
  ["127.0.2.9:9001", "127.0.0.1"],
  ["localhost:80", "127.0.0.1"],
  ["[::1]:9001", undefined],
  ["localhost.example:80", undefined],
  ["", undefined],
])("without such a line, the Runtime API at %s means %s", (runtimeApi, expected) => {
  expect(sandboxAddress("127.0.0.1 localhost\n", runtimeApi)).toBe(expected);
});
