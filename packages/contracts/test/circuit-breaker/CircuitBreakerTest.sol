// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {TestAccounts} from "../utils/TestAccounts.sol";
import {TestToken} from "../utils/TestToken.sol";
import {FlashBorrower, ProtectedHolder} from "./ProtectedHolder.sol";

/// @dev A breaker over one holder, which holds 500,000 each of Alice and Bob. A tenth of the whole may leave per day.
/// The limit is in force, and no window is running.
abstract contract CircuitBreakerTest is TestAccounts {
    uint256 internal constant START = 1_700_000_000;
    uint24 internal constant DAY = 1 days;
    uint24 internal constant TENTH = 100_000;
    uint256 internal constant UNIT = 1e6;
    uint256 internal constant FUND = 500_000 * UNIT;
    /// @dev A tenth of both funds.
    uint256 internal constant ALLOWANCE = 100_000 * UNIT;

    CircuitBreaker internal breaker;
    ProtectedHolder internal holder;
    TestToken internal usd;

    address internal owner = makeAddr("owner");
    address internal guardian = makeAddr("guardian");
    address internal carol = makeAddr("carol");
    address internal market = makeAddr("market");
    address internal lender = makeAddr("lender");
    FlashBorrower internal borrower;

    function setUp() public virtual {
        vm.warp(START);
        breaker = new CircuitBreaker(owner, guardian);
        holder = new ProtectedHolder(breaker);
        borrower = new FlashBorrower();
        usd = new TestToken("USD", "USD", 6);
        deposit(alice, FUND);
        deposit(bob, FUND);
        protect(address(holder));
        setHolders(usd, address(holder));
        setLimit(usd, DAY, TENTH, 0);
        skip(1);
    }

    // -------------------------------------------------------------------------------------------------- actions ----

    function protect(address account) internal {
        vm.prank(owner);
        breaker.setProtected(account, true);
    }

    function setHolders(IERC20 token, address only) internal {
        address[] memory holders = new address[](1);
        holders[0] = only;
        vm.prank(owner);
        breaker.setHolders(address(token), holders);
    }

    function setLimit(IERC20 token, uint24 window, uint24 maxOutflow, uint96 minimum) internal {
        vm.prank(owner);
        breaker.setLimit(address(token), CircuitBreaker.Limit(window, maxOutflow, minimum));
    }

    function lowerLimit(uint24 maxOutflow, uint96 minimum) internal {
        vm.prank(guardian);
        breaker.lowerLimit(address(usd), maxOutflow, minimum);
    }

    function deposit(address account, uint256 amount) internal {
        depositToken(usd, account, amount);
    }

    function depositToken(TestToken token, address account, uint256 amount) internal {
        token.mint(account, amount);
        vm.startPrank(account);
        token.approve(address(holder), amount);
        holder.deposit(token, account, amount);
        vm.stopPrank();
    }

    function withdraw(address account, uint256 amount) internal {
        vm.prank(account);
        holder.withdraw(usd, amount, account);
    }

    function moveFund(address from, address to, uint256 amount) internal {
        vm.prank(from);
        holder.moveFund(usd, to, amount);
    }

    function hedge(int256 change, bool canBlock) internal {
        if (change > 0) {
            usd.mint(market, uint256(change));
            vm.prank(market);
            usd.approve(address(holder), uint256(change));
        }
        holder.hedge(usd, change, canBlock, market);
    }

    function lend(uint256 amount) internal {
        usd.mint(lender, amount);
        vm.prank(lender);
        usd.approve(address(borrower), amount);
    }

    // --------------------------------------------------------------------------------------------- expectations ----

    function availableNow() internal view returns (uint256 amount) {
        (amount,) = breaker.available(address(usd));
    }

    function hedgeNow() internal view returns (int256 net) {
        (,,, net) = breaker.windowOf(address(usd));
    }

    function windowEnd() internal view returns (uint256 end) {
        (end,,,) = breaker.windowOf(address(usd));
    }

    function expectExceeded(uint256 requested, uint256 amount, uint256 availableAt) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICircuitBreaker.OutflowLimitExceeded.selector, address(usd), requested, amount, availableAt
            )
        );
    }

    function expectNotOwner(address caller) internal {
        vm.expectRevert(abi.encodeWithSignature("OwnableUnauthorizedAccount(address)", caller));
    }
}
