import { parseAbiParameters, recoverTypedDataAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { recording } from "../../../test/clients.js";
import { deployment, signedOrderWith } from "../../../test/fixtures.js";
import { hashSignedOrder, signBracketCancellation, signedOrderTypedData, signOrder } from "../../index.js";

test("signOrder: signs what the gateway verifies", async () => {
  const account = privateKeyToAccount(generatePrivateKey());
  const { client } = recording({
    eth_getBlockByNumber: () => ({ number: "0x1", timestamp: "0x64", transactions: [] }),
  });
  const { order, signature } = await signOrder(
    { ...client, account },
    { deployment, kind: "market", isBaseToQuote: true, amount: 1n, price: 2n, nonce: 3n, expiresAt: 4n },
  );
  expect(order).toMatchObject({ account: account.address, nonce: 3n, validFrom: 100n, expiresAt: 4n });
  expect(await recoverTypedDataAddress({ ...signedOrderTypedData(deployment, order), signature })).toBe(
    account.address,
  );
});

test("signBracketCancellation: signs the hash of the order", async () => {
  const account = privateKeyToAccount(generatePrivateKey());
  const { client } = recording();
  const order = signedOrderWith({ account: account.address });
  const signature = await signBracketCancellation({ ...client, account }, { deployment, order });
  const address = await recoverTypedDataAddress({
    domain: signedOrderTypedData(deployment, order).domain,
    types: { CancelBracket: parseAbiParameters("address account, bytes32 orderHash") },
    primaryType: "CancelBracket",
    message: { account: account.address, orderHash: hashSignedOrder({ deployment, order }) },
    signature,
  });
  expect(address).toBe(account.address);
});
