// Child processes that end with this one.
import { type ChildProcess, spawn } from "node:child_process";

/** The end of a process. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** A running process. */
export type RunningProcess = {
  name: string;
  pid: number;
  /** All lines that it has written. */
  lines: readonly string[];
  exited: Promise<Exit>;
  /** SIGTERM, and SIGKILL after a time; waits for the end. */
  stop(): Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
};

const STOP_TIMEOUT = 12_000;

/** Starts a program of Node. Its lines go to `onLine`. */
export function startProgram({
  name,
  file,
  args = [],
  env = {},
  onLine = () => {},
}: {
  name: string;
  file: string;
  args?: readonly string[] | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  onLine?: ((line: string) => void) | undefined;
}): RunningProcess {
  const child: ChildProcess = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // A Ctrl-C in the terminal reaches this process only, which ends its children in order.
    detached: process.platform !== "win32",
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        if (lines.length > 20_000) lines.shift();
        onLine(line);
      }
    });
  }
  const endWithThis = () => child.kill("SIGKILL");
  process.once("exit", endWithThis);
  const exited = new Promise<Exit>((resolve) => {
    child.once("error", () => resolve({ code: 127, signal: null }));
    child.once("close", (code, signal) => {
      process.off("exit", endWithThis);
      resolve({ code, signal });
    });
  });
  return {
    name,
    pid: child.pid ?? 0,
    lines,
    exited,
    kill: (signal) => child.kill(signal),
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}
