import type { Environment } from "../environment/environment.ts";

/** An environment that was started, and whether one of its processes found the port taken that it wants. */
export interface Launched {
  readonly environment: Environment;
  readonly wantsTakenPort: boolean;
}

/** The environments of one function, as the others see them. */
export interface PortUser {
  readonly hasProcesses: () => boolean;
  /** Ends every environment: a free one at once, a busy one when it is free. */
  giveWay(): Promise<void>;
}

/** Functions whose extensions want the same port: one of them has environments at a time. */
export interface PortTurns {
  join(user: PortUser): void;
  /**
   * Starts the first environment of a function, when it is that function's turn where its port is known to be wanted by
   * others.
   */
  start<T extends Launched>(user: PortUser, launch: () => Promise<T>): Promise<T>;
  /** Notes that a function found its port taken; false where none of the others can have it. */
  note(user: PortUser): boolean;
}

/** Nobody has joined yet; `onTurns` is told once, when one function gets the port because others gave way. */
export function createPortTurns(onTurns: () => void): PortTurns {
  const users = new Set<PortUser>();
  const wanting = new Set<PortUser>();
  let last: Promise<unknown> = Promise.resolve();
  let isTold = false;

  const rivalsOf = (user: PortUser, among: ReadonlySet<PortUser>): readonly PortUser[] =>
    [...among].filter((one) => one !== user && one.hasProcesses());
  const note = (user: PortUser): boolean => {
    if (rivalsOf(user, users).length === 0) return false;
    wanting.add(user);
    return true;
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  /** First those give way that are known to want the port; where none of them had it, all. */
  const startInTurn = async <T extends Launched>(user: PortUser, launch: () => Promise<T>): Promise<T> => {
    for (const among of [wanting, users]) {
      await Promise.all(rivalsOf(user, among).map((rival) => rival.giveWay()));
      const launched = await launch();
      if (!launched.wantsTakenPort && !isTold) onTurns();
      isTold ||= !launched.wantsTakenPort;
      if (!launched.wantsTakenPort || rivalsOf(user, users).length === 0) return launched;
      await launched.environment.close();
    }
    return launch();
  };
  return {
    join: (user) => void users.add(user),
    note,
    async start(user, launch) {
      if (!wanting.has(user)) {
        const launched = await launch();
        if (!launched.wantsTakenPort || !note(user)) return launched;
        await launched.environment.close();
      }
      return inTurn(() => startInTurn(user, launch));
    },
  };
}
