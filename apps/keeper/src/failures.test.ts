import { HermesBusyError, PriceNotFoundError } from "@counterpoise/sdk/prices";
import { RpcUnavailableError } from "@counterpoise/service-kit";
import { expect, test } from "vitest";
import { failureClassOf } from "./failures.js";

test("default: each error has one class", () => {
  expect(failureClassOf(new RpcUnavailableError({ method: "eth_call", attempts: [] }))).toBe("rpc");
  expect(failureClassOf(new PriceNotFoundError({ ids: ["0x12"] }))).toBe("price");
  expect(failureClassOf(new HermesBusyError({ endpoint: "http://one", wait: 2, maxWait: 1 }))).toBe("price");
  expect(failureClassOf(new Error("execution reverted: custom error 0x12345678"))).toBe("simulated");
  expect(failureClassOf(new TypeError("x is undefined"))).toBe("internal");
});
