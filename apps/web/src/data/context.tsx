// The context of every page: configuration, the client of reads, and the prices of the market that is shown.
import type { Deployment } from "@counterpoise/sdk";
import { createContext, type ReactNode, useContext } from "react";
import type { Client } from "viem";
import type { AppConfig } from "../config.js";
import type { PriceFeed } from "./price-feed.js";

export type AppContext = {
  config: AppConfig;
  deployment: Deployment;
  /** Reads of the app's endpoints. */
  client: Client;
  prices: PriceFeed;
};

const Context = createContext<AppContext | undefined>(undefined);

export function AppProvider({ value, children }: { value: AppContext; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

export function useApp(): AppContext {
  const value = useContext(Context);
  if (!value) throw new Error("useApp outside of AppProvider");
  return value;
}
