// The files of a relayer and its signer on the devnet: a key of its own, a token, and both configurations.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { encryptKey } from "@counterpoise/service-kit";
import type { Address } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";

/** The exponent of scrypt's n: the key's worth is gas of the devnet, and each start decrypts it. */
const SCRYPT_COST = 12;

/** The key of a relayer. */
export type RelayerKey = { address: Address; file: string; passwordFile: string };

/** The relayer's key in a folder, which is created once. */
export function relayerKey(folder: string): RelayerKey {
  mkdirSync(folder, { recursive: true });
  const [file, passwordFile] = [path.join(folder, "relayer-key.json"), path.join(folder, "relayer-key.password")];
  if (!existsSync(file) || !existsSync(passwordFile)) {
    const key = generatePrivateKey();
    const password = randomBytes(24).toString("base64url");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    const { address: _, ...keystore } = JSON.parse(encryptKey(key, password, SCRYPT_COST)) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ address: privateKeyToAddress(key), ...keystore }), { mode: 0o600 });
  }
  const { address } = JSON.parse(readFileSync(file, "utf8")) as { address: Address };
  return { address, file, passwordFile };
}

/** Parameters of {@link writeRelayerFiles}. */
export type RelayerFilesParameters = {
  folder: string;
  /** In the names of the files. */
  name?: string | undefined;
  chainId: number;
  key: RelayerKey;
  rpc: readonly string[];
  deploymentFile: string;
  priceUrl: string;
  /** TCP ports; 0: any free port. */
  ports: { api: number; signer: number };
  /** Changes of the relayer's configuration, and of the signer's. */
  change?: Record<string, unknown> | undefined;
  signerChange?: Record<string, unknown> | undefined;
};

/** Writes the configurations of a signer and a relayer, as an operator does. Returns their files. */
export function writeRelayerFiles(parameters: RelayerFilesParameters): {
  signerFile: string;
  /** Needs the signer's address. */
  relayerFile: (signerUrl: string) => string;
  tokenFile: string;
} {
  const { folder, name = "relayer", chainId, key, rpc, deploymentFile, priceUrl, ports } = parameters;
  mkdirSync(folder, { recursive: true });
  const tokenFile = path.join(folder, "signer.token");
  if (!existsSync(tokenFile)) writeFileSync(tokenFile, randomBytes(32).toString("base64url"), { mode: 0o600 });
  const write = (file: string, value: unknown): string => {
    const target = path.join(folder, file);
    writeFileSync(target, JSON.stringify(value, undefined, 2));
    return target;
  };
  const signerFile = write(`${name}-signer.json`, {
    chainId,
    key: { type: "keystore", file: key.file, passwordFile: key.passwordFile },
    markets: [deploymentFile],
    port: ports.signer,
    tokenFile,
    stateFile: path.join(folder, "signer.state"),
    ...parameters.signerChange,
  });
  const relayerFile = (signerUrl: string) =>
    write(`${name}.json`, {
      name,
      chainId,
      rpc: rpc.map((url) => ({ url })),
      signer: { type: "remote", url: signerUrl, address: key.address, tokenFile },
      markets: [deploymentFile],
      prices: { endpoints: [{ url: priceUrl }], budget: { requests: 200, per: 1_000 } },
      api: { port: ports.api },
      ...parameters.change,
    });
  return { signerFile, relayerFile, tokenFile };
}
