// The end of a service: one signal ends it in order, a second one at once.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "./logger.js";

/** Waits for a number of milliseconds, or until the signal is aborted. Never throws. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);

/** Parameters of {@link runUntilSignal}. */
export type RunUntilSignalParameters = {
  log: Logger;
  /** Ends when its signal is aborted. */
  run: (signal: AbortSignal) => Promise<void>;
  /** Closes what the service holds, in this order. Runs also after a failure. */
  close: () => Promise<void>;
  /** Milliseconds until a service that does not end is ended. Default 10,000. */
  patience?: number | undefined;
};

/** Runs a service until SIGINT, SIGTERM or SIGHUP. Returns the exit code. */
export async function runUntilSignal({
  log,
  run,
  close,
  patience = 10_000,
}: RunUntilSignalParameters): Promise<number> {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    log.info({ signal }, "stopping");
    controller.abort();
    setTimeout(() => {
      log.error({ patience }, "did not stop in time");
      process.exit(1);
    }, patience).unref();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  let exitCode = 0;
  try {
    await run(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) {
      log.fatal({ error }, "failed");
      exitCode = 1;
    }
  }
  await close().catch((error: unknown) => {
    log.error({ error }, "could not close");
    exitCode = 1;
  });
  for (const signal of signals) process.off(signal, onSignal);
  log.info("stopped");
  return exitCode;
}
