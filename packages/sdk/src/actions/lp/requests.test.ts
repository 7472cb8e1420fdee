import { describe, expect, test } from "vitest";
import { sentBy } from "../../../test/clients.js";
import { deployment, taker } from "../../../test/fixtures.js";
import { lpRequestVaultAbi } from "../../generated/abis.js";
import { cancelLpRequest, requestLpDeposit, requestLpRedeem, setLpOperator } from "./requests.js";

const requestVault = deployment.oracleMakerRequestVault;
const other = deployment.base;
const sent = (action: Parameters<typeof sentBy>[1]) => sentBy(lpRequestVaultAbi, action);

describe("requests", () => {
  test("default: for oneself, with the latest expiry", async () => {
    const deposit = { requestVault, assets: 5n, minShares: 4n, keeperFee: 3n };
    expect(await sent((client) => requestLpDeposit(client, deposit))).toEqual({
      to: requestVault,
      functionName: "requestDeposit",
      args: [5n, taker, taker, 4n, 0n],
      value: 3n,
    });
    const redeem = { requestVault, shares: 5n, minAssets: 4n, keeperFee: 3n };
    expect(await sent((client) => requestLpRedeem(client, redeem))).toEqual({
      to: requestVault,
      functionName: "requestRedeem",
      args: [5n, taker, taker, 4n, 0n],
      value: 3n,
    });
  });

  test("behavior: for another account, with an expiry", async () => {
    const parameters = { requestVault, assets: 5n, minShares: 4n, keeperFee: 3n, controller: other, expiresAt: 99n };
    const { args } = await sent((client) => requestLpDeposit(client, parameters));
    expect(args).toEqual([5n, other, taker, 4n, 99n]);
  });
});

test("default: setLpOperator", async () => {
  const parameters = { requestVault, operator: other, approved: true };
  expect(await sent((client) => setLpOperator(client, parameters))).toEqual({
    to: requestVault,
    functionName: "setOperator",
    args: [other, true],
  });
});

test.each([
  [true, "cancelDepositRequest"],
  [false, "cancelRedeemRequest"],
])("default: cancelLpRequest, isDeposit %s", async (isDeposit, functionName) => {
  const request = { requestVault, requestId: 7n, isDeposit };
  expect(await sent((client) => cancelLpRequest(client, request))).toEqual({
    to: requestVault,
    functionName,
    args: [7n, taker],
  });
});
