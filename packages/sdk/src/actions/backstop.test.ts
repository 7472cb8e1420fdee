import { expect, test } from "vitest";
import { sentBy } from "../../test/clients.js";
import { deployment } from "../../test/fixtures.js";
import { backstopAbi } from "../generated/abis.js";
import { announceSettlement, deleverage, flagShortfall, settleAccount, settleMarket } from "./backstop.js";

const other = deployment.base;

test.each([
  ["deleverage", deleverage, [1n, other, []]],
  ["flagShortfall", flagShortfall, [1n, other]],
  ["settleAccount", settleAccount, [1n, other]],
] as const)("default: %s", async (functionName, action, args) => {
  expect(await sentBy(backstopAbi, (client) => action(client, { deployment, account: other }))).toEqual({
    to: deployment.backstop,
    functionName,
    args,
  });
});

test.each([
  ["announceSettlement", announceSettlement, [1n, []]],
  ["settleMarket", settleMarket, [1n]],
] as const)("default: %s", async (functionName, action, args) => {
  expect(await sentBy(backstopAbi, (client) => action(client, { deployment }))).toEqual({
    to: deployment.backstop,
    functionName,
    args,
  });
});

test("behavior: announceSettlement passes the update of the part that still publishes", async () => {
  const parameters = { deployment, updateData: ["0x12"], value: 1n } as const;
  expect(await sentBy(backstopAbi, (client) => announceSettlement(client, parameters))).toMatchObject({
    args: [1n, ["0x12"]],
  });
});
