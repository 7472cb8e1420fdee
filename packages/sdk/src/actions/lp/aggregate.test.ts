import { expect, test } from "vitest";
import { sentBy } from "../../../test/clients.js";
import { deployment } from "../../../test/fixtures.js";
import { lpAggregateVaultAbi } from "../../generated/abis.js";
import { prepayLpFees, pushReturnedLpFunds } from "./aggregate.js";

const aggregateVault = deployment.oracleMakerRequestVault;
const other = deployment.base;
const sent = (action: Parameters<typeof sentBy>[1]) => sentBy(lpAggregateVaultAbi, action);

test("default: prepayLpFees", async () => {
  const parameters = { aggregateVault, account: other, value: 7n };
  expect(await sent((client) => prepayLpFees(client, parameters))).toEqual({
    to: aggregateVault,
    functionName: "prepay",
    args: [other],
    value: 7n,
  });
});

test.each([true, false])("default: pushReturnedLpFunds, isDeposit %s", async (isDeposit) => {
  const parameters = { aggregateVault, controller: other, isDeposit };
  expect(await sent((client) => pushReturnedLpFunds(client, parameters))).toEqual({
    to: aggregateVault,
    functionName: "pushReturned",
    args: [other, isDeposit],
  });
});
