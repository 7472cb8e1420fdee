import { describe, expect, test } from "vitest";
import { createRandom } from "./random.js";

const draws = (...stream: Parameters<typeof createRandom>) => {
  const random = createRandom(...stream);
  return Array.from({ length: 8 }, () => random.below(1_000_000));
};

describe("createRandom", () => {
  test("default", () => {
    expect(draws(1, "taker", "retail 1")).toEqual(draws(1, "taker", "retail 1"));
    // The same numbers on every machine.
    expect(draws(1, "taker")).toMatchInlineSnapshot(`
      [
        969592,
        781159,
        557263,
        51141,
        195151,
        161561,
        492526,
        138271,
      ]
    `);
  });

  test("behavior: seed and labels give other streams", () => {
    const streams = [draws(1, "a"), draws(2, "a"), draws(1, "b"), draws(1, "a", "b"), draws(11), draws(1, 1)];
    expect(new Set(streams.map(String)).size).toBe(streams.length);
  });

  test("behavior: uniform and normal numbers have the right moments", () => {
    const random = createRandom(7);
    const count = 20_000;
    let [sum, normals, squares] = [0, 0, 0];
    for (let draw = 0; draw < count; draw++) {
      const unit = random.between(2, 4);
      expect(unit >= 2 && unit < 4).toBe(true);
      sum += unit;
      const normal = random.normal();
      normals += normal;
      squares += normal * normal;
    }
    // Four standard errors.
    expect(Math.abs(sum / count - 3)).toBeLessThan((4 * Math.sqrt(1 / 3)) / Math.sqrt(count));
    expect(Math.abs(normals / count)).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(squares / count - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(count));
  });

  test("behavior: chances of 0 and 1", () => {
    const random = createRandom(3);
    for (let draw = 0; draw < 100; draw++) {
      expect(random.chance(0)).toBe(false);
      expect(random.chance(1)).toBe(true);
    }
  });
});
