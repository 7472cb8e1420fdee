// RPC endpoints, ranked by head and latency. A hanging, lagging or refusing endpoint loses its rank, and each request has a
// hard limit of time. The reads of a round are pinned to one block.
import PQueue from "p-queue";
import {
  type Chain,
  type Client,
  createClient,
  custom,
  defineChain,
  type Hash,
  type Hex,
  hexToBigInt,
  numberToHex,
  type Transport,
} from "viem";
import type { RpcConfig } from "./config.js";
import { RpcUnavailableError, WrongChainError } from "./errors.js";
import type { Metrics } from "./metrics.js";

/** A block that reads are pinned to. */
export type PinnedBlock = {
  number: bigint;
  hash: Hash;
  parentHash: Hash;
  /** Seconds. */
  timestamp: bigint;
  /** Wei per gas; zero where the chain has none. */
  baseFee: bigint;
  gasLimit: bigint;
};

/** The state of an endpoint, without its path and keys. */
export type EndpointState = {
  endpoint: string;
  head: bigint | undefined;
  latency: number;
  failures: number;
  isUsable: boolean;
};

/** A viem client without actions and without an account. */
export type PoolClient = Client<Transport, Chain>;

type Endpoint = {
  url: string;
  name: string;
  queue: PQueue;
  head: bigint | undefined;
  /** Milliseconds, moving average. */
  latency: number;
  failures: number;
  /** No request before this time, unless all endpoints are so. */
  restsUntil: number;
  isChainKnown: boolean;
};

/** Parameters of {@link RpcPool}. */
export type RpcPoolParameters = {
  chainId: number;
  endpoints: RpcConfig;
  metrics: Metrics;
  /** Milliseconds of one request at one endpoint, at most. Default 4,000. */
  timeout?: number | undefined;
  /** Milliseconds of the probe of a head, at most. Default 1,500. */
  probeTimeout?: number | undefined;
  /** Blocks that an endpoint may be behind the best one. Default 2. */
  maxLag?: bigint | undefined;
  /** Default: the platform's. */
  fetch?: typeof fetch | undefined;
};

type RpcError = { code: number; message: string; data?: unknown };

/** An answer of a node that is an error of the request, not of the endpoint: another endpoint would say the same. */
class RequestRejected extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor({ code, message, data }: RpcError) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

class EndpointFailure extends Error {
  /** Milliseconds for which the endpoint asks to be left alone. */
  readonly rest: number;
  constructor(problem: string, rest = 0) {
    super(problem);
    this.rest = rest;
  }
}

const FIRST_REST = 250;
const LAST_REST = 30_000;

/** Errors that another endpoint may not have: a limit, an internal error, or a block that this endpoint lacks. */
const isEndpointsFault = ({ code, message }: RpcError): boolean =>
  code === -32005 ||
  code === -32603 ||
  code === 429 ||
  /rate limit|too many requests|header not found|unknown block|block not found|missing trie node|BlockOutOfRange|state .*not available/i.test(
    message,
  );

/** Ranked endpoints of one chain. */
export class RpcPool {
  readonly chain: Chain;
  readonly #endpoints: Endpoint[];
  readonly #metrics: Metrics;
  readonly #timeout: number;
  readonly #probeTimeout: number;
  readonly #maxLag: bigint;
  readonly #fetch: typeof fetch;
  #id = 0;

