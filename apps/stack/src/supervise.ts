// Keeps a service running until the signal is aborted.
import { type Logger, pause } from "@counterpoise/service-kit";
import { type RunningProcess, startProgram } from "./processes.js";

const RESTART_PAUSE = 1_000;

/** Parameters of {@link supervise}. */
export type SuperviseParameters = {
  name: string;
  program: string;
  /** Its configuration. */
  file: string;
  env: NodeJS.ProcessEnv;
  log: Logger;
  signal: AbortSignal;
};

/** The fields of the line that a service logs when it has started. */
export type StartedFields = {
  /** Of health and metrics. */
  url: string;
  /** Of the service's own interface, if it has one. */
  api?: string;
};

/** A supervised service. */
export type Supervised = { started: Promise<StartedFields>; ended: Promise<void>; running: () => RunningProcess };

/** Starts a service, and starts it again when it ends. `ended` is done once the signal is aborted and the service has ended. */
export function supervise({ name, program, file, env, log, signal }: SuperviseParameters): Supervised {
  let found: (fields: StartedFields) => void;
  const started = new Promise<StartedFields>((resolve) => {
    found = resolve;
  });
  const onLine = (line: string) => {
    try {
      const fields = JSON.parse(line) as { msg?: string; level?: string } & Partial<StartedFields>;
      if (fields.msg === "started" && fields.url) found(fields as StartedFields);
      if (fields.level === "error" || fields.level === "fatal") log.warn({ service: name, line: fields }, "service");
      else log.debug({ service: name, line: fields }, "service");
    } catch {
      log.warn({ service: name, line }, "service");
    }
  };
  const start = (): RunningProcess => startProgram({ name, file: program, args: [file], env, onLine });
  let running = start();
  const ended = (async () => {
    while (!signal.aborted) {
      const aborted = new Promise<"aborted">((resolve) =>
        signal.addEventListener("abort", () => resolve("aborted"), { once: true }),
      );
      const exit = await Promise.race([running.exited, aborted]);
      if (exit === "aborted") break;
      log.warn({ service: name, exit }, "service ended; starting it again");
      await pause(RESTART_PAUSE, signal);
      if (!signal.aborted) running = start();
    }
    await running.stop();
  })();
  return { started, ended, running: () => running };
}
