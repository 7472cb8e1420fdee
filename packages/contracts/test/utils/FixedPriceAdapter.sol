// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {TestToken} from "./TestToken.sol";

/// @dev Swaps at 2,000 out of its own tokens, of 18 and 6 decimals. Derived adapters misbehave in one place.
abstract contract FixedPriceAdapter is ISpotAdapter {
    address public immutable baseToken;
    address public immutable quoteToken;
    uint256 public constant pathFee = 0;

    constructor(address baseToken_, address quoteToken_) {
        (baseToken, quoteToken) = (baseToken_, quoteToken_);
    }

    function isLocked() external pure returns (bool) {
        return false;
    }

    function quoteSwap(bool isBaseToQuote, bool isExactInput, uint256 amount)
        internal
        pure
        returns (uint256 amountIn, uint256 amountOut)
    {
        bool isBase = isBaseToQuote == isExactInput;
        uint256 opposite = isBase ? amount * 2000 / 1e12 : amount * 1e12 / 2000;
        return isExactInput ? (amount, opposite) : (opposite, amount);
    }

    function payOut(bool isBaseToQuote, address recipient, uint256 amount) internal {
        TestToken(isBaseToQuote ? quoteToken : baseToken).transfer(recipient, amount);
    }
}
