import { encodeErrorResult, encodeFunctionResult } from "viem";
import { expect, test } from "vitest";
import { answering, sentBy } from "../../../test/clients.js";
import { deployment, taker } from "../../../test/fixtures.js";
import { backstopAbi, exchangeLensAbi, pythOracleAbi } from "../../generated/abis.js";
import { claimSlice, executeExit, getExit, getLpExit, getSliceClaim, returnExit, startExit } from "./exits.js";

const maker = deployment.oracleMaker;
const zero = "0x0000000000000000000000000000000000000000";

const slice = { shares: 5n, base: 2n, quote: -4n, margin: 3n, fee: 1n, deduction: 0n, assetXCD: 7n, baseXCD: 8n };
const decodedSlice = {
  shares: 5n,
  base: 2n,
  openNotional: -4n,
  margin: 3n,
  fee: 1n,
  deduction: 0n,
  claim: { assets: 7n, base: 8n },
};

test("default: startExit attaches the fee", async () => {
  const sent = await sentBy(backstopAbi, (client) => startExit(client, { deployment, maker, shares: 5n, fee: 9n }));
  expect(sent).toMatchObject({ to: deployment.backstop, functionName: "startExit", args: [maker, 5n], value: 9n });
});

test.each([
  ["executeExit", executeExit, [3n, 0n]],
  ["returnExit", returnExit, [3n]],
] as const)("default: %s", async (functionName, action, args) => {
  const sent = await sentBy(backstopAbi, (client) => action(client, { deployment, exitId: 3n }));
  expect(sent).toEqual({ to: deployment.backstop, functionName, args });
});

test("behavior: executeExit adds margin of the LP", async () => {
  const sent = await sentBy(backstopAbi, (client) => executeExit(client, { deployment, exitId: 3n, margin: 4n }));
  expect(sent.args).toEqual([3n, 4n]);
});

test("default: claimSlice", async () => {
  const sent = await sentBy(backstopAbi, (client) => claimSlice(client, { deployment, maker, owner: taker }));
  expect(sent).toEqual({ to: deployment.backstop, functionName: "claimSlice", args: [maker, taker] });
});

/** A node whose Backstop has one exit, of the given owner. */
const backstopWith = (owner: `0x${string}`) =>
  answering(backstopAbi, (functionName) => {
    const result: Record<string, unknown> = {
      exitOf: { owner, executableAt: 100n, maker, fee: 9n, shares: 5n },
      EXIT_WINDOW: 60n,
      sliceClaimOf: { assetXCD: 7n, baseXCD: 8n },
    };
    return encodeFunctionResult({ abi: backstopAbi, functionName, result: result[functionName] } as never);
  }).client;

test("default: getExit", async () => {
  expect(await getExit(backstopWith(taker), { deployment, exitId: 3n })).toEqual({
    maker,
    owner: taker,
    shares: 5n,
    fee: 9n,
    executableAt: 100n,
    executableUntil: 160n,
  });
});

test("behavior: getExit is undefined for an exit that has ended", async () => {
  expect(await getExit(backstopWith(zero), { deployment, exitId: 3n })).toBeUndefined();
});

test("default: getSliceClaim", async () => {
  expect(await getSliceClaim(backstopWith(taker), { deployment, maker, owner: taker })).toEqual({
    assets: 7n,
    base: 8n,
  });
});

const pythId = `0x${"7".repeat(64)}` as const;

const lpExit = {
  settlesNow: true,
  reason: "0x",
  latestAt: 63n,
  burned: 5n,
  amountXCD: 6n,
  quoteXCD: 1n,
  leavesInKind: true,
  exitReason: "0x",
  exitNotice: 3600n,
  slice,
  lackingMargin: 2n,
};

const lensWithExit = (result: object) =>
  answering(exchangeLensAbi, (functionName) =>
    encodeFunctionResult({ abi: exchangeLensAbi, functionName, result: { ...lpExit, ...result } } as never),
  );

const parameters = { deployment, maker, owner: taker, shares: 5n } as const;

test("default: getLpExit", async () => {
  const { client, asked } = lensWithExit({});
  expect(await getLpExit(client, parameters)).toEqual({
    byRequest: { settlesNow: true, reason: undefined, latestAt: 63n, met: 5n, assets: 6n, quote: 1n },
    inKind: { notice: 3600n, slice: decodedSlice, lackingMargin: 2n, reason: undefined },
  });
  expect(asked).toMatchObject([{ functionName: "getLpExit", args: [maker, taker, 5n, 0n] }]);
});

test("behavior: getLpExit names the reasons, also an old price", async () => {
  const stale = encodeErrorResult({ abi: pythOracleAbi, errorName: "StalePrice", args: [pythId, 10n, 90n] });
  const small = encodeErrorResult({ abi: backstopAbi, errorName: "SliceTooSmall", args: [1n, 10n] });
  const { client } = lensWithExit({
    settlesNow: false,
    reason: stale,
    latestAt: 0n,
    leavesInKind: false,
    exitReason: small,
  });
  const { byRequest, inKind } = await getLpExit(client, { ...parameters, requestId: 4n });
  expect(byRequest).toMatchObject({ settlesNow: false, latestAt: undefined });
  expect(byRequest.reason).toMatchObject({ status: "stale", publishTime: 10n, oldestAllowed: 90n });
  expect(inKind).toMatchObject({ notice: 3600n, slice: undefined, lackingMargin: undefined });
  expect(inKind.reason?.revert).toMatchObject({ errorName: "SliceTooSmall", named: { shares: 1n, baseUnit: 10n } });
});
