// The signer as a process of its own: the key, the rules, and a state that outlives it. It has no database and no chain access.
import { createHash, timingSafeEqual } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { parseDeployment } from "@counterpoise/sdk";
import {
  Alarms,
  type CreateLoggerParameters,
  createLogger,
  createSigner,
  type Logger,
  listen,
  NotLoopbackError,
  reasonOf,
  Secrets,
  ServiceError,
  secretIn,
  startServer,
  type TransactionToSign,
} from "@counterpoise/service-kit";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type Address, type Hex, hexToBigInt, hexToNumber } from "viem";
import { z } from "zod";
import { createSignerMetrics } from "../metrics.js";
import type { SignerProcessConfig } from "./config.js";
import { SignerRefusal, type SignerState, SigningPolicy, type StateKeeper } from "./policy.js";

const loopback = ["127.0.0.1", "::1", "localhost"];
/** Bytes: 64 fills with wrapped signatures. */
const MAX_BODY = 4_000_000;

/** A running signer. */
export type StartedSigner = {
  address: Address;
  url: string;
  /** Of health and metrics. */
  adminUrl: string;
  log: Logger;
  close(): Promise<void>;
};

const stateSchema = z.strictObject({
  epochs: z.record(z.string(), z.number().int()),
  spent: z.record(z.string(), z.strictObject({ time: z.number(), gas: z.string(), value: z.string() })),
});

