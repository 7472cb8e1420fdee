import { Presets, SingleBar } from "cli-progress";

export type Progress = {
  /** How many steps are done, and a few words on what is going on. */
  update(done: number, note?: string): void;
  stop(): void;
};

export type CreateProgressParameters = {
  total: number;
  /** Default: standard error, so that the report can be piped. */
  stream?: NodeJS.WriteStream | undefined;
};

/** A bar on a terminal, a line every ten percent elsewhere. */
export function createProgress({ total, stream = process.stderr }: CreateProgressParameters): Progress {
  return stream.isTTY ? bar(total, stream) : lines(total, stream);
}

function bar(total: number, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar(
    {
      stream,
      format: "{bar} {percentage}% | {value}/{total} steps | {eta_formatted} left{note}",
      // An interrupt ends the process at once, and must not leave the terminal without a cursor.
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
