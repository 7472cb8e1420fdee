import type { Account, Address, Chain, Client, Transport } from "viem";
import { parseAccount } from "viem/accounts";

/** The client with another account. */
export const sendingFrom = (client: Client, from: Account | Address | undefined): Client<Transport, Chain, Account> =>
  (from === undefined ? client : { ...client, account: parseAccount(from) }) as Client<Transport, Chain, Account>;
