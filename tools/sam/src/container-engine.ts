import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";

/** True if a server listens at DOCKER_HOST, or by default at a socket where SAM looks for Docker or Finch. */
export async function isContainerEngineThere(env: NodeJS.ProcessEnv): Promise<boolean> {
  const host = env["DOCKER_HOST"];
  const places = host === undefined || host === "" ? defaultSockets : [host];
  const answers = await Promise.all(places.map(isListening));
  return answers.includes(true);
}

const defaultSockets = [
  "/var/run/docker.sock",
  join(homedir(), ".docker/run/docker.sock"),
  "/var/run/finch.sock",
  "/Applications/Finch/lima/data/finch/sock/finch.sock",
];

function isListening(place: string): Promise<boolean> {
  const { protocol, hostname, port, pathname } = new URL(place, "unix:///");
  const isUnix = protocol === "unix:";
  // This program cannot try `ssh://` and `npipe://`: SAM's own message must do.
  if (!isUnix && protocol !== "tcp:" && protocol !== "http:") return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = isUnix ? connect(decodeURIComponent(pathname)) : connect(Number(port), hostname);
    socket.setTimeout(1000, () => socket.destroy());
    socket.once("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}