  constructor({
    chainId,
    endpoints,
    metrics,
    timeout = 4_000,
    probeTimeout = 1_500,
    maxLag = 2n,
    fetch: send = fetch,
  }: RpcPoolParameters) {
    this.chain = defineChain({
      id: chainId,
      name: `Chain ${chainId}`,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [] } },
    });
    this.#endpoints = endpoints.map(({ url, concurrency }, i) => ({
      url,
      name: `${i}:${new URL(url).host}`,
      queue: new PQueue({ concurrency }),
      head: undefined,
      latency: 0,
      failures: 0,
      restsUntil: 0,
      isChainKnown: false,
    }));
    this.#metrics = metrics;
    this.#timeout = timeout;
    this.#probeTimeout = probeTimeout;
    this.#maxLag = maxLag;
    this.#fetch = send;
  }

  /** A client on the latest state, at the best endpoint of the moment. */
  client(): PoolClient {
    return this.#clientOf((method, params) => this.request(method, params));
  }

  /** A client whose reads of the latest state are reads of one block. */
  at(block: PinnedBlock): PoolClient {
    return this.#clientOf((method, params) => {
      if (method === "eth_blockNumber") return Promise.resolve(numberToHex(block.number));
      return this.request(method, pinned(method, params, block.number));
    });
  }

  /**
   * A client whose reads of the latest state are reads of one block by its hash (EIP-1898): after a reorganisation they fail
   * instead of reading another state at the same number. Events are read by number.
   */
  atHash(block: PinnedBlock): PoolClient {
    const reference = { blockHash: block.hash };
    return this.#clientOf((method, params) => {
      if (method === "eth_blockNumber") return Promise.resolve(numberToHex(block.number));
      if (
        method === "eth_getBlockByNumber" &&
        Array.isArray(params) &&
        ["latest", "pending"].includes(String(params[0]))
      )
        return this.request("eth_getBlockByHash", [block.hash, params[1] ?? false]);
      return this.request(method, pinned(method, params, block.number, reference));
    });
  }

  /** Reads the head of each endpoint, ranks them, and returns the latest block, which the best endpoint has served. */
  async probe(): Promise<PinnedBlock> {
    const probes = this.#endpoints.map(async (endpoint) => {
      if (endpoint.restsUntil > Date.now() && this.#endpoints.length > 1) return undefined;
      try {
        if (!endpoint.isChainKnown) await this.#checkChain(endpoint);
        const block = blockOf(
          await this.#send(endpoint, "eth_getBlockByNumber", ["latest", false], this.#probeTimeout),
        );
        endpoint.head = block.number;
        this.#metrics.head.set({ endpoint: endpoint.name }, Number(block.number));
        return block;
      } catch (error) {
        if (error instanceof WrongChainError) throw error;
        endpoint.head = undefined;
        return undefined;
      }
    });
    const heads = await Promise.all(probes);
    for (const endpoint of this.#ranked("eth_getBlockByNumber")) {
      const head = heads[this.#endpoints.indexOf(endpoint)];
      if (!head) continue;
      // An endpoint that claims a head has its block by hash.
      const served = await this.#send(endpoint, "eth_getBlockByHash", [head.hash, false], this.#probeTimeout).catch(
        () => null,
      );
      if (served !== null) return head;
      endpoint.head = undefined;
      this.#failed(endpoint, new EndpointFailure("claims a head that it does not serve"));
    }
    throw new RpcUnavailableError({ method: "eth_getBlockByNumber", attempts: this.#problems() });
  }

  /** Sends a request to the best endpoint, and to the next one when that fails. */
  async request(method: string, params: unknown): Promise<unknown> {
    const attempts: { endpoint: string; problem: string }[] = [];
    for (const endpoint of this.#ranked(method)) {
      try {
        return await this.#send(endpoint, method, params, this.#timeout);
      } catch (error) {
        if (error instanceof RequestRejected) throw error;
        attempts.push({ endpoint: endpoint.name, problem: (error as Error).message });
      }
    }
    throw new RpcUnavailableError({ method, attempts });
  }

  /** Sends a request to every endpoint that answers. Returns the first success; a signed transaction reaches all nodes so. */
  async broadcast(method: string, params: unknown): Promise<unknown> {
    const results = await Promise.allSettled(
      this.#ranked(method).map((each) => this.#send(each, method, params, this.#timeout)),
    );
    const success = results.find((each) => each.status === "fulfilled");
    if (success) return success.value;
    const rejected = results.find((each) => each.status === "rejected" && each.reason instanceof RequestRejected);
    if (rejected) throw (rejected as PromiseRejectedResult).reason;
    throw new RpcUnavailableError({ method, attempts: this.#problems() });
  }

  /** The endpoints, best first. */
  get states(): readonly EndpointState[] {
    return this.#ranked("").map(({ name, head, latency, failures, restsUntil }) => ({
      endpoint: name,
      head,
      latency: Math.round(latency),
      failures,
      isUsable: restsUntil <= Date.now(),
    }));
  }

  #problems() {
    return this.#endpoints.map(({ name, failures }) => ({ endpoint: name, problem: `${failures} failures in a row` }));
  }

  #ranked(_method: string): Endpoint[] {
    const now = Date.now();
    const best = this.#endpoints.reduce<bigint>(
      (head, each) => (each.head !== undefined && each.head > head ? each.head : head),
      0n,
    );
    const class_ = (each: Endpoint): number => {
      if (each.restsUntil > now) return 2;
      return each.head !== undefined && each.head + this.#maxLag >= best ? 0 : 1;
    };
    return [...this.#endpoints].sort(
      (a, b) => class_(a) - class_(b) || a.failures - b.failures || a.latency - b.latency,
    );
  }

  async #checkChain(endpoint: Endpoint): Promise<void> {
    const id = Number(await this.#send(endpoint, "eth_chainId", [], this.#probeTimeout));
    if (id !== this.chain.id)
      throw new WrongChainError({ endpoint: endpoint.name, chainId: id, expected: this.chain.id });
    endpoint.isChainKnown = true;
  }

  async #send(endpoint: Endpoint, method: string, params: unknown, timeout: number): Promise<unknown> {
    const begun = Date.now();
    try {
      // The limit counts from here, so that a full queue cannot hold a request for longer.
      const result = await limited(timeout, async (signal) =>
        endpoint.queue.add(() => this.#post(endpoint, method, params, signal), { signal }),
      );
      this.#answered(endpoint, Date.now() - begun);
      return result;
    } catch (error) {
      if (error instanceof RequestRejected) {
        this.#answered(endpoint, Date.now() - begun);
        throw error;
      }
      throw this.#failed(endpoint, error as Error);
    }
  }

  async #post({ url }: Endpoint, method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    const response = await this.#fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: ++this.#id, method, params: params ?? [] }),
      signal,
    });
    if (!response.ok) {
      const after = Number(response.headers.get("retry-after"));
      const rest = after > 0 ? Math.min(after * 1_000, 60_000) : response.status === 429 ? 2_000 : 0;
      throw new EndpointFailure(`status ${response.status}`, rest);
    }
    const answer = (await response.json()) as { result?: unknown; error?: RpcError };
    if (answer.error) {
      if (isEndpointsFault(answer.error)) throw new EndpointFailure(answer.error.message.slice(0, 100));
      throw new RequestRejected(answer.error);
    }
    if (answer.result === undefined) throw new EndpointFailure("an answer without a result");
    return answer.result;
  }

  #answered(endpoint: Endpoint, milliseconds: number): void {
    endpoint.failures = 0;
    endpoint.restsUntil = 0;
    endpoint.latency = endpoint.latency === 0 ? milliseconds : endpoint.latency * 0.8 + milliseconds * 0.2;
    this.#metrics.rpcLatency.set({ endpoint: endpoint.name }, endpoint.latency / 1_000);
  }

  #failed(endpoint: Endpoint, error: Error): Error {
    endpoint.failures++;
    const pause = Math.min(LAST_REST, FIRST_REST * 2 ** Math.min(endpoint.failures - 1, 10));
    const rest = error instanceof EndpointFailure ? error.rest : 0;
    endpoint.restsUntil = Date.now() + Math.max(pause, rest);
    const reason =
      error.name === "TimeoutError" ? "timeout" : error instanceof EndpointFailure ? "answer" : "connection";
    this.#metrics.rpcErrors.inc({ endpoint: endpoint.name, reason });
    return error;
  }

  #clientOf(request: (method: string, params: unknown) => Promise<unknown>): PoolClient {
    return createClient({
      chain: this.chain,
      pollingInterval: 500,
      transport: custom(
        {
          request: ({ method, params }: { method: string; params?: unknown }) =>
            method === "eth_chainId" ? Promise.resolve(numberToHex(this.chain.id)) : request(method, params),
        },
        { retryCount: 0 },
      ),
    });
  }
}

