import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmulatorError } from "../problems/emulator-error.ts";

/**
 * The wall clock that the environment's processes see. Their monotonic clock stays the machine's, as after a freeze.
 */
export interface EnvironmentClock {
  /** What the wall clock says inside. */
  epochMs(): number;
  /** The same moment on the wall clock inside. */
  toInside(epochMs: number): number;
  /** Moves the wall clock ahead. Errors: `EmulatorError` if the clock cannot be moved. */
  skip(durationMs: number): void;
  /** Variables that every process needs to see the clock. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A folder for the file that says what time it is: as this process sees it, and as the processes inside do. */
export interface ClockFolder {
  readonly folder: string;
  readonly insideFolder: string;
}

/** The machine's own clock. */
export const machineClock: EnvironmentClock = {
  epochMs: () => Date.now(),
  toInside: (epochMs) => epochMs,
  skip() {
    throw new EmulatorError('the clock cannot be moved: start the environment with clock: "movable"');
  },
  variables: {},
};

/**
 * These commands keep the machine's clock: their sleep fails under libfaketime if it leaves the monotonic clock alone.
 */
const untouchedCommands = ["python", "python3", ...Array.from({ length: 11 }, (_, minor) => `python3.${minor + 6}`)];

/** A clock that libfaketime moves. Errors: `EmulatorError` if libfaketime is not installed. */
export function createMovableClock({ folder, insideFolder }: ClockFolder): EnvironmentClock {
  const library = findFaketime();
  if (library === undefined) {
    throw new EmulatorError(
      'clock: "movable" needs libfaketime: install it (Debian and Ubuntu: apt-get install faketime)',
    );
  }
  let offsetMs = 0;
  function write(): void {
    // A reader must never see half a number.
    writeFileSync(join(folder, "clock.new"), `+${(offsetMs / 1000).toFixed(3)}\n`);
    renameSync(join(folder, "clock.new"), join(folder, "clock"));
  }
  write();
  return {
    epochMs: () => Date.now() + offsetMs,
    toInside: (epochMs) => epochMs + offsetMs,
    skip(durationMs) {
      if (!(durationMs >= 0)) throw new EmulatorError(`skip: expected milliseconds from 0 on, got ${durationMs}`);
      offsetMs += durationMs;
      write();
    },
    variables: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: `${insideFolder}/clock`,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      FAKETIME_SKIP_CMDS: untouchedCommands.join(","),
    },
  };
}

/** The path of libfaketime, if it is where distributions put it. */
export function findFaketime(): string | undefined {
  const multiarch = existsSync("/usr/lib") ? readdirSync("/usr/lib").filter((name) => name.includes("-linux-")) : [];
  const folders = [...multiarch.map((name) => `/usr/lib/${name}`), "/usr/lib64", "/usr/lib", "/usr/local/lib"];
  return folders.map((folder) => `${folder}/faketime/libfaketime.so.1`).find((path) => existsSync(path));
}
