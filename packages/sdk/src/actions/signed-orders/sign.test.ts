import { recoverTypedDataAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { recording } from "../../../test/clients.js";
import { deployment } from "../../../test/fixtures.js";
import { signedOrderTypedData, signOrder } from "../../index.js";

test("signOrder: signs what the gateway verifies", async () => {
  const account = privateKeyToAccount(generatePrivateKey());
  const { client } = recording();
  const { order, signature } = await signOrder(
    { ...client, account },
    { deployment, kind: "market", isBaseToQuote: true, amount: 1n, price: 2n, nonce: 3n, validFrom: 2n, expiresAt: 4n },
  );
  expect(order).toMatchObject({ account: account.address, nonce: 3n, validFrom: 2n, expiresAt: 4n });
  expect(await recoverTypedDataAddress({ ...signedOrderTypedData(deployment, order), signature })).toBe(
    account.address,
  );
});
