// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {CollateralFeedFixture} from "./CollateralFeedFixture.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";

/// @dev T10, the weekend of 2023-03-11: the base keeps its value in dollars while the collateral falls to 0.87 and
/// recovers. Takers are long at the OracleMaker and short at the hedged maker, so that both makers have inventory.
contract CollateralDepegTest is CollateralFeedFixture {
    uint256 private constant STEPS = 9;
    /// @dev Base and collateral in dollars, 8 decimals.
    uint256[STEPS] private bases = [2000e8, 1990e8, 1985e8, 1970e8, 2005e8, 2010e8, 2002e8, 2000e8, 2000e8];
    uint256[STEPS] private pegs = [1e8, 0.985e8, 0.93e8, 0.9e8, 0.87e8, 0.89e8, 0.94e8, 0.972e8, 1e8];

    function setUp() public override {
        super.setUp();
        vm.startPrank(owner());
        om.setWhitelistLp(stranger, true);
        shb.setWhitelistLp(stranger, true);
        vm.stopPrank();
        addMargin(alice, 50_000 * USD);
        addMargin(bob, 50_000 * USD);
        buy(alice, address(om), 10e18);
        sell(bob, address(shb), 5e18);
        usd.mint(stranger, 1_000_000 * USD);
        weth.mint(stranger, 100e18);
        vm.deal(stranger, 1 ether);
        vm.startPrank(stranger);
        usd.approve(address(om), type(uint256).max);
        weth.approve(address(shb), type(uint256).max);
        vm.stopPrank();
    }

    /// @dev T10: shares have the value of the spot market, so that no LP enters or leaves at the expense of the others.
    /// A round trip earns what the LP vault earned meanwhile.
    function test_T10_Depeg_NoLpDilutesTheOthers() public {
        for (uint256 i = 0; i < STEPS; ++i) {
            for (uint256 j = i; j < STEPS; ++j) {
                _checkRoundTrip(om, 500_000 * USD, i, j);
                _checkRoundTrip(shb, 50e18, i, j);
            }
        }
    }

    /// @dev T10: the OracleMaker's inventory, computed separately: its collateral less ten base at the price of the
    /// spot market.
    function test_T10_Depeg_SharesHaveTheSpotMarketsValue() public {
        for (uint256 i = 0; i < STEPS; ++i) {
            _at(i);
            int256 held = positionOf(address(om)).margin.unwrap() + positionOf(address(om)).openNotional.unwrap();
            int256 worth = held - 10 * int256(_inCollateral(i));
            assertApproxEqAbs(int256(om.totalAssets()), worth / 1e12, 1);
        }
    }

    /// @dev T10: a round trip earns the change of the base's price in collateral, and never more.
    function test_T10_Depeg_NoTakerBeatsTheSpotMarket() public {
        fund(stranger, 500_000 * USD);
        addMargin(stranger, 500_000 * USD);
        vm.prank(owner());
        om.setValidSender(stranger, true);
        for (uint256 i = 0; i + 1 < STEPS; ++i) {
            for (uint256 j = i + 1; j < STEPS; ++j) {
                uint256 state = vm.snapshotState();
                bool isLong = _inCollateral(j) > _inCollateral(i);
                int256 fair = int256(_inCollateral(j)) - int256(_inCollateral(i));
                _at(i);
                int256 before = marginOf(stranger);
                if (isLong) buy(stranger, address(om), 20e18);
                else sell(stranger, address(om), 20e18);
                _at(j);
                close(stranger, address(om));
                assertLe(marginOf(stranger) - before, 20 * (isLong ? fair : -fair) + 1e12);
                vm.revertToState(state);
            }
        }
    }

    function test_T10_Depeg_LiquidationPriceFollows() public {
        for (uint256 i = 0; i < STEPS; ++i) {
            _at(i);
            assertEq(liquidationPriceOf(oracle, market), _inCollateral(i));
            assertEq(priceNow(), _inCollateral(i));
        }
    }

    function _checkRoundTrip(ILpModule maker, uint256 amountXCD, uint256 i, uint256 j) private {
        uint256 state = vm.snapshotState();
        vm.startPrank(stranger);
        _at(i);
        uint256 priceIn = maker.sharePrice();
        uint256 shares = maker.deposit(amountXCD);
        _checkNotDiluted(maker, priceIn);
        if (j != i) _at(j);
        uint256 priceOut = maker.sharePrice();
        uint256 back = maker.withdraw(shares);
        _checkNotDiluted(maker, priceOut);
        vm.stopPrank();
        // Amounts are rounded to whole units of asset and share price.
        assertLe(back, amountXCD * (priceOut + 1) / priceIn + 1);
        // The hedged vault has no inventory, so that the price of the collateral does not matter.
        if (maker == ILpModule(shb)) assertApproxEqRel(back, amountXCD, 1e12);
        vm.revertToState(state);
    }

    /// @dev Tolerance for virtual shares and whole units of the asset: a millionth of a millionth.
    function _checkNotDiluted(ILpModule maker, uint256 before) private view {
        assertGe(maker.sharePrice() + before / 1e12 + 1, before);
    }

    function _at(uint256 step) private {
        skip(60);
        publish(bases[step], 0, pegs[step], 0);
    }

    function _inCollateral(uint256 step) private view returns (uint256) {
        return bases[step] * 1e18 / pegs[step];
    }
}
