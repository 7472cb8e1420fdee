// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev H3 of a quote vault: fees that it pays or earns while takers are long against it are in its assets in the second in
/// which they accrue, and neither the first nor the last close depends on them. The rate is 1% of the notional per 1,000
/// seconds.
contract SpotHedgeQuoteMakerFeesTest is SpotHedgeQuoteMakerTest {
    address private carol = makeAddr("carol");

    function setUp() public override {
        super.setUp();
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        setFastFunding(1e13, 1e18);
        vm.prank(owner());
        om.setValidSender(carol, true);
        fund(carol, 5_000_000 * USD);
        addMargin(carol, 5_000_000 * USD);
    }

    /// @dev Takers of the OracleMaker are short, so the quote vault, short like them, pays: up to twice its margin.
    function testFuzz_H3_EveryCloseWorks_WhenTheVaultPays(uint256 time, bool isAliceFirst, uint256 poolPrice) public {
        time = boundTime(time, 0, 100_000);
        (int256 funding, uint256 before) = _accrue(true, time);
        assertApproxEqAbs(funding, int256(200_000e18 * time / 100_000), 1e15, "1% of 200,000 per 1,000 seconds");
        assertApproxEqAbs(shq.totalAssets(), before - uint256(funding) / 1e12, 2, "immediately in total assets");
        _closeBoth(isAliceFirst, poolPrice);
    }

    /// @dev The reverse: the quote vault earns.
    function testFuzz_H3_EveryCloseWorks_WhenTheVaultEarns(uint256 time, bool isAliceFirst, uint256 poolPrice) public {
        (int256 funding, uint256 before) = _accrue(false, boundTime(time, 0, 30_000));
        assertLe(funding, 0);
        assertApproxEqAbs(shq.totalAssets(), before + uint256(-funding) / 1e12, 2, "immediately in total assets");
        _closeBoth(isAliceFirst, poolPrice);
    }

    /// @dev The funding that accrues in `time`, and the total assets before it. The rate is at its cap before the maker
    /// has a position.
    function _accrue(bool vaultPays, uint256 time) private returns (int256 funding, uint256 before) {
        if (vaultPays) sell(carol, address(om), 400e18);
        else buy(carol, address(om), 400e18);
        passTime(1 hours);
        buy(alice, maker, 50e18);
        spot.moveTo(START_PRICE);
        buy(bob, maker, 50e18);
        spot.moveTo(START_PRICE);
        before = shq.totalAssets();
        passTime(time);
        (funding,) = d.lens.pendingFeesOf(market, maker);
    }

    function _closeBoth(bool isAliceFirst, uint256 poolPrice) private {
        (address first, address last) = isAliceFirst ? (alice, bob) : (bob, alice);
        poolPrice = boundExactPrice(poolPrice, 1900e18, 2100e18);
        int256 value = vaultValue(START_PRICE);
        spot.moveTo(poolPrice);
        (, int256 firstGot) = close(first, maker);
        assertEq(sizeOf(maker), -50e18);
        assertEq(exposure(), 0, "H1");
        assertGe(vaultValue(START_PRICE) + 1e13, value, "a close took from LPs");
        spot.moveTo(poolPrice);
        (, int256 lastGot) = close(last, maker);
        assertEq(firstGot, lastGot, "the same for the first and the last");
        assertEq(sizeOf(maker), 0);
        assertEq(shq.baseBalance(), 0);
        assertGe(marginOf(maker), 0, "no bad debt");
        assertGe(d.lens.marketOf(market).insurance, 0);
        assertGe(vaultValue(START_PRICE) + 1e13, value, "a close took from LPs");
        uint256 assets = shq.totalAssets();
        uint256 shares = shq.balanceOf(lp);
        vm.prank(lp);
        assertApproxEqAbs(shq.withdraw(shares), assets, 1, "everything is withdrawn");
    }
}
