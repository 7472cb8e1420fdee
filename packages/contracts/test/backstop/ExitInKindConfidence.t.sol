// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {ILpSlice} from "../../src/interfaces/ILpSlice.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {Price} from "../../src/types/Units.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev Trades pay a premium for the width of the price's confidence interval, here half a percent.
contract ExitInKindConfidenceTest is LpRequestVaultTest(MakerKind.Oracle) {
    uint256 private constant PREMIUM = 5000;

    function setUp() public override {
        super.setUp();
        openPosition(900_000, 400e18);
        IOracleMaker.Parameters memory p = om.parameters();
        (p.lpFee, p.confidenceFactor, p.maxConfidencePremium) = (1000, 1_000_000, uint24(2 * PREMIUM));
        vm.prank(owner());
        om.setParameters(p);
    }

    /// @dev E5: a position by request and exit in kind costs no less than the same position by a trade.
    function test_Fee_EnteringAndLeavingNeverBeatsATrade() public {
        uint256 amount = 100_000 * USD;
        uint256 snapshot = vm.snapshotState();
        uint256 shares = enter(dave, amount);
        vm.startPrank(dave);
        maker.approve(address(backstop), shares);
        uint256 exitId = backstop.startExit(address(maker), shares);
        vm.stopPrank();
        skip(1 hours);
        _store();
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        int256 cost = int256(amount * 1e12) - vault.accountState(market, dave, Price.wrap(2000e18)).value.unwrap();
        assertLt(slice.base, 0);
        vm.revertToState(snapshot);
        _store();
        addMargin(bob, 300_000 * USD);
        int256 before = valueOf(bob);
        sell(bob, address(maker), uint256(-slice.base));
        assertGe(cost, before - valueOf(bob));
    }

    /// @dev The premium is that of a trade now, and the largest one while no price is readable.
    function test_Terms() public {
        _store();
        (uint256 fillFee,,) = ILpSlice(address(maker)).sliceTerms();
        assertEq(fillFee, 1000 + PREMIUM);
        skip(1 days);
        (fillFee,,) = ILpSlice(address(maker)).sliceTerms();
        assertEq(fillFee, 1000 + 2 * PREMIUM);
    }

    function _store() private {
        skip(1);
        bytes[] memory update = new bytes[](1);
        uint64 time = uint64(timestamp());
        update[0] = pyth.createPriceFeedUpdateData(FEED, 2000e8, 10e8, -8, 2000e8, 0, time, time - 1);
        pyth.updatePriceFeeds{value: 1}(update);
    }
}
