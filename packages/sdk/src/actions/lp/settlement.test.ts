import { concat, decodeFunctionData, encodeAbiParameters, type Hex } from "viem";
import { expect, test } from "vitest";
import { recording, sentBy, type Transaction } from "../../../test/clients.js";
import { deployment } from "../../../test/fixtures.js";
import { lpRequestVaultAbi } from "../../generated/abis.js";
import { settleLpRequests } from "./settlement.js";

const requestVault = deployment.oracleMakerRequestVault;

const wordOf = (value: bigint) => encodeAbiParameters([{ type: "uint256" }], [value]);

/** A node with a queue of nine requests, of which five are closed. */
const queue = {
  eth_call: ([call]: unknown[]): Hex => {
    const { functionName } = decodeFunctionData({ abi: lpRequestVaultAbi, data: (call as Transaction).data });
    if (functionName === "head") return wordOf(6n);
    if (functionName === "requestCount") return wordOf(9n);
    if (functionName === "rules") return concat([wordOf(3n), wordOf(60n), wordOf(1n)]);
    throw new Error(`Unexpected call ${functionName}`);
  },
};

test("default: settleLpRequests", async () => {
  const updates = [["0x12"], []] as const;
  const sent = await sentBy(lpRequestVaultAbi, (client) => settleLpRequests(client, { requestVault, updates }), queue);
  expect(sent).toEqual({ to: requestVault, functionName: "settle", args: [updates, 2n ** 256n - 1n] });
});

test("behavior: settleLpRequests sends gas for all pending requests, or for maxRequests of them", async () => {
  const gasOf = async (maxRequests?: bigint) => {
    const { client, sent } = recording(queue);
    await settleLpRequests(client, { requestVault, updates: [], ...(maxRequests !== undefined && { maxRequests }) });
    return BigInt(sent[0]?.gas ?? 0);
  };
  expect(await gasOf()).toBe(1_200_000n + 4n * 700_000n);
  expect(await gasOf(2n)).toBe(1_200_000n + 2n * 700_000n);
});
