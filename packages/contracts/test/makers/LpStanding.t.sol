// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {FaultyToken} from "../utils/FaultyToken.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {QuoteVaultExchange} from "../utils/QuoteVaultExchange.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev T28 and T16 for requests: which failures leave a request standing, unpaid, and which return it. With a second
/// source within 1%, confidence within 0.5%, and a breaker that lets a part of either token out in a day.
abstract contract LpStandingSharedTest is LpRequestVaultTest, SecondSourceTest {
    CircuitBreaker internal breaker;
    FaultyToken internal faulty;

    function config() internal virtual override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory c) {
        c = super.config();
        c.feed.maxConfidence = 5000;
        (c.breakerWindow, c.breakerMaxOutflow) = (1 days, 100_000);
    }

    function createCollateral() internal virtual override returns (TestToken) {
        return TestToken(deployCode("FaultyToken.sol:FaultyToken", abi.encode("USD", "USD", uint8(6))));
    }

    function createBaseToken() internal virtual override returns (TestToken) {
        return TestToken(deployCode("FaultyToken.sol:FaultyToken", abi.encode("WETH", "WETH", uint8(18))));
    }

    function setUp() public virtual override(ExchangeTest, LpRequestVaultTest) {
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
        // What has come in is nobody's credit any more.
        skip(2 days);
        publish(START_PRICE);
    }

    /// @dev Both sources, now.
    function publish(uint256 price) internal {
        setPrice(price);
        second.push(int256(price / 1e10), timestamp());
    }

    function giveInventory() internal virtual;

    /// @dev Somebody who may takes so much of the asset out.
    function useUpOutflow(uint256 amount) internal virtual;

    // ------------------------------------------------------------------------------------------ what leaves it ----

    /// @dev A late keeper waits until the second source has moved away from the request's price.
    function test_T28_T15_SourcesThatDisagreeLater_LeaveTheRequest() public {
        giveInventory();
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 id = _request(i == 0);
            skip(30);
            second.push(1900e8, timestamp());
            _checkStands(
                id, abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, FEED, START_PRICE, 1900e18, 10_000)
            );
            second.push(1985e8, timestamp());
            _checkSettles(id);
            vm.revertToState(snapshot);
        }
    }

    function test_T28_TokenThatStops_LeavesTheRequest() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 id = _request(i == 0);
            faulty.setFault(FaultyToken.Fault.Reverts);
            _checkStandsPartial(id, FaultyToken.Stopped.selector);
            faulty.setFault(FaultyToken.Fault.None);
            _checkSettles(id);
            vm.revertToState(snapshot);
        }
    }

    /// @dev Gas that runs out inside the settlement, far above the floor, says nothing about the request.
    function test_T28_GasThatRunsOut_LeavesTheRequest() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 id = _request(i == 0);
            faulty.setFault(FaultyToken.Fault.BurnsGas);
            bytes memory before = abi.encode(stateOf(id));
            bytes[][] memory updates = _updates(id);
            vm.prank(keeper);
            (bool done,) = address(requests).call{gas: 10_000_000}(
                abi.encodeCall(LpRequestVault.settle, (updates, type(uint256).max))
            );
            assertFalse(done);
            assertEq(abi.encode(stateOf(id)), before);
            assertEq(keeper.balance, KEEPER_FEE, "only the fixture's");
            faulty.setFault(FaultyToken.Fault.None);
            _checkSettles(id);
            vm.revertToState(snapshot);
        }
    }

    /// @dev T25: what was done before those that stand stays done and paid.
    function test_T28_T25_ABatchKeepsWhatItHasDone() public {
        uint256 first = _request(true);
        skip(2);
        uint256 standing = _request(true);
        uint256 last = _request(true);
        vm.warp(stateOf(last).executableAt);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = firstUpdate(START_PRICE, stateOf(first).executableAt);
        updates[1] = firstUpdate(1900e18, stateOf(standing).executableAt);
        bytes memory before = abi.encode(stateOf(standing), stateOf(last));
        uint256 paid = keeper.balance;
        publish(START_PRICE);
        assertEq(settleWith(updates), 1);
        assertEq(keeper.balance - paid, KEEPER_FEE);
        assertEq(requests.head(), standing);
        assertEq(abi.encode(stateOf(standing), stateOf(last)), before);
        // Nothing of the execution price is left, and the next call learns why.
        (, bytes memory price) = address(oracle).staticcall(abi.encodeCall(oracle.getPrice, (market)));
        assertEq(abi.decode(price, (uint256)), START_PRICE);
        updates[0] = updates[1];
        vm.expectPartialRevert(IPriceOracle.SourcesDisagree.selector);
        this.settleAsKeeper(updates);
    }

    /// @dev What stands expires like any other; nobody could take it back before (T16).
    function test_T28_T16_WhatStands_ExpiresAndComesBack() public {
        uint256 id = _request(true);
        uint256 amount = stateOf(id).amount;
        skip(40);
        uint256 next = _request(false);
        second.push(1900e8, timestamp());
        _checkStandsPartial(id, IPriceOracle.SourcesDisagree.selector);
        uint256 expiresAt = stateOf(id).expiresAt;
        vm.warp(expiresAt);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.RequestNotExpired.selector, expiresAt, expiresAt));
        requests.cancelDepositRequest(id, carol);
        vm.warp(expiresAt + 1);
        second.push(2000e8, timestamp());
        uint256 paid = keeper.balance;
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestReturned(
            id, carol, amount, abi.encodeWithSelector(LpRequestVault.RequestExpired.selector, expiresAt + 1, expiresAt)
        );
        assertEq(settleWith(_updates(next)), 2);
        assertEq(keeper.balance - paid, 2 * KEEPER_FEE);
        assertEq(requests.claimableCancelDepositRequest(id, carol), amount);
        assertGt(requests.claimableRedeemRequest(next, carol), 0);
    }

    // ----------------------------------------------------------------------------------------- what returns it ----

    /// @dev An exit larger than what the breaker lets out is met as far as it goes, at its own price. Were it to stand, it
    /// would hold up smaller ones, and whoever can make room at will would hold an option on its price (T16).
    function test_T16_T28_ExitBeyondTheBreaker_IsMetInPart() public {
        giveInventory();
        uint256 id = _request(false);
        uint256 asked = stateOf(id).amount;
        (uint256 room,) = breaker.available(address(token));
        useUpOutflow(room - xcd(1e18));
        room = breaker.availableTo(address(token), address(maker));
        assertLt(maker.maxRedeem(carol), maker.balanceOf(carol), "what it says of itself knows of the breaker");
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpRequestVault.RequestReturned(id, carol, 0, "");
        _checkSettles(id, true);
        (uint256 met, uint256 returned) = (stateOf(id).amount, stateOf(id).returned);
        assertEq(met + returned, asked);
        uint256 paid = claimAssets(carol);
        assertLe(paid, room);
        assertApproxEqAbs(paid, room, 3, "to what a share is worth");
        vm.prank(carol);
        requests.claimCancelRedeemRequest(id, carol, carol);

        // With nothing left the next comes back, and one that asks for nothing of it settles.
        id = _request(false);
        uint256 entry = _request(true);
        bytes[][] memory updates = _updates(id);
        assertEq(settleWith(updates), 2);
        assertEq(requests.claimableCancelRedeemRequest(id, carol), stateOf(id).returned);
        assertLe(stateOf(id).amount, 3 * scale, "what rounding has left");
        assertGt(requests.claimableDepositRequest(entry, carol), 0);
    }

    /// @dev Who is alone pays the fee of a part to itself: it gets what there is room for, and what it holds of the rest is
    /// worth the rest. Once, a part of everything was all but one share, and the fee was nobody's.
    function test_TheOnlyLp_MetInPart_LosesNothing() public {
        vm.prank(owner());
        breaker.setLimit(address(token), CircuitBreaker.Limit({window: 1 days, maxOutflow: 1_000_000, minimum: 0}));
        skip(1 days);
        publish(START_PRICE);
        uint256 all = maker.balanceOf(lp);
        vm.prank(lp);
        maker.withdraw(all);
        uint256 total = maker.totalAssets();
        uint256 room = total - total / 5000;
        vm.prank(owner());
        breaker.setLimit(address(token), CircuitBreaker.Limit({window: 1 days, maxOutflow: 0, minimum: uint96(room)}));
        skip(2 days);
        publish(START_PRICE);
        uint256 id = requestRedeem(carol, maker.balanceOf(carol));
        assertEq(settleWith(_updates(id)), 1);
        uint256 paid = claimAssets(carol);
        assertLe(paid, room);
        assertGe(paid + feeOf(room) + 1, room);
        vm.prank(carol);
        requests.claimCancelRedeemRequest(id, carol, carol);
        assertApproxEqAbs(requests.convertToAssets(maker.balanceOf(carol)), total - paid, 1 + total / 1e9);
    }

    /// @dev Whatever the breaker has left, an exit settles or comes back, and what is paid is within it.
    function testFuzz_T28_NoExitMeetsTheBreaker(uint256 shares, uint256 used, uint256 fee) public {
        giveInventory();
        setRequestFee(boundRequestFee(fee));
        uint256 id = requestRedeem(carol, boundPart(shares, maker.balanceOf(carol)));
        (uint256 room,) = breaker.available(address(token));
        useUpOutflow(boundAmountXCD(used, 10, room));
        room = breaker.availableTo(address(token), address(maker));
        assertEq(settleWith(_updates(id)), 1);
        assertTrue(stateOf(id).isClosed);
        assertLe(requests.maxWithdraw(carol), room);
    }

    /// @dev The confidence belongs to the one price that the request could ever have: nobody chooses it, and waiting does
    /// not narrow it.
    function test_ConfidenceTooWide_ComesBack() public {
        uint256 wide = _request(true);
        skip(1);
        uint256 next = _request(true);
        vm.warp(stateOf(next).executableAt);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = new bytes[](1);
        uint64 at = uint64(stateOf(wide).executableAt);
        updates[0][0] = pyth.createPriceFeedUpdateData(FEED, 2000e8, 10e8 + 1, -8, 2000e8, 0, at, at - 1);
        updates[1] = firstUpdate(START_PRICE, stateOf(next).executableAt);
        uint256 amount = stateOf(wide).amount;
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestReturned(
            wide, carol, amount, abi.encodeWithSelector(IPriceOracle.ConfidenceTooWide.selector, 10e18 + 1e10, 10e18)
        );
        assertEq(settleWith(updates), 2, "the next one waits for nothing");
        assertEq(requests.claimableDepositRequest(next, carol), amount);
    }

    /// @dev No amount and no minimum that an LP can ask for leaves a request standing: it settles or comes back.
    function testFuzz_T28_NoTermsOfAnLpHoldUpTheQueue(uint256 amount, uint256 minOut, uint256 bits, bool isDeposit)
        public
    {
        giveInventory();
        amount = boundAmount(amount, 1, 2 ** boundNumber(bits, 1, 127));
        minOut = boundAmount(minOut, 0, type(uint128).max);
        uint256 id = requests.requestCount() + 1;
        if (isDeposit) requestDeposit(dave, amount, minOut, 0);
        else requestRedeem(carol, boundPart(amount, maker.balanceOf(carol)), minOut, 0);
        assertEq(settleAt(START_PRICE), 1);
        assertTrue(stateOf(id).isClosed);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function settleAsKeeper(bytes[][] calldata updates) external {
        settleWith(updates);
    }

    /// @dev Carol enters with or leaves with a part of what she has.
    function _request(bool isDeposit) internal returns (uint256 id) {
        return isDeposit ? requestDeposit(carol, xcd(5e18)) : requestRedeem(carol, maker.balanceOf(carol) / 2);
    }

    function _updates(uint256 id) internal returns (bytes[][] memory updates) {
        uint256 executableAt = stateOf(id).executableAt;
        if (timestamp() < executableAt) vm.warp(executableAt);
        updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, executableAt);
    }

    function _checkStands(uint256 id, bytes memory reason) internal {
        (bytes[][] memory updates, bytes memory before) = (_updates(id), abi.encode(stateOf(id)));
        (uint256 paid, uint256 escrow) = (keeper.balance, address(requests).balance);
        vm.expectRevert(reason);
        this.settleAsKeeper(updates);
        _checkUntouched(id, before, paid, escrow);
    }

    function _checkStandsPartial(uint256 id, bytes4 reason) internal {
        (bytes[][] memory updates, bytes memory before) = (_updates(id), abi.encode(stateOf(id)));
        (uint256 paid, uint256 escrow) = (keeper.balance, address(requests).balance);
        vm.expectPartialRevert(reason);
        this.settleAsKeeper(updates);
        _checkUntouched(id, before, paid, escrow);
    }

    function _checkUntouched(uint256 id, bytes memory before, uint256 paid, uint256 escrow) private view {
        assertEq(abi.encode(stateOf(id)), before, "as it was");
        assertEq(requests.head(), id);
        assertEq(keeper.balance, paid, "unpaid");
        assertEq(address(requests).balance, escrow);
    }

    /// @dev At its own first price, for its fee.
    function _checkSettles(uint256 id) internal {
        _checkSettles(id, false);
    }

    function _checkSettles(uint256 id, bool isPart) internal {
        uint256 paid = keeper.balance;
        assertEq(settleWith(_updates(id)), 1);
        assertEq(keeper.balance - paid, KEEPER_FEE);
        assertEq(stateOf(id).returned != 0, isPart);
        assertGt(stateOf(id).amount, 0);
    }
}

