import { expect, test } from "vitest";
import { sentBy } from "../../../test/clients.js";
import { deployment, taker } from "../../../test/fixtures.js";
import { lpRequestVaultAbi } from "../../generated/abis.js";
import { claimLpAssets, claimLpShares, claimReturnedLpRequest } from "./claims.js";

const requestVault = deployment.oracleMakerRequestVault;
const other = deployment.base;
const sent = (action: Parameters<typeof sentBy>[1]) => sentBy(lpRequestVaultAbi, action);

test("default: claimLpShares, for the client's account", async () => {
  expect(await sent((client) => claimLpShares(client, { requestVault, assets: 5n }))).toEqual({
    to: requestVault,
    functionName: "deposit",
    args: [5n, taker, taker],
  });
});

test("behavior: claimLpAssets, by amount, receiver and controller", async () => {
  const parties = { receiver: other, controller: taker } as const;
  expect(await sent((client) => claimLpAssets(client, { requestVault, shares: 5n, ...parties }))).toEqual({
    to: requestVault,
    functionName: "redeem",
    args: [5n, other, taker],
  });
});

test.each([
  [true, "claimCancelDepositRequest"],
  [false, "claimCancelRedeemRequest"],
])("default: claimReturnedLpRequest, isDeposit %s", async (isDeposit, functionName) => {
  const request = { requestVault, requestId: 7n, isDeposit };
  expect(await sent((client) => claimReturnedLpRequest(client, request))).toEqual({
    to: requestVault,
    functionName,
    args: [7n, taker, taker],
  });
});
