// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {HedgeMath} from "../../src/libraries/HedgeMath.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {Base, PPM, Price, WAD} from "../../src/types/Units.sol";

/// @dev Requirements, notionals and the prices of hedges, for every size and price that the ledger can hold (below 2^127 and
/// 2^128) and quote below 2^127. Comparisons of quotients are multiplied out; nothing in these ranges overflows.
contract PricesSymbolic {
    uint256 private constant MAX = 2 ** 127;
    uint256 private constant MAX_PRICE = 2 ** 128;

    /// @dev A requirement is its ratio of the notional, up, by less than one.
    function check_RequirementIsRoundedUpByLessThanOne(uint256 notional, uint256 ratio) external pure {
        if (notional >= MAX || ratio > PPM) return;
        unchecked {
            uint256 required = MarginMath.requirementCeil(notional, ratio);
            assert(required * PPM >= notional * ratio);
            assert(required * PPM < notional * ratio + PPM);
        }
    }

    function check_NotionalIsRoundedUpByLessThanOne(uint256 size, uint256 price) external pure {
        if (size >= MAX || price >= MAX_PRICE) return;
        unchecked {
            uint256 notional = Base.wrap(int256(size)).notionalCeil(Price.wrap(price));
            assert(notional * WAD >= size * price);
            assert(notional * WAD < size * price + WAD);
        }
    }

    function check_NotionalIsRoundedDownByLessThanOne(uint256 size, uint256 price) external pure {
        if (size >= MAX || price >= MAX_PRICE) return;
        unchecked {
            uint256 notional = Base.wrap(int256(size)).notionalFloor(Price.wrap(price));
            assert(notional * WAD <= size * price);
            assert(notional * WAD + WAD > size * price);
        }
    }

    /// @dev The taker never receives the maker's spread.
    function check_SpreadIsTheVaults(uint256 quote, uint256 spread) external pure {
        if (quote >= MAX || spread >= PPM) return;
        assert(HedgeMath.lessSpreadDown(quote, spread) <= quote);
        assert(HedgeMath.plusSpreadUp(quote, spread) >= quote);
    }

    /// @dev A swap within the net quote costs, with the spread, no more than the taker pays.
    function check_NetIsCovered(uint256 quote, uint256 spread) external pure {
        if (quote >= MAX || spread >= PPM) return;
        unchecked {
            assert(HedgeMath.netDown(quote, spread) * (PPM + spread) <= quote * PPM);
        }
    }

    /// @dev H2: a closing taker gets the worse of two prices.
    function check_H2_TakerGetsTheWorsePrice(bool isBaseToQuote, uint256 base, uint256 quote, uint256 price)
        external
        pure
    {
        if (base >= MAX || quote >= MAX || price >= MAX_PRICE) return;
        unchecked {
            uint256 got = HedgeMath.worseQuote(isBaseToQuote, base, quote, Price.wrap(price));
            if (isBaseToQuote) assert(got <= quote && got * WAD <= base * price);
            else assert(got >= quote && got * WAD >= base * price);
        }
    }
}
