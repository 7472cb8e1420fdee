import {
  concat,
  createWalletClient,
  custom,
  decodeFunctionData,
  encodeAbiParameters,
  encodeFunctionResult,
  type Hex,
} from "viem";
import { anvil } from "viem/chains";
import { describe, expect, test } from "vitest";
import { lpRequestVaultAbi } from "../src/generated/abis.js";
import {
  cancelLpRequest,
  claimLpAssets,
  claimLpShares,
  claimReturnedLpRequest,
  counterpoiseReads,
  counterpoiseWrites,
  requestLpDeposit,
  requestLpRedeem,
  type SigningClient,
  setLpOperator,
  settleLpRequests,
} from "../src/index.js";
import { clientWith, recording } from "./clients.js";
import { deployment, taker } from "./fixtures.js";

const hash = `0x${"ab".repeat(32)}` as const;
const other = deployment.base;
const requestVault = deployment.oracleMakerRequestVault;

const wordOf = (value: bigint) => encodeAbiParameters([{ type: "uint256" }], [value]);

/** A queue of nine requests, of which five are done. */
const queue = (data: Hex): Hex => {
  const { functionName } = decodeFunctionData({ abi: lpRequestVaultAbi, data });
  if (functionName === "head") return wordOf(6n);
  if (functionName === "requestCount") return wordOf(9n);
  if (functionName === "rules") return concat([wordOf(3n), wordOf(60n), wordOf(1n)]);
  throw new Error(`Unexpected call ${functionName}`);
};

/** What an action sends. */
async function sentBy(action: (client: SigningClient) => Promise<Hex>) {
  const sent: { to: string; data: Hex; value?: Hex; gas?: Hex }[] = [];
  const request = async ({ method, params }: { method: string; params?: unknown[] }) => {
    if (method === "eth_chainId") return "0x7a69";
    if (method === "eth_estimateGas") return "0x64";
    if (method === "eth_call") return queue((params as [{ data: Hex }])[0].data);
    if (method !== "eth_sendTransaction") throw new Error(`Unexpected request ${method}`);
    sent.push(params?.[0] as (typeof sent)[number]);
    return hash;
  };
  const client = createWalletClient({
    account: taker,
    chain: anvil,
    transport: custom({ request }, { retryCount: 0 }),
  });
  expect(await action(client)).toBe(hash);
  expect(sent).toHaveLength(1);
  const [{ to, data, value }] = sent as [(typeof sent)[number]];
  expect(to).toBe(requestVault);
  return { ...decodeFunctionData({ abi: lpRequestVaultAbi, data }), value: BigInt(value ?? 0) };
}

describe("requests", () => {
  test("default: for oneself, as long as the vault allows", async () => {
    const deposit = { requestVault, assets: 5n, minShares: 4n, keeperFee: 3n };
    expect(await sentBy((client) => requestLpDeposit(client, deposit))).toEqual({
      functionName: "requestDeposit",
      args: [5n, taker, taker, 4n, 0n],
      value: 3n,
    });
    const redeem = { requestVault, shares: 5n, minAssets: 4n, keeperFee: 3n };
    expect(await sentBy((client) => requestLpRedeem(client, redeem))).toEqual({
      functionName: "requestRedeem",
      args: [5n, taker, taker, 4n, 0n],
      value: 3n,
    });
  });

  test("behavior: for somebody else, with an expiry", async () => {
    const parameters = { requestVault, assets: 5n, minShares: 4n, keeperFee: 3n, controller: other, expiresAt: 99n };
    const { args } = await sentBy((client) => requestLpDeposit(client, parameters));
    expect(args).toEqual([5n, other, taker, 4n, 99n]);
  });
});

describe("as methods", () => {
  test("default: writes", async () => {
    const sent = await sentBy((client) =>
      client
        .extend(counterpoiseWrites(deployment))
        .requestLpDeposit({ requestVault, assets: 5n, minShares: 4n, keeperFee: 3n }),
    );
    expect(sent).toEqual({ functionName: "requestDeposit", args: [5n, taker, taker, 4n, 0n], value: 3n });
    const settled = await sentBy((client) =>
      client.extend(counterpoiseWrites(deployment)).settleLpRequests({ requestVault, updates: [], maxRequests: 2n }),
    );
    expect(settled).toMatchObject({ functionName: "settle", args: [[], 2n] });
  });

  test("default: reads", async () => {
    const asked: string[] = [];
    const client = clientWith({
      eth_call: (params) => {
        const [{ data }] = params as [{ data: Hex }];
        const { functionName } = decodeFunctionData({ abi: lpRequestVaultAbi, data });
        asked.push(functionName);
        return encodeFunctionResult({ abi: lpRequestVaultAbi, functionName: "quoteDeposit", result: [5n, 4n] });
      },
    }).extend(counterpoiseReads(deployment));
    expect(await client.quoteLpDeposit({ requestVault, assets: 5n })).toEqual({ met: 5n, shares: 4n });
    expect(asked).toEqual(["quoteDeposit"]);
  });
});

test("behavior: settleLpRequests brings gas for all that wait, or for as many as it may settle", async () => {
  const gasOf = async (maxRequests?: bigint) => {
    const { client, sent } = recording({ eth_call: ([call]) => queue((call as { data: Hex }).data) });
    await settleLpRequests(client, { requestVault, updates: [], ...(maxRequests !== undefined && { maxRequests }) });
    return BigInt(sent[0]?.gas ?? 0);
  };
  expect(await gasOf()).toBe(1_200_000n + 4n * 700_000n);
  expect(await gasOf(2n)).toBe(1_200_000n + 2n * 700_000n);
});

test("default: settleLpRequests", async () => {
  expect(await sentBy((client) => settleLpRequests(client, { requestVault, updates: [["0x12"], []] }))).toEqual({
    functionName: "settle",
    args: [[["0x12"], []], 2n ** 256n - 1n],
    value: 0n,
  });
});

describe("claims", () => {
  test("default: the ERC's claims by amount, receiver and controller", async () => {
    expect(await sentBy((client) => claimLpShares(client, { requestVault, assets: 5n }))).toMatchObject({
      functionName: "deposit",
      args: [5n, taker, taker],
    });
    expect(
      await sentBy((client) => claimLpAssets(client, { requestVault, shares: 5n, receiver: other, controller: other })),
    ).toMatchObject({ functionName: "redeem", args: [5n, other, other] });
  });

  test.each([
    [true, "cancelDepositRequest", "claimCancelDepositRequest"],
    [false, "cancelRedeemRequest", "claimCancelRedeemRequest"],
  ])("behavior: what comes back, isDeposit %s", async (isDeposit, cancel, claim) => {
    const request = { requestVault, requestId: 7n, isDeposit };
    expect(await sentBy((client) => cancelLpRequest(client, request))).toMatchObject({
      functionName: cancel,
      args: [7n, taker],
    });
    expect(await sentBy((client) => claimReturnedLpRequest(client, request))).toMatchObject({
      functionName: claim,
      args: [7n, taker, taker],
    });
  });

  test("default: setLpOperator", async () => {
    const parameters = { requestVault, operator: other, approved: true };
    expect(await sentBy((client) => setLpOperator(client, parameters))).toMatchObject({
      functionName: "setOperator",
      args: [other, true],
    });
  });
});
