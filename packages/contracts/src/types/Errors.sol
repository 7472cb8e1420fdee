// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

// Errors that several contracts share, each declared once.

/// @dev An address argument is zero.
error ZeroAddress();

/// @dev An amount is zero, or rounds to zero.
error ZeroAmount();

/// @dev An unsigned amount does not fit the signed 128 bits in which the Vault stores amounts, or the integer type of
/// an external protocol.
error AmountTooLarge(uint256 amount, uint256 maxAmount);

/// @dev The caller is not the ClearingHouse (nor, where the function admits it, the Backstop).
error NotClearingHouse(address caller, address clearingHouse);

/// @dev The caller is not the Vault, which calls back the holder of the lock and the payer of a receipt.
error NotVault(address caller, address vault);

/// @dev The caller is not the contract itself.
error NotSelf(address caller);

/// @dev The caller supplied too little gas. With less, the callee's failure could be a lack of gas (T28).
error NotEnoughGas(uint256 gasLeft, uint256 minGas);

/// @dev The price was published before the price of the account's last fill (E1). Seconds.
error PriceOlderThanFill(uint256 publishTime, uint256 lastFillAt);

/// @dev The order's delay has not passed. Seconds.
error NotYetExecutable(uint256 timestamp, uint256 executableAt);

/// @dev The order's last second has passed. Seconds.
error OrderPastExpiry(uint256 timestamp, uint256 expiresAt);

/// @dev The gateway has no rules for the market.
error MarketNotConfigured(uint256 marketId);

/// @dev The order or request would live when the announced feed of its market takes effect (T39). Seconds.
error FeedChangesBefore(uint256 expiresAt, uint256 changeAt);

/// @dev The rules permit a longer life than {MAX_LIFETIME}. Seconds.
error LifetimeTooLong(uint256 lifetime, uint256 maxLifetime);