/** Runs a task for at most a number of milliseconds, even if it ignores its signal. */
async function limited<result>(milliseconds: number, task: (signal: AbortSignal) => Promise<result>): Promise<result> {
  const signal = AbortSignal.timeout(milliseconds);
  return new Promise<result>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    task(signal).then(resolve, reject);
  });
}

/** The position of the block in the parameters of a method. */
const blockPositions: Record<string, number> = {
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
  eth_getBlockByNumber: 0,
};

function pinned(method: string, params: unknown, number: bigint, reference?: { blockHash: Hash }): unknown {
  if (!Array.isArray(params)) return params;
  const block = numberToHex(number);
  if (method === "eth_getLogs") {
    const [filter] = params as [{ toBlock?: string }];
    return [filter.toBlock === undefined || filter.toBlock === "latest" ? { ...filter, toBlock: block } : filter];
  }
  const position = blockPositions[method];
  if (position === undefined) return params;
  const given = params[position];
  if (given !== undefined && given !== "latest" && given !== "pending") return params;
  const copy = [...params];
  copy[position] = reference ?? block;
  return copy;
}

type RawBlock = { number: Hex; hash: Hash; parentHash: Hash; timestamp: Hex; baseFeePerGas?: Hex; gasLimit: Hex };

function blockOf(raw: unknown): PinnedBlock {
  const { number, hash, parentHash, timestamp, baseFeePerGas = "0x0", gasLimit } = raw as RawBlock;
  return {
    number: hexToBigInt(number),
    hash,
    parentHash,
    timestamp: hexToBigInt(timestamp),
    baseFee: hexToBigInt(baseFeePerGas),
    gasLimit: hexToBigInt(gasLimit),
  };
}
