import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";

/** True where something listens at DOCKER_HOST, or at one of the places SAM looks for Docker and Finch. */
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
  // `ssh://` and `npipe://` cannot be tried from here; SAM's own word counts then.
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
