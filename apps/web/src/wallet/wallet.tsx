// Connection of a wallet, and the client that signs with it.
import type { SigningClient } from "@counterpoise/sdk";
import { useEffect, useMemo, useState } from "react";
import type { EIP1193Provider } from "viem";
import { useConnect, useConnection, useConnectors, useDisconnect, useSwitchChain } from "wagmi";
import { useApp } from "../data/context.js";
import { short } from "../format.js";
import { strings } from "../strings.js";
import { Dialog, Notice } from "../ui/index.js";
import { signingClientOf } from "./signing-client.js";

/** The connected account, and whether its wallet is on the market's chain. */
export function useWallet() {
  const { client, deployment } = useApp();
  const { address, connector, chainId, status } = useConnection();
  const isOnChain = chainId === deployment.chainId;
  const chain = client.chain;
  /** The client of the connected wallet. */
  const signer = useMemo(
    () => async (): Promise<SigningClient> => {
      if (!address || !connector || !chain) throw new Error(strings.wallet.connect);
      const provider = (await connector.getProvider()) as Pick<EIP1193Provider, "request">;
      return signingClientOf({ address, chain, provider, reader: client });
    },
    [address, connector, chain, client],
  );
  return { address, isOnChain, status, signer };
}

export function WalletButton() {
  const [isOpen, setOpen] = useState(false);
  const { address } = useConnection();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new account, or none, ends the dialog
  useEffect(() => setOpen(false), [address]);
  return (
    <>
      <button
        type="button"
        className={address ? "account-button" : "primary"}
        data-testid="wallet"
        onClick={() => setOpen(true)}
      >
        {address ? <span className="mono">{short(address)}</span> : strings.wallet.connect}
      </button>
      <Dialog
        title={address ? strings.wallet.account : strings.wallet.title}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      >
        {address ? <Connected /> : <Wallets />}
      </Dialog>
    </>
  );
}

function Wallets() {
  const { deployment } = useApp();
  const connect = useConnect();
  // wagmi's own entry is for wallets that do not announce themselves.
  const hasInjected = "ethereum" in window;
  const connectors = useConnectors().filter(({ id }) => id !== "injected" || hasInjected);
  if (connectors.length === 0) return <Notice>{strings.wallet.none}</Notice>;
  return (
    <>
      <ul className="wallets">
        {connectors.map((connector) => (
          <li key={connector.uid}>
            <button
              type="button"
              disabled={connect.isPending}
              onClick={() => connect.mutate({ connector, chainId: deployment.chainId as never })}
            >
              {connector.icon ? (
                <img src={connector.icon} alt="" width={20} height={20} />
              ) : (
                <span className="no-icon" />
              )}
              {connector.name}
            </button>
          </li>
        ))}
      </ul>
      {connect.error && <Notice tone="error">{connect.error.message.split("\n")[0]}</Notice>}
    </>
  );
}

function Connected() {
  const { address, connector } = useConnection();
  const disconnect = useDisconnect();
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="stack">
      <p>
        <span className="muted">{connector?.name}</span>
        <br />
        <span className="mono wrap">{address}</span>
      </p>
      <div className="row">
        <button type="button" onClick={() => navigator.clipboard.writeText(address ?? "").then(() => setCopied(true))}>
          {isCopied ? strings.common.copied : strings.wallet.copyAddress}
        </button>
        <button type="button" onClick={() => disconnect.mutate({})}>
          {strings.wallet.disconnect}
        </button>
      </div>
    </div>
  );
}

/** The state of a wallet on another network. */
export function WrongNetwork() {
  const { config, deployment } = useApp();
  const switchChain = useSwitchChain();
  return (
    <Notice tone="warning" title={strings.wallet.wrongNetworkBody(config.chainName)}>
      <button type="button" onClick={() => switchChain.mutate({ chainId: deployment.chainId as never })}>
        {strings.wallet.wrongNetwork(config.chainName)}
      </button>
    </Notice>
  );
}
