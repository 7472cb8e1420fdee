import { decodeFunctionData, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { spotHedgeBaseMakerAbi } from "../src/generated/abis.js";
import { closeHedgeGap, counterpoiseAdmin, counterpoiseWrites } from "../src/index.js";
import { recording, type Transaction } from "./clients.js";
import { deployment } from "./fixtures.js";

const other = deployment.oracleMaker;

async function sentBy(action: (client: ReturnType<typeof recording>["client"]) => Promise<Hex>) {
  const { client, sent } = recording();
  await action(client);
  expect(sent).toHaveLength(1);
  const { to, data } = sent[0] as Transaction;
  return { to, ...decodeFunctionData({ abi: spotHedgeBaseMakerAbi, data }) };
}

describe("closeHedgeGap", () => {
  test("default", async () => {
    expect(await sentBy((client) => closeHedgeGap(client, { deployment }))).toEqual({
      to: deployment.spotHedgeBaseMaker,
      functionName: "closeHedgeGap",
      args: [2n ** 256n - 1n],
    });
  });

  test("behavior: a part, of another vault, as a method", async () => {
    const parameters = { maker: other, maxAmount: 5n };
    const sent = await sentBy((client) => client.extend(counterpoiseWrites(deployment)).closeHedgeGap(parameters));
    expect(sent).toEqual({ to: other, functionName: "closeHedgeGap", args: [5n] });
  });
});

describe("admin", () => {
  test("default: setHedgeParameters", async () => {
    const parameters = { adapter: other, maxHedgeDeviation: 1, minMarginRatio: 2, spread: 3, maxCarry: 4 };
    const sent = await sentBy((client) =>
      client.extend(counterpoiseAdmin(deployment)).setHedgeParameters({ parameters }),
    );
    expect(sent).toEqual({ to: deployment.spotHedgeBaseMaker, functionName: "setParameters", args: [parameters] });
  });

  test("default: setHedgeGapRules", async () => {
    const rules = { maxDeviation: 1, interval: 2, maxPriceAge: 3 };
    const sent = await sentBy((client) => client.extend(counterpoiseAdmin(deployment)).setHedgeGapRules({ rules }));
    expect(sent).toEqual({ to: deployment.spotHedgeBaseMaker, functionName: "setHedgeGapRules", args: [rules] });
  });
});
