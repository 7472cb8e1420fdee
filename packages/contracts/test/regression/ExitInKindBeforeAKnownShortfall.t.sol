// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T58 by way of an exit in kind: an LP leaves with its part of the maker's profit, sells the slice back to the maker and
/// withdraws the realised profit, while the shortfall that this profit has to pay stays with the other LP.
contract ExitInKindBeforeAKnownShortfallTest is LadderTest {
    address internal lp2 = makeAddr("lp2");
    uint256 internal constant PRICE = 2608e18;
    uint256 internal shares;
    uint256 internal exitId;

    /// @dev Alice is short 400 of the OracleMaker with 100,000 of margin, and two LPs own equal shares of it. The exit of
    /// the first is due.
    function setUp() public override {
        super.setUp();
        vm.startPrank(owner());
        om.setWhitelistLp(lp2, true);
        om.setValidSender(lp, true);
        vm.stopPrank();
        depositLp(lp2, 1_000_000 * USD, 0);
        shares = om.balanceOf(lp);
        assertEq(om.balanceOf(lp2), shares);
        addMargin(alice, 100_000 * USD);
        sell(alice, address(om), 400e18);
        vm.startPrank(lp);
        om.approve(address(backstop), shares);
        exitId = backstop.startExit(address(om), shares);
        vm.stopPrank();
        skip(1 hours);
        jump(PRICE);
        address[3] memory others = [lp, lp2, address(backstop)];
        for (uint256 i = 0; i < others.length; ++i) {
            accounts.push(others[i]);
        }
    }

    function test_T58_ExitInKind_LeavesThePartOfTheShortfall() public {
        int256 shortfall = -valueOf(alice);
        assertGt(shortfall, 143_200e18);
        vm.prank(keeper);
        backstop.flagShortfall(market, alice);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertApproxEqAbs(slice.base, 200e18, 1e8);
        assertApproxEqRel(slice.deduction, uint256(shortfall) / 2, 1e12, "its part of the shortfall");
        // Sold back to the maker, the slice is profit that can be withdrawn.
        close(lp, address(om));
        assertEq(sizeOf(lp), 0);
        int256 gained = marginOf(lp);
        assertLe(gained, 1_050_000e18, "1,121,000 without the deduction");
        assertGt(gained, 1_040_000e18);
        vm.prank(lp);
        vault.transferMarginToFund(market, lp, uint256(gained) / 1e12);
        // Insurance and the second LP can pay the whole shortfall, and the second LP is left with at least as much as the first.
        assertGe(valueOf(address(om)) + insurance() - shortfall, gained);
        assertLaws();
    }

    /// @dev The second LP executes the exit and deleverages the slice beside the maker in the same block. The LP that leaves
    /// has paid its part with the deduction: the second LP would gain what it pays again.
    function test_T58_ExitInKind_TheLeavingLpPaysOnce() public {
        int256 half = (valueOf(address(om)) + valueOf(alice)) / 2;
        vm.startPrank(lp2);
        backstop.flagShortfall(market, alice);
        backstop.executeExit(exitId, 0);
        address[] memory counterparties = new address[](2);
        (counterparties[0], counterparties[1]) = (address(om), lp);
        backstop.deleverage(market, alice, counterparties);
        vm.stopPrank();
        if (sizeOf(alice) != 0) takeOver(alice);
        assertGe(insurance(), 0);
        // The fee of a redemption stays: 500 of 1,000,000.
        assertGe(valueOf(lp) + 1000e18, half);
        assertLe(valueOf(address(om)) - 1000e18, half);
        assertLaws();
    }

    /// @dev The slice is sold back, so that no profit is left that could pay: what the LP has left behind pays.
    function test_T58_ExitInKind_TheDeductionPaysTheShortfall() public {
        int256 shortfall = -valueOf(alice);
        backstop.flagShortfall(market, alice);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertEq(insurance(), int256(slice.deduction));
        close(lp, address(om));
        skip(1 hours);
        jump(PRICE);
        takeOver(alice);
        assertGe(insurance(), -shortfall / 2 - 1e18, "bad debt of the other half at most");
        assertLaws();
    }

    /// @dev A slice takes its part of the profit that the maker has paid already, here to the keeper that flagged.
    function test_T58_ExitInKind_PaidProfitLeavesWithTheSlice() public {
        setRule(Rule.TradingFee, 100);
        int256 reward = -marginOf(keeper);
        vm.prank(keeper);
        backstop.flagShortfall(market, alice);
        reward += marginOf(keeper);
        assertGt(reward, 0);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        int256 profit = slice.base * int256(PRICE) / 1e18 + slice.quote;
        int256 unpaid = profit - int256(slice.deduction) - reward / 2;
        assertApproxEqAbs(_rankOf(lp), uint256(unpaid) * 1e18 / (uint256(slice.base) * PRICE / 1e18), 1e6, "slice");
        unpaid = profit - reward / 2;
        assertApproxEqAbs(
            _rankOf(address(om)), uint256(unpaid) * 1e18 / (uint256(slice.base) * PRICE / 1e18), 1e6, "maker"
        );
    }

    function _rankOf(address account) private view returns (uint256) {
        address[] memory candidates = new address[](1);
        candidates[0] = account;
        (, uint256[] memory ranks) = backstop.rankCandidates(market, alice, candidates);
        return ranks[0];
    }

    /// @dev Without a flag, nothing is known and nothing stays. With insurance, its part does not stay.
    function test_T58_ExitInKind_NothingStaysForWhatInsurancePays() public {
        donate(200_000 * USD);
        (IExitInKind.Slice memory slice,) = backstop.previewExit(address(om), lp, shares);
        assertEq(slice.deduction, 0);
        jump(3200e18);
        int256 beyond = -valueOf(alice) - 200_000e18;
        assertGt(beyond, 0);
        backstop.flagShortfall(market, alice);
        slice = backstop.executeExit(exitId, 0);
        assertApproxEqRel(slice.deduction, uint256(beyond) / 2, 1e12);
        assertLaws();
    }
}
