/**
 * Lambda has two runtimes for Node: that of Node.js 24 and later has no callbacks, leaves a crash to Node itself, and
 * words a failed init in its own way.
 */
export const isOlderGeneration = !(Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? "")?.[1]) >= 24);
