import { describe, expect, test } from "vitest";
import { sentBy } from "../../../test/clients.js";
import { deployment, taker } from "../../../test/fixtures.js";
import type { SigningClient } from "../../client/transaction.js";
import { lpRequestVaultAbi } from "../../generated/abis.js";
import { cancelLpRequest, requestLpDeposit, requestLpRedeem, setLpOperator } from "./requests.js";

const requestVault = deployment.oracleMakerRequestVault;
const other = deployment.base;
const sent = (action: Parameters<typeof sentBy>[1]) => sentBy(lpRequestVaultAbi, action);

describe("requests", () => {
  const keeperFee = 3n;
  const deposit = { requestVault, assets: 5n, minShares: 4n, keeperFee };
  const redeem = { requestVault, shares: 5n, minAssets: 4n, keeperFee };

  test.each([
    ["requestDeposit", (client: SigningClient) => requestLpDeposit(client, deposit)],
    ["requestRedeem", (client: SigningClient) => requestLpRedeem(client, redeem)],
    ["requestRedeemInAsset", (client: SigningClient) => requestLpRedeem(client, { ...redeem, isAssetOnly: true })],
  ] as const)("default: %s for the client's account, with the latest expiry", async (functionName, action) => {
    const args = [5n, taker, taker, 4n, 0n];
    expect(await sent(action)).toEqual({ to: requestVault, functionName, args, value: keeperFee });
  });

  test("behavior: for another account, with an expiry", async () => {
    const parameters = { ...deposit, controller: other, expiresAt: 99n };
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
  const call = await sent((client) => cancelLpRequest(client, request));
  expect(call).toEqual({ to: requestVault, functionName, args: [7n, taker] });
});