contract OracleMakerStandingTest is LpStandingSharedTest {
    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (om, omRequests, usd);
    }

    function giveInventory() internal override {
        addMargin(alice, 100_000 * USD);
        buy(alice, address(om), 20e18);
    }

    function useUpOutflow(uint256 amount) internal override {
        vm.prank(alice);
        vault.withdraw(amount, alice);
    }

    /// @dev While a market is paused nobody leaves a maker that has a position in it. Deposits do not need the position's
    /// requirement, and settle.
    function test_T28_Pause_LeavesTheRequest() public {
        giveInventory();
        uint256 id = _request(false);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        _checkStands(id, abi.encodeWithSelector(IVault.MarketFrozen.selector, market));
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
        _checkSettles(id);
    }

    /// @dev What stands is passed over, keeps its place and its price, and settles when it can.
    function test_T25_WhatStands_BlocksNobody() public {
        giveInventory();
        uint256 first = _request(true);
        uint256 exit = _request(false);
        skip(1);
        uint256 entry = _request(true);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        vm.warp(stateOf(entry).executableAt);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = firstUpdate(START_PRICE, stateOf(exit).executableAt);
        updates[1] = firstUpdate(2010e18, stateOf(entry).executableAt);
        bytes memory before = abi.encode(stateOf(exit));
        uint256 paid = keeper.balance;
        assertEq(settleWith(updates), 2);
        assertEq(keeper.balance - paid, 2 * KEEPER_FEE, "for the two, not for the one");
        assertEq(requests.claimableDepositRequest(first, carol), xcd(5e18));
        assertEq(requests.claimableDepositRequest(entry, carol), xcd(5e18));
        assertEq(abi.encode(stateOf(exit)), before, "as it was");
        assertEq(requests.head(), exit);

        // Another keeper has nothing to do but learns why, also when it looks at the whole queue.
        vm.expectRevert(abi.encodeWithSelector(IVault.MarketFrozen.selector, market));
        this.settleAsKeeper(updates);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Active);
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpRequestVault.RequestSettled(exit, carol, false, 0, 0, 0, START_PRICE);
        _checkSettles(exit);
        assertEq(requests.head(), entry + 1, "past what was done before");
    }

    /// @dev The Vault's own cap is a limit of what can be taken, and comes back: an LP that asks for a deposit which the
    /// Vault has no room for must not hold up those who leave.
    function test_VaultsDepositCap_ComesBack() public {
        uint256 id = _request(true);
        uint256 exit = _request(false);
        uint256 held = usd.balanceOf(address(vault));
        vm.prank(owner());
        house.setDepositCap(held + xcd(5e18) - 1);
        bytes memory reason =
            abi.encodeWithSelector(IVault.DepositCapExceeded.selector, held + xcd(5e18), held + xcd(5e18) - 1);
        uint256 amount = stateOf(id).amount;
        bytes[][] memory updates = _updates(id);
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestReturned(id, carol, amount, reason);
        assertEq(settleWith(updates), 2);
        assertGt(requests.claimableRedeemRequest(exit, carol), 0);
    }
}

