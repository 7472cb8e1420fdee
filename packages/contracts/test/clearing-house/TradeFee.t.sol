// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {insufficientInitialMargin, insufficientMaintenanceMargin} from "../utils/Reverts.sol";
import {VaultFeesTest} from "../vault/VaultFeesTest.sol";
import {TradeTest} from "./TradeTest.sol";

/// @dev The taker pays a tenth of a percent of the quote to the market's insurance.
contract ClearingHouseTradeFeeTest is TradeTest {
    function test_Fee_GoesFromTheTakersMarginToInsurance() public {
        uint256 balance = d.lens.marketOf(market).balance;
        vm.expectEmit(address(vault));
        emit IVault.TradingFeePaid(market, alice, 2e18);
        (int256 base, int256 quote) = buy(alice, maker, 1e18);
        assertEq(base, 1e18);
        assertEq(quote, -2000e18, "the quote excludes the fee");
        assertEq(marginOf(alice), 99_998e18);
        assertEq(marginOf(maker), 1_000_000e18);
        assertEq(d.lens.marketOf(market).insurance, 2e18);
        assertEq(d.lens.marketOf(market).balance, balance, "no tokens move");
        close(alice, maker);
        assertEq(marginOf(alice), 99_996e18);
        assertEq(d.lens.marketOf(market).insurance, 4e18);
    }

    /// @dev The fee is charged on the traded quote, whichever side was exact.
    function test_Fee_IsOnTheQuoteOfEitherSide() public {
        tradeAs(alice, order(alice, maker, false, true, 3000e18));
        assertEq(d.lens.marketOf(market).insurance, 3e18);
        tradeAs(alice, order(alice, maker, true, false, 1000e18));
        assertEq(d.lens.marketOf(market).insurance, 4e18);
    }

    function testFuzz_Fee_RoundsUp(uint256 size, bool isShort) public {
        size = boundPart(size, 400e18);
        stub.setPrice(2001e18);
        (, int256 quote) = isShort ? sell(alice, maker, size) : buy(alice, maker, size);
        uint256 paid = uint256(quote < 0 ? -quote : quote);
        int256 fee = d.lens.marketOf(market).insurance;
        assertEq(uint256(fee), (paid * 1000 + 999_999) / 1e6);
        assertEq(marginOf(alice), 100_000e18 - fee);
        // L2: the sum of all values is constant.
        assertEq(valueOf(alice) + valueOf(maker) + fee, 1_100_000e18);
    }

    function test_Fee_RoundsUp_ToTheLastUnit() public {
        stub.setPrice(2001e18);
        buy(alice, maker, 1);
        assertEq(d.lens.marketOf(market).insurance, 3, "of 2.001");
    }

    function test_L6_Fee_CountsAgainstTheInitialRequirement() public {
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 89_900 * USD + 1);
        vm.expectRevert(insufficientInitialMargin(alice, 10_000e18 - 1e12, 10_000e18));
        buy(alice, maker, 50e18);
        addMargin(alice, 1);
        buy(alice, maker, 50e18);
        assertEq(valueOf(alice), 10_000e18);
    }

    /// @dev A close pays the fee out of the remaining margin, and passes as long as that is enough.
    function test_L6_Fee_CountsAtTheClose() public {
        buy(alice, maker, 50e18);
        // 99,900 - 50 x 1,998 = 0
        jump(2e18);
        assertEq(valueOf(alice), 0);
        TradeParams memory params = order(alice, maker, true, true, 50e18);
        vm.expectRevert(insufficientMaintenanceMargin(alice, -0.1e18, 0));
        tradeAs(alice, params);
        fund(alice, 100_000);
        addMargin(alice, 100_000);
        tradeAs(alice, params);
        assertEq(marginOf(alice), 0);
    }

    /// @dev The bound applies to the trade without the fee.
    function test_Fee_IsNotInTheTakersBound() public {
        TradeParams memory params = order(alice, maker, false, false, 1e18);
        params.oppositeBound = 2000e18;
        tradeAs(alice, params);
    }

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.market.rules.tradingFee = 1000;
    }
}

/// @dev The trading fee of a trade against the OracleMaker.
contract ClearingHouseTradeFeeOracleMakerTest is VaultFeesTest {
    function test_TradingFee_GoesToInsurance() public {
        _setTradingFee(1000);
        int256 marginBefore = marginOf(alice);
        (, int256 quote) = buy(alice, address(om), 10e18);
        int256 fee = -quote / 1000;
        assertApproxEqAbs(d.lens.marketOf(market).insurance, fee, 1);
        assertApproxEqAbs(marginOf(alice), marginBefore - fee, 1);
    }

    function _setTradingFee(uint24 fee) private {
        DeployConfig memory c = config();
        c.market.rules.tradingFee = fee;
        vm.prank(owner());
        house.setRules(market, c.market.rules);
    }
}
