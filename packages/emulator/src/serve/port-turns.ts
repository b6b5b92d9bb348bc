import type { Environment } from "../environment/environment.ts";

/** A started environment, and whether one of its processes found the port that it wants taken. */
export interface Launched {
  readonly environment: Environment;
  readonly wantsTakenPort: boolean;
}

/** The environments of one function, as the other functions see them. */
export interface PortUser {
  readonly hasProcesses: () => boolean;
  /** Ends every environment: a free one at once, a busy one as soon as it is free. */
  giveWay(): Promise<void>;
}

/** Functions whose extensions want the same port: only one of them has environments at a time. */
export interface PortTurns {
  join(user: PortUser): void;
  /**
   * Starts the first environment of a function. If other functions are known to want its port, it waits for its turn.
   */
  start<T extends Launched>(user: PortUser, launch: () => Promise<T>): Promise<T>;
  /** Notes that a function found its port taken. Returns false if no other function can have it. */
  note(user: PortUser): boolean;
}

/** No function has joined yet. `onTurns` is called once, when a function gets the port because others gave way. */
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
  /** First the functions that are known to want the port give way; if it is still taken, all functions give way. */
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
