// Encrypted keys: Web3 Secret Storage, version 3, with scrypt and AES-128-CTR, as geth and Foundry write it.
import { createCipheriv, createDecipheriv, randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import { type Hex, hexToBytes, keccak256, toBytes, toHex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { KeystoreError } from "./errors.js";

/** Memory of scrypt: 128 * n * r bytes, and some. */
const memoryOf = (n: number, r: number) => 128 * n * r + 64 * 1024 * 1024;

type Keystore = {
  version: number;
  crypto: {
    cipher: string;
    ciphertext: string;
    cipherparams: { iv: string };
    kdf: string;
    kdfparams: { n: number; r: number; p: number; dklen: number; salt: string };
    mac: string;
  };
};

/** Encrypts a private key. `cost` is the exponent of scrypt's n; default 17. */
export function encryptKey(privateKey: Hex, password: string, cost = 17): string {
  const [n, r, p] = [2 ** cost, 8, 1];
  const [salt, iv] = [randomBytes(32), randomBytes(16)];
  const derived = scryptSync(password, salt, 32, { N: n, r, p, maxmem: memoryOf(n, r) });
  const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(hexToBytes(privateKey)), cipher.final()]);
  const mac = keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice(2);
  return JSON.stringify({
    version: 3,
    id: randomUUID(),
    address: privateKeyToAddress(privateKey).slice(2).toLowerCase(),
    crypto: {
      cipher: "aes-128-ctr",
      ciphertext: ciphertext.toString("hex"),
      cipherparams: { iv: iv.toString("hex") },
      kdf: "scrypt",
      kdfparams: { n, r, p, dklen: 32, salt: salt.toString("hex") },
      mac,
    },
  });
}

/**
 * Decrypts a keystore.
 *
 * @throws {@link KeystoreError} for a malformed file, another cipher or key derivation, and a wrong password.
 */
export function decryptKey(json: string, password: string): Hex {
  let keystore: Keystore;
  try {
    const parsed = JSON.parse(json) as Keystore & { Crypto?: Keystore["crypto"] };
    keystore = { ...parsed, crypto: parsed.crypto ?? parsed.Crypto };
  } catch {
    throw new KeystoreError({ field: "content", problem: "is not JSON" });
  }
  const { version, crypto } = keystore;
  if (version !== 3) throw new KeystoreError({ field: "version", problem: `is ${version}; expected 3` });
  if (crypto?.cipher !== "aes-128-ctr") throw new KeystoreError({ field: "cipher", problem: "is not aes-128-ctr" });
  if (crypto.kdf !== "scrypt") throw new KeystoreError({ field: "kdf", problem: `is ${crypto.kdf}; expected scrypt` });
  const { n, r, p, dklen, salt } = crypto.kdfparams;
  if (dklen !== 32 || n > 2 ** 20) throw new KeystoreError({ field: "kdfparams", problem: "are out of range" });
  const derived = scryptSync(password, Buffer.from(salt, "hex"), dklen, { N: n, r, p, maxmem: memoryOf(n, r) });
  const ciphertext = Buffer.from(crypto.ciphertext, "hex");
  const mac = toBytes(keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])));
  const expected = Buffer.from(crypto.mac.replace(/^0x/, ""), "hex");
  if (expected.length !== mac.length || !timingSafeEqual(mac, expected)) {
    throw new KeystoreError({ field: "password", problem: "is wrong" });
  }
  const cipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), Buffer.from(crypto.cipherparams.iv, "hex"));
  return toHex(Buffer.concat([cipher.update(ciphertext), cipher.final()]));
}