contract SpotHedgeBaseMakerStandingTest is LpStandingSharedTest {
    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (shb, shbRequests, weth);
    }

    function giveInventory() internal override {
        addMargin(alice, 100_000 * USD);
        sell(alice, address(shb), 4e18);
    }

    function useUpOutflow(uint256 amount) internal override {
        uint256 shares = amount * shb.totalSupply() / shb.totalAssets();
        vm.prank(lp);
        shb.withdraw(shares);
    }
}

contract SpotHedgeQuoteMakerStandingTest is QuoteVaultExchange, LpStandingSharedTest {
    function config() internal override(QuoteVaultExchange, LpStandingSharedTest) returns (DeployConfig memory) {
        return super.config();
    }

    function setUp() public override(QuoteVaultExchange, LpStandingSharedTest) {
        super.setUp();
    }

    function createCollateral() internal override(ExchangeTest, LpStandingSharedTest) returns (TestToken) {
        return super.createCollateral();
    }

    function createBaseToken() internal override(ExchangeTest, LpStandingSharedTest) returns (TestToken) {
        return super.createBaseToken();
    }

    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (shq, shqRequests, usd);
    }

    function giveInventory() internal override {
        addMargin(alice, 100_000 * USD);
        buy(alice, address(shq), 20e18);
    }

    function useUpOutflow(uint256 amount) internal override {
        uint256 shares = amount * shq.totalSupply() / shq.totalAssets();
        vm.prank(lp);
        shq.withdraw(shares);
    }
}
