import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { sentBy } from "../../../test/clients.js";
import { deployment } from "../../../test/fixtures.js";
import { clearingHouseAbi } from "../../generated/abis.js";
import { counterpoiseAdmin, type MarketRules } from "../../index.js";

const other = deployment.base;

describe("admin", () => {
  const rules: MarketRules = {
    priceBand: 50_000,
    tradingFee: 200,
    liquidationPenalty: 25_000,
    liquidatorShare: 500_000,
    minPositionValue: 10n,
    liquidationBounty: 5n,
    deleverageWindow: 3_600,
    settlementDelay: 259_200,
  };

  test.each([
    ["setMarketStatus", { status: "paused" }, [1n, 3]],
    ["setSystemStatus", { status: "reduceOnly" }, [2]],
    ["setRules", { rules }, [1n, rules]],
    [
      "setMarginRatios",
      { initialMarginRatio: 200_000, maintenanceMarginRatio: 100_000, rampDuration: 86_400n },
      [1n, 200_000, 100_000, 86_400n],
    ],
    ["setFunding", { maxRate: 1n, maxVelocity: 2n, skewScale: 3n }, [1n, 1n, 2n, 3n]],
    ["setBorrowing", { maxRate: 6_341_958_396n }, [1n, 6_341_958_396]],
    ["setDepositCap", { cap: 9n }, [9n]],
    ["setGuardian", { guardian: other }, [other]],
    ["reinstateMaker", { maker: deployment.oracleMaker }, [deployment.oracleMaker]],
    ["retireMaker", { maker: deployment.oracleMaker }, [deployment.oracleMaker]],
  ] as const)("default: %s, as a method", async (name, parameters, args) => {
    const sent = await sentBy(clearingHouseAbi, (client) => {
      const method = client.extend(counterpoiseAdmin(deployment))[name] as (parameters: object) => Promise<Hex>;
      return method(parameters);
    });
    expect(sent).toEqual({ to: deployment.clearingHouse, functionName: name, args });
  });
});
