// The form of the texts. A placeholder `{name:unit}` stands for the argument `name` of the error, printed in its unit.

/** Title, cause and remedy. */
export type Text = readonly [title: string, cause: string, remedy: string];

/** Remedies that many errors share. */
export const remedies = {
  internal: "This function accepts calls of the exchange's own contracts only. Use the action of the SDK instead.",
  range: "Choose a value inside the range.",
  owner: "Send the call from the owner, or through the timelock if it owns the contract.",
  price: "Fetch a newer price update and send it with the call, or store it at the price source first.",
  wait: "Wait until then and try again.",
  setup: "Check the addresses of the deployment: the contracts must belong to the same exchange.",
  report: "The exchange should not meet this state. Report it with the hash of the transaction.",
  pool: "Try again later or with a smaller amount, or trade against another maker.",
  pyth: "Fetch the update again from the price service of this network, and check the address of the price source.",
} as const;
