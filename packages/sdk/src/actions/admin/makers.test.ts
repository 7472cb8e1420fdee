import { type Abi, decodeFunctionData, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { recording, sentBy } from "../../../test/clients.js";
import { deployment, oracleMakerParameters as parameters, taker } from "../../../test/fixtures.js";
import { lpRequestVaultAbi, oracleMakerAbi, pythOracleAbi } from "../../generated/abis.js";
import {
  counterpoiseAdmin,
  counterpoiseWrites,
  type Feed,
  setOracleMakerParameters,
  setValidSender,
} from "../../index.js";

describe("owner", () => {
  const decode = ({ to, data }: { to: string; data: Hex }) => ({
    to,
    ...decodeFunctionData({ abi: oracleMakerAbi, data }),
  });

  test("default: setOracleMakerParameters", async () => {
    const { client, sent } = recording();
    await setOracleMakerParameters(client, { deployment, parameters });
    await client.extend(counterpoiseAdmin(deployment)).setOracleMakerParameters({ parameters });
    const call = { to: deployment.oracleMaker, functionName: "setParameters", args: [parameters] };
    expect(sent.map(decode)).toEqual([call, call]);
    expect(setOracleMakerParameters.call({ deployment, parameters }).args).toEqual([parameters]);
  });

  test("default: setValidSender", async () => {
    const { client, sent } = recording();
    await setValidSender(client, { deployment, sender: taker, approved: true });
    const call = { to: deployment.oracleMaker, functionName: "setValidSender", args: [taker, true] };
    expect(sent.map(decode)).toEqual([call]);
  });
});

const other = deployment.base;
const zero = "0x0000000000000000000000000000000000000000";

describe("admin of makers, requests and sources", () => {
  const { oracleMaker: maker, oracleMakerRequestVault: requestVault } = deployment;
  const id = `0x${"ab".repeat(32)}` as const;
  const nothing = {
    pythId: `0x${"0".repeat(64)}`,
    aggregator: zero,
    heartbeat: 0,
    maxSkew: 0,
    minAnswer: 0n,
    maxAnswer: 0n,
  } as const;
  const ages = { maxAge: 60, maxExecutionAge: 30, maxLiquidationAge: 60 };
  const feed: Feed = {
    ...ages,
    pythId: id,
    freshAge: 12,
    fallbackAge: 3_600,
    maxConfidence: 5_000,
    maxDeviation: 10_000,
    floatFee: 1n,
    pyth: zero,
    aggregator: other,
    heartbeat: 3_600,
    minAnswer: 10n ** 18n,
    maxAnswer: 10n ** 24n,
    collateral: { ...nothing, maxAge: 0, maxExecutionAge: 0, maxLiquidationAge: 0 },
    sequencerFeed: zero,
    sequencerGracePeriod: 0,
  };

  test.each([
    ["setWhitelistLp", { maker, account: other, approved: true }, oracleMakerAbi, maker, [other, true]],
    ["endWhitelist", { maker }, oracleMakerAbi, maker, undefined],
    ["setLpRules", { maker, depositCap: 9n, requestFee: 500 }, oracleMakerAbi, maker, [9n, 500]],
    ["proposeFeed", { feed }, pythOracleAbi, deployment.oracle, [1n, feed]],
    ["cancelFeed", {}, pythOracleAbi, deployment.oracle, [1n]],
  ] as const)("default: %s, as a method", async (name, parameters, abi, to, args) => {
    const sent = await sentBy(abi as Abi, (client) => {
      const method = client.extend(counterpoiseAdmin(deployment))[name] as (parameters: object) => Promise<Hex>;
      return method(parameters);
    });
    expect(sent).toEqual({ to, functionName: name, args });
  });

  test("default: setLpRequestRules", async () => {
    const rules = { delay: 3, validity: 60, minKeeperFee: 7n };
    const sent = await sentBy(lpRequestVaultAbi, (client) =>
      client.extend(counterpoiseAdmin(deployment)).setLpRequestRules({ requestVault, ...rules }),
    );
    expect(sent).toEqual({ to: requestVault, functionName: "setRules", args: [rules] });
  });

  test("default: applyFeed", async () => {
    const sent = await sentBy(pythOracleAbi, (client) => client.extend(counterpoiseWrites(deployment)).applyFeed());
    expect(sent).toEqual({ to: deployment.oracle, functionName: "applyFeed", args: [1n] });
  });
});
