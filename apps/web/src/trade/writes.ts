// Transactions of the tables, which load when one is sent.
export { cancelOrderSync, cancelSignedOrderSync } from "@counterpoise/sdk";
