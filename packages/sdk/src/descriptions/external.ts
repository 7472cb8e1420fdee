import { remedies, type Text } from "./text.js";

/** Tokens, Solidity, OpenZeppelin, Pyth's governance and Uniswap. */
export const external = {
  AddressEmptyCode: [
    "There is no contract at the address",
    "{target:address} has no code.",
    "Check the address and the chain.",
  ],
  AlreadyUnlocked: [
    "The PoolManager is in use",
    "Another action of Uniswap v4's PoolManager is running.",
    "Make the call outside of it.",
  ],
  CurrencyNotSettled: [
    "A balance at the PoolManager is open",
    "An action of Uniswap v4 ended without settling a token.",
    remedies.report,
  ],
  DelegateCallNotAllowed: [
    "The call is not allowed here",
    "The function of Uniswap v4 does not accept a delegatecall.",
    "Call the contract itself.",
  ],
  DeltaNotNegative: [
    "Nothing is owed",
    "Uniswap v4's router owes nothing in {currency:address}.",
    "Check the actions of the swap.",
  ],
  DeltaNotPositive: [
    "Nothing can be taken",
    "Uniswap v4's router has no credit in {currency:address}.",
    "Check the actions of the swap.",
  ],
  ECDSAInvalidSignature: ["The signature is invalid", "No account can be recovered from the signature.", "Sign again."],
  ECDSAInvalidSignatureLength: [
    "The signature has a wrong length",
    "The signature has {length:n} bytes.",
    "Use a signature of 65 bytes.",
  ],
  ECDSAInvalidSignatureS: [
    "The signature is malleable",
    "The value s ({s:n}) is in the upper half of the curve's order.",
    "Sign again with a wallet that makes canonical signatures.",
  ],
  ERC20InsufficientAllowance: [
    "The allowance is too small",
    "{spender:address} may spend {allowance:n}, and the transfer needs {needed:n} (in the token's smallest unit).",
    "Approve the amount, or use a variant with a permit.",
  ],
  ERC20InsufficientBalance: [
    "The token balance is too small",
    "{sender:address} has {balance:n}, and the transfer needs {needed:n} (in the token's smallest unit).",
    "Use a smaller amount, or get more of the token.",
  ],
  ERC20InvalidApprover: ["The approver is invalid", "{approver:address} cannot approve.", "Give a valid address."],
  ERC20InvalidReceiver: [
    "The receiver is invalid",
    "{receiver:address} cannot receive the token.",
    "Give a valid address.",
  ],
  ERC20InvalidSender: ["The sender is invalid", "{sender:address} cannot send the token.", "Give a valid address."],
  ERC20InvalidSpender: ["The spender is invalid", "{spender:address} cannot be approved.", "Give a valid address."],
  ERC20TransferFailed: [
    "A token transfer failed",
    "A transfer of Uniswap v4's PoolManager failed.",
    "Check balance and allowance, and whether the token is paused.",
  ],
  ERC2612ExpiredSignature: [
    "The permit has expired",
    "The permit was valid until {deadline:time}.",
    "Sign a new permit with a later deadline.",
  ],
  ERC2612InvalidSigner: [
    "The permit has another signer",
    "{signer:address} signed, and {owner:address} is the owner.",
    "Sign the permit with the owner's account.",
  ],
  Error: [
    "A contract failed",
    "A contract reports: {message:n}.",
    "Check the amounts and addresses of the call. If it goes through a pool, try a smaller amount.",
  ],
  "Error/SPL": [
    "The pool's price is beyond the limit",
    "A Uniswap v3 pool does not accept the price limit of the swap.",
    remedies.pool,
  ],
  "Error/LOK": [
    "The pool is in use",
    "A Uniswap v3 pool is locked by another action, or is not initialized.",
    "Make the call outside of a swap, and check the fee of the pool.",
  ],
  "Error/AS": [
    "The amount of the swap is zero",
    "A Uniswap v3 pool does not swap an amount of zero.",
    "Use a larger amount.",
  ],
  "Error/IIA": [
    "The pool was paid too little",
    "A Uniswap v3 pool received less than the swap costs.",
    "Use a token without a transfer fee, and check balance and allowance.",
  ],
  "Error/TF": [
    "A token transfer failed",
    "A Uniswap v3 pool could not transfer a token.",
    "Check whether the token is paused or blocks an account.",
  ],
  "Error/STF": [
    "A token transfer failed",
    "Uniswap's router could not transfer a token from the payer.",
    "Check balance and allowance.",
  ],
  ExecutionFailed: [
    "A command of the router failed",
    "Command {commandIndex:n} of Uniswap's router failed.",
    remedies.pool,
  ],
  FailedCall: [
    "A call failed",
    "A call to another contract failed without a reason.",
    "Check the called contract and the attached value.",
  ],
  FailedDeployment: [
    "A contract could not be created",
    "The creation of a contract failed, for lack of gas or because it exists already.",
    "Estimate the gas again.",
  ],
  HookCallFailed: [
    "A hook of the pool failed",
    "The call to the hook of a Uniswap v4 pool failed.",
    "Use a pool without hooks.",
  ],
  InsufficientBalance: [
    "The balance of native coins is too small",
    "The contract has {balance:wei}, and {needed:wei} is needed.",
    "Attach more, or use a smaller amount.",
  ],
  InvalidAccountNonce: [
    "The nonce is wrong",
    "The nonce of {account:address} is {currentNonce:n}.",
    "Sign again with this nonce.",
  ],
  InvalidCaller: ["The caller is invalid", "The contract does not accept a call of this account.", remedies.internal],
  InvalidFeeForExactOut: [
    "The pool cannot give an exact output",
    "A Uniswap v4 pool with a fee of 100% accepts exact inputs only.",
    "Use another pool.",
  ],
  InvalidGovernanceDataSource: [
    "The message has a wrong source",
    "Pyth does not accept a governance message of this source.",
    remedies.pyth,
  ],
  InvalidGovernanceMessage: ["The governance message is invalid", "Pyth cannot read the message.", remedies.pyth],
  InvalidGovernanceTarget: [
    "The governance message is for another chain",
    "Pyth's message names another target.",
    remedies.pyth,
  ],
  InvalidPath: [
    "The swap path is invalid",
    "The path has {tokens:n} tokens and {pools:n} pools. It needs two to four tokens, and one pool for each step.",
    "Give a complete path.",
  ],
  InvalidPathToken: [
    "A token of the path is invalid",
    "{token:address} is the zero address, or is on the path twice.",
    "Name each token once.",
  ],
  InvalidPriceOrLiquidity: [
    "The pool has no valid price or liquidity",
    "Uniswap's swap mathematics received a zero.",
    remedies.pool,
  ],
  InvalidSqrtPrice: [
    "The pool's price is outside its range",
    "Uniswap does not accept the square-root price {sqrtPriceX96:n} (Q64.96).",
    remedies.pool,
  ],
  InvalidTick: [
    "The tick is outside its range",
    "Uniswap does not accept tick {tick:n}.",
    "Choose a tick inside the range of the pool.",
  ],
  InvalidWormholeAddressToSet: [
    "The address of Wormhole is invalid",
    "Pyth does not accept the address.",
    remedies.pyth,
  ],
  ManagerLocked: [
    "The PoolManager is locked",
    "The function of Uniswap v4 needs an unlocked PoolManager.",
    "Call through a router or an adapter.",
  ],
  MustClearExactPositiveDelta: [
    "The amount to clear is wrong",
    "Uniswap v4 clears only the exact credit.",
    "Clear the exact amount.",
  ],
  NativeTransferFailed: [
    "A transfer of native coins failed",
    "The recipient did not accept the native coins.",
    "Use a recipient that can receive native coins.",
  ],
  NonzeroNativeValue: [
    "Native coins are attached",
    "Uniswap v4 accepts none in this step.",
    "Send the call without value.",
  ],
  NotEnoughLiquidity: [
    "The pool has too little liquidity",
    "A Uniswap v4 pool ({poolId:n}) cannot fill the amount.",
    remedies.pool,
  ],
  "NotEnoughLiquidity/0": [
    "The pool has too little liquidity",
    "A pool of Uniswap cannot fill the amount.",
    remedies.pool,
  ],
  OldGovernanceMessage: ["The governance message is old", "Pyth has executed a later message.", "Use a newer message."],
  Panic: [
    "A contract failed",
    "Solidity reports panic code {reason:n}: 17 is an overflow, 18 a division by zero, 50 an index outside its array.",
    "Check the amounts of the call for extreme values.",
  ],
  PoolNotInitialized: [
    "The pool does not exist",
    "The pool of Uniswap v4 is not initialized.",
    "Check tokens, fee and tick spacing of the pool.",
  ],
  PriceLimitAlreadyExceeded: [
    "The pool's price is beyond the limit",
    "The pool's square-root price is {sqrtPriceCurrentX96:n}, and the limit is {sqrtPriceLimitX96:n} (Q64.96).",
    remedies.pool,
  ],
  PriceLimitOutOfBounds: [
    "The price limit is outside its range",
    "Uniswap does not accept the limit {sqrtPriceLimitX96:n} (Q64.96).",
    "Choose a limit inside the range of the pool.",
  ],
  PriceOverflow: ["The price is too large", "The computation of a price overflows.", remedies.pool],
  ReentrancyGuardReentrantCall: [
    "The contract is in use",
    "The call came while another call of the contract was running.",
    "Make the call outside of callbacks.",
  ],
  SafeCastOverflow: [
    "An amount is too large",
    "An amount does not fit Uniswap's integer type.",
    "Use a smaller amount.",
  ],
  SafeCastOverflowedIntDowncast: [
    "A value is too large",
    "The value {value:n} does not fit {bits:n} bits.",
    "Use a smaller amount.",
  ],
  SafeCastOverflowedIntToUint: [
    "A value is negative",
    "The value {value:n} is negative where none may be.",
    "Check the sign of the amounts.",
  ],
  SafeCastOverflowedUintDowncast: [
    "A value is too large",
    "The value {value:n} does not fit {bits:n} bits.",
    "Use a smaller amount.",
  ],
  SafeCastOverflowedUintToInt: [
    "A value is too large",
    "The value {value:n} does not fit a signed integer.",
    "Use a smaller amount.",
  ],
  SafeERC20FailedOperation: [
    "A token operation failed",
    "Token {token:address} rejected a transfer or an approval.",
    "Check balance and allowance, and whether the token is paused or blocks an account.",
  ],
  SwapAmountCannotBeZero: [
    "The amount of the swap is zero",
    "Uniswap v4 does not swap an amount of zero.",
    "Use a larger amount.",
  ],
  TransactionDeadlinePassed: [
    "The deadline has passed",
    "The deadline of the router's transaction is over.",
    "Send the transaction again with a later deadline.",
  ],
  UnexpectedRevertBytes: ["The quote of the pool failed", "Uniswap v4's quoter met an unknown error.", remedies.pool],
  UnknownPool: [
    "The pool does not exist",
    "Uniswap v3 has no pool of {tokenA:address} and {tokenB:address} with a fee of {fee:ppm}.",
    "Use the fee of an existing pool.",
  ],
  UnknownPoolKey: [
    "The pool does not exist",
    "Uniswap v4 has no pool without hooks of {currency0:address} and {currency1:address} with a fee of {fee:ppm} and a tick spacing of {tickSpacing:n}.",
    "Use the fee and the spacing of an existing pool.",
  ],
  V4TooLittleReceived: [
    "The swap pays too little",
    "The swap would pay {amountReceived:n}, below the minimum of {minAmountOutReceived:n} (in the token's smallest unit).",
    "Quote again, and use a lower minimum.",
  ],
  V4TooMuchRequested: [
    "The swap costs too much",
    "The swap would cost {amountRequested:n}, above the maximum of {maxAmountInRequested:n} (in the token's smallest unit).",
    "Quote again, and use a higher maximum.",
  ],
  WrappedError: [
    "A contract behind the pool failed",
    "{target:address} failed in the call {selector:n}.",
    remedies.pool,
  ],
} as const satisfies Record<string, Text>;
