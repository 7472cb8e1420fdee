// The page of `test/browser.test.ts`: a trader's account with the hooks of the packed SDK, in a real browser.
import { depositSync, parseDeployment, quoteTrade } from "@counterpoise/sdk";
import { loadAccount, loadOracleMaker } from "@counterpoise/sdk/entities";
import { readHistory } from "@counterpoise/sdk/history";
import { formatCollateral, formatWad, parseCollateral, parseWad } from "@counterpoise/sdk/units";
import { useMarket, useTradeQuote, useTraderAccount, useWrite } from "@counterpoise/sdk/wagmi";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement as element, type ReactElement, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { type Address, defineChain } from "viem";
import { createConfig, http, useConfig, useConnect, useConnection, WagmiProvider } from "wagmi";
import { mock } from "wagmi/connectors";
import { useTraderPanel } from "./readme-example.js";

declare const SETTINGS: { rpcUrl: string; account: Address; deployment: unknown };

const { rpcUrl, account } = SETTINGS;
const deployment = parseDeployment(SETTINGS.deployment);
const chain = defineChain({
  id: deployment.chainId,
  name: "devnet",
  nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  rpcUrls: { default: { http: [rpcUrl] } },
});
const config = createConfig({
  chains: [chain],
  // The node signs for the account.
  connectors: [mock({ accounts: [account] })],
  transports: { [chain.id]: http() },
  pollingInterval: 50,
});

const text = (id: string, value: string) => element("p", { id, key: id }, value);

function Trader(): ReactElement {
  const { address } = useConnection();
  const { mutate: connect, isIdle, error } = useConnect();
  const connector = config.connectors[0];
  useEffect(() => {
    if (connector && isIdle) connect({ connector });
  }, [connect, connector, isIdle]);

  const market = useMarket({ deployment });
  const trader = useTraderAccount(address && { deployment, account: address });
  const trade = { maker: deployment.oracleMaker, isBaseToQuote: false, isExactInput: false, amount: parseWad("2") };
  const quote = useTradeQuote({ deployment, ...trade });
  const deposit = useWrite(depositSync);
  const panel = useTraderPanel(deployment, address);
  const exact = useEntityQuote();
  const errors = [market.error, trader.error, quote.error, deposit.error, error].flatMap((each) =>
    each ? [each.message] : [],
  );
  return element("main", {}, [
    text("price", market.data?.price === undefined ? "" : formatWad(market.data.price)),
    text("fund", trader.data ? formatCollateral(deployment, trader.data.fund) : ""),
    text("size", trader.data ? formatWad(trader.data.market.size) : ""),
    text("quote", quote.data ? String(quote.data.quote) : ""),
    text("exact", exact),
    text("panel", panel.price),
    text("deposited", deposit.data ? "yes" : ""),
    text("errors", errors.join("\n")),
    element(
      "button",
      {
        id: "deposit",
        key: "deposit",
        type: "button",
        disabled: address === undefined,
        onClick: () => deposit.mutate({ deployment, amount: parseCollateral(deployment, "1000") }),
      },
      "Deposit",
    ),
  ]);
}

/** The same quote from entities, its equality with the chain's, and the number of entries of the account's history. */
function useEntityQuote(): string {
  const client = useConfig().getClient({ chainId: chain.id });
  const [result, setResult] = useState("");
  useEffect(() => {
    (async () => {
      const request = { isBaseToQuote: false, isExactInput: false, amount: parseWad("2") };
      const maker = deployment.oracleMaker;
      const [own, other, { quote }] = await Promise.all([
        loadAccount(client, { deployment, account }),
        loadOracleMaker(client, { deployment }),
        quoteTrade(client, { deployment, maker, taker: account, ...request }),
      ]);
      const { fill } = other.quote({ ...request, taker: own });
      let entries = 0;
      for await (const { kind } of readHistory(client, { deployment, account })) if (kind === "trade") entries++;
      setResult(`${fill.quote === quote ? "equal" : `${fill.quote} is not ${quote}`}, ${entries} trades`);
    })().catch((error: unknown) => setResult(String(error)));
  }, [client]);
  return result;
}

createRoot(document.getElementById("root") as HTMLElement).render(
  element(WagmiProvider, { config }, element(QueryClientProvider, { client: new QueryClient() }, element(Trader))),
);
