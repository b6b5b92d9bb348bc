import { waitAtMost } from "@lambda-extension/core";

/** Stays shut until it is opened, once and for good. */
export interface Gate {
  readonly isOpen: boolean;
  open(): void;
  /** True once open, false after `timeoutMs`. */
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
