import { parseAbiParameters, verifyTypedData } from "viem";
import { expect, test } from "vitest";
import { sentBy, signer, signingNode } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { vaultAbi } from "../generated/abis.js";
import { setOperator, setOperatorBySig, signSetOperator } from "./operators.js";

const other = deployment.base;

test("behavior: setOperator approves the OrderGateway by default", async () => {
  expect(await sentBy(vaultAbi, (client) => setOperator(client, { deployment, approved: true }))).toEqual({
    to: deployment.vault,
    functionName: "setOperator",
    args: [deployment.orderGateway, true],
  });
});

test("default: signSetOperator", async () => {
  const { client } = signingNode();
  const signed = await signSetOperator(client, { deployment, approved: true });
  expect(signed).toMatchObject({
    account: signer.address,
    operator: deployment.orderGateway,
    approved: true,
    deadline: 3_700n,
  });
  const { signature, ...message } = signed;
  const typed = {
    address: signer.address,
    domain: { name: "Counterpoise Vault", version: "1", chainId: 31_337, verifyingContract: deployment.vault },
    types: {
      SetOperator: parseAbiParameters(
        "address account, address operator, bool approved, uint256 nonce, uint256 deadline",
      ),
    },
    primaryType: "SetOperator",
    signature,
  } as const;
  expect(await verifyTypedData({ ...typed, message: { ...message, nonce: 7n } })).toBe(true);
  expect(await verifyTypedData({ ...typed, message: { ...message, nonce: 8n } })).toBe(false);
});

test("default: setOperatorBySig", async () => {
  const signed = { account: other, operator: taker, approved: false, deadline: 5n, signature: "0x1234" } as const;
  expect(await sentBy(vaultAbi, (client) => setOperatorBySig(client, { deployment, ...signed }))).toEqual({
    to: deployment.vault,
    functionName: "setOperatorBySig",
    args: [other, taker, false, 5n, "0x1234"],
  });
});
