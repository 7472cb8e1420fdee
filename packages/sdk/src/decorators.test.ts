import { encodeFunctionResult } from "viem";
import { describe, expect, test } from "vitest";
import { answering, clientWith, recording, sentBy } from "../test/clients.js";
import { deployment, taker } from "../test/fixtures.js";
import * as adminGateways from "./actions/admin/gateways.js";
import * as adminMakers from "./actions/admin/makers.js";
import * as adminMarket from "./actions/admin/market.js";
import { counterpoiseAdmin, counterpoiseReads, counterpoiseWrites } from "./decorators.js";
import { clearingHouseAbi, lpRequestVaultAbi } from "./generated/abis.js";
import * as sdk from "./index.js";

const other = deployment.base;
const requestVault = deployment.oracleMakerRequestVault;

describe("counterpoiseReads", () => {
  test("default", async () => {
    const { client, asked } = answering(lpRequestVaultAbi, () =>
      encodeFunctionResult({ abi: lpRequestVaultAbi, functionName: "quoteDeposit", result: [5n, 4n] }),
    );
    const quote = await client.extend(counterpoiseReads(deployment)).quoteLpDeposit({ requestVault, assets: 5n });
    expect(quote).toEqual({ met: 5n, shares: 4n });
    expect(asked).toEqual([{ to: requestVault, functionName: "quoteDeposit", args: [5n] }]);
  });

  test("behavior: has the actions of any client that need neither an account nor a signature", () => {
    const methods = counterpoiseReads(deployment)(clientWith({}));
    // Of the exported functions with these prefixes, three read nothing.
    const pure = ["getRevert", "isLegDue", "isRevert"];
    const reads = Object.keys(sdk).filter((name) => /^(get|watch|is|quote)[A-Z]/.test(name) && !pure.includes(name));
    expect(Object.keys(methods).sort()).toEqual([...reads, "batchReads"].sort());
  });
});

describe("counterpoiseWrites", () => {
  test("default", async () => {
    const sent = await sentBy(clearingHouseAbi, (client) =>
      client.extend(counterpoiseWrites(deployment)).liquidate({ account: other }),
    );
    expect(sent).toMatchObject({ functionName: "liquidate", args: [{ account: other, liquidator: taker }] });
    const accrued = await sentBy(clearingHouseAbi, (client) => client.extend(counterpoiseWrites(deployment)).accrue());
    expect(accrued.functionName).toBe("accrue");
  });

  test("behavior: passes a value", async () => {
    const terms = { requestVault, assets: 5n, minShares: 4n, keeperFee: 3n };
    const sent = await sentBy(lpRequestVaultAbi, (client) =>
      client.extend(counterpoiseWrites(deployment)).requestLpDeposit(terms),
    );
    const call = { functionName: "requestDeposit", args: [5n, taker, taker, 4n, 0n], value: 3n };
    expect(sent).toEqual({ to: requestVault, ...call });
  });

  test("behavior: has every write that is not the owner's, with its Sync variant, and the actions that sign", () => {
    const { client } = recording();
    const isWrite = (value: unknown) => typeof value === "function" && Object.hasOwn(value, "simulate");
    const admin = Object.keys({ ...adminMarket, ...adminGateways, ...adminMakers });
    const writes = Object.entries(sdk).flatMap(([name, value]) => (isWrite(value) ? [name, `${name}Sync`] : []));
    expect(Object.keys(counterpoiseAdmin(deployment)(client)).sort()).toEqual(admin.sort());
    const signers = ["signBracketCancellation", "signOrder", "signOrderCancellation", "signSetOperator"];
    const rest = writes.filter((name) => !admin.includes(name));
    expect(Object.keys(counterpoiseWrites(deployment)(client)).sort()).toEqual([...rest, ...signers].sort());
  });
});
