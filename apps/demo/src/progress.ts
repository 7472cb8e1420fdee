import { Presets, SingleBar } from "cli-progress";

export type Progress = {
  /** Reports the number of completed steps, with an optional note. */
  update(done: number, note?: string): void;
  stop(): void;
};

export type CreateProgressParameters = {
  total: number;
  /** Default: standard error, which keeps the report on standard output apart. */
  stream?: NodeJS.WriteStream | undefined;
};

/** Creates a progress bar on a terminal, and a line for every ten percent elsewhere. */
export function createProgress({ total, stream = process.stderr }: CreateProgressParameters): Progress {
  return stream.isTTY ? bar(total, stream) : lines(total, stream);
}

function bar(total: number, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar(
    {
      stream,
      format: "{bar} {percentage}% | {value}/{total} steps | {eta_formatted} left{note}",
      // The cursor stays visible, because an interrupt ends the process at once.
      gracefulExit: false,
      hideCursor: false,
      clearOnComplete: true,
      stopOnComplete: false,
      etaBuffer: 200,
      fps: 10,
    },
    Presets.shades_classic,
  );
  single.start(total, 0, { note: "" });
  return {
    update: (done, note) => single.update(done, note === undefined ? {} : { note: ` | ${note}` }),
    stop: () => single.stop(),
  };
}

function lines(total: number, stream: NodeJS.WriteStream): Progress {
  let printed = 0;
  return {
    update(done, note) {
      const tenth = Math.floor((done * 10) / total);
      if (tenth <= printed) return;
      printed = tenth;
      stream.write(`${tenth * 10}% | ${done}/${total} steps${note === undefined ? "" : ` | ${note}`}\n`);
    },
    stop() {},
  };
}
