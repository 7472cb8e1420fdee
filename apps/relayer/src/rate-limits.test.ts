import { expect, test } from "vitest";
import { ApiError } from "./errors.js";
import { RateLimiter } from "./rate-limits.js";

test("default: a burst, then one token at a time, each key alone", () => {
  let now = 0;
  const limiter = new RateLimiter({ burst: 2, perSecond: 0.5 }, "account", () => now);
  limiter.take("a");
  limiter.take("a");
  limiter.take("b");
  const refused = () => {
    try {
      limiter.take("a");
      return undefined;
    } catch (error) {
      return error as ApiError;
    }
  };
  const error = refused();
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ code: "TOO_MANY_REQUESTS", status: 429, retryAfter: 2 });
  expect(error?.body.limit).toBe("2 at once, 0.5 in a second");
  now = 1_900;
  expect(refused()?.retryAfter).toBe(1);
  now = 2_000;
  expect(refused()).toBeUndefined();
  now = 1_000_000;
  limiter.take("a", 2);
  expect(refused()).toBeDefined();
});
