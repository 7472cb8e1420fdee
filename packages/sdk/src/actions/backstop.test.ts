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
  ["announceSettlement", announceSettlement],
  ["settleMarket", settleMarket],
] as const)("default: %s", async (functionName, action) => {
  expect(await sentBy(backstopAbi, (client) => action(client, { deployment }))).toEqual({
    to: deployment.backstop,
    functionName,
    args: [1n],
  });
});
