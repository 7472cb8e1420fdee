import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { RunResult } from "../results/metrics.js";
import { type Cell, cellsOf, type Design, DesignError } from "./design.js";
import type { Task } from "./worker.js";

/** Results of the runs of one cell, in the order of their seeds. */
export type CellResult = { cell: Cell; runs: RunResult[] };

export type RunSweepParameters = {
  design: Design;
  /** Folder of the results: a sweep that was ended resumes there. */
  folder: string;
  threads: number;
  onProgress: (done: number, total: number) => void;
};

/** A run of a sweep failed. */
export class RunFailedError extends Error {
  override readonly name = "RunFailedError";
  constructor(
    readonly seed: number,
    problem: string,
  ) {
    super(`The run of seed ${seed} failed: ${problem}`);
  }
}

type Line = { index: number; result: RunResult };

/**
 * Runs every cell with every seed on worker threads. Each result is a line of `runs.jsonl`, written when the run ends: a sweep that
 * was killed continues with the runs that are missing there.
 *
 * @throws {DesignError} if the folder has results of another design.
 * @throws {RunFailedError}
 */
export async function runSweep({ design, folder, threads, onProgress }: RunSweepParameters): Promise<CellResult[]> {
  const cells = cellsOf(design);
  const { from, count } = design.seeds;
  const prices = readPrices(design.prices);
  mkdirSync(folder, { recursive: true });
  claim(folder, design, prices?.text);
  const file = path.join(folder, "runs.jsonl");
  const done = new Map(readLines(file).map(({ index, result }) => [index, result]));
  const tasks: Task[] = cells.flatMap((cell, at) =>
    Array.from({ length: count }, (_, seed) => ({ index: at * count + seed, cell, seed: from + seed })),
  );
  const left = tasks.filter(({ index }) => !done.has(index));
  onProgress(done.size, tasks.length);
  await runTasks(left, { threads, workerData: { design, prices } }, ({ index, result }) => {
    appendFileSync(file, `${JSON.stringify({ index, result })}\n`);
    done.set(index, result);
    onProgress(done.size, tasks.length);
  });
  return cells.map((cell, at) => ({
    cell,
    runs: Array.from({ length: count }, (_, seed) => done.get(at * count + seed) as RunResult),
  }));
}

const readPrices = (file: string | undefined): { text: string; name: string } | undefined =>
  file === undefined ? undefined : { text: readFileSync(file, "utf8"), name: path.basename(file) };

/** Notes the design in the folder, or compares it with the one that is noted there. */
function claim(folder: string, design: Design, prices: string | undefined): void {
  const checksum = prices && createHash("sha256").update(prices).digest("hex");
  const text = `${JSON.stringify({ ...design, prices: design.prices && { file: path.basename(design.prices), checksum } }, null, 2)}\n`;
  const file = path.join(folder, "design.json");
  if (!existsSync(file)) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    throw new DesignError(folder, "has results of another design; choose another folder or remove it");
  }
}

/** The complete lines of a file; a process that was killed may have left a part of one. */
function readLines(file: string): Line[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== text) writeFileSync(file, whole);
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

async function runTasks(
  tasks: readonly Task[],
  { threads, workerData }: { threads: number; workerData: unknown },
  onResult: (line: Line) => void,
): Promise<void> {
  const queue = [...tasks];
  const work = async (): Promise<void> => {
    if (queue.length === 0) return;
    const worker = new Worker(new URL("./worker-entry.mjs", import.meta.url), { workerData });
    try {
      for (let task = queue.shift(); task; task = queue.shift()) {
        const { result, error } = await answerOf(worker, task);
        if (error !== undefined) throw new RunFailedError(task.seed, error);
        onResult({ index: task.index, result: result as RunResult });
      }
    } catch (error) {
      queue.length = 0;
      throw error;
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, threads) }, work));
}

/** The answer of a worker to a task. */
async function answerOf(worker: Worker, task: Task): Promise<{ result?: RunResult; error?: string }> {
  const ended = new AbortController();
  const { signal } = ended;
  worker.postMessage(task);
  try {
    // A thread that fails rejects with its error; one that ends sends no answer.
    const [answer] = await Promise.race([
      once(worker, "message", { signal }),
      once(worker, "exit", { signal }).then(([code]) => [{ error: `its thread ended with ${code}` }]),
    ]);
    return answer;
  } finally {
    ended.abort();
  }
}
