// Changes of parameters and of authority, each with the sender of its transaction.
import { ponder } from "ponder:registry";
import { parameterChanges } from "ponder:schema";
import { jsonOf, occurrenceOf } from "./parts.ts";

const events = {
  Vault: ["AccrualFrozen", "BorrowingSet", "DepositCapSet", "FundingSet", "MarginRatiosSet"],
  ClearingHouse: [
    ...["GatewaySet", "GraceStarted", "GuardianSet", "OwnershipTransferred", "RulesSet", "SystemStatusSet"],
  ],
  CircuitBreaker: [
    ...["GuardianSet", "HoldersSet", "LimitLowered", "LimitRemoved", "LimitSet", "MeterReset", "ProtectedSet"],
    ...["OwnershipTransferred", "WindowOpened"],
  ],
  PythOracle: ["ExecutorSet", "FeedProposalCancelled", "FeedProposed", "FeedSet", "OwnershipTransferred", "Sealed"],
  OrderGateway: ["FeedChangeNoted", "OwnershipTransferred", "RulesSet"],
  SignedOrderGateway: ["OwnershipTransferred", "RelayerSet", "RulesSet"],
  OracleMaker: ["LpRulesSet", "OwnershipTransferred", "ParametersSet", "ValidSenderSet", "WhitelistEnded"],
  SpotHedgeBaseMaker: ["HedgeGapRulesSet", "LpRulesSet", "OwnershipTransferred", "ParametersSet", "WhitelistEnded"],
  SpotHedgeQuoteMaker: [
    ...["HedgeGapRulesSet", "LpRulesSet", "OwnershipTransferred", "ParametersSet", "QuoteRulesSet", "WhitelistEnded"],
  ],
  LpRequestVault: ["GatewaysSet", "OwnershipTransferred", "RulesSet"],
} as const;

for (const [contract, names] of Object.entries(events))
  for (const name of names)
    ponder.on(`${contract}:${name}` as "ClearingHouse:RulesSet", async ({ event, context }) => {
      // Undefined for an event without arguments.
      const args = (event.args ?? {}) as Record<string, unknown>;
      await context.db.insert(parameterChanges).values({
        ...occurrenceOf(event),
        id: event.id,
        address: event.log.address,
        contract,
        name,
        marketId: typeof args.marketId === "bigint" ? args.marketId : null,
        values: jsonOf(args),
        author: event.transaction.from,
      });
    });
