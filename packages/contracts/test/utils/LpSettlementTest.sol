// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ExchangeTest} from "./ExchangeTest.sol";
import {FaultyToken} from "./FaultyToken.sol";
import {LpRequestVaultTest} from "./LpRequestVaultTest.sol";
import {MakerKind} from "./MakerKind.sol";
import {SecondSourceTest} from "./SecondSourceTest.sol";
import {SpotHedgeQuoteMakerExchange} from "./SpotHedgeQuoteMakerExchange.sol";
import {TestToken} from "./TestToken.sol";

/// @dev Settlements that fail. The second source is within 1%, the confidence within 0.5%, and a breaker limits what can
/// leave of either token in a day.
abstract contract LpSettlementTest is LpRequestVaultTest, SecondSourceTest {
    CircuitBreaker internal breaker;
    FaultyToken internal faulty;

    constructor(MakerKind kind_) LpRequestVaultTest(kind_) {}

    function config() internal override(SpotHedgeQuoteMakerExchange, SecondSourceTest) returns (DeployConfig memory c) {
        c = super.config();
        c.feed.maxConfidence = 5000;
        (c.breakerWindow, c.breakerMaxOutflow) = (1 days, 100_000);
    }

    function createCollateral() internal override returns (TestToken) {
        return TestToken(deployCode("FaultyToken.sol:FaultyToken", abi.encode("USD", "USD", uint8(6))));
    }

    function createBaseToken() internal override returns (TestToken) {
        return TestToken(deployCode("FaultyToken.sol:FaultyToken", abi.encode("WETH", "WETH", uint8(18))));
    }

    function setUp() public override(ExchangeTest, LpRequestVaultTest) {
        super.setUp();
        faulty = FaultyToken(address(token));
        breaker = d.breaker;
        address[] memory holders = new address[](1);
        holders[0] = address(shb);
        vm.startPrank(owner());
        breaker.acceptOwnership();
        breaker.setProtected(address(shb), true);
        breaker.setHolders(address(weth), holders);
        breaker.setLimit(address(weth), CircuitBreaker.Limit({window: 1 days, maxOutflow: 200_000, minimum: 0}));
        vm.stopPrank();
        enter(carol, xcd(20e18));
        // The credit of the deposit has ended.
        skip(2 days);
        publish(START_PRICE);
    }

    // ---------------------------------------------------------------------------------------------------- actions ----

    /// @dev Publishes a price by both sources, now.
    function publish(uint256 price) internal {
        setPrice(price);
        second.push(int256(price / 1e10), timestamp());
    }

    function giveInventory() internal {
        openPosition(100_000, 20e18);
    }

    /// @dev An account that may withdraw takes `amount` of the asset out.
    function useUpOutflow(uint256 amount) internal {
        if (kind == MakerKind.Oracle) {
            vm.prank(alice);
            vault.withdraw(amount, alice);
        } else {
            uint256 shares = amount * maker.totalSupply() / maker.totalAssets();
            vm.prank(lp);
            maker.withdraw(shares);
        }
    }

    function settleAsKeeper(bytes[][] calldata updates) external {
        settleWith(updates);
    }

    /// @dev Carol requests a deposit, or a redemption of half of her shares.
    function request(bool isDeposit) internal returns (uint256 id) {
        return isDeposit ? requestDeposit(carol, xcd(5e18)) : requestRedeem(carol, maker.balanceOf(carol) / 2);
    }

    function updatesFor(uint256 id) internal returns (bytes[][] memory updates) {
        uint256 executableAt = stateOf(id).executableAt;
        if (timestamp() < executableAt) vm.warp(executableAt);
        updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, executableAt);
    }

    // ---------------------------------------------------------------------------------------------------- asserts ----

    function checkStaysPending(uint256 id, bytes memory reason) internal {
        (bytes[][] memory updates, bytes memory before) = (updatesFor(id), abi.encode(stateOf(id)));
        (uint256 paid, uint256 escrow) = (keeper.balance, address(requests).balance);
        vm.expectRevert(reason);
        this.settleAsKeeper(updates);
        _checkUntouched(id, before, paid, escrow);
    }

    function checkStaysPendingPartial(uint256 id, bytes4 reason) internal {
        (bytes[][] memory updates, bytes memory before) = (updatesFor(id), abi.encode(stateOf(id)));
        (uint256 paid, uint256 escrow) = (keeper.balance, address(requests).balance);
        vm.expectPartialRevert(reason);
        this.settleAsKeeper(updates);
        _checkUntouched(id, before, paid, escrow);
    }

    function _checkUntouched(uint256 id, bytes memory before, uint256 paid, uint256 escrow) private view {
        assertEq(abi.encode(stateOf(id)), before, "unchanged");
        assertEq(requests.head(), id);
        assertEq(keeper.balance, paid, "unpaid");
        assertEq(address(requests).balance, escrow);
    }

    /// @dev The request settles at its own first price, and the keeper is paid.
    function checkSettles(uint256 id) internal {
        checkSettles(id, false);
    }

    function checkSettles(uint256 id, bool isPart) internal {
        uint256 paid = keeper.balance;
        assertEq(settleWith(updatesFor(id)), 1);
        assertEq(keeper.balance - paid, KEEPER_FEE);
        assertEq(stateOf(id).returned != 0, isPart);
        assertGt(stateOf(id).amount, 0);
    }
}
