import { waitAtMost } from "@lambda-extension/core";

/** Stays shut until it is opened; then it stays open. */
export interface Gate {
  readonly isOpen: boolean;
  open(): void;
  /** Returns true when the gate is open, and false if it is still shut after `timeoutMs`. */
  opensWithin(timeoutMs: number): Promise<boolean>;
}

/** Holds readers back while a snapshot may still be taken. */
export function createGate(options: { readonly isOpen: boolean }): Gate {
  let { isOpen } = options;
  let letThrough: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  return {
    get isOpen() {
      return isOpen;
    },
    open: () => {
      isOpen = true;
      letThrough();
    },
    opensWithin: async (timeoutMs) => isOpen || (await waitAtMost(opened, timeoutMs)).kind === "settled",
  };
}
