import { Presets, SingleBar } from "cli-progress";

/** Shows progress with the time left: a bar on a terminal, a line for each tenth elsewhere. */
export function createProgress(unit: string, stream = process.stderr): (done: number, total: number) => void {
  const began = Date.now();
  let [printed, bar, before]: [number, SingleBar | undefined, number] = [0, undefined, 0];
  return (done, total) => {
    if (stream.isTTY) {
      const format = `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted} left`;
      if (!bar) {
        bar = new SingleBar({ stream, format, hideCursor: false, clearOnComplete: true }, Presets.shades_classic);
        bar.start(total, done);
        before = done;
      }
      bar.update(done);
      if (done >= total) bar.stop();
      return;
    }
    if (before === 0 && printed === 0) before = done;
    const tenth = Math.floor((done * 10) / total);
    if (tenth <= printed) return;
    printed = tenth;
    const rate = (Date.now() - began) / Math.max(1, done - before);
    stream.write(`${tenth * 10}% | ${done}/${total} ${unit} | ${Math.round((rate * (total - done)) / 1_000)} s left\n`);
  };
}
