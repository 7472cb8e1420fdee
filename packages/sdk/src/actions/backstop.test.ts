import { encodeFunctionResult } from "viem";
import { expect, test } from "vitest";
import { answering, sentBy } from "../../test/clients.js";
import { deployment } from "../../test/fixtures.js";
import { backstopAbi } from "../generated/abis.js";
import {
  announceSettlement,
  correctDeleveraging,
  deleverage,
  flagShortfall,
  getDeleveragingRanks,
  reportOutage,
  resolveShortfall,
  settleAccount,
  settleMarket,
} from "./backstop.js";

const other = deployment.base;

test.each([
  ["deleverage", deleverage, [1n, other, []]],
  ["flagShortfall", flagShortfall, [1n, other]],
  ["resolveShortfall", resolveShortfall, [1n, other]],
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

test("default: reportOutage", async () => {
  const pythId = `0x${"7".repeat(64)}` as const;
  const parameters = { deployment, pythId, updateData: ["0x12"], minPublishTime: 5n, value: 1n } as const;
  expect(await sentBy(backstopAbi, (client) => reportOutage(client, parameters))).toMatchObject({
    to: deployment.backstop,
    functionName: "reportOutage",
    args: [1n, pythId, ["0x12"], 5n],
  });
});

test("default: correctDeleveraging", async () => {
  const parameters = { deployment, id: 2n, better: other };
  expect(await sentBy(backstopAbi, (client) => correctDeleveraging(client, parameters))).toEqual({
    to: deployment.backstop,
    functionName: "correctDeleveraging",
    args: [1n, 2n, other],
  });
});

test("default: getDeleveragingRanks", async () => {
  const candidates = [deployment.oracleMaker, other];
  const ranked = [other, deployment.oracleMaker];
  const { client, asked } = answering(backstopAbi, (functionName) =>
    encodeFunctionResult({ abi: backstopAbi, functionName, result: [ranked, [2n, 0n]] } as never),
  );
  expect(await getDeleveragingRanks(client, { deployment, account: other, candidates })).toEqual([
    { account: other, rank: 2n },
    { account: deployment.oracleMaker, rank: 0n },
  ]);
  expect(asked).toMatchObject([{ functionName: "rankCandidates", args: [1n, other, candidates] }]);
});
