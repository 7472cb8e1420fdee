// One interface for keys: an encrypted keystore, a remote signer, or an account that the devnet's node signs for.
import { readFileSync, statSync } from "node:fs";
import {
  type Address,
  type Hex,
  isAddressEqual,
  numberToHex,
  parseTransaction,
  recoverTransactionAddress,
  type TransactionSerializedEIP1559,
} from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import type { SignerConfig } from "./config.js";
import { DevelopmentOnlyError, KeystoreError, ServiceError, SignerMismatchError } from "./errors.js";
import { decryptKey } from "./keystore.js";
import type { Secrets } from "./logger.js";

/** The chain of the devnet: plain keys, public keys, unlocked accounts, faucets and crash points work on it only. */
export const DEVNET_CHAIN_ID = 31_337;

/** A transaction to sign; fees in wei per gas. */
export type TransactionToSign = {
  chainId: number;
  nonce: number;
  to: Address;
  data: Hex;
  /** Wei. */
  value: bigint;
  gas: bigint;
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
};

/** Signs transactions. */
export type Signer = {
  kind: SignerConfig["type"];
  address: Address;
  /** Returns the signed transaction, whose hash is known before it is sent. */
  sign(transaction: TransactionToSign): Promise<Hex>;
};

/** Parameters of {@link createSigner}. */
export type CreateSignerParameters = {
  config: SignerConfig;
  chainId: number;
  secrets: Secrets;
  /** Sends a request to the devnet's node, for an unlocked account. */
  request: (method: string, params: unknown) => Promise<unknown>;
  /** A second parameter of each request to a remote signer, such as the epoch of a lease. */
  context?: (() => Record<string, unknown>) | undefined;
};

/** The mnemonic of Anvil and Hardhat, whose keys are public. */
const PUBLIC_MNEMONIC = "test test test test test test test test test test test junk";
const PUBLIC_ACCOUNTS = 100;

let publicAddresses: Set<string> | undefined;

/** Whether the key of an address is public: one of the first 100 accounts of the development mnemonic. */
export function isPublicAddress(address: Address): boolean {
  publicAddresses ??= new Set(
    Array.from({ length: PUBLIC_ACCOUNTS }, (_, addressIndex) =>
      mnemonicToAccount(PUBLIC_MNEMONIC, { addressIndex }).address.toLowerCase(),
    ),
  );
  return publicAddresses.has(address.toLowerCase());
}

/**
 * Creates the configured signer.
 *
 * @throws {@link DevelopmentOnlyError} for a plain key, an unlocked account, or a key that is public, outside of the devnet.
 * @throws {@link KeystoreError} for a keystore that cannot be decrypted, or whose password other users may read.
 */
export function createSigner({ config, chainId, secrets, request, context }: CreateSignerParameters): Signer {
  const isDevnet = chainId === DEVNET_CHAIN_ID;
  const refuse = (what: string): never => {
    throw new DevelopmentOnlyError({ what, chainId, accepted: DEVNET_CHAIN_ID });
  };
  if (config.type === "plain") secrets.add(config.key);
  if (!isDevnet && config.type === "plain") refuse("A plain private key in the configuration");
  if (!isDevnet && config.type === "unlocked") refuse("An unlocked account of a node");
  const signer = signerOf({ config, secrets, request, context });
  if (!isDevnet && isPublicAddress(signer.address)) refuse(`The public development key of ${signer.address}`);
  return signer;
}

function signerOf({
  config,
  secrets,
  request,
  context,
}: Pick<CreateSignerParameters, "config" | "secrets" | "request" | "context">): Signer {
  switch (config.type) {
    case "keystore": {
      const password = secretIn(config.passwordFile);
      const key = decryptKey(readFileSync(config.file, "utf8"), password);
      secrets.add(password, key);
      return localSigner("keystore", key);
    }
    case "plain":
      return localSigner("plain", config.key);
    case "unlocked": {
      const { address } = config;
      const sign = async (transaction: TransactionToSign) =>
        checked(
          address,
          transaction,
          rawOf(await request("eth_signTransaction", [rpcTransaction(address, transaction)])),
        );
      return { kind: "unlocked", address, sign };
    }
    case "remote": {
      const { url, address, timeout } = config;
      const token = config.tokenFile === undefined ? undefined : secretIn(config.tokenFile);
      secrets.add(token);
      secrets.addUrl(url);
      const sign = async (transaction: TransactionToSign) => {
        const response = await fetch(url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify({
            jsonrpc: "2.0",
            id: 1,
            method: "eth_signTransaction",
            params: [rpcTransaction(address, transaction), ...(context === undefined ? [] : [context()])],
          }),
          signal: AbortSignal.timeout(timeout),
        });
        const { result, error } = (await response.json()) as { result?: unknown; error?: { message?: string } };
        if (error || result === undefined) {
          throw new ServiceError(
            `The remote signer refused: ${String(error?.message ?? response.status).slice(0, 100)}`,
          );
        }
        return checked(address, transaction, rawOf(result));
      };
      return { kind: "remote", address, sign };
    }
  }
}

function localSigner(kind: "keystore" | "plain", key: Hex): Signer {
  const account = privateKeyToAccount(key);
  return {
    kind,
    address: account.address,
    sign: (transaction) => account.signTransaction({ type: "eip1559", ...transaction }),
  };
}

/** The content of a file that only its owner may read. */
export function secretIn(file: string): string {
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
    throw new KeystoreError({ field: "password file", problem: "is readable by other users; set its mode to 600" });
  }
  return readFileSync(file, "utf8").trim();
}

const rpcTransaction = (from: Address, { chainId, nonce, to, data, value, gas, ...fees }: TransactionToSign) => ({
  from,
  to,
  data,
  type: "0x2",
  chainId: numberToHex(chainId),
  nonce: numberToHex(nonce),
  value: numberToHex(value),
  gas: numberToHex(gas),
  maxFeePerGas: numberToHex(fees.maxFeePerGas),
  maxPriorityFeePerGas: numberToHex(fees.maxPriorityFeePerGas),
});

/** The signed transaction in an answer: the bytes, or an object with them. */
const rawOf = (result: unknown): Hex =>
  (typeof result === "string" ? result : ((result as { raw?: string }).raw ?? "0x")) as Hex;

/** A remote signer or a node could sign another transaction than the given one: all fields and the account must be equal. */
async function checked(address: Address, given: TransactionToSign, raw: Hex): Promise<Hex> {
  const signed = parseTransaction(raw as TransactionSerializedEIP1559);
  const fields = {
    chainId: [signed.chainId, given.chainId],
    nonce: [signed.nonce ?? 0, given.nonce],
    to: [signed.to?.toLowerCase(), given.to.toLowerCase()],
    data: [signed.data ?? "0x", given.data],
    value: [signed.value ?? 0n, given.value],
    gas: [signed.gas, given.gas],
    maxFeePerGas: [signed.maxFeePerGas ?? 0n, given.maxFeePerGas],
    maxPriorityFeePerGas: [signed.maxPriorityFeePerGas ?? 0n, given.maxPriorityFeePerGas],
  };
  for (const [field, [value, expected]] of Object.entries(fields)) {
    if (value !== expected) throw new SignerMismatchError({ field, value, expected });
  }
  const from = await recoverTransactionAddress({ serializedTransaction: raw as TransactionSerializedEIP1559 });
  if (!isAddressEqual(from, address)) throw new SignerMismatchError({ field: "from", value: from, expected: address });
  return raw;
}
