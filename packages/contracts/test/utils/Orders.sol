// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";

/// @dev An order of the delayed gateway without a bound. Sells have an exact base input, buys an exact base output.
function orderRequest(uint256 marketId, address maker, bool isBaseToQuote, uint256 amount)
    pure
    returns (OrderRequest memory r)
{
    (r.marketId, r.maker, r.amount) = (marketId, maker, amount);
    (r.isBaseToQuote, r.isExactInput) = (isBaseToQuote, isBaseToQuote);
    if (!isBaseToQuote) r.oppositeBound = type(uint256).max;
}

/// @dev The order that the gateway commits to now: delay 3 s, price window 10 s, validity 60 s, and the bond of an exact
/// base amount when the market accrues at 2,000 and collateral has six decimals.
function orderTerms(address taker, OrderRequest memory request, uint256 createdAt, uint256 keeperFee)
    pure
    returns (Order memory)
{
    uint64 created = uint64(createdAt);
    return Order(taker, request, 0, created + 3, created + 13, created + 63, uint128(keeperFee), bondOf(request));
}

/// @dev XCD.
function bondOf(OrderRequest memory request) pure returns (uint128) {
    if (request.isPoolPriced) return 0;
    bool isExactBase = request.isBaseToQuote == request.isExactInput;
    uint256 notional = isExactBase ? request.amount * 2000 : request.amount;
    return uint128(Math.mulDiv(notional, 16_553, 1e18, Math.Rounding.Ceil));
}
