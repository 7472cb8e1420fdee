// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";

/// @dev T5 with real moves of a real pool.
contract SpotHedgeBaseMakerSandwichTest is SpotHedgeBaseMakerTest {
    int256 private spentBase;
    int256 private spentQuote;

    function testFuzz_T5_SelfSandwichEarnsNothing(uint256 push, uint256 size, bool isBaseToQuote) public {
        sell(bob, maker, 40e18);
        spot.moveTo(START_PRICE);
        int256 lps = vaultValue(START_PRICE);
        _movePool(boundExactPrice(push, 1962e18, 2038e18));
        TradeParams memory params = order(alice, maker, isBaseToQuote, isBaseToQuote, boundSize(size, 1e15, 39e18));
        vm.prank(alice);
        try house.trade(params) {}
        catch (bytes memory reason) {
            assertEq(bytes4(reason), ISpotHedgeVault.HedgeTooFar.selector);
        }
        _movePool(START_PRICE);
        int256 earned = _earned() + valueOf(alice) - 400_000e18;
        assertLe(earned, 0, "the attacker earned");
        assertGe(vaultValue(START_PRICE) + 2e12, lps, "LPs paid for it");
    }

    /// @dev The same around a close. No bound protects the maker there; the worse of two prices does.
    function testFuzz_T5_SandwichedCloseEarnsNothing(uint256 push, uint256 part) public {
        sell(alice, maker, 20e18);
        spot.moveTo(START_PRICE);
        (int256 lps, int256 value) = (vaultValue(START_PRICE), valueOf(alice));
        _movePool(boundExactPrice(push, 1500e18, 2500e18));
        buy(alice, maker, boundSize(part, 1e15, 20e18));
        _movePool(START_PRICE);
        assertLe(_earned() + valueOf(alice) - value, 0, "the attacker earned");
        assertGe(vaultValue(START_PRICE) + 2e12, lps, "LPs paid for it");
    }

    function _movePool(uint256 price) private {
        (int256 a0, int256 a1) = spot.moveTo(price);
        (int256 base, int256 quote) = spot.baseIsToken0() ? (a0, a1) : (a1, a0);
        spentBase += base;
        spentQuote += quote * 1e12;
    }

    /// @dev Profit of the attacker's swaps at the oracle price, WAD quote.
    function _earned() private view returns (int256) {
        return -(spentBase * 2000 + spentQuote);
    }
}
