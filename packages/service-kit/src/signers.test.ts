import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Hex, parseTransaction, type TransactionSerializedEIP1559 } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, expect, test } from "vitest";
import {
  createSigner,
  DevelopmentOnlyError,
  decryptKey,
  encryptKey,
  isPublicAddress,
  KeystoreError,
  Secrets,
  type SignerConfig,
  SignerMismatchError,
  type TransactionToSign,
} from "./index.js";

const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-signers-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The first account of the development mnemonic. */
const PUBLIC_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const PUBLIC_ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const transaction: TransactionToSign = {
  chainId: 10,
  nonce: 3,
  to: PUBLIC_ADDRESS,
  data: "0x1234",
  value: 5n,
  gas: 21_000n,
  maxFeePerGas: 100n,
  maxPriorityFeePerGas: 1n,
};
const request = async (): Promise<unknown> => "0x";
const signer = (config: SignerConfig, chainId: number) =>
  createSigner({ config, chainId, secrets: new Secrets(), request });
const write = (name: string, text: string, mode = 0o600): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
};

test("keystore: encrypted keys sign; a wrong password is an error", async () => {
  const key = generatePrivateKey();
  const json = encryptKey(key, "correct horse", 10);
  expect(json).not.toContain(key.slice(2));
  expect(decryptKey(json, "correct horse")).toBe(key);
  expect(() => decryptKey(json, "battery")).toThrow(KeystoreError);
  expect(() => decryptKey("{", "x")).toThrow(KeystoreError);
  expect(() => decryptKey(JSON.stringify({ version: 1 }), "x")).toThrow(KeystoreError);
  const config = {
    type: "keystore",
    file: write("key.json", json),
    passwordFile: write("password", "correct horse\n"),
  } as const;
  const { address, sign } = signer(config, 10);
  expect(address).toBe(privateKeyToAccount(key).address);
  expect(parseTransaction((await sign(transaction)) as TransactionSerializedEIP1559)).toMatchObject({
    nonce: 3,
    value: 5n,
  });
});

test.skipIf(process.platform === "win32")("error: a password that other users may read", () => {
  const file = write("open.json", encryptKey(generatePrivateKey(), "secret", 10));
  expect(() => signer({ type: "keystore", file, passwordFile: write("open", "secret", 0o644) }, 10)).toThrow(
    KeystoreError,
  );
});

test("error: plain keys, public keys and unlocked accounts outside of the devnet", () => {
  expect(() => signer({ type: "plain", key: generatePrivateKey() }, 10)).toThrow(DevelopmentOnlyError);
  expect(() => signer({ type: "unlocked", address: "0x0000000000000000000000000000000000000001" }, 10)).toThrow(
    DevelopmentOnlyError,
  );
  const file = write("public.json", encryptKey(PUBLIC_KEY, "password", 10));
  const config = { type: "keystore", file, passwordFile: write("public", "password") } as const;
  expect(() => signer(config, 10)).toThrow(DevelopmentOnlyError);
  expect(() => signer({ type: "remote", url: "http://127.0.0.1:1", address: PUBLIC_ADDRESS, timeout: 1 }, 10)).toThrow(
    DevelopmentOnlyError,
  );
  expect(signer({ type: "plain", key: PUBLIC_KEY }, 31_337).address).toBe(PUBLIC_ADDRESS);
  expect(isPublicAddress("0x0000000000000000000000000000000000000001")).toBe(false);
});

test("remote: signs, and may not sign anything else", async () => {
  const account = privateKeyToAccount(generatePrivateKey());
  let change: Partial<TransactionToSign> = {};
  const seen: (string | undefined)[] = [];
  const server = createServer(async (incoming, response) => {
    seen.push(incoming.headers.authorization);
    let body = "";
    for await (const chunk of incoming) body += chunk;
    expect(JSON.parse(body)).toMatchObject({
      method: "eth_signTransaction",
      params: [{ from: account.address, nonce: "0x3" }],
    });
    const raw: Hex = await account.signTransaction({ type: "eip1559", ...transaction, ...change });
    response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result: raw }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tokenFile = write("token", "long-token");
    const { sign } = signer({ type: "remote", url, address: account.address, tokenFile, timeout: 2_000 }, 10);
    expect(parseTransaction((await sign(transaction)) as TransactionSerializedEIP1559).to).toBe(
      PUBLIC_ADDRESS.toLowerCase(),
    );
    expect(seen).toEqual(["Bearer long-token"]);
    change = { value: 6n };
    await expect(sign(transaction)).rejects.toThrow(SignerMismatchError);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
