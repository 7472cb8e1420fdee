import { describe, expect, test } from "vitest";
import { sentBy } from "../../../test/clients.js";
import { deployment } from "../../../test/fixtures.js";
import { spotHedgeBaseMakerAbi } from "../../generated/abis.js";
import { closeHedgeGap, counterpoiseAdmin, counterpoiseWrites } from "../../index.js";

const other = deployment.oracleMaker;

const sent = (action: Parameters<typeof sentBy>[1]) => sentBy(spotHedgeBaseMakerAbi, action);

describe("closeHedgeGap", () => {
  test("default", async () => {
    expect(await sent((client) => closeHedgeGap(client, { deployment }))).toEqual({
      to: deployment.spotHedgeBaseMaker,
      functionName: "closeHedgeGap",
      args: [2n ** 256n - 1n],
    });
  });

  test("behavior: a part, of another hedged vault, as a method", async () => {
    const parameters = { maker: other, maxAmount: 5n };
    const call = await sent((client) => client.extend(counterpoiseWrites(deployment)).closeHedgeGap(parameters));
    expect(call).toEqual({ to: other, functionName: "closeHedgeGap", args: [5n] });
  });
});

describe("admin", () => {
  test("default: setHedgeParameters", async () => {
    const parameters = { adapter: other, maxHedgeDeviation: 1, minMarginRatio: 2, spread: 3, maxCarry: 4 };
    const call = await sent((client) =>
      client.extend(counterpoiseAdmin(deployment)).setHedgeParameters({ parameters }),
    );
    expect(call).toEqual({ to: deployment.spotHedgeBaseMaker, functionName: "setParameters", args: [parameters] });
  });

  test("default: setHedgeGapRules", async () => {
    const rules = { maxDeviation: 1, interval: 2, maxPriceAge: 3 };
    const call = await sent((client) => client.extend(counterpoiseAdmin(deployment)).setHedgeGapRules({ rules }));
    expect(call).toEqual({ to: deployment.spotHedgeBaseMaker, functionName: "setHedgeGapRules", args: [rules] });
  });
});
