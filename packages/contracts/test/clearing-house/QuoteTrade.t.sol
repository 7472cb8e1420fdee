// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev quoteTrade reverts with the result of the trade.
contract ClearingHouseQuoteTradeTest is ExchangeTest {
    function setUp() public override {
        super.setUp();
        addMargin(alice, 500_000 * USD);
        addMargin(bob, 500_000 * USD);
        sell(bob, address(shb), 20e18);
    }

    /// @dev A quote equals the result of the trade after it, for both makers and the four kinds of orders.
    function testFuzz_QuoteTrade_EqualsTheTrade(
        uint256 amount,
        bool useOracleMaker,
        bool isBaseToQuote,
        bool isExactInput
    ) public {
        amount = boundAmount(amount, 1e12, 15e18);
        if (isBaseToQuote != isExactInput) amount *= 2000;
        address maker = useOracleMaker ? address(om) : address(shb);
        TradeParams memory params = order(alice, maker, isBaseToQuote, isExactInput, amount);
        (int256 base, int256 quote) = _quote(params);
        (int256 tradedBase, int256 tradedQuote) = tradeAs(alice, params);
        assertEq(base, tradedBase);
        assertEq(quote, tradedQuote);
    }

    function test_QuoteTrade_ChangesNothing() public {
        int256 margin = marginOf(address(shb));
        vm.prank(stranger);
        try house.quoteTrade(order(alice, address(shb), true, true, 1e18), alice) {} catch {}
        assertEq(sizeOf(alice), 0);
        assertEq(marginOf(address(shb)), margin);
        assertEq(vault.lockHolder(), address(0));
    }

    function test_QuoteTrade_RevertsWithTheTradesReason() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, stranger));
        house.quoteTrade(order(alice, address(om), true, true, 1e18), stranger);
    }

    function _quote(TradeParams memory params) private returns (int256 base, int256 quote) {
        vm.prank(stranger);
        try house.quoteTrade(params, alice) {
            fail();
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IClearingHouse.TradeQuoted.selector);
            assembly ("memory-safe") {
                base := mload(add(reason, 0x24))
                quote := mload(add(reason, 0x44))
            }
        }
    }
}
