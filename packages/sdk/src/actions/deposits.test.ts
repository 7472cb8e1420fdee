import { decodeFunctionData, type Hex, parseAbiParameters, verifyTypedData } from "viem";
import { expect, test } from "vitest";
import { recording, sentBy, signer, signingNode } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { vaultAbi } from "../generated/abis.js";
import { deposit, depositWithPermit, donateInsurance } from "./deposits.js";

test("behavior: deposit credits the client's account by default", async () => {
  const { client, sent } = recording();
  await deposit(client, { deployment, amount: 5n });
  await deposit(client, { deployment, amount: 5n, account: deployment.base });
  expect(sent.map(({ data }) => decodeFunctionData({ abi: vaultAbi, data }).args)).toEqual([
    [taker, 5n],
    [deployment.base, 5n],
  ]);
  expect(sent.every(({ to }) => to === deployment.vault)).toBe(true);
});

test("default: depositWithPermit signs for the Vault", async () => {
  const { client, estimated } = signingNode();
  await depositWithPermit(client, { deployment, amount: 9n, deadline: 50n });
  const { functionName, args } = decodeFunctionData({ abi: vaultAbi, data: estimated[0] as Hex });
  expect(functionName).toBe("depositWithPermit");
  const [account, amount, deadline, v, r, s] = args as [string, bigint, bigint, number, Hex, Hex];
  expect([account, amount, deadline]).toEqual([signer.address, 9n, 50n]);
  const signature = `${r}${s.slice(2)}${v.toString(16)}` as Hex;
  const isValid = await verifyTypedData({
    address: signer.address,
    domain: { name: "USD Coin", version: "1", chainId: 31_337, verifyingContract: deployment.collateral },
    types: {
      Permit: parseAbiParameters("address owner, address spender, uint256 value, uint256 nonce, uint256 deadline"),
    },
    primaryType: "Permit",
    message: { owner: signer.address, spender: deployment.vault, value: 9n, nonce: 7n, deadline: 50n },
    signature,
  });
  expect(isValid).toBe(true);
});

test("default: donateInsurance", async () => {
  expect(await sentBy(vaultAbi, (client) => donateInsurance(client, { deployment, amount: 4n }))).toEqual({
    to: deployment.vault,
    functionName: "donate",
    args: [1n, 4n],
  });
});
