// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {ReentrantToken} from "../../utils/ReentrantToken.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";
import {TestToken} from "../../utils/TestToken.sol";

/// @dev T13: a token that calls back in any action of the maker finds everything locked that moves value or prices
/// shares. Keepers are paid in collateral: their fee is one of the callbacks.
abstract contract SpotHedgeQuoteMakerReentrancySuite is SpotHedgeQuoteMakerTest {
    function hostile() internal view virtual returns (ReentrantToken);

    function setUp() public virtual override {
        super.setUp();
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        // The token is an account with a fund, a taker and an LP.
        address self = address(hostile());
        fund(self, 1000 * USD);
        vm.startPrank(owner());
        shq.setWhitelistLp(self, true);
        om.setWhitelistLp(self, true);
        om.setValidSender(self, true);
        vm.stopPrank();
        buy(bob, maker, 100e18);
    }

    function test_T13_FillsFindTheSystemLocked() public {
        for (uint256 i = 0; i < 9; ++i) {
            spot.moveTo(START_PRICE);
            _arm(i);
            buy(alice, maker, 1e18);
            _checkLocked();
            _arm(i);
            sell(alice, maker, 1e18);
            _checkLocked();
        }
    }

    function test_T13_DeleveragingFindsTheSystemLocked() public {
        buy(alice, maker, 140e18);
        movePrice(3750e18);
        uint256 id = vm.snapshotState();
        for (uint256 i = 0; i < 9; ++i) {
            shq.announceDeleverage();
            skip(3);
            bytes[] memory update = executionUpdate(3750e18, timestamp());
            _arm(i);
            vm.prank(keeper);
            shq.deleverage(address(om), update);
            _checkLocked();
            vm.revertToState(id);
        }
    }

    function test_T13_GapsAreClosedUnderTheLock() public {
        movePrice(3000e18);
        spot.moveTo(2800e18);
        addMargin(bob, 100_000 * USD);
        takeOver();
        assertLt(shq.hedgeGap(), 0);
        spot.moveTo(3000e18);
        uint256 id = vm.snapshotState();
        for (uint256 i = 0; i < 9; ++i) {
            _arm(i);
            shq.closeHedgeGap(type(uint256).max);
            _checkLocked();
            vm.revertToState(id);
        }
    }

    function _arm(uint256 i) internal {
        address self = address(hostile());
        (address target, bytes memory call_) = (address(shq), abi.encodeWithSignature("totalAssets()"));
        if (i == 1) call_ = abi.encodeWithSignature("deposit(uint256)", 1);
        if (i == 2) call_ = abi.encodeWithSignature("rebalance()");
        if (i == 3) call_ = abi.encodeWithSignature("announceDeleverage()");
        if (i == 4) call_ = abi.encodeWithSignature("sharePrice()");
        if (i == 5) call_ = abi.encodeWithSignature("getHedge()");
        if (i == 6) (target, call_) = (address(vault), abi.encodeCall(IVault.withdraw, (1, self)));
        if (i == 7) (target, call_) = (address(vault), abi.encodeCall(IVault.receiveMargin, (market, "")));
        if (i == 8) {
            (target, call_) =
            (address(house), abi.encodeCall(IClearingHouse.trade, (order(self, address(om), true, true, 1e15))));
        }
        hostile().arm(target, call_);
    }

    function _checkLocked() internal view {
        assertTrue(hostile().tried(), "the token was not called");
        assertFalse(hostile().succeeded(), "the call succeeded");
        assertEq(bytes4(hostile().answer()), IVault.Locked.selector);
    }
}

contract SpotHedgeQuoteMakerBaseTokenReentrancyTest is SpotHedgeQuoteMakerReentrancySuite {
    function createBaseToken() internal override returns (TestToken) {
        return new ReentrantToken("WETH", "WETH", 18);
    }

    function hostile() internal view override returns (ReentrantToken) {
        return ReentrantToken(address(weth));
    }
}

contract SpotHedgeQuoteMakerCollateralReentrancyTest is SpotHedgeQuoteMakerReentrancySuite {
    function createCollateral() internal override returns (TestToken) {
        return new ReentrantToken("USD", "USD", 6);
    }

    function hostile() internal view override returns (ReentrantToken) {
        return ReentrantToken(address(usd));
    }

    function test_T13_LpsFindTheSystemLocked() public {
        for (uint256 i = 0; i < 9; ++i) {
            usd.mint(lp, 1e6);
            _arm(i);
            vm.startPrank(lp);
            shq.deposit(1e6);
            _checkLocked();
            _arm(i);
            shq.withdraw(1e17);
            _checkLocked();
            vm.stopPrank();
        }
    }

    /// @dev Into the margin and out of it. The keeper's fee is a transfer as well.
    function test_T13_RebalancingFindsTheSystemLocked() public {
        for (uint256 i = 0; i < 9; ++i) {
            movePrice(i % 2 == 0 ? 2300e18 : 1700e18);
            _arm(i);
            vm.prank(keeper);
            shq.rebalance();
            _checkLocked();
        }
    }
}
