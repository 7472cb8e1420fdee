// The calls of a matcher to its signer beside signatures.
import { ServiceError } from "@counterpoise/service-kit";

/** Where the signer is. */
export type RemoteSigner = {
  url: string;
  token: string | undefined;
  /** Milliseconds. */
  timeout: number;
};

/** Makes an epoch of a market the current one. @throws {ServiceError} when the signer refuses it, or does not answer */
export async function beginRemoteEpoch({ url, token, timeout }: RemoteSigner, marketId: bigint, epoch: number) {
  const params = [{ marketId: marketId.toString(), epoch }];
  let problem: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "counterpoise_beginEpoch", params }),
      signal: AbortSignal.timeout(timeout),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message?: string } };
    if (result === true) return;
    problem = String(error?.message ?? response.status).slice(0, 200);
  } catch (error) {
    problem = (error as Error).message.slice(0, 100);
  }
  throw new ServiceError(`The signer did not begin epoch ${epoch} of market ${marketId}: ${problem}`);
}
