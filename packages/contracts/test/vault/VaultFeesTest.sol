// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Funding and borrowing in the deployed exchange. FeeMath.t.sol tests their arithmetic.
abstract contract VaultFeesTest is ExchangeTest {
    /// @dev 10% per day.
    uint64 internal constant CAP = uint64(uint256(1e18) / 1 days / 10 / 1e5 * 1e5);
    uint48 internal constant BORROWING = uint48(uint256(0.2e18) / 365 days / 1e5 * 1e5);
    uint128 internal constant SKEW_SCALE = 100e18;

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        (c.funding.maxRate, c.funding.maxVelocity, c.funding.skewScale) = (CAP, CAP / 6 hours, SKEW_SCALE);
        c.maxBorrowingRate = BORROWING;
        c.market.feeIndexDecimals = 12;
        c.guardian = makeAddr("guardian");
    }

    function setUp() public virtual override {
        super.setUp();
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 100_000 * USD);
    }

    /// @dev Lets time pass and publishes the same price again.
    function _pass(uint256 time) internal {
        skip(time);
        setPrice(START_PRICE);
    }

    function _pending(address account) internal view returns (int256 funding, int256 borrowing) {
        return d.lens.pendingFeesOf(market, account);
    }

    function _assertPending(address account, int256 funding, int256 borrowing, string memory when) internal view {
        (int256 f, int256 b) = _pending(account);
        assertEq(f, funding, when);
        assertEq(b, borrowing, when);
    }

    function _setStatus(MarketStatus status) internal {
        vm.prank(owner());
        house.setMarketStatus(market, status);
    }

    /// @dev Calls a setter that turns a fee off. Accrued fees stay pending, and none are added.
    function _assertSettlesFirst(bytes memory setter, address target, bool stopsFunding, bool stopsBorrowing) internal {
        buy(alice, address(om), 30e18);
        _pass(1 days);
        (int256 funding, int256 borrowing) = _pending(alice);
        assertGt(funding, 0);
        assertGt(borrowing, 0);
        vm.prank(owner());
        (bool ok,) = target.call(setter);
        assertTrue(ok);
        _assertPending(alice, funding, borrowing, "accrued fees stay");
        _pass(1 days);
        (int256 f, int256 b) = _pending(alice);
        assertEq(f == funding, stopsFunding, "funding");
        assertEq(b == borrowing, stopsBorrowing, "borrowing");
    }
}