/** A state in a file: written beside it, flushed, and renamed. @throws {ServiceError} for a file that is malformed */
export function fileState(file: string): StateKeeper {
  return {
    load: () => {
      if (!existsSync(file)) return { epochs: {}, spent: {} };
      try {
        return stateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
      } catch {
        throw new ServiceError(
          `${file} is not the state of a signer. Without it, limits of the last hour are unknown.`,
        );
      }
    },
    save: (state: SignerState) => {
      const next = `${file}.next`;
      const handle = openSync(next, "w", 0o600);
      try {
        writeSync(handle, JSON.stringify(state));
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(next, file);
    },
  };
}

const quantity = z.string().regex(/^0x(0|[1-9a-f][\da-f]{0,63})$/i);
const bytes = z.string().regex(/^0x([\da-f]{2})*$/i);
const address = z.string().regex(/^0x[\da-f]{40}$/i);
const transactionSchema = z.strictObject({
  from: address,
  to: address,
  data: bytes,
  type: z.literal("0x2"),
  chainId: quantity,
  nonce: quantity,
  value: quantity,
  gas: quantity,
  maxFeePerGas: quantity,
  maxPriorityFeePerGas: quantity,
});
const contextSchema = z.strictObject({ epochs: z.record(z.string(), z.number().int()) });
const epochSchema = z.strictObject({ marketId: z.string().regex(/^\d{1,78}$/), epoch: z.number().int() });
const requestSchema = z.object({ id: z.unknown(), method: z.string(), params: z.array(z.unknown()).max(2) });

const digest = (text: string) => createHash("sha256").update(text).digest();

/**
 * Starts a signer.
 *
 * @throws {@link NotLoopbackError} for another host than the loopback interface, `DevelopmentOnlyError` for a plain or public key
 * outside of the devnet, and `KeystoreError` for a token that other users may read.
 */
export async function startSigner(
  config: SignerProcessConfig,
  { destination }: { destination?: CreateLoggerParameters["destination"] } = {},
): Promise<StartedSigner> {
  if (!loopback.includes(config.host)) throw new NotLoopbackError(config.host);
  const secrets = new Secrets();
  const token = secretIn(config.tokenFile);
  if (token.length < 32) throw new ServiceError(`The token has ${token.length} characters; expected at least 32.`);
  secrets.add(token);
  secrets.addUrl(config.rpcUrl);
  const log = createLogger({ name: config.name, level: config.log, secrets, destination });
  const metrics = createSignerMetrics(config.name);
  const alarms = new Alarms({ log, metrics });
  const { chainId } = config;
  const signer = createSigner({
    config: config.key,
    chainId,
    secrets,
    request: (method, params) => ask(config.rpcUrl, method, params),
  });
  const markets = config.markets.map((file) => {
    const deployment = parseDeployment(JSON.parse(readFileSync(file, "utf8")));
    if (deployment.chainId !== chainId) {
      throw new ServiceError(
        `${file} is a deployment on chain ${deployment.chainId}; the configured chain is ${chainId}.`,
      );
    }
    return { marketId: deployment.marketId, gateway: deployment.signedOrderGateway };
  });
  const policy = new SigningPolicy({
    ...{ chainId, address: signer.address, markets, limits: config.limits },
    keeper: fileState(config.stateFile),
  });
  const app = new Hono();
  app.post("/", bodyLimit({ maxSize: MAX_BODY }), async (context) => {
    const given = context.req.header("authorization")?.replace(/^Bearer /, "") ?? "";
    if (!timingSafeEqual(digest(given), digest(token))) {
      metrics.signatures.inc({ result: "UNAUTHORIZED" });
      return context.json({ jsonrpc: "2.0", id: null, error: { code: -32001, message: "UNAUTHORIZED" } }, 401);
    }
    const request = requestSchema.safeParse(await context.req.json().catch(() => undefined));
    const id = request.success ? (request.data.id ?? null) : null;
    try {
      if (!request.success) throw malformed("a JSON-RPC request");
      const { method, params } = request.data;
      if (method === "counterpoise_beginEpoch") {
        const parsed = epochSchema.safeParse(params[0]);
        if (!parsed.success) throw malformed("a market and an epoch");
        policy.beginEpoch(parsed.data.marketId, parsed.data.epoch);
        log.info(parsed.data, "epoch began");
        return context.json({ jsonrpc: "2.0", id, result: true });
      }
      if (method !== "eth_signTransaction") throw malformed("eth_signTransaction or counterpoise_beginEpoch");
      const parsed = transactionSchema.safeParse(params[0]);
      const parsedContext = contextSchema.safeParse(params[1]);
      if (!parsed.success || !parsedContext.success) throw malformed("an EIP-1559 transaction and the epochs");
      const transaction = transactionOf(parsed.data);
      if (parsed.data.from.toLowerCase() !== signer.address.toLowerCase()) throw malformed(`from ${signer.address}`);
      policy.accept(transaction, parsedContext.data);
      const raw = await signer.sign(transaction);
      metrics.signatures.inc({ result: "signed" });
      alarms.clear("signer-refuses");
      log.info({ nonce: transaction.nonce, to: transaction.to, gas: transaction.gas }, "signed");
      return context.json({ jsonrpc: "2.0", id, result: raw });
    } catch (error) {
      const code = error instanceof SignerRefusal ? error.code : "FAILED";
      const message = error instanceof SignerRefusal ? error.message : "FAILED";
      metrics.signatures.inc({ result: code });
      log.warn({ code, reason: reasonOf(error) }, "refused");
      // A refusal is a fault of the matcher, or an attack: an operator looks at it.
      alarms.raise("signer-refuses", message);
      return context.json({ jsonrpc: "2.0", id, error: { code: -32003, message } }, 403);
    } finally {
      metrics.budget.set(Number(policy.spent.gas));
    }
  });
  const { url, stop: stopServer } = await listen(app, { host: config.host, port: config.port });
  try {
    const admin = await startServer({
      config: config.server,
      alarms,
      registry: metrics.registry,
      status: () => ({ name: config.name, address: signer.address, epochs: policy.epochs, spent: policy.spent.gas }),
    });
    log.info({ address: signer.address, signer: signer.kind, api: url, url: admin.url }, "started");
    return {
      address: signer.address,
      url,
      adminUrl: admin.url,
      log,
      close: async () => {
        await stopServer();
        await admin.stop();
      },
    };
  } catch (error) {
    await stopServer();
    throw error;
  }
}

const malformed = (limit: string) => new SignerRefusal({ code: "NOT_A_TRANSACTION", value: "malformed", limit });

const transactionOf = (given: z.output<typeof transactionSchema>): TransactionToSign => ({
  chainId: hexToNumber(given.chainId as Hex),
  nonce: hexToNumber(given.nonce as Hex),
  to: given.to as Address,
  data: given.data as Hex,
  value: hexToBigInt(given.value as Hex),
  gas: hexToBigInt(given.gas as Hex),
  maxFeePerGas: hexToBigInt(given.maxFeePerGas as Hex),
  maxPriorityFeePerGas: hexToBigInt(given.maxPriorityFeePerGas as Hex),
});

async function ask(url: string | undefined, method: string, params: unknown): Promise<unknown> {
  if (url === undefined) throw new ServiceError("An unlocked account needs rpcUrl.");
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(4_000),
  });
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (error) throw new ServiceError(error.message);
  return result;
}
