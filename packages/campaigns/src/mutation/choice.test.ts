import { describe, expect, test } from "vitest";
import { type Choice, choose, shuffle } from "./choice.js";

const mutants = Array.from({ length: 10 }, (_, index) => ({
  id: `fault-${index}`,
  fault: "",
  original: "",
  replacement: "",
  file: "A.sol",
  tests: "A.t.sol",
}));
const all: Choice = { untried: false, seed: 1, sample: Infinity, shard: 1, shards: 1 };
const ids = (choice: Partial<Choice>, results = {}) =>
  choose(mutants, results, { ...all, ...choice }).map(({ id }) => id);

describe("shuffle", () => {
  test("default: the same seed gives the same order", () => {
    const items = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(shuffle(items, 7)).toEqual(shuffle(items, 7));
    expect(shuffle(items, 7)).not.toEqual(shuffle(items, 8));
    expect([...shuffle(items, 7)].sort()).toEqual(items);
  });
});

describe("choose", () => {
  test("default: every fault once", () => {
    expect(ids({}).sort()).toEqual(mutants.map(({ id }) => id));
  });

  test("behavior: shards are disjoint and cover the sample", () => {
    const shards = [1, 2, 3].map((shard) => ids({ shard, shards: 3, sample: 8 }));
    expect(shards.map(({ length }) => length)).toEqual([3, 3, 2]);
    expect(shards.flat().sort()).toEqual(ids({ sample: 8 }).sort());
  });

  test("behavior: a sample is the beginning of the order of its seed", () => {
    expect(ids({ sample: 3, seed: 5 })).toEqual(ids({ seed: 5 }).slice(0, 3));
  });

  test("behavior: untried leaves out faults with a result", () => {
    expect(ids({ untried: true }, { "fault-3": { result: "killed" } })).not.toContain("fault-3");
    expect(ids({}, { "fault-3": { result: "killed" } })).toContain("fault-3");
  });

  test("behavior: only selects by id", () => {
    expect(ids({ only: ["fault-2"] })).toEqual(["fault-2"]);
  });

  test("error: an id that is not on the list", () => {
    expect(() => ids({ only: ["fault-2", "unknown"] })).toThrow("Not on the list: unknown");
  });
});
